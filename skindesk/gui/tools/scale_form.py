"""Asks how long the line on the ruler tool is, so that the picture gets a scale."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.measurement import Scale, ScaleSource
from skindesk.gui.theme import tabular
from skindesk.gui.tools.figures import pixels
from skindesk.gui.tools.measure_words import length_question, read_words, source_name
from skindesk.gui.tools.ruler import RulerLine
from skindesk.gui.widgets.labels import field_label, text_label
from skindesk.gui.widgets.segmented import Segmented

_SOURCES = (ScaleSource.RULER, ScaleSource.MARKER, ScaleSource.DERMATOSCOPE)
_TEXT_MARGIN_PX = 8
_LEAST_MM, _USUAL_MM, _MOST_MM = 0.1, 10.0, 500.0


class ScaleForm(QWidget):
    """What the line lies on, and how long it is there. Enter sets the scale; it is hidden while there is no line."""

    given = Signal(object)
    """The Scale that follows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line: RulerLine | None = None
        self.source = Segmented[ScaleSource](self.tr("The line lies on"), [(s, source_name(s)) for s in _SOURCES])
        self.source.choose(ScaleSource.RULER)
        self.source.chosen.connect(self._name_field)
        self.length = QDoubleSpinBox()
        self.length.setRange(_LEAST_MM, _MOST_MM)
        self.length.setDecimals(2)
        self.length.setValue(_USUAL_MM)
        self.length.setSuffix("\u00a0mm")
        self.length.setFont(tabular(self.length.font()))
        self.length.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
        self.button = QPushButton(self.tr("Set scale"))
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._give)
        self._about = text_label("", "secondary", wrap=True)
        self._question = field_label("", self.length)
        self._lay_out()
        self._name_field(ScaleSource.RULER)
        self.show_line(None)

    def show_line(self, line: RulerLine | None) -> None:
        """The line has changed; a length that was read off a ruler's marks is filled in, to be checked."""
        self._line = line
        self.setVisible(line is not None)
        if line is None:
            return
        words = self.tr("The line is {length} long.").format(length=pixels(line.length_px))
        read_mm = line.length_read_mm
        if read_mm is not None and self.source.value() is ScaleSource.RULER:
            self.length.setValue(read_mm)
            words = f"{words} {read_words(read_mm)}"
        self._about.setText(words)

    def ask(self) -> None:
        """Let the user type the length."""
        if self._line is not None:
            self.length.setFocus()
            self.length.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sets the scale."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._give()
        else:
            super().keyPressEvent(event)

    def _give(self) -> None:
        if self._line is not None:
            self.length.interpretText()
            self.given.emit(Scale(self.length.value() / self._line.length_px, self._chosen()))

    def _chosen(self) -> ScaleSource:
        return self.source.value() or ScaleSource.RULER

    def _name_field(self, source: ScaleSource) -> None:
        self._question.setText(length_question(source))
        self.length.setAccessibleName(length_question(source))
        self.show_line(self._line)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.length, 1)
        row.addWidget(self.button)
        for widget in (self._about, self.source, self._question):
            column.addWidget(widget)
        column.addLayout(row)
