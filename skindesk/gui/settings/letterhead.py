"""Settings: what stands at the head of the clinic's reports, and on which paper they are."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QFocusEvent, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.paper import Paper
from skindesk.gui.background import Background
from skindesk.gui.settings.section import Section
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.segmented import Segmented
from skindesk.system.settings import Settings

_FIELD_PX, _ADDRESS_PX, _LOGO_PX = 280, 88, 48


class LetterheadSection(Section):
    """The clinic's name, address and logo. The page keeps what `changed` tells."""

    changed = Signal(object)
    """A dict of settings with new values, by their names."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("LetterheadSection", "Reports"), parent)
        self._workspace, self._background = workspace, background
        self.notice = Notice(self)
        self.name = QLineEdit()
        self.name.setFixedWidth(_FIELD_PX)
        self.name.setAccessibleName(self.tr("The clinic's name"))
        self.name.editingFinished.connect(lambda: self.changed.emit({"clinic_name": self.name.text().strip()}))
        self.address = _Lines()
        self.address.setFixedSize(_FIELD_PX, _ADDRESS_PX)
        self.address.setTabChangesFocus(True)
        self.address.setAccessibleName(self.tr("The clinic's address"))
        self.address.left.connect(lambda: self.changed.emit({"clinic_address": self.address.toPlainText().strip()}))
        self.paper = Segmented[Paper](self.tr("Paper"), [(Paper.A4, self.tr("A4")), (Paper.LETTER, self.tr("Letter"))])
        self.paper.setMinimumWidth(160)
        self.paper.chosen.connect(lambda paper: self.changed.emit({"report_paper": paper}))
        self.logo = QLabel()
        self.logo.setAccessibleName(self.tr("The clinic's logo"))
        self.choose_button = self._button(self.tr("Choose…"), self.tr("Choose the clinic's logo"))
        self.choose_button.clicked.connect(self._choose)
        self.remove_button = self._button(self.tr("Remove"), self.tr("Remove the clinic's logo"))
        self.remove_button.clicked.connect(self._remove)
        self._build()

    def show_settings(self, settings: Settings) -> None:
        """Put the kept settings into the controls, without telling of a change."""
        for control in (self.name, self.address, self.paper):
            control.blockSignals(True)
        self.name.setText(settings.clinic_name)
        self.address.setPlainText(settings.clinic_address)
        self.paper.choose(settings.report_paper)
        for control in (self.name, self.address, self.paper):
            control.blockSignals(False)
        self._read_logo()

    def keep_logo(self, file: Path) -> None:
        """Take over a picture file as the logo, in the background."""
        from skindesk.services.letterhead import keep_logo

        self.notice.clear()
        self._background.start(
            partial(keep_logo, self._workspace.profile, file), self._logo_kept, self.notice.show_error
        )

    def _choose(self) -> None:
        kinds = self.tr("Pictures (*.png *.jpg *.jpeg *.tif *.tiff *.webp *.bmp)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Choose the clinic's logo"), "", kinds)
        if chosen:
            self.keep_logo(Path(chosen))

    def _remove(self) -> None:
        from skindesk.services.letterhead import remove_logo

        self.notice.clear()
        self._background.start(partial(remove_logo, self._workspace.profile), self._logo_kept, self.notice.show_error)

    def _logo_kept(self, _nothing: None) -> None:
        self._read_logo()

    def _read_logo(self) -> None:
        file = self._workspace.profile.letterhead_logo
        self._background.start(lambda: QImage(str(file)), self._show_logo, self.notice.show_error)

    def _show_logo(self, image: QImage) -> None:
        there = not image.isNull()
        self.logo.setVisible(there)
        self.remove_button.setVisible(there)
        if there:
            self.logo.setPixmap(QPixmap.fromImage(image).scaledToHeight(_LOGO_PX))

    def _build(self) -> None:
        why = self.tr("They stand at the head of each report, and nowhere else.")
        self.column.addWidget(text_label(why, "secondary", wrap=True))
        self.column.addWidget(self.notice)
        self.add_setting(self.tr("Clinic"), self.tr("Its name, as on your letters."), self.name)
        self.add_setting(self.tr("Address"), self.tr("Up to six lines look well."), self.address)
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.logo, self.choose_button, self.remove_button):
            row.addWidget(widget)
        self.logo.hide()
        self.remove_button.hide()
        kept = self.tr("A picture file; SkinDesk keeps its own copy in the profile folder.")
        self.add_setting(self.tr("Logo"), kept, held)
        self.add_setting(self.tr("Paper"), self.tr("You can choose another for a single report."), self.paper)

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        button.setAutoDefault(False)
        return button


class _Lines(QPlainTextEdit):
    """Several lines of text; what is typed counts when the keyboard goes elsewhere."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the text may be complete."""
        super().focusOutEvent(event)
        self.left.emit()
