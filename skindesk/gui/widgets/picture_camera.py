"""Which part of a picture its canvas shows, and how large."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSizeF

from skindesk.gui.widgets.projection import Projection

_MAX_SCALE = 16.0
_LEAST_SCALE = 0.01
_LEAST_SIDE_PX = 64
_MARGIN_PX = 16


@dataclass(frozen=True)
class CanvasView:
    """What of a picture is in view: its pixel in the middle, screen pixels for each of its own, and whether it fits."""

    centre: QPointF
    scale: float
    fitted: bool


class PictureCamera:
    """Looks at a picture of `size`, width before height, from a widget with `room`; a fitted picture stays fitted."""

    def __init__(self) -> None:
        self.size = (1, 1)
        self.scale = 1.0
        self.fitted = True
        self._room = QSizeF(1, 1)
        self._centre = QPointF()

    def look_at(self, size: tuple[int, int]) -> None:
        """Show the whole of a picture."""
        self.size = size
        self.fit()

    def resize(self, room: QSizeF) -> None:
        """The widget has another size."""
        self._room = room
        if self.fitted:
            self.fit()

    def fit(self) -> None:
        """Show the whole picture."""
        self.fitted = True
        width, height = self._room.width() - 2 * _MARGIN_PX, self._room.height() - 2 * _MARGIN_PX
        self.scale = max(_LEAST_SCALE, min(width / self.size[0], height / self.size[1]))
        self._centre = QPointF(self.size[0] / 2, self.size[1] / 2)

    def zoom_at(self, point: QPointF, factor: float) -> None:
        """Zoom so that the place under a point of the widget stays under it."""
        held = self.picture_point(point)
        least = min(1.0, _LEAST_SIDE_PX / max(self.size))
        self.scale = min(_MAX_SCALE, max(least, self.scale * factor))
        self._centre += held - self.picture_point(point)
        self._keep_in_view()

    def pan(self, by: QPointF) -> None:
        """Move the picture along with the pointer, by the widget's pixels."""
        self._centre -= by / self.scale
        self._keep_in_view()

    def view(self) -> CanvasView:
        """What is in view."""
        return CanvasView(QPointF(self._centre), self.scale, self.fitted)

    def show(self, view: CanvasView) -> None:
        """Bring the same into view as another camera does on a picture of the same size."""
        if view.fitted:
            self.fit()
            return
        self._centre, self.scale = QPointF(view.centre), view.scale
        self._keep_in_view()

    def picture_point(self, point: QPointF) -> QPointF:
        """The place in the picture that lies under a point of the widget."""
        return self._centre + (point - self.middle()) / self.scale

    def middle(self) -> QPointF:
        """The middle of the widget."""
        return QPointF(self._room.width() / 2, self._room.height() / 2)

    def projection(self) -> Projection:
        """Where the picture lies on the widget now."""
        corner = self.middle() - self._centre * self.scale
        return Projection(*self.size, self.scale, corner.x(), corner.y())

    def _keep_in_view(self) -> None:
        """The middle of the widget always shows some of the picture, and it is no longer just fitted."""
        self.fitted = False
        self._centre.setX(min(max(self._centre.x(), 0.0), self.size[0]))
        self._centre.setY(min(max(self._centre.y(), 0.0), self.size[1]))
