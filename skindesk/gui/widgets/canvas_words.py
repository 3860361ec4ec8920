"""The words that lie on a canvas: what the picture is, how the tool in use is used, and what its map says."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from skindesk.gui.widgets.labels import text_label

_MARGIN_PX = 16
_GAP_PX = 8


class CanvasWords:
    """The hint at the upper edge beside the badge, the caption at the lower one, in as many lines as they need."""

    def __init__(self, canvas: QWidget) -> None:
        self._canvas = canvas
        self._badge = self._plate("badge", wrap=False)
        self._hint = self._plate("caption")
        self._caption = self._plate("caption")

    @property
    def badge(self) -> str:
        """What the picture is, where that has to be said."""
        return _shown(self._badge)

    @property
    def hint(self) -> str:
        """The keys of the tool in use."""
        return _shown(self._hint)

    @property
    def caption(self) -> str:
        """What is said of the map."""
        return _shown(self._caption)

    def set_badge(self, text: str) -> None:
        """Say what the picture is, or nothing."""
        self._set(self._badge, text)

    def set_hint(self, text: str) -> None:
        """Name the keys of a tool, or nothing."""
        self._set(self._hint, text)

    def set_caption(self, text: str) -> None:
        """Say what the map is, or nothing."""
        self._set(self._caption, text)

    def place(self) -> None:
        """Put everything where it belongs on a canvas of this size."""
        self._badge.adjustSize()
        self._badge.move(_MARGIN_PX, _MARGIN_PX)
        across = self._canvas.width() - 2 * _MARGIN_PX
        beside = 0 if self._badge.isHidden() else self._badge.width() + _GAP_PX
        self._hint.setGeometry(_MARGIN_PX + beside, _MARGIN_PX, *_wrapped(self._hint, across - beside))
        width, height = _wrapped(self._caption, across)
        self._caption.setGeometry(_MARGIN_PX, self._canvas.height() - _MARGIN_PX - height, width, height)

    def room(self) -> QRectF:
        """Where on the canvas other words can be drawn: between hint and caption."""
        room = QRectF(self._canvas.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        for label in (self._badge, self._hint):
            if not label.isHidden():
                room.setTop(max(room.top(), label.geometry().bottom() + _GAP_PX))
        if not self._caption.isHidden():
            room.setBottom(self._caption.y() - _GAP_PX)
        return room

    def _set(self, label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))
        self.place()

    def _plate(self, role: str, wrap: bool = True) -> QLabel:
        made = text_label("", role, wrap=wrap)
        made.setParent(self._canvas)
        made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        made.hide()
        return made


def _shown(label: QLabel) -> str:
    return "" if label.isHidden() else label.text()


def _wrapped(label: QLabel, most_px: int) -> tuple[int, int]:
    label.ensurePolished()
    width = min(label.fontMetrics().horizontalAdvance(label.text()) + 2 * _MARGIN_PX, most_px)
    return width, label.heightForWidth(width)
