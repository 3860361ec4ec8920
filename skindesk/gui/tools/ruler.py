"""The tool that measures a line: in pixels, and in millimetres where the scale is known."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QApplication

from skindesk.gui.tools.figures import length_words, millimetres
from skindesk.gui.widgets.canvas_tool import Action, CanvasTool, keys_line
from skindesk.gui.widgets.ink import (
    HIT_PX,
    apart,
    draw_line,
    draw_ring,
    draw_words,
    use_tabular_figures,
    word_plate,
)
from skindesk.gui.widgets.projection import Point

ReadMarks = Callable[[Point, Point], float | None]
"""Reads a ruler's marks between two points of the picture: millimetres for one pixel, or None where it is not sure."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REMOVE = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
_TABS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_TICK_PX = 14.0
_LEAST_PX = 2.0


@dataclass(frozen=True)
class RulerLine:
    """A line in the pixels of the upright original.

    `mm_per_px` is what a ruler's marks along it say, where they could be read.
    """

    start: Point
    end: Point
    mm_per_px: float | None = None

    @property
    def length_px(self) -> float:
        """How long it is in pixels."""
        return math.dist(self.start, self.end)

    @property
    def length_read_mm(self) -> float | None:
        """How long it is by the ruler's marks."""
        return None if self.mm_per_px is None else self.length_px * self.mm_per_px


class RulerTool(CanvasTool):
    """Draws one line and moves its ends; it starts from the line that is proposed, if any.

    `read_marks` is called each time an end is let go or was moved by a key, so it has to be quick.
    """

    line_changed = Signal(object)
    """The RulerLine that is drawn now, or None."""
    length_known = Signal()
    """The user wants to say how long the line is in millimetres."""

    def __init__(
        self,
        mm_per_px: float | None = None,
        read_marks: ReadMarks | None = None,
        proposed: RulerLine | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._mm_per_px, self._read_marks = mm_per_px, read_marks
        self._line = proposed
        self._end_active = True
        self._grip: Point = (0.0, 0.0)
        self._drawn_from: QPointF | None = None

    @property
    def line(self) -> RulerLine | None:
        """What is drawn."""
        return self._line

    def set_scale(self, mm_per_px: float | None) -> None:
        """Show lengths in millimetres from now on, or no longer."""
        self._mm_per_px = mm_per_px
        self.changed.emit()

    def holds_tab(self) -> bool:
        """Tab goes from one end to the other."""
        return self._line is not None

    def hint(self) -> str:
        """Its keys, in one line."""
        if self._line is None:
            return keys_line(
                self.tr("Drag a line, along a ruler's edge for the scale, or press an arrow key"),
                self.tr("Esc leaves"),
            )
        return keys_line(
            self.tr("Arrows move the end"),
            self.tr("Ctrl 1 px"),
            self.tr("Tab other end"),
            self.tr("Enter gives its length"),
            self.tr("Esc leaves"),
        )

    def state(self) -> str:
        """How long the line is."""
        if self._line is None:
            return self.tr("Ruler: no line")
        return self.tr("Ruler: {length}").format(length=self._words(self._line))

    def cursor_at(self, at: QPointF) -> Qt.CursorShape:
        """Shows where an end can be taken hold of."""
        return Qt.CursorShape.CrossCursor if self._end_at(at) is None else Qt.CursorShape.SizeAllCursor

    def paint(self, painter: QPainter) -> None:
        """Draw the line with a tick across each end, and its length."""
        if self._line is None:
            return
        start, end = self.view.to_widget(self._line.start), self.view.to_widget(self._line.end)
        draw_line(painter, _ruled(start, end))
        for at, active in ((start, not self._end_active), (end, self._end_active)):
            draw_ring(painter, at, active)
        painter.save()
        use_tabular_figures(painter)
        text = self._words(self._line)
        draw_words(painter, text, word_plate(painter, text, QRectF(start, end).normalized(), self.room, []))
        painter.restore()

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take hold of an end, or get ready to draw another line."""
        held = self._end_at(at)
        self._drawn_from = at if held is None else None
        if held is not None:
            self._end_active = held
            self._grip = self._offset(at)
            self.changed.emit()

    def drag(self, at: QPointF) -> None:
        """Move the end, or draw; a click that hardly moved draws nothing."""
        if self._drawn_from is not None:
            if apart(at, self._drawn_from) < QApplication.startDragDistance():
                return
            start = self.view.within(self.view.to_picture(self._drawn_from))
            self._line, self._end_active, self._grip = RulerLine(start, start), True, (0.0, 0.0)
            self._drawn_from = None
        if self._line is not None:
            x, y = self.view.to_picture(at)
            self._move_end((x + self._grip[0], y + self._grip[1]))

    def release(self, at: QPointF) -> None:
        """Let go, and read a ruler's marks along the line."""
        self.drag(at)
        if self._drawn_from is None:
            self._read()
        self._drawn_from = None

    def action(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> Action | None:
        """Arrows move the active end, Tab goes to the other, Enter asks for the length, Esc leaves."""
        if key == Qt.Key.Key_Escape:
            return self.finished.emit
        if key in _ENTER:
            return None if self._line is None else self.length_known.emit
        if key in _TABS and self._line is not None:
            return self._other_end
        if key in _REMOVE and self._line is not None:
            return partial(self._show, None)
        by = self.arrow_step(key, modifiers)
        return None if by is None else partial(self._nudge, by)

    def _nudge(self, by: Point) -> None:
        if self._line is None:
            y = self.view.height_px / 2
            self._show(RulerLine((self.view.width_px / 3, y), (self.view.width_px * 2 / 3, y)))
        else:
            x, y = self._active_end(self._line)
            self._move_end((x + by[0], y + by[1]))
        self._read()

    def _move_end(self, to: Point) -> None:
        if self._line is None:
            return
        to = self.view.within(to)
        fixed = self._line.start if self._end_active else self._line.end
        if math.dist(fixed, to) >= _LEAST_PX:
            self._show(RulerLine(fixed, to) if self._end_active else RulerLine(to, fixed))

    def _read(self) -> None:
        if self._line is not None and self._read_marks is not None:
            self._show(replace(self._line, mm_per_px=self._read_marks(self._line.start, self._line.end)))

    def _other_end(self) -> None:
        self._end_active = not self._end_active
        self.changed.emit()

    def _show(self, line: RulerLine | None) -> None:
        if line != self._line:
            self._line = line
            self.line_changed.emit(line)
            self.changed.emit()

    def _active_end(self, line: RulerLine) -> Point:
        return line.end if self._end_active else line.start

    def _end_at(self, at: QPointF) -> bool | None:
        """Whether the end (or the start) of the line is under a point; None where neither is."""
        if self._line is None:
            return None
        to_start, to_end = (apart(at, self.view.to_widget(point)) for point in (self._line.start, self._line.end))
        return None if min(to_start, to_end) > HIT_PX / 2 else to_end <= to_start

    def _offset(self, at: QPointF) -> Point:
        """From a press to the end that it took hold of."""
        if self._line is None:
            return (0.0, 0.0)
        (end_x, end_y), (x, y) = self._active_end(self._line), self.view.to_picture(at)
        return end_x - x, end_y - y

    def _words(self, line: RulerLine) -> str:
        words = length_words(line.length_px, self._mm_per_px)
        if self._mm_per_px is None and line.length_read_mm is not None:
            return self.tr("{length}, {read} by its marks").format(length=words, read=millimetres(line.length_read_mm))
        return words


def _ruled(start: QPointF, end: QPointF) -> QPainterPath:
    path = QPainterPath(start)
    path.lineTo(end)
    length = max(apart(start, end), 1e-6)
    across = QPointF(start.y() - end.y(), end.x() - start.x()) * (_TICK_PX / length)
    for at in (start, end):
        path.moveTo(at - across)
        path.lineTo(at + across)
    return path
