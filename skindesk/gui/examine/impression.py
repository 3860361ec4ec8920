"""The clinician's own impression: one of the network's labels or free text, and how sure they are."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from skindesk.domain.case import Confidence
from skindesk.domain.labels import Label
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import confidence_word


class ImpressionField(QWidget):
    """Type or pick a diagnosis; Enter says that it is given."""

    given = Signal()
    """Enter was pressed on an impression."""
    edited = Signal()
    """The impression or the confidence has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[Label, ...] = ()
        self._combo = QComboBox()
        self._combo.setEditable(True)
        self._combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._combo.setAccessibleName(self.tr("Your impression"))
        self._line = self._combo.lineEdit() or QLineEdit()
        self._line.setAccessibleName(self.tr("Your impression"))
        self._line.setAcceptDrops(False)  # a dropped file is a picture wherever it falls
        self._line.setPlaceholderText(self.tr("Type or pick a diagnosis"))
        self._line.returnPressed.connect(self._give)
        self._line.textChanged.connect(self.edited)
        levels = [(level, confidence_word(level)) for level in Confidence]
        self._confidence = Segmented[Confidence](self.tr("Confidence"), levels)
        self._confidence.chosen.connect(self.edited)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._combo)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(text_label(self.tr("Confidence"), "label"))
        row.addWidget(self._confidence, 1)
        column.addLayout(row)

    def offer(self, labels: tuple[Label, ...]) -> None:
        """Offer a network's labels; what has been typed stays."""
        text = self._line.text()
        self._labels = labels
        self._combo.blockSignals(True)
        self._combo.clear()
        self._combo.addItems([label.name for label in labels])
        self._combo.setCurrentIndex(-1)
        self._combo.blockSignals(False)
        self._combo.setCompleter(self._completer())
        self._line.setText(text)

    def value(self) -> str:
        """A label's code where the text names one, the text as it stands otherwise."""
        text = self._line.text().strip()
        label = self._meant(text)
        return text if label is None else label.code

    def confidence(self) -> Confidence | None:
        """How sure the clinician is, where they said."""
        return self._confidence.value()

    def clear(self) -> None:
        """Forget what was given."""
        self._combo.setCurrentIndex(-1)
        self._line.clear()
        self._confidence.choose(None)

    def take_focus(self) -> None:
        """Let the clinician type at once."""
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)
        self._line.selectAll()

    def combo(self) -> QComboBox:
        """What holds the focus while the user types: Qt hands its keys on to the line."""
        return self._combo

    def line(self) -> QLineEdit:
        """The text field."""
        return self._line

    def _completer(self) -> QCompleter:
        completer = QCompleter([label.name for label in self._labels], self._combo)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        return completer

    def _meant(self, text: str) -> Label | None:
        """The label whose name or code this is, without regard to case."""
        wanted = text.casefold()
        for label in self._labels:
            if wanted in (label.name.casefold(), label.code.casefold()):
                return label
        return None

    def _give(self) -> None:
        text = self._line.text().strip()
        if not text:
            return
        label = self._meant(text) or self._only_beginning(text)
        if label is not None:
            self._line.setText(label.name)
        self.given.emit()

    def _only_beginning(self, text: str) -> Label | None:
        """The one label whose name begins like this; none where several do."""
        found = [label for label in self._labels if label.name.casefold().startswith(text.casefold())]
        return found[0] if len(found) == 1 else None
