"""The panel in which a run's rows are narrowed down."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from skindesk.domain.contract import ModelContract
from skindesk.gui.batch.arranging import Deciding, Wanted
from skindesk.gui.batch.rows import REASONS, MarkCode
from skindesk.gui.batch.words import reason_word
from skindesk.gui.widgets.labels import field_label

_WIDTH_PX = 320
_ANY = None


class FilterPanel(QFrame):
    """Opens below its button and goes when something else is clicked. What is chosen counts at once."""

    changed = Signal(object)
    """Another Wanted; its order and its text are those of the one that was shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)  # else the click on the button would open it again
        self.setProperty("role", "popup")
        self.setFixedWidth(_WIDTH_PX)
        self._shown, self._filling = Wanted(), False
        self.deciding_box = self._box(self.tr("Decision"))
        self.first_box = self._box(self.tr("Leading class"))
        self.reason_box = self._box(self.tr("Rejected because"))
        self.mark_box = self._box(self.tr("Review"))
        self.sum_box = QSpinBox()
        self.sum_box.setAccessibleName(self.tr("Malignant or premalignant in sum from, in per cent"))
        self.sum_box.setRange(0, 100)
        self.sum_box.setSuffix("\N{NO-BREAK SPACE}%")
        self.sum_box.lineEdit().setTextMargins(8, 0, 0, 0)
        self.sum_box.valueChanged.connect(self._apply)
        self.clear_button, self.done_button = QPushButton(self.tr("Clear")), QPushButton(self.tr("Done"))
        self.done_button.setProperty("kind", "primary")
        self.clear_button.clicked.connect(self._clear)
        self.done_button.clicked.connect(self.close)
        self._fill()
        self.offer_classes(None)
        self._lay_out()

    def offer_classes(self, contract: ModelContract | None) -> None:
        """Let the user choose among a network's classes."""
        self._filling = True
        self.first_box.clear()
        self.first_box.addItem(self.tr("any"), _ANY)
        for at, label in enumerate(contract.labels if contract else ()):
            self.first_box.addItem(label.name, at)
        self._filling = False

    def show_wanted(self, wanted: Wanted) -> None:
        """Fill in what is wanted, without telling so."""
        self._shown, self._filling = wanted, True
        for box, value in (
            (self.deciding_box, wanted.deciding),
            (self.first_box, wanted.first),
            (self.reason_box, wanted.reason),
            (self.mark_box, wanted.mark),
        ):
            _choose(box, value)
        self.sum_box.setValue(round(100 * wanted.malignant_from))
        self._filling = False

    def open_below(self, button: QWidget) -> None:
        """Show the panel, within the window, with the keyboard on its first field."""
        self.adjustSize()
        window, corner = button.window(), button.mapToGlobal(QPoint(0, button.height() + 4))
        right = window.mapToGlobal(QPoint(window.width(), 0)).x()
        lowest = button.screen().availableGeometry().bottom() - self.height()
        self.move(max(0, min(corner.x(), right - self.width())), max(0, min(corner.y(), lowest)))
        self.show()
        self.deciding_box.setFocus(Qt.FocusReason.PopupFocusReason)

    def _apply(self) -> None:
        if self._filling:
            return
        self._shown = replace(
            self._shown,
            deciding=self.deciding_box.currentData(),
            first=self.first_box.currentData(),
            malignant_from=self.sum_box.value() / 100,
            reason=self.reason_box.currentData(),
            mark=self.mark_box.currentData(),
        )
        self.changed.emit(self._shown)

    def _clear(self) -> None:
        shown = self._shown
        self.show_wanted(Wanted(shown.sort, shown.descending, text=shown.text))
        self.changed.emit(self._shown)

    def _box(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.currentIndexChanged.connect(self._apply)
        return box

    def _fill(self) -> None:
        self._filling = True
        for words, deciding in (
            (self.tr("any"), Deciding.ANY),
            (self.tr("Supported"), Deciding.SUPPORTED),
            (self.tr("Abstained"), Deciding.ABSTAINED),
            (self.tr("Rejected"), Deciding.REJECTED),
        ):
            self.deciding_box.addItem(words, deciding)
        self.reason_box.addItem(self.tr("any"), _ANY)
        for reason in REASONS:
            self.reason_box.addItem(reason_word(reason), reason)
        for words, mark in (
            (self.tr("any"), _ANY),
            (self.tr("Not reviewed"), MarkCode.NONE),
            (self.tr("Accepted"), MarkCode.ACCEPTED),
            (self.tr("Flagged"), MarkCode.FLAGGED),
        ):
            self.mark_box.addItem(words, mark)
        self._filling = False

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(4)
        for name, field in (
            (self.tr("Decision"), self.deciding_box),
            (self.tr("Leading class"), self.first_box),
            (self.tr("Malignant or premalignant in sum from"), self.sum_box),
            (self.tr("Rejected because"), self.reason_box),
            (self.tr("Review"), self.mark_box),
        ):
            column.addWidget(field_label(name, field))
            column.addWidget(field)
            column.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.clear_button)
        buttons.addStretch(1)
        buttons.addWidget(self.done_button)
        column.addLayout(buttons)


def _choose(box: QComboBox, value: object) -> None:
    places = [at for at in range(box.count()) if box.itemData(at) == value]
    box.setCurrentIndex(places[0] if places else 0)
