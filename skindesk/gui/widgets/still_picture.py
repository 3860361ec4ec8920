"""Keeps a picture as it was drawn, so that what moves over it can be drawn without drawing the picture again."""

from collections.abc import Callable, Hashable

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class StillPicture:
    """Draws what fills a widget: anew whenever `key` is another, and from memory where it stays what it was."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._key: Hashable = None
        self._kept: QPixmap | None = None

    def paint(self, painter: QPainter, key: Hashable, draw: Callable[[QPainter], None]) -> None:
        """Paint; while the key changes from one frame to the next, as in zooming, nothing is kept."""
        if key != self._key:
            self._key, self._kept = key, None
            draw(painter)
            return
        if self._kept is None:
            self._kept = self._drawn(draw)
        painter.drawPixmap(0, 0, self._kept)

    def forget(self) -> None:
        """Keep nothing, until something is painted again."""
        self._key = self._kept = None

    def _drawn(self, draw: Callable[[QPainter], None]) -> QPixmap:
        ratio = self._widget.devicePixelRatioF()
        made = QPixmap((QSizeF(self._widget.size()) * ratio).toSize())
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        draw(painter)
        painter.end()
        return made
