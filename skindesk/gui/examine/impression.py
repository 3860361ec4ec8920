"""The clinician's own impression: one of the network's labels or free text, and how sure they are."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from skindesk.domain.case import Confidence
from skindesk.domain.labels import Label
from skindesk.gui.widgets.diagnosis_field import DiagnosisField
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
        self._diagnosis = DiagnosisField(self.tr("Your impression"))
        self.line().setAcceptDrops(False)  # a dropped file is a picture wherever it falls
        self._diagnosis.given.connect(self.given)
        self._diagnosis.edited.connect(self.edited)
        levels = [(level, confidence_word(level)) for level in Confidence]
        self._confidence = Segmented[Confidence](self.tr("Confidence"), levels)
        self._confidence.chosen.connect(self.edited)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._diagnosis)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(text_label(self.tr("Confidence"), "label"))
        row.addWidget(self._confidence, 1)
        column.addLayout(row)

    def offer(self, labels: tuple[Label, ...]) -> None:
        """Offer a network's labels; what has been typed stays."""
        self._diagnosis.offer(labels)

    def value(self) -> str:
        """A label's code where the text names one, the text as it stands otherwise."""
        return self._diagnosis.value()

    def confidence(self) -> Confidence | None:
        """How sure the clinician is, where they said."""
        return self._confidence.value()

    def take(self, impression: str, confidence: Confidence | None) -> None:
        """Go on with what was said before."""
        self._diagnosis.take(impression)
        self._confidence.choose(confidence)

    def clear(self) -> None:
        """Forget what was given."""
        self._diagnosis.forget()
        self._confidence.choose(None)

    def take_focus(self) -> None:
        """Let the clinician type at once."""
        self.line().setFocus(Qt.FocusReason.OtherFocusReason)
        self.line().selectAll()

    def combo(self) -> QComboBox:
        """What holds the focus while the user types: Qt hands its keys on to the line."""
        return self._diagnosis

    def line(self) -> QLineEdit:
        """The text field."""
        return self._diagnosis.line
