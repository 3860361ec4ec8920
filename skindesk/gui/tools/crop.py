"""The tool that cuts out the part of a picture that is looked at."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QApplication

from skindesk.domain.region import Region
from skindesk.gui.tools.crop_box import CORNERS, EDGES, MOVE, Grip, middle_half, moved, pulled, spanned
from skindesk.gui.widgets.canvas_layers import CanvasLayer, on_widget
from skindesk.gui.widgets.canvas_tool import Action, CanvasTool, keys_line
from skindesk.gui.widgets.ink import (
    HIT_PX,
    apart,
    draw_handle,
    draw_line,
    draw_shade,
    draw_words,
    use_tabular_figures,
    word_plate,
)
from skindesk.gui.widgets.projection import Point

_CURSORS = {
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    MOVE: Qt.CursorShape.SizeAllCursor,
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REMOVE = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class CropTool(CanvasTool):
    """Draws a rectangle, moves it and pulls at its edges; it starts from the rectangle that is proposed, if any."""

    taken = Signal(object)
    """The Region to look at; None is the whole picture."""

    hides = frozenset({CanvasLayer.REGION})

    def __init__(self, proposed: Region | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._region = proposed
        self._pressed_at: QPointF | None = None
        self._from: Point = (0.0, 0.0)
        self._held: tuple[Grip, Region] | None = None

    @property
    def region(self) -> Region | None:
        """The rectangle as it stands."""
        return self._region

    def start(self) -> None:
        """A proposal that is not of this picture is not taken."""
        if self._region is not None and not self._region.lies_within(*self._size):
            self._region = None

    def hint(self) -> str:
        """Its keys, in one line."""
        if self._region is None:
            return keys_line(
                self.tr("Drag a rectangle, or press an arrow key"),
                self.tr("Enter takes the whole picture"),
                self.tr("Esc leaves"),
            )
        return keys_line(
            self.tr("Arrows move"),
            self.tr("Shift+arrows size"),
            self.tr("Ctrl 1 px"),
            self.tr("Enter takes"),
            self.tr("Backspace removes"),
            self.tr("Esc leaves"),
        )

    def state(self) -> str:
        """Where the rectangle is."""
        if self._region is None:
            return self.tr("Crop tool: no rectangle")
        place = f"{self._region.left}, {self._region.top}"
        return self.tr("Crop tool: {size} from {place}").format(size=_size_words(self._region), place=place)

    def cursor_at(self, at: QPointF) -> Qt.CursorShape:
        """Shows what a press would pull at."""
        grip = self._grip_at(at)
        return Qt.CursorShape.CrossCursor if grip is None else _CURSORS[grip]

    def paint(self, painter: QPainter) -> None:
        """Darken what is left out; draw the rectangle with its handles and its size."""
        if self._region is None:
            return
        box = on_widget(self._region, self.view)
        draw_shade(painter, self.view.place, box)
        frame = QPainterPath()
        frame.addRect(box)
        draw_line(painter, frame)
        for grip in (*EDGES, *CORNERS):
            draw_handle(painter, _handle(box, grip))
        painter.save()
        use_tabular_figures(painter)
        text = _size_words(self._region)
        draw_words(painter, text, word_plate(painter, text, box, self.room, []))
        painter.restore()

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take hold of the rectangle, or get ready to draw another."""
        self._pressed_at = at
        self._from = self.view.to_picture(at)
        grip = self._grip_at(at)
        self._held = None if grip is None or self._region is None else (grip, self._region)

    def drag(self, at: QPointF) -> None:
        """Move, pull or draw; a click that hardly moved does not replace the rectangle."""
        if self._pressed_at is None:
            return
        to = self.view.to_picture(at)
        if self._held is None:
            if apart(at, self._pressed_at) >= QApplication.startDragDistance():
                self._show(spanned(self._from, to, self._size))
            return
        grip, region = self._held
        by = to[0] - self._from[0], to[1] - self._from[1]
        self._show(moved(region, by, self._size) if grip == MOVE else pulled(region, grip, by, self._size))

    def release(self, at: QPointF) -> None:
        """Let go."""
        self.drag(at)
        self._pressed_at = self._held = None

    def action(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> Action | None:
        """Arrows move, with Shift they size; Enter takes, Backspace removes, Esc leaves."""
        if key == Qt.Key.Key_Escape:
            return self.finished.emit
        if key in _ENTER:
            return self._take
        if key in _REMOVE and self._region is not None:
            return partial(self._show, None)
        by = self.arrow_step(key, modifiers)
        return None if by is None else self._arrow(by, bool(modifiers & Qt.KeyboardModifier.ShiftModifier))

    def _arrow(self, by: Point, sizes: bool) -> Callable[[], None]:
        if self._region is None:
            return partial(self._show, middle_half(self._size))
        if sizes:
            return partial(self._show, pulled(self._region, (1, 1), by, self._size))
        return partial(self._show, moved(self._region, by, self._size))

    def _take(self) -> None:
        whole = Region(0, 0, *self._size)
        self.taken.emit(None if self._region == whole else self._region)
        self.finished.emit()

    def _show(self, region: Region | None) -> None:
        if region != self._region:
            self._region = region
            self.changed.emit()

    @property
    def _size(self) -> tuple[int, int]:
        return self.view.width_px, self.view.height_px

    def _grip_at(self, at: QPointF) -> Grip | None:
        """What of the rectangle is under a point: a corner, an edge, the inside or nothing."""
        if self._region is None:
            return None
        box = on_widget(self._region, self.view)
        reach = HIT_PX / 2
        inward_x, inward_y = min(reach, box.width() / 4), min(reach, box.height() / 4)
        if not box.adjusted(-reach, -reach, reach, reach).contains(at):
            return None
        across = _side(at.x(), box.left() + inward_x, box.right() - inward_x)
        down = _side(at.y(), box.top() + inward_y, box.bottom() - inward_y)
        return across, down


def _side(value: float, first: float, last: float) -> int:
    return -1 if value < first else 1 if value > last else 0


def _handle(box: QRectF, grip: Grip) -> QPointF:
    return box.center() + QPointF(grip[0] * box.width() / 2, grip[1] * box.height() / 2)


def _size_words(region: Region) -> str:
    return f"{region.width} × {region.height}\u00a0px"
