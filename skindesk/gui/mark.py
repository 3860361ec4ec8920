"""The program's mark: a lesion under a dermatoscope's ring, drawn in code."""

from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

_GROUND, _RING, _SPOT = "#0B6580", "#FFFFFF", "#F2C9A8"
_SIZES_PX = (16, 24, 32, 48, 64, 128, 256)


@cache
def mark() -> QIcon:
    """The mark in all sizes that windows and task bars ask for."""
    icon = QIcon()
    for size_px in _SIZES_PX:
        icon.addPixmap(_drawn(size_px))
    return icon


def _drawn(size_px: int) -> QPixmap:
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size_px / 32, size_px / 32)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_GROUND))
    painter.drawRoundedRect(QRectF(0, 0, 32, 32), 8, 8)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(_RING), 2.4))
    painter.drawEllipse(QPointF(16, 16), 9.4, 9.4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_SPOT))
    painter.drawPath(_spot())
    painter.end()
    return pixmap


def _spot() -> QPainterPath:
    """An outline that is not quite round."""
    path = QPainterPath(QPointF(12.2, 14))
    path.cubicTo(13, 10.6, 18.4, 10.4, 19.8, 13.4)
    path.cubicTo(22, 16.6, 19.6, 21.2, 16.2, 20.8)
    path.cubicTo(12.6, 21.4, 10.4, 17.4, 12.2, 14)
    return path
