"""Which part of a page the widget shows, and how large."""

from PySide6.QtCore import QPointF, QRectF, QSizeF

MAX_ZOOM = 8.0
_MARGIN_PX = 8.0


class Camera:
    """Maps a page's units to a widget's pixels. `zoom` is 1 where the whole page fits."""

    def __init__(self) -> None:
        self._page = QSizeF(1, 1)
        self._room = QSizeF(1, 1)
        self._centre = QPointF()
        self.zoom = 1.0

    def look_at(self, page: QSizeF) -> None:
        """Show the whole of a page."""
        self._page = page
        self.fit()

    def resize(self, room: QSizeF) -> None:
        """Keep looking at the same part from a widget of another size."""
        self._room = room

    def fit(self) -> None:
        """Show the whole page."""
        self.zoom = 1.0
        self._centre = QPointF(self._page.width() / 2, self._page.height() / 2)

    @property
    def scale(self) -> float:
        """Pixels for each unit of the page."""
        across = (self._room.width() - 2 * _MARGIN_PX) / self._page.width()
        down = (self._room.height() - 2 * _MARGIN_PX) / self._page.height()
        return max(0.01, min(across, down)) * self.zoom

    def to_widget(self, point: QPointF) -> QPointF:
        """Where a place of the page is on the widget."""
        return self._middle() + (point - self._centre) * self.scale

    def to_page(self, point: QPointF) -> QPointF:
        """The place of the page at a point of the widget."""
        return self._centre + (point - self._middle()) / self.scale

    def zoom_at(self, point: QPointF, factor: float) -> None:
        """Zoom so that the place under a point of the widget stays under it."""
        held = self.to_page(point)
        self.zoom = min(MAX_ZOOM, max(1.0, self.zoom * factor))
        self._centre += held - self.to_page(point)
        self._keep_in_view()

    def pan(self, by: QPointF) -> None:
        """Move the page along with the pointer, by pixels."""
        self._centre -= by / self.scale
        self._keep_in_view()

    def reveal(self, point: QPointF) -> None:
        """Bring a place of the page into the middle, unless it can be seen already."""
        seen = QRectF(QPointF(), self._room).adjusted(_MARGIN_PX, 4 * _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        if not seen.contains(self.to_widget(point)):
            self._centre = QPointF(point)
            self._keep_in_view()

    def _middle(self) -> QPointF:
        return QPointF(self._room.width() / 2, self._room.height() / 2)

    def _keep_in_view(self) -> None:
        """A page that fits stands still; of a larger one the middle is always on it."""
        if self.zoom <= 1.0:
            self.fit()
            return
        self._centre.setX(min(max(self._centre.x(), 0.0), self._page.width()))
        self._centre.setY(min(max(self._centre.y(), 0.0), self._page.height()))
