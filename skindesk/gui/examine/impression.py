"""The clinician's own impression: one of the network's labels or free text, and how sure they are."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
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
        for letter, level in zip("LMH", Confidence, strict=True):
            keys = QKeySequence(f"Alt+{letter}")
            button = self._confidence.button(level)
            button.setToolTip(keys.toString(QKeySequence.SequenceFormat.NativeText))
            QShortcut(keys, self, partial(self._confidence.choose, level))
        self._before = text_label("", "secondary", wrap=True)
        self._lay_out()
        self.show_blind("", None)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._before)
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

    def show_blind(self, impression: str, confidence: Confidence | None) -> None:
        """Say what was given before the answer came, which stays; what is typed from now on is the view after it."""
        self._before.setVisible(bool(impression))
        name = self._diagnosis.name_of(impression)
        sure = "" if confidence is None else f" ({confidence_word(confidence)})"
        words = self.tr("Before the answer: {impression}{sure}")
        self._before.setText(words.format(impression=name, sure=sure))

    def blind(self) -> str:
        """What is said of the impression before the answer."""
        return "" if self._before.isHidden() else self._before.text()

    def clear(self) -> None:
        """Forget what was given."""
        self.show_blind("", None)
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
