"""Lines, handles and words over a picture: white with a black edge, so that they are seen on any skin."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from skindesk.gui.theme import current, tabular

HANDLE_PX, HIT_PX = 12.0, 24.0
"""How large a handle is drawn, and how near to it a press counts (WCAG 2.5.8), in pixels that scale with the screen."""

_LINE_PX, _EDGE_PX = 2.0, 4.0
_LIGHT, _DARK = QColor("#FFFFFF"), QColor(0, 0, 0, 200)
_SHADE = QColor(0, 0, 0, 140)
_PAD_X_PX, _PAD_Y_PX = 8.0, 3.0
_GAP_PX = 8.0


def draw_line(painter: QPainter, path: QPainterPath, dashed: bool = False) -> None:
    """A white line with a black edge."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    for pen in (QPen(_DARK, _EDGE_PX), QPen(_LIGHT, _LINE_PX, style)):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(path)


def draw_handle(painter: QPainter, at: QPointF, active: bool = False, is_round: bool = False) -> None:
    """Something to take hold of; the active one is larger and has its colours changed about."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    size = HANDLE_PX + 4 if active else HANDLE_PX
    square = QRectF(at.x() - size / 2, at.y() - size / 2, size, size)
    inner, edge = (QColor("#000000"), _LIGHT) if active else (_LIGHT, QColor("#000000"))
    painter.setPen(QPen(edge, 2.5 if active else 1.5))
    painter.setBrush(inner)
    if is_round:
        painter.drawEllipse(square)
    else:
        painter.drawRect(square)


def draw_ring(painter: QPainter, at: QPointF, active: bool = False) -> None:
    """Something to take hold of that leaves in sight what lies under it; the active one is larger."""
    ring = QPainterPath()
    radius = HANDLE_PX * (0.75 if active else 0.5)
    ring.addEllipse(at, radius, radius)
    draw_line(painter, ring)


def draw_shade(painter: QPainter, whole: QRectF, kept: QRectF) -> None:
    """Darken a picture but for a part of it."""
    for dimmed in (
        QRectF(whole.left(), whole.top(), whole.width(), kept.top() - whole.top()),
        QRectF(whole.left(), kept.bottom(), whole.width(), whole.bottom() - kept.bottom()),
        QRectF(whole.left(), kept.top(), kept.left() - whole.left(), kept.height()),
        QRectF(kept.right(), kept.top(), whole.right() - kept.right(), kept.height()),
    ):
        painter.fillRect(dimmed, _SHADE)


def word_plate(painter: QPainter, text: str, near: QRectF, room: QRectF, taken: list[QRectF]) -> QRectF:
    """Where words fit beside a rectangle within `room`: where they cover none of `taken`, if there is such a place."""
    metrics = painter.fontMetrics()
    width = metrics.horizontalAdvance(text) + 2 * _PAD_X_PX
    height = metrics.height() + 2 * _PAD_Y_PX
    tops = (near.top() - height - _GAP_PX, near.bottom() + _GAP_PX, near.top() + _GAP_PX, near.bottom() - height)
    places = [_moved_into(QRectF(near.left(), top, width, height), room) for top in tops]
    return next((place for place in places if not any(place.intersects(other) for other in taken)), places[0])


def draw_words(painter: QPainter, text: str, plate: QRectF) -> None:
    """Light words on a plate of the picture's surround."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(current().on_canvas), 1))
    painter.setBrush(QColor(current().canvas))
    painter.drawRoundedRect(plate, 4, 4)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def use_tabular_figures(painter: QPainter) -> None:
    """Let numbers keep their width while they change."""
    painter.setFont(tabular(painter.font()))


def closed_path(points: list[QPointF]) -> QPainterPath:
    """A line through points and back to the first."""
    path = QPainterPath()
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


def apart(first: QPointF, second: QPointF) -> float:
    """How far two points of the widget lie apart."""
    return math.hypot(first.x() - second.x(), first.y() - second.y())


def _moved_into(rect: QRectF, room: QRectF) -> QRectF:
    left = max(room.left(), min(rect.left(), room.right() - rect.width()))
    top = max(room.top(), min(rect.top(), room.bottom() - rect.height()))
    return QRectF(left, top, rect.width(), rect.height())
