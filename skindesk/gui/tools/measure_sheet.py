"""The page beside the picture that says what was measured on the lesion, and offers to measure."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.measurement import Abcd, Measurement, Scale
from skindesk.gui.theme import set_icon, tabular
from skindesk.gui.tools.figures import area_words, length_words
from skindesk.gui.tools.measure_words import abcd_rows, scale_words
from skindesk.gui.tools.ruler import RulerTool
from skindesk.gui.tools.scale_form import ScaleForm
from skindesk.gui.widgets.labels import hairline, text_label
from skindesk.gui.widgets.side_sheet import SideSheet


class MeasureSheet(SideSheet):
    """Size, scale and the aid to the ABCD rule. It shows what it is given and tells what is wished."""

    propose_wanted = Signal()
    correct_wanted = Signal()
    clear_wanted = Signal()
    """The outline is to go, and all that was measured on it."""
    ruler_wanted = Signal()
    scale_changed = Signal(object)
    """The user has set this Scale, or has taken it back: None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Measure"), parent)
        self._scale: Scale | None = None
        self._ruler: RulerTool | None = None
        self.propose = _button(self.tr("Propose outline"), "magic-wand")
        self.correct = _button(self.tr("Correct outline (O)"), "polygon")
        self.clear = _button(self.tr("Clear"), "trash")
        self.draw_line = _button(self.tr("Draw a line (R)"), "ruler")
        self.clear_scale = _button(self.tr("Take the scale back"), "x")
        self.form = ScaleForm()
        self._about_outline = text_label("", "secondary", wrap=True)
        self._about_scale = text_label("", "body", wrap=True)
        self._figures = _Rows()
        self._abcd = _Rows()
        self._abcd_part = QWidget()
        self._fill()
        self._connect()
        self.show_measurement(None)

    def show_measurement(self, measurement: Measurement | None, scale: Scale | None = None) -> None:
        """Show what was measured; without an outline the picture may still have a scale."""
        self._scale = scale if measurement is None else measurement.scale
        self._about_outline.setText(self._outline_words(measurement))
        self.propose.setEnabled(True)
        self.correct.setText(self.tr("Draw outline (O)") if measurement is None else self.tr("Correct outline (O)"))
        self.clear.setEnabled(measurement is not None)
        self._figures.show_rows(() if measurement is None else self._sizes(measurement))
        self._show_abcd(None if measurement is None else measurement.abcd)
        self._show_scale()

    def show_busy(self) -> None:
        """An outline is being looked for."""
        self.propose.setEnabled(False)
        self._about_outline.setText(self.tr("Looking for the outline…"))

    def show_trouble(self, words: str) -> None:
        """No outline could be proposed; `words` say why."""
        self.show_measurement(None, self._scale)
        self._about_outline.setText(words)

    def follow_ruler(self, tool: RulerTool) -> None:
        """Ask for the length of the line that is drawn with this tool, for as long as it is used."""
        self._ruler = tool
        self.form.show_line(tool.line)
        tool.line_changed.connect(self.form.show_line)
        tool.length_known.connect(self.form.ask)
        tool.put_away.connect(partial(self._leave_ruler, tool))

    def _leave_ruler(self, tool: RulerTool) -> None:
        if self._ruler is tool:
            self._ruler = None
            self.form.show_line(None)

    def words(self) -> str:
        """All that is said of the measurement."""
        parts = [self._about_outline.text(), self._figures.words(), self._about_scale.text()]
        if not self._abcd_part.isHidden():
            parts.append(self._abcd.words())
        return "\n".join(part for part in parts if part)

    def _outline_words(self, measurement: Measurement | None) -> str:
        if measurement is None:
            return self.tr("No outline yet: let one be proposed, or draw it around the lesion.")
        if measurement.by_hand:
            return self.tr("Measured on the outline that you drew or corrected.")
        return self.tr("Measured on the proposed outline. Correct it where it does not follow the lesion.")

    def _sizes(self, measurement: Measurement) -> tuple[tuple[str, str, str], ...]:
        mm_per_px = None if measurement.scale is None else measurement.scale.mm_per_px
        return (
            (
                self.tr("Diameter"),
                length_words(measurement.diameter_px, mm_per_px),
                self.tr("The longest line between two points of the outline."),
            ),
            (self.tr("Area"), area_words(measurement.area_px, mm_per_px), ""),
            (self.tr("Perimeter"), length_words(measurement.perimeter_px, mm_per_px), ""),
        )

    def _show_scale(self) -> None:
        if self._scale is None:
            self._about_scale.setText(self.tr("No scale yet: draw a line on the ruler (R)."))
        else:
            self._about_scale.setText(scale_words(self._scale))
        self.clear_scale.setVisible(self._scale is not None)
        if self._ruler is not None:
            self._ruler.set_scale(None if self._scale is None else self._scale.mm_per_px)

    def _show_abcd(self, abcd: Abcd | None) -> None:
        self._abcd_part.setVisible(abcd is not None)
        self._abcd.show_rows(() if abcd is None else abcd_rows(abcd))

    def _connect(self) -> None:
        self.propose.clicked.connect(self.propose_wanted)
        self.correct.clicked.connect(self.correct_wanted)
        self.clear.clicked.connect(self.clear_wanted)
        self.draw_line.clicked.connect(self.ruler_wanted)
        self.clear_scale.clicked.connect(lambda: self.scale_changed.emit(None))
        self.form.given.connect(self.scale_changed)

    def _fill(self) -> None:
        aid = self.tr(
            "An aid computed on the outline, not the score of the ABCD rule: differential structures are not looked "
            "for, and nothing here is weighed."
        )
        part = QVBoxLayout(self._abcd_part)
        part.setContentsMargins(0, 0, 0, 0)
        part.setSpacing(12)
        part.addWidget(hairline())
        part.addWidget(text_label(self.tr("ABCD aid"), "section"))
        part.addWidget(self._abcd)
        part.addWidget(text_label(aid, "secondary", wrap=True))
        self.body.addWidget(self._about_outline)
        self.body.addLayout(_row(self.propose, self.clear))
        self.body.addLayout(_row(self.correct))
        self.body.addWidget(self._figures)
        self.body.addWidget(hairline())
        self.body.addWidget(text_label(self.tr("Scale"), "section"))
        self.body.addWidget(self._about_scale)
        self.body.addWidget(self.form)
        self.body.addLayout(_row(self.draw_line, self.clear_scale))
        self.body.addWidget(self._abcd_part)


class _Rows(QWidget):
    """Names with their values on the right, and below each a line on what it means."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._rows: tuple[tuple[str, str, str], ...] = ()
        self._shown: list[QWidget] = []

    def show_rows(self, rows: tuple[tuple[str, str, str], ...]) -> None:
        """Show these in the place of the last ones: name, value, what it means."""
        self._rows = rows
        for shown in self._shown:
            shown.deleteLater()
        self._shown = [_figure(*row) for row in rows]
        for widget in self._shown:
            self._column.addWidget(widget)
        self.setVisible(bool(rows))

    def words(self) -> str:
        """What is shown, a line for each."""
        return "\n".join(f"{name}: {value}. {meaning}".strip() for name, value, meaning in self._rows)


def _figure(name: str, value: str, meaning: str) -> QWidget:
    holder = QWidget()
    holder.setAccessibleName(f"{name}: {value}. {meaning}".strip())
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    line = QHBoxLayout()
    line.addWidget(text_label(name, "body"), 1)
    number = text_label(value, "strong")
    number.setFont(tabular(number.font()))
    line.addWidget(number)
    column.addLayout(line)
    if meaning:
        column.addWidget(text_label(meaning, "secondary", wrap=True))
    return holder


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _button(text: str, icon_name: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    set_icon(button, icon_name)
    return button
