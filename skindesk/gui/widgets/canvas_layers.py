"""What stays on a picture without a tool: marks, the part that is looked at, an outline and a scale bar."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from skindesk.domain.region import Region
from skindesk.gui.widgets.ink import closed_path, draw_line, draw_shade, draw_words, use_tabular_figures, word_plate
from skindesk.gui.widgets.projection import Point, Projection

_BAR_PX = 140.0
_TICK_PX = 6.0
_LEAST_MARK_PX = 8.0

translate = QCoreApplication.translate  # under this name the translation tools find the texts


class CanvasLayer(Enum):
    """The layers, in the order in which they are drawn."""

    REGION = auto()
    OUTLINE = auto()
    MARKS = auto()
    SCALE_BAR = auto()


@dataclass(frozen=True)
class Mark:
    """A place in the picture, and the word that says what is there."""

    place: Region
    word: str


@dataclass(frozen=True)
class CanvasLayers:
    """The layers' content; nothing at first. `mm_per_px` is for the pixels of the upright original."""

    region: Region | None = None
    outline: tuple[Point, ...] = ()
    marks: tuple[Mark, ...] = ()
    mm_per_px: float | None = None

    def paint(self, painter: QPainter, view: Projection, room: QRectF, hidden: frozenset[CanvasLayer]) -> None:
        """Draw all but the hidden layers; words and the scale bar stay within `room`."""
        if self.region is not None and CanvasLayer.REGION not in hidden:
            kept = on_widget(self.region, view)
            draw_shade(painter, view.place, kept)
            draw_line(painter, _frame(kept))
        if self.outline and CanvasLayer.OUTLINE not in hidden:
            draw_line(painter, closed_path([view.to_widget(point) for point in self.outline]))
        if CanvasLayer.MARKS not in hidden:
            _paint_marks(painter, self.marks, view, room)
        if self.mm_per_px is not None and CanvasLayer.SCALE_BAR not in hidden:
            _paint_scale_bar(painter, self.mm_per_px, view, room)

    def words(self) -> list[str]:
        """What is drawn, for those who do not see it."""
        said = []
        if self.region is not None:
            size = f"{self.region.width} × {self.region.height}\u00a0px"
            said.append(translate("canvas", "Only a part is looked at: {size}").format(size=size))
        if self.outline:
            said.append(translate("canvas", "The lesion's outline is shown"))
        if self.marks:
            said.append(translate("canvas", "Marked: {words}").format(words=", ".join(_counted(self.marks))))
        return said


def on_widget(region: Region, view: Projection) -> QRectF:
    """Where a part of the picture lies on the widget."""
    corner = view.to_widget((region.left, region.top))
    return QRectF(corner.x(), corner.y(), region.width * view.scale, region.height * view.scale)


def bar_length_mm(most_mm: float) -> float:
    """The longest of 1, 2, 5, 10, 20, 50… that is no longer than that, and their tenths, hundredths…"""
    power = 10.0 ** math.floor(math.log10(most_mm))
    return next((power * step for step in (5, 2) if power * step <= most_mm), power)


def _frame(rect: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRect(rect)
    return path


def _counted(marks: Sequence[Mark]) -> list[str]:
    counts: dict[str, int] = {}
    for mark in marks:
        counts[mark.word] = counts.get(mark.word, 0) + 1
    return [word if count == 1 else f"{word} ({count})" for word, count in counts.items()]


def _paint_marks(painter: QPainter, marks: Sequence[Mark], view: Projection, room: QRectF) -> None:
    """Every place has a frame; each word stands once, at the largest of its places."""
    frames: dict[str, list[QRectF]] = {}
    for mark in marks:
        frames.setdefault(mark.word, []).append(_at_least(on_widget(mark.place, view)))
    taken: list[QRectF] = []
    for places in frames.values():
        for place in places:
            draw_line(painter, _frame(place), dashed=True)
    for places, text in zip(frames.values(), _counted(marks), strict=True):
        largest = max(places, key=lambda place: (place.intersects(room), place.width() * place.height()))
        if largest.intersects(room):
            plate = word_plate(painter, text, largest, room, taken)
            draw_words(painter, text, plate)
            taken.append(plate)


def _at_least(rect: QRectF) -> QRectF:
    more_x, more_y = (max(0.0, _LEAST_MARK_PX - side) / 2 for side in (rect.width(), rect.height()))
    return rect.adjusted(-more_x, -more_y, more_x, more_y)


def _paint_scale_bar(painter: QPainter, mm_per_px: float, view: Projection, room: QRectF) -> None:
    """In the lower right corner."""
    painter.save()
    use_tabular_figures(painter)
    length_mm = bar_length_mm(_BAR_PX * mm_per_px / view.scale)
    length_px = length_mm * view.scale / mm_per_px
    right, y = room.right() - _TICK_PX, room.bottom() - _TICK_PX
    left = right - length_px
    bar = QPainterPath(QPointF(left, y - _TICK_PX))
    for point in (QPointF(left, y), QPointF(right, y), QPointF(right, y - _TICK_PX)):
        bar.lineTo(point)
    draw_line(painter, bar)
    text = f"{length_mm:g}\u00a0mm"
    words = word_plate(painter, text, QRectF(left, y - _TICK_PX, length_px, _TICK_PX), room, [])
    draw_words(painter, text, words)
    painter.restore()
