"""Where a picture lies on the widget that shows it."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

Point = tuple[float, float]
"""A place in a picture, in pixels of the upright original, x before y; (0, 0) is the outer corner of the first one."""


@dataclass(frozen=True)
class Projection:
    """Carries places of a picture to a widget and back. `scale` is in the widget's pixels for one of the picture's."""

    width_px: int
    height_px: int
    scale: float
    left: float
    top: float

    @property
    def place(self) -> QRectF:
        """Where the whole picture lies on the widget."""
        return QRectF(self.left, self.top, self.width_px * self.scale, self.height_px * self.scale)

    def to_widget(self, point: Point) -> QPointF:
        """Where a place of the picture is on the widget."""
        return QPointF(self.left + point[0] * self.scale, self.top + point[1] * self.scale)

    def to_picture(self, at: QPointF) -> Point:
        """The place under a point of the widget; outside the picture it may be below zero or beyond its size."""
        return (at.x() - self.left) / self.scale, (at.y() - self.top) / self.scale

    def within(self, point: Point) -> Point:
        """The nearest place that the picture has."""
        return min(max(point[0], 0.0), self.width_px), min(max(point[1], 0.0), self.height_px)


NOWHERE = Projection(1, 1, 1.0, 0.0, 0.0)
"""Stands where there is no picture."""
