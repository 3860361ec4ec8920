"""A diagnosis: one of the networks' labels, or free text."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QWidget

from skindesk.domain.labels import Label


class DiagnosisField(QComboBox):
    """Type or pick; Enter completes what can mean only one label, and says that the diagnosis is given."""

    given = Signal()
    """Enter was pressed on a diagnosis."""
    edited = Signal()
    """The text has changed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[Label, ...] = ()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName(name)
        self.line = self.lineEdit() or QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(self.tr("Type or pick a diagnosis"))
        self.line.returnPressed.connect(self._give)
        self.line.textChanged.connect(self.edited)

    def offer(self, labels: tuple[Label, ...]) -> None:
        """Offer labels; what has been typed stays."""
        text = self.line.text()
        self._labels = labels
        self.blockSignals(True)
        self.clear()
        self.addItems([label.name for label in labels])
        self.setCurrentIndex(-1)
        self.blockSignals(False)
        self.setCompleter(self._completer())
        self.line.setText(text)

    def value(self) -> str:
        """A label's code where the text names one, the text as it stands otherwise."""
        label = self.label()
        return self.line.text().strip() if label is None else label.code

    def label(self) -> Label | None:
        """The label that the text names, without regard to case."""
        return self._named(self.line.text().strip())

    def name_of(self, diagnosis: str) -> str:
        """A diagnosis as it is shown: a label's code by its name, free text as it is."""
        label = self._named(diagnosis)
        return diagnosis if label is None else label.name

    def take(self, diagnosis: str) -> None:
        """Show a diagnosis."""
        self.line.setText(self.name_of(diagnosis))

    def forget(self) -> None:
        """Show nothing."""
        self.setCurrentIndex(-1)
        self.line.clear()

    def _completer(self) -> QCompleter:
        completer = QCompleter([label.name for label in self._labels], self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        return completer

    def _named(self, text: str) -> Label | None:
        wanted = text.casefold()
        names = ((label, (label.name.casefold(), label.code.casefold())) for label in self._labels)
        return next((label for label, known in names if wanted in known), None)

    def _give(self) -> None:
        text = self.line.text().strip()
        if not text:
            return
        label = self._named(text) or self._only_beginning(text)
        if label is not None:
            self.line.setText(label.name)
        self.given.emit()

    def _only_beginning(self, text: str) -> Label | None:
        """The one label whose name begins like this; none where several do."""
        found = [label for label in self._labels if label.name.casefold().startswith(text.casefold())]
        return found[0] if len(found) == 1 else None
