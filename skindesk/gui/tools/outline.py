"""The tool that corrects or draws a lesion's outline."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from skindesk.gui.tools.contour import LEAST_POINTS, Points, crosses_itself, nearest_on, pulled_at, redrawn
from skindesk.gui.widgets.canvas_layers import CanvasLayer
from skindesk.gui.widgets.canvas_tool import Action, CanvasTool, keys_line
from skindesk.gui.widgets.ink import HIT_PX, apart, closed_path, draw_handle, draw_line
from skindesk.gui.widgets.projection import Point

Mend = Callable[[Sequence[Point], int, int], Points | None]
"""Makes of drawn points a line of not too many points that does not cross itself, within a picture of that width and
height; None where they enclose nothing. `skindesk.imaging.outline.outline_from_points` does."""

_SPACING_PX = 22.0
"""Handles never stand closer than this; what lies between two of them follows the one that is moved."""
_SAMPLE_PX = 4.0
_LEAST_STROKE_PX = 24.0
_CLOSING_SHARE = 0.15
_FIRST_POINTS = 16
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REMOVE = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class OutlineTool(CanvasTool):
    """Pulls at handles and edges, and draws by hand.

    A stroke that ends where it began is the whole outline; any other takes the place of the part nearest to it. A pull
    that would make the outline cross itself stops before it does.
    """

    taken = Signal(object)
    """The outline's points, a tuple of (x, y) in the pixels of the upright original."""

    hides = frozenset({CanvasLayer.OUTLINE})

    def __init__(self, points: Sequence[Point], mend: Mend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._points: Points = tuple(points)
        self._mend = mend
        self._undo: list[Points] = []
        self._active: int | None = None
        self._nudged = False
        self._stroke: list[Point] | None = None
        self._hold: _Hold | None = None

    @property
    def points(self) -> Points:
        """The outline as it stands; empty where there is none."""
        return self._points

    @property
    def grips(self) -> tuple[int, ...]:
        """The points that have a handle at this zoom: as many as there is room for."""
        if not self._points:
            return ()
        count, first = len(self._points), self._active or 0
        places = [self.view.to_widget(point) for point in self._points]
        steps = [apart(places[index], places[(index + 1) % count]) for index in range(count)]
        whole = sum(steps)
        spacing = min(_SPACING_PX, whole / 4)
        found, walked, last = [first], 0.0, 0.0
        for step in range(1, count):
            walked += steps[(first + step - 1) % count]
            if walked - last >= spacing and whole - walked >= spacing / 2:
                found.append((first + step) % count)
                last = walked
        return tuple(sorted(found))

    def start(self) -> None:
        """An outline that crosses itself could not be corrected: it is mended first."""
        if crosses_itself(self._points):
            self._points = self._mended(self._points) or ()

    def holds_tab(self) -> bool:
        """Tab goes from handle to handle."""
        return bool(self._points)

    def hint(self) -> str:
        """Its keys, in one line."""
        if not self._points:
            return keys_line(self.tr("Draw around the lesion, or press an arrow key"), self.tr("Esc leaves"))
        return keys_line(
            self.tr("Drag handles"),
            self.tr("Shift+drag draws anew"),
            self.tr("Tab, arrows"),
            self.tr("Ins, Del"),
            self.tr("Ctrl+Z undoes"),
            self.tr("Enter takes"),
            self.tr("Esc leaves"),
        )

    def state(self) -> str:
        """How many points there are, and which is active."""
        if not self._points:
            return self.tr("Outline tool: no outline")
        words = self.tr("Outline tool: {count} points").format(count=len(self._points))
        if self._active is None:
            return words
        x, y = self._points[self._active]
        return words + self.tr(", point {number} at {place}").format(number=self._active + 1, place=f"{x:.0f}, {y:.0f}")

    def cursor_at(self, at: QPointF) -> Qt.CursorShape:
        """Shows where a handle can be taken hold of, and where a press pulls the edge."""
        if self._grip_at(at) is not None:
            return Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.PointingHandCursor if self._is_on_edge(at) else Qt.CursorShape.CrossCursor

    def paint(self, painter: QPainter) -> None:
        """Draw the outline, its handles, and what is being drawn by hand."""
        places = [self.view.to_widget(point) for point in self._points]
        if places:
            draw_line(painter, closed_path(places))
        if self._stroke is not None:
            path = QPainterPath()
            path.addPolygon(QPolygonF([self.view.to_widget(point) for point in self._stroke]))
            draw_line(painter, path, dashed=True)
            return
        for grip in self.grips:
            if grip != self._active:
                draw_handle(painter, places[grip], is_round=True)
        if self._active is not None:
            draw_handle(painter, places[self._active], active=True, is_round=True)

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take hold of a handle or of the edge, or begin to draw: with Shift even where there is something to hold."""
        earlier = self._points
        draws = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        grip = None if draws else self._grip_at(at)
        if grip is None and not draws and self._is_on_edge(at):
            grip = self._opened_at(at)
        if grip is None:
            self._stroke = [self.view.within(self.view.to_picture(at))]
            return
        self._active = grip
        self._hold = _Hold(earlier, self._points, grip, *self._neighbours(grip), self.view.to_picture(at))
        self.changed.emit()

    def drag(self, at: QPointF) -> None:
        """Pull, or go on drawing."""
        to = self.view.to_picture(at)
        if self._stroke is not None:
            to = self.view.within(to)
            if math.dist(to, self._stroke[-1]) * self.view.scale >= _SAMPLE_PX:
                self._stroke.append(to)
                self.changed.emit()
        elif self._hold is not None:
            self._pull(self._hold, (to[0] - self._hold.start[0], to[1] - self._hold.start[1]))

    def release(self, at: QPointF) -> None:
        """Let go."""
        self.drag(at)
        if self._hold is not None and self._hold.earlier != self._points:
            self._undo.append(self._hold.earlier)
        if self._stroke is not None:
            self._take_stroke(self._stroke)
        self._stroke = self._hold = None
        self._nudged = False
        self.changed.emit()

    def action(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> Action | None:
        """Tab goes through the handles, arrows move, Ins adds, Del removes, Ctrl+Z undoes, Enter takes, Esc leaves."""
        if key == Qt.Key.Key_Escape:
            return self.finished.emit
        if key == Qt.Key.Key_Z and modifiers & Qt.KeyboardModifier.ControlModifier:
            return self._take_back
        by = self.arrow_step(key, modifiers)
        if by is not None:
            return partial(self._nudge, by)
        return self._on_points(key, modifiers) if self._points else None

    def _on_points(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> Action | None:
        if key in _ENTER:
            return self._take
        if key in _REMOVE:
            return self._remove
        if key == Qt.Key.Key_Insert:
            return self._insert
        if key == Qt.Key.Key_Backtab or (key == Qt.Key.Key_Tab and modifiers & Qt.KeyboardModifier.ShiftModifier):
            return partial(self._step, -1)
        return partial(self._step, 1) if key == Qt.Key.Key_Tab else None

    def _take(self) -> None:
        self.taken.emit(self._points)
        self.finished.emit()

    def _take_back(self) -> None:
        if self._undo:
            self._points = self._undo.pop()
            self._active, self._nudged = None, False
            self.changed.emit()

    def _step(self, way: int) -> None:
        """Go to the next handle."""
        grips = self.grips
        at = grips.index(self._active) + way if self._active is not None else min(way, 0)
        self._active, self._nudged = grips[at % len(grips)], False
        self.changed.emit()

    def _nudge(self, by: Point) -> None:
        """Move the active handle; several moves of one are undone as one."""
        if not self._points:
            self._change(_ellipse(self.view.width_px, self.view.height_px), active=0)
        elif self._active is None:
            self._step(1)
        else:
            earlier = self._points
            self._pull(_Hold(earlier, earlier, self._active, *self._neighbours(self._active), (0.0, 0.0)), by)
            if self._points != earlier and not self._nudged:
                self._undo.append(earlier)
                self._nudged = True

    def _insert(self) -> None:
        """Go halfway to the next handle; there will be a point."""
        if self._active is None:
            self._step(1)
            return
        count, active = len(self._points), self._active
        hidden = (self._neighbours(active)[1] - active) % count - 1
        if hidden > 0:
            self._active, self._nudged = (active + 1 + hidden // 2) % count, False
            self.changed.emit()
            return
        (x, y), (next_x, next_y) = self._points[active], self._points[(active + 1) % count]
        middle = (x + next_x) / 2, (y + next_y) / 2
        self._change((*self._points[: active + 1], middle, *self._points[active + 1 :]), active + 1)

    def _remove(self) -> None:
        """Take the active handle away, not where the outline would cross itself or end."""
        if self._active is None:
            return
        count = len(self._points)
        # With a handle go the points that it stands for, or its removal could not be seen.
        gone = {self._active, *self._near(self._active, 1), *self._near(self._active, -1)}
        kept = [index for index in range(count) if index not in gone]
        points = tuple(self._points[index] for index in kept)
        if len(points) >= LEAST_POINTS and not crosses_itself(points):
            before = max((index for index in kept if index < self._active), default=kept[-1])
            self._change(points, kept.index(before))

    def _near(self, active: int, way: int) -> list[int]:
        """The points on one side that are nearer to a handle than another handle could stand."""
        count, walked, found = len(self._points), 0.0, []
        for step in range(count):
            index, following = (active + way * step) % count, (active + way * (step + 1)) % count
            walked += math.dist(self._points[index], self._points[following]) * self.view.scale
            if walked >= _SPACING_PX / 2:
                break
            found.append(following)
        return found

    def _change(self, points: Points, active: int | None) -> None:
        self._undo.append(self._points)
        self._points, self._active, self._nudged = points, active, False
        self.changed.emit()

    def _pull(self, hold: "_Hold", by: Point) -> None:
        """Move what is held; the outline stays within the picture, and as it was where it would cross itself."""
        x, y = hold.points[hold.grip]
        to = self.view.within((x + by[0], y + by[1]))
        pulled = pulled_at(hold.points, hold.grip, hold.before, hold.after, (to[0] - x, to[1] - y))
        points = tuple(self.view.within(point) for point in pulled)
        if points != self._points and not crosses_itself(points):
            self._points = points
            self.changed.emit()

    def _take_stroke(self, stroke: Sequence[Point]) -> None:
        length = sum(math.dist(*step) for step in pairwise(stroke)) * self.view.scale
        if length < _LEAST_STROKE_PX:
            return
        gap = math.dist(stroke[0], stroke[-1]) * self.view.scale
        whole = not self._points or gap <= max(HIT_PX, _CLOSING_SHARE * length)
        points = self._mended(stroke if whole else redrawn(self._points, stroke))
        if points is not None:
            self._change(points, None)

    def _mended(self, points: Sequence[Point]) -> Points | None:
        return self._mend(points, self.view.width_px, self.view.height_px)

    def _neighbours(self, grip: int) -> tuple[int, int]:
        """The handles before and after one."""
        grips = self.grips
        at = grips.index(grip)
        return grips[at - 1], grips[(at + 1) % len(grips)]

    def _opened_at(self, at: QPointF) -> int:
        """The point under a press on the edge; where there is none yet, it is added."""
        near = nearest_on(self._points, self.view.to_picture(at))
        count = len(self._points)
        for index in (near.edge, (near.edge + 1) % count):
            if math.dist(self._points[index], near.place) * self.view.scale <= HIT_PX / 4:
                self._active = index
                return index
        self._points = (*self._points[: near.edge + 1], near.place, *self._points[near.edge + 1 :])
        self._active = near.edge + 1
        return near.edge + 1

    def _grip_at(self, at: QPointF) -> int | None:
        away = {grip: apart(at, self.view.to_widget(self._points[grip])) for grip in self.grips}
        nearest = min(away, key=away.__getitem__, default=None)
        return nearest if nearest is not None and away[nearest] <= HIT_PX / 2 else None

    def _is_on_edge(self, at: QPointF) -> bool:
        if not self._points:
            return False
        return nearest_on(self._points, self.view.to_picture(at)).distance * self.view.scale <= HIT_PX / 2


@dataclass(frozen=True)
class _Hold:
    """What was taken hold of: the outline before and when it was, the handle and its neighbours, and where."""

    earlier: Points
    points: Points
    grip: int
    before: int
    after: int
    start: Point


def _ellipse(width_px: int, height_px: int) -> Points:
    """An outline to begin with, in the middle of the picture."""
    turns = [2 * math.pi * step / _FIRST_POINTS for step in range(_FIRST_POINTS)]
    return tuple((width_px * (0.5 + math.cos(turn) / 6), height_px * (0.5 + math.sin(turn) / 6)) for turn in turns)
