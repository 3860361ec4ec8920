"""First start: protect the case log by a passphrase, or leave it open on a personal machine."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QRadioButton, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import AccessRefusedError
from skindesk.gui.access.fields import NewPassphrase
from skindesk.gui.access.sheet import Sheet
from skindesk.gui.background import Background
from skindesk.gui.widgets.labels import field_label, set_role, text_label


class FirstStartPage(Sheet):
    """Also the page that protects a log which has been open so far; there is nothing to choose then."""

    protected = Signal(str)
    """The log needs a passphrase now; with the recovery key, which is shown once."""
    opened = Signal()
    """The log is set up without a passphrase."""
    given_up = Signal()
    """A log that is open stays open."""

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        unsealed: bool = False,
        later: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        from skindesk.storage.keyring import SHORTEST_PASSPHRASE

        self._access, self._background = workspace.access, background
        self._encrypts_what_is_there = unsealed or later
        self.title.setText(
            self.tr("Protect this case log") if later else self.tr("Who may open the case log on this computer?")
        )
        self.protect = QRadioButton(self.tr("Protect this log (recommended)"))
        self.personal = QRadioButton(self.tr("No passphrase: this is my personal machine"))
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Your name"))
        self.passphrase = NewPassphrase(SHORTEST_PASSPHRASE)
        self.progress = text_label("", "secondary", wrap=True)
        self.go = QPushButton()
        self.back = QPushButton(self.tr("Not now"))
        self._form = self._protection()
        self._risk = self._openness(workspace.profile.root)
        self._lay_out(unsealed, later)
        self.protect.toggled.connect(self._chosen)
        self.name.textChanged.connect(self._forgive)
        self.name.returnPressed.connect(self.passphrase.setFocus)
        self.passphrase.entered.connect(self.submit)
        self.go.clicked.connect(self.submit)
        self.back.clicked.connect(self.given_up)
        self.protect.setChecked(True)
        self.begin_at(self.name)

    def submit(self) -> None:
        """Set the log up as chosen; the page stays, and says why, where that does not work."""
        self.notice.clear()
        if not self.protect.isChecked():
            self._set_busy(True)
            self._background.start(self._access.set_up_open, self._is_open, self._failed)
            return
        try:
            passphrase = self.passphrase.value()
        except AccessRefusedError as error:
            self.notice.show_error(error)
            return
        self._set_busy(True)
        work = partial(self._access.set_up_protected, self.name.text(), passphrase)
        self._background.start(work, self._is_protected, self._failed)

    def leave_alone(self) -> None:
        """Nobody is there any more: the passphrase goes."""
        self.passphrase.clear()

    def _is_open(self, _nothing: None) -> None:
        self.opened.emit()

    def _is_protected(self, recovery_key: str) -> None:
        self.protected.emit(recovery_key)

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self.notice.show_error(error)
        if self.protect.isChecked() and not self.name.text().strip():
            set_role(self.name, "true", "invalid")
            self.name.setFocus()

    def _forgive(self) -> None:
        set_role(self.name, "false", "invalid")

    def _set_busy(self, busy: bool) -> None:
        for control in (self.protect, self.personal, self._form, self.go, self.back):
            control.setEnabled(not busy)
        if not self._encrypts_what_is_there:
            words = self.tr("Setting up the case log…")
        else:
            words = self.tr(
                "Encrypting the case log… It stays whole: what was there is removed only once the encrypted copy has "
                "been checked. A log with many pictures takes some minutes."
            )
        self.progress.setText(words)
        self.progress.setVisible(busy)

    def _chosen(self, protect: bool) -> None:
        self._form.setVisible(protect)
        self._risk.setVisible(not protect)
        self.go.setText(self.tr("Protect the case log") if protect else self.tr("Go on without a passphrase"))
        self.go.setAccessibleName(self.go.text())
        self.notice.clear()

    def _protection(self) -> QWidget:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        why = self.tr(
            "Patients and pictures are encrypted. SkinDesk asks for your passphrase at each start and after a while "
            "without input. You become its administrator and can let others in."
        )
        column.addWidget(text_label(why, "secondary", wrap=True))
        column.addSpacing(8)
        column.addWidget(field_label(self.tr("Your name"), self.name))
        column.addWidget(self.name)
        column.addSpacing(8)
        column.addWidget(self.passphrase)
        return form

    def _openness(self, folder: Path) -> QWidget:
        words = self.tr(
            "Whoever can read the folder {folder} can read its patients. Choose this only where nobody else uses this "
            "computer. You can protect the log later in Settings."
        )
        return text_label(words.format(folder=folder), "warning", wrap=True)

    def _lay_out(self, unsealed: bool, later: bool) -> None:
        if unsealed:
            self.add_text(
                self.tr(
                    "This folder holds a case log of SkinDesk 0.1, which is not encrypted. It will be encrypted now, "
                    "whichever you choose, and stays whole: every patient, picture and review is kept."
                )
            )
        if not later:
            self.add_choices(self.protect, self.personal)
        self.column.addWidget(self._form)
        self.column.addWidget(self._risk)
        self.column.addWidget(self.notice)
        self.progress.hide()
        self.column.addWidget(self.progress)
        self.go.setProperty("kind", "primary")
        row = QHBoxLayout()
        row.setSpacing(8)
        self.back.setAccessibleName(self.back.text())
        self.back.setVisible(later)
        row.addWidget(self.back)
        row.addWidget(self.go, 1)
        self.column.addLayout(row)
