"""A picture on neutral grey that can be zoomed and moved, with what is laid over it, and with a tool in use."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from skindesk.domain.region import Region
from skindesk.gui.theme import current
from skindesk.gui.widgets.canvas_layers import CanvasLayers, Mark
from skindesk.gui.widgets.canvas_tool import Action, CanvasTool
from skindesk.gui.widgets.canvas_words import CanvasWords
from skindesk.gui.widgets.generated import badge
from skindesk.gui.widgets.picture_camera import CanvasView, PictureCamera
from skindesk.gui.widgets.projection import NOWHERE, Point, Projection
from skindesk.gui.widgets.screen_picture import ScreenPicture
from skindesk.gui.widgets.spoken_role import Spoken, speak_as
from skindesk.gui.widgets.still_picture import StillPicture

_STEP = 1.25
_PAN_PX = 48.0
_MAP_RGB = (0, 220, 255)
"""A blue-green that skin and lesions do not have."""
_MAP_OPACITY = 0.65


class PictureCanvas(QWidget):
    """Shows an upright sRGB picture: wheel zooms at the cursor, drag pans, 0 fits, + and - zoom, arrows move.

    All places are in pixels of the upright original, also while only a smaller draft of it is shown. While a tool is in
    use, the left button and the keys are the tool's first; the middle button, or Space with the left one, still pans.
    """

    zoom_changed = Signal(float)
    """Screen pixels for each picture pixel."""
    view_changed = Signal()
    """The picture was zoomed, moved or fitted here, not by `show_view`."""
    tool_changed = Signal(object)
    """Another CanvasTool is in use, or None any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 180)
        self.setAccessibleName(self.tr("Picture"))
        speak_as(self, Spoken.PICTURE)
        self._picture: ScreenPicture | None = None
        self._camera = PictureCamera()
        self._drawn = CanvasLayers()
        self._tool: CanvasTool | None = None
        self._still = StillPicture(self)
        self._tool_pressed = False
        self._space_held = False
        self._overlay: QImage | None = None
        self._dragged_from: QPointF | None = None
        self._words = CanvasWords(self)

    def show_picture(self, picture: ScreenPicture, logical_size: tuple[int, int] | None = None) -> None:
        """Show a picture, fitted, with nothing laid over it, and say so where it is generated.

        `logical_size`, width before height, is that of the upright original where the picture is only a smaller copy.
        """
        self._forget()
        self._picture = picture
        self._camera.resize(QSizeF(self.size()))  # a hidden widget is told of its size only when it is shown
        self._camera.look_at(_size_of(picture) if logical_size is None else logical_size)
        self._show_badge(badge(picture.generated))
        self.fit()

    @property
    def is_draft(self) -> bool:
        """Whether what is shown has fewer pixels than the upright original."""
        return self._picture is not None and _size_of(self._picture) != self._camera.size

    def sharpen(self, picture: ScreenPicture) -> None:
        """Show the same picture in more pixels; what is in view, laid over it and in use stays.

        Raises ValueError where there is no picture, or where this one is of another shape.
        """
        (width, height), (known_width, known_height) = _size_of(picture), self._camera.size
        if self._picture is None or abs(width * known_height - height * known_width) > max(self._camera.size):
            raise ValueError(f"{width} x {height} px is not the picture of {known_width} x {known_height} px")
        self._picture = picture
        self._still.forget()
        self._show_badge(badge(picture.generated))
        self.update()

    def clear(self) -> None:
        """Show no picture."""
        self._forget()
        self._show_badge("")
        self.update()

    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return self._picture is not None

    def _show_badge(self, text: str) -> None:
        """Lay a word on the picture area, such as that the picture is generated; nothing where it is empty."""
        self._words.set_badge(text)
        self._describe()

    def badge(self) -> str:
        """The word that lies on the picture area."""
        return self._words.badge

    def set_overlay(self, heat: NDArray[np.float32] | None, caption: str = "") -> None:
        """Lay a map over the whole picture, float32 (height, width) 0 to 1 in any size; None takes it away.

        The caption says what the map is, for as long as it is there.
        """
        self._overlay = None if heat is None else _map_image(heat)
        self._still.forget()
        self._words.set_caption("" if heat is None else caption)
        self.update()

    def caption(self) -> str:
        """What is said of the map that is on the picture."""
        return self._words.caption

    @property
    def overlay_shown(self) -> bool:
        """Whether a map is on the picture now."""
        return self._overlay is not None

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Mark places, each with its word; they stay until there are others or another picture."""
        self._draw_also(replace(self._drawn, marks=tuple(marks)))

    def show_region(self, region: Region | None) -> None:
        """Darken all but the part that is looked at; None takes that away."""
        self._draw_also(replace(self._drawn, region=region))

    def show_outline(self, points: Sequence[Point]) -> None:
        """Draw the lesion's outline; no points take it away."""
        self._draw_also(replace(self._drawn, outline=tuple(points)))

    def show_scale(self, mm_per_px: float | None) -> None:
        """Draw a scale bar, where it is known how large a pixel is on the skin."""
        self._draw_also(replace(self._drawn, mm_per_px=mm_per_px))

    @property
    def layers_shown(self) -> CanvasLayers:
        """What is laid over the picture besides the map."""
        return self._drawn

    @property
    def tool(self) -> CanvasTool | None:
        """What is in use."""
        return self._tool

    def take_tool(self, tool: CanvasTool | None) -> None:
        """Use a tool in the place of the last one, or none; it is put away when it has finished or the picture goes.

        Raises ValueError where there is no picture to use it on.
        """
        if tool is not None and self._picture is None:
            raise ValueError("a tool needs a picture")
        last = self._tool
        if last is not None:
            last.changed.disconnect(self._tool_changed)
            last.finished.disconnect(self._put_tool_away)
        self._tool, self._tool_pressed, self._space_held = tool, False, False
        self._still.forget()
        self.setMouseTracking(tool is not None)
        self.unsetCursor()
        if tool is not None:
            tool.changed.connect(self._tool_changed)
            tool.finished.connect(self._put_tool_away)
            self._tool_in_view().start()
            self.setFocus()
        self._tool_changed()
        if last is not None:
            last.put_away.emit()
        self.tool_changed.emit(tool)

    def hint(self) -> str:
        """The line about the keys of the tool in use."""
        return self._words.hint

    def view(self) -> CanvasView:
        """What is in view."""
        return self._camera.view()

    def show_view(self, view: CanvasView) -> None:
        """Bring the same into view as another canvas does, on a picture of the same size."""
        self._camera.show(view)
        self._changed()

    def zoom(self) -> float:
        """Screen pixels for each picture pixel."""
        return self._camera.scale

    def picture_point(self, point: QPointF) -> QPointF:
        """The place in the picture, in its pixels, that lies under a point of the widget."""
        return self._camera.picture_point(point)

    def projection(self) -> Projection:
        """Where the picture lies on the widget now."""
        return NOWHERE if self._picture is None else self._camera.projection()

    def fit(self) -> None:
        """Show the whole picture, and keep it whole when the window changes."""
        self._camera.fit()
        self._changed()
        self.view_changed.emit()

    def zoom_in(self) -> None:
        """Zoom in at the middle."""
        self._zoom_at(self._camera.middle(), _STEP)

    def zoom_out(self) -> None:
        """Zoom out at the middle."""
        self._zoom_at(self._camera.middle(), 1 / _STEP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surround, the picture, what is laid over it, the tool and the focus ring."""
        painter = QPainter(self)
        if self._tool is None:
            self._draw_ground(painter)
        else:
            key = self.projection(), self.size().toTuple(), self.devicePixelRatioF()
            self._still.paint(painter, key, self._draw_ground)
        if self._tool is not None:
            self._tool_in_view().paint(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor("#58BFDB"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _draw_ground(self, painter: QPainter) -> None:
        """The surround, the picture and what is laid over it, which stay while a tool is used."""
        painter.fillRect(self.rect(), QColor(current().canvas))
        if self._levels:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._camera.scale < 4)
            place = self._camera.projection().place
            self.draw_picture(painter, place)
            if self._overlay is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(place, self._overlay)
            hidden = frozenset() if self._tool is None else self._tool.hides
            self._drawn.paint(painter, self.projection(), self._words.room(), hidden)

    def draw_picture(self, painter: QPainter, place: QRectF) -> None:
        """Draw the picture where it lies on the widget."""
        painter.drawImage(place, self._level())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted picture fitted."""
        super().resizeEvent(event)
        self._words.place()
        self._camera.resize(QSizeF(self.size()))
        self._changed()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor."""
        turns = event.angleDelta().y() / 120
        if turns:
            self._zoom_at(event.position(), _STEP**turns)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture, or let the tool do so."""
        button = event.button()
        is_left = button == Qt.MouseButton.LeftButton
        for_tool = is_left and self._tool is not None and not self._space_held
        if not self._levels or not (is_left or button == Qt.MouseButton.MiddleButton):
            super().mousePressEvent(event)
        elif for_tool and self._dragged_from is None:
            self._tool_pressed = True
            self._tool_in_view().press(event.position(), event.modifiers())
        elif not self._tool_pressed:
            self._dragged_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture along, or let the tool draw."""
        if self._dragged_from is not None:
            self._pan(event.position() - self._dragged_from)
            self._dragged_from = event.position()
        elif self._tool_pressed:
            self._tool_in_view().drag(event.position())
        elif self._tool is not None:
            self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the picture, or let the tool do so."""
        if self._tool_pressed:
            if event.button() == Qt.MouseButton.LeftButton:
                self._tool_pressed = False
                self._tool_in_view().release(event.position())
            return
        self._dragged_from = None
        self._point(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the picture again; with a tool it is a second press."""
        if self._tool is not None:
            self.mousePressEvent(event)
        else:
            self.fit()

    def event(self, event: QEvent) -> bool:
        """Keys that the tool in use knows are its own, before any shortcut of the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._is_tools(event):
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays here where the tool in use needs it."""
        if self._tool is not None and self._tool.holds_tab():
            return False
        return super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The tool's keys; 0 fits, + and - zoom, arrows move."""
        act = self._tool_action(event)
        if act is not None:
            act()
        elif self._tool is not None and event.key() == Qt.Key.Key_Space:
            self._hold_space(True)
        elif not self._navigate(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space let go: the left button is the tool's again."""
        if self._space_held and event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._hold_space(False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Space may be let go elsewhere."""
        self._hold_space(False)
        super().focusOutEvent(event)

    def _navigate(self, key: Qt.Key) -> bool:
        moves = {
            Qt.Key.Key_Left: QPointF(_PAN_PX, 0),
            Qt.Key.Key_Right: QPointF(-_PAN_PX, 0),
            Qt.Key.Key_Up: QPointF(0, _PAN_PX),
            Qt.Key.Key_Down: QPointF(0, -_PAN_PX),
        }
        if key in moves:
            self._pan(moves[key])
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        else:
            return False
        return True

    def _forget(self) -> None:
        """The picture goes, and with it what was laid over it and in use."""
        if self._tool is not None:
            self.take_tool(None)
        self._picture = None
        self._drawn = CanvasLayers()
        self.set_overlay(None)

    def _draw_also(self, layers: CanvasLayers) -> None:
        self._drawn = layers
        self._still.forget()
        self._describe()
        self.update()

    def _tool_in_view(self) -> CanvasTool:
        """The tool in use, knowing where the picture lies."""
        if self._tool is None:
            raise ValueError("no tool is in use")
        self._tool.view, self._tool.room = self.projection(), self._words.room()
        return self._tool

    def _tool_action(self, event: QKeyEvent) -> Action | None:
        """What the tool in use does on a key; nothing while a button is held for it."""
        if self._tool is None or self._tool_pressed:
            return None
        return self._tool_in_view().action(Qt.Key(event.key()), event.modifiers())

    def _is_tools(self, event: QKeyEvent) -> bool:
        if self._tool is None:
            return False
        return self._tool_pressed or event.key() == Qt.Key.Key_Space or self._tool_action(event) is not None

    def _put_tool_away(self) -> None:
        self.take_tool(None)

    def _tool_changed(self) -> None:
        hint = "" if self._tool is None else self._tool.hint()
        if hint != self.hint():
            self._words.set_hint(hint)
            self._still.forget()
        self._describe()
        self.update()

    def _hold_space(self, held: bool) -> None:
        if held == self._space_held:
            return
        self._space_held = held
        if self._dragged_from is None:
            self._point(QPointF(self.mapFromGlobal(self.cursor().pos())))

    def _point(self, at: QPointF) -> None:
        """Let the pointer say what a press would do here."""
        if self._tool is None:
            self.unsetCursor()
        elif self._space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(self._tool_in_view().cursor_at(at))

    def _describe(self) -> None:
        """Say for those who do not see it what is on the canvas."""
        said = [self._words.badge, *self._drawn.words(), "" if self._tool is None else self._tool.state()]
        words = ". ".join(part for part in said if part)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def _zoom_at(self, point: QPointF, factor: float) -> None:
        if self._levels:
            self._camera.zoom_at(point, factor)
            self._changed()
            self.view_changed.emit()

    def _pan(self, by: QPointF) -> None:
        if self._levels:
            self._camera.pan(by)
            self.update()
            self.view_changed.emit()

    def _changed(self) -> None:
        self.update()
        if self._levels:
            self.zoom_changed.emit(self._camera.scale)

    @property
    def _levels(self) -> tuple[QImage, ...]:
        return () if self._picture is None else self._picture.levels

    def _level(self) -> QImage:
        """The smallest level that loses nothing of what this scale shows."""
        scale = self._camera.scale * self._camera.size[0] / self._levels[0].width()
        halvings = max(0, int(-math.log2(scale * self.devicePixelRatioF())))
        return self._levels[min(halvings, len(self._levels) - 1)]


def _size_of(picture: ScreenPicture) -> tuple[int, int]:
    return picture.levels[0].width(), picture.levels[0].height()


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
