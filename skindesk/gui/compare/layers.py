"""Pictures laid on one another on a canvas: turned and scaled into one frame, faded or wiped, with their outlines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QResizeEvent, QTransform
from PySide6.QtWidgets import QLabel, QWidget

from skindesk.gui.theme import current
from skindesk.gui.widgets.canvas import PictureCanvas
from skindesk.gui.widgets.screen_picture import ScreenPicture

_MARGIN_PX = 16
_LINE_PX, _HALO_PX = 2, 4
_COLOURS = {False: "#00DCFF", True: "#FFC533"}
"""Neither is a colour of skin; the earlier outline is dashed too, so that they differ without colour."""


@dataclass(frozen=True)
class Layer:
    """One picture in the frame.

    `onto` carries its pixels onto those of the frame. `opacity` is 0 to 1. Of a wiped layer only what lies to the right
    of `wiped_to`, 0 to 1 of the frame's width, is drawn. `outline` is in the picture's pixels.
    """

    picture: ScreenPicture
    onto: QTransform
    opacity: float = 1
    wiped_to: float | None = None
    outline: QPolygonF | None = None
    is_earlier: bool = False


class LayeredCanvas(PictureCanvas):
    """A canvas that shows layers in the frame of one picture, and says in a corner which picture is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[Layer, ...] = ()
        self._label = QLabel(self)
        self._label.setProperty("role", "badge")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.hide()

    def show_layers(self, frame: ScreenPicture, layers: Sequence[Layer], label: str) -> None:
        """Show layers from the lowest to the topmost; what is in view stays where the frame does."""
        self._layers = tuple(layers)
        generated = any(layer.picture.generated for layer in layers)
        kept = self.view() if self._levels == frame.levels else None
        self.show_picture(replace(frame, generated=generated))
        if kept is not None:
            self.show_view(kept)
        self._label.setText(label)
        self._label.show()
        self._place_label()

    def clear(self) -> None:
        """Show no picture."""
        self._layers = ()
        self._label.hide()
        super().clear()

    def layers(self) -> tuple[Layer, ...]:
        """What is shown."""
        return self._layers

    def label(self) -> str:
        """Which picture is said to be seen."""
        return self._label.text()

    def draw_picture(self, painter: QPainter, place: QRectF) -> None:
        """Draw the layers, then the outlines over all of them."""
        painter.fillRect(place, QColor(current().canvas))
        for layer in self._layers:
            painter.save()
            self._draw_layer(painter, place, layer)
            painter.restore()
        for layer in self._layers:
            if layer.outline is not None:
                self._draw_outline(painter, place, layer)
        for layer in self._layers:
            if layer.wiped_to is not None:
                self._draw_divider(painter, place, layer.wiped_to)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the label in its corner."""
        super().resizeEvent(event)
        self._place_label()

    def _draw_layer(self, painter: QPainter, place: QRectF, layer: Layer) -> None:
        painter.setOpacity(layer.opacity)
        if layer.wiped_to is not None:
            painter.setClipRect(place.adjusted(place.width() * layer.wiped_to, 0, 0, 0))
        else:
            painter.setClipRect(place)
        onto = self._on_widget(place, layer)
        painter.setTransform(onto, True)
        levels = layer.picture.levels
        pixels = math.hypot(onto.m11(), onto.m12()) * self.devicePixelRatioF()
        halvings = max(0, int(-math.log2(max(pixels, 1e-6))))
        whole = levels[0]
        painter.drawImage(QRectF(0, 0, whole.width(), whole.height()), levels[min(halvings, len(levels) - 1)])

    def _draw_outline(self, painter: QPainter, place: QRectF, layer: Layer) -> None:
        line = self._on_widget(place, layer).map(layer.outline or QPolygonF())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style = Qt.PenStyle.DashLine if layer.is_earlier else Qt.PenStyle.SolidLine
        for pen in (QPen(QColor(0, 0, 0, 150), _HALO_PX), QPen(QColor(_COLOURS[layer.is_earlier]), _LINE_PX, style)):
            painter.setPen(pen)
            painter.drawPolygon(line)

    def _draw_divider(self, painter: QPainter, place: QRectF, part: float) -> None:
        x = place.left() + place.width() * part
        for pen in (QPen(QColor(0, 0, 0, 150), _HALO_PX), QPen(QColor(current().on_canvas), _LINE_PX)):
            painter.setPen(pen)
            painter.drawLine(round(x), round(place.top()), round(x), round(place.bottom()))

    def _on_widget(self, place: QRectF, layer: Layer) -> QTransform:
        """From a layer's pixels to the widget's."""
        return (
            layer.onto
            * QTransform.fromScale(self.zoom(), self.zoom())
            * QTransform.fromTranslate(place.left(), place.top())
        )

    def _place_label(self) -> None:
        self._label.adjustSize()
        self._label.move(self.width() - self._label.width() - _MARGIN_PX, _MARGIN_PX)
