"""A picture on neutral grey that can be zoomed and moved, with an optional map laid over it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QWidget

from skindesk.gui.theme import current
from skindesk.gui.widgets.generated import badge
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.screen_picture import ScreenPicture

_STEP = 1.25
_MAX_SCALE = 16.0
_PAN_PX = 48.0
_MARGIN_PX = 16
_MAP_RGB = (0, 220, 255)
"""A blue-green that skin and lesions do not have."""
_MAP_OPACITY = 0.65


@dataclass(frozen=True)
class CanvasView:
    """What of a picture is in view: its pixel in the middle, screen pixels for each of its own, and whether it fits."""

    centre: QPointF
    scale: float
    fitted: bool


class PictureCanvas(QWidget):
    """Shows an upright sRGB picture: wheel zooms at the cursor, drag pans, 0 fits, + and - zoom, arrows move."""

    zoom_changed = Signal(float)
    """Screen pixels for each picture pixel."""
    view_changed = Signal()
    """The picture was zoomed, moved or fitted here, not by `show_view`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 180)
        self.setAccessibleName(self.tr("Picture"))
        self._picture: ScreenPicture | None = None
        self._overlay: QImage | None = None
        self._fitted = True
        self._scale = 1.0
        self._centre = QPointF()
        self._dragged_from: QPointF | None = None
        self._badge = QLabel(self)
        self._badge.setProperty("role", "badge")
        self._badge.move(_MARGIN_PX, _MARGIN_PX)
        self._badge.hide()
        self._caption = text_label("", "caption", wrap=True)
        self._caption.setParent(self)
        self._caption.hide()

    def show_picture(self, picture: ScreenPicture) -> None:
        """Show a picture, fitted, without a map, and say so where it is generated."""
        self._picture = picture
        self.set_overlay(None)
        self._show_badge(badge(picture.generated))
        self.fit()

    def clear(self) -> None:
        """Show no picture."""
        self._picture = None
        self.set_overlay(None)
        self._show_badge("")
        self.update()

    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return self._picture is not None

    def _show_badge(self, text: str) -> None:
        """Lay a word on the picture area, such as that the picture is generated; nothing where it is empty."""
        self._badge.setText(text)
        self._badge.adjustSize()
        self._badge.setVisible(bool(text))
        self.setAccessibleDescription(text)

    def badge(self) -> str:
        """The word that lies on the picture area."""
        return self._badge.text()

    def set_overlay(self, heat: NDArray[np.float32] | None, caption: str = "") -> None:
        """Lay a map over the whole picture, float32 (height, width) 0 to 1 in any size; None takes it away.

        The caption says what the map is, for as long as it is there.
        """
        self._overlay = None if heat is None else _map_image(heat)
        self._caption.setText(caption)
        self._caption.setVisible(heat is not None and bool(caption))
        self._place_caption()
        self.update()

    def caption(self) -> str:
        """What is said of the map that is on the picture."""
        return "" if self._caption.isHidden() else self._caption.text()

    @property
    def overlay_shown(self) -> bool:
        """Whether a map is on the picture now."""
        return self._overlay is not None

    def view(self) -> CanvasView:
        """What is in view."""
        return CanvasView(QPointF(self._centre), self._scale, self._fitted)

    def show_view(self, view: CanvasView) -> None:
        """Bring the same into view as another canvas does, on a picture of the same size."""
        self._fitted = view.fitted
        if view.fitted:
            self._fit_now()
        else:
            self._centre, self._scale = QPointF(view.centre), view.scale
            self._keep_in_view()
            self._changed()

    def zoom(self) -> float:
        """Screen pixels for each picture pixel."""
        return self._scale

    def picture_point(self, point: QPointF) -> QPointF:
        """The place in the picture, in its pixels, that lies under a point of the widget."""
        return self._centre + (point - QRectF(self.rect()).center()) / self._scale

    def fit(self) -> None:
        """Show the whole picture, and keep it whole when the window changes."""
        self._fitted = True
        self._fit_now()
        self.view_changed.emit()

    def zoom_in(self) -> None:
        """Zoom in at the middle."""
        self._zoom_at(QRectF(self.rect()).center(), _STEP)

    def zoom_out(self) -> None:
        """Zoom out at the middle."""
        self._zoom_at(QRectF(self.rect()).center(), 1 / _STEP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surround, the picture, the map and the focus ring."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(current().canvas))
        if self._levels:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._scale < 4)
            place = self._place()
            self.draw_picture(painter, place)
            if self._overlay is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(place, self._overlay)
        if self.hasFocus():
            painter.setPen(QPen(QColor("#58BFDB"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def draw_picture(self, painter: QPainter, place: QRectF) -> None:
        """Draw the picture where it lies on the widget."""
        painter.drawImage(place, self._level())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted picture fitted."""
        super().resizeEvent(event)
        self._place_caption()
        if self._fitted:
            self._fit_now()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor."""
        turns = event.angleDelta().y() / 120
        if turns:
            self._zoom_at(event.position(), _STEP**turns)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() == Qt.MouseButton.LeftButton and self._levels:
            self._dragged_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture along."""
        if self._dragged_from is not None:
            self._pan(event.position() - self._dragged_from)
            self._dragged_from = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the picture."""
        self._dragged_from = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the picture again."""
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """0 fits, + and - zoom, arrows move."""
        moves = {
            Qt.Key.Key_Left: QPointF(_PAN_PX, 0),
            Qt.Key.Key_Right: QPointF(-_PAN_PX, 0),
            Qt.Key.Key_Up: QPointF(0, _PAN_PX),
            Qt.Key.Key_Down: QPointF(0, -_PAN_PX),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self._pan(moves[key])
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        else:
            super().keyPressEvent(event)

    def _fit_now(self) -> None:
        if not self._levels:
            self.update()
            return
        whole = self._levels[0]
        room_width, room_height = self.width() - 2 * _MARGIN_PX, self.height() - 2 * _MARGIN_PX
        self._scale = max(0.01, min(room_width / whole.width(), room_height / whole.height()))
        self._centre = QPointF(whole.width() / 2, whole.height() / 2)
        self._changed()

    def _zoom_at(self, point: QPointF, factor: float) -> None:
        if not self._levels:
            return
        held = self.picture_point(point)
        self._scale = min(_MAX_SCALE, max(self._least_scale(), self._scale * factor))
        self._centre += held - self.picture_point(point)
        self._fitted = False
        self._keep_in_view()
        self._changed()
        self.view_changed.emit()

    def _place_caption(self) -> None:
        """Along the lower edge, in as many lines as it needs."""
        self._caption.ensurePolished()
        words_px = self._caption.fontMetrics().horizontalAdvance(self._caption.text()) + 2 * _MARGIN_PX
        width = min(words_px, self.width() - 2 * _MARGIN_PX)
        height = self._caption.heightForWidth(width)
        self._caption.setGeometry(_MARGIN_PX, self.height() - _MARGIN_PX - height, width, height)

    def _least_scale(self) -> float:
        whole = self._levels[0]
        return min(1.0, 64 / max(whole.width(), whole.height()))

    def _pan(self, by: QPointF) -> None:
        if self._levels:
            self._centre -= by / self._scale
            self._fitted = False
            self._keep_in_view()
            self.update()
            self.view_changed.emit()

    def _keep_in_view(self) -> None:
        """The middle of the canvas always shows some of the picture."""
        whole = self._levels[0]
        self._centre.setX(min(max(self._centre.x(), 0.0), whole.width()))
        self._centre.setY(min(max(self._centre.y(), 0.0), whole.height()))

    def _changed(self) -> None:
        self.update()
        self.zoom_changed.emit(self._scale)

    def _place(self) -> QRectF:
        """Where the whole picture lies on the widget."""
        whole = self._levels[0]
        corner = QRectF(self.rect()).center() - self._centre * self._scale
        return QRectF(corner.x(), corner.y(), whole.width() * self._scale, whole.height() * self._scale)

    @property
    def _levels(self) -> tuple[QImage, ...]:
        return () if self._picture is None else self._picture.levels

    def _level(self) -> QImage:
        """The smallest level that loses nothing of what this scale shows."""
        halvings = max(0, int(-math.log2(self._scale * self.devicePixelRatioF())))
        return self._levels[min(halvings, len(self._levels) - 1)]


def _map_image(heat: NDArray[np.float32]) -> QImage:
    """One colour, the more opaque the stronger the support."""
    height, width = heat.shape
    opacity = np.clip(heat, 0, 1) * _MAP_OPACITY
    layer = np.empty((height, width, 4), np.uint8)
    for channel, value in enumerate(_MAP_RGB):
        layer[:, :, channel] = np.round(value * opacity)
    layer[:, :, 3] = np.round(255 * opacity)
    pixels = layer.tobytes()  # the QImage only borrows them, until it is copied
    return QImage(pixels, width, height, width * 4, QImage.Format.Format_RGBA8888_Premultiplied).copy()
