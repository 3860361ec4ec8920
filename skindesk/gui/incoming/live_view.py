"""What the camera sees, on neutral grey."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from skindesk.gui.theme import current
from skindesk.gui.widgets.spoken_role import Spoken, speak_as

_LEAST = QSize(480, 320)
_MARGIN_PX = 8


class LiveView(QWidget):
    """Fits the frame into its room. Space asks to freeze it."""

    freeze_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._caption = ""
        self.setMinimumSize(_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("What the camera sees"))
        speak_as(self, Spoken.PICTURE)

    @property
    def image(self) -> QImage | None:
        """The frame in sight, whole."""
        return self._image

    def show_frame(self, image: QImage | None) -> None:
        """Show a frame, or nothing."""
        self._image = image
        self.update()

    def show_caption(self, words: str) -> None:
        """Say something of the frame in its corner."""
        self._caption = words
        self.setAccessibleDescription(words)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space freezes the frame, or lets it go on."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.freeze_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame, its caption and the focus ring."""
        tokens = current()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        if self._image is not None:
            painter.drawImage(self._place(self._image.size()), self._image)
        if self._caption:
            self._paint_caption(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _place(self, size: QSize) -> QRectF:
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        scale = min(room.width() / size.width(), room.height() / size.height())
        place = QRectF(0, 0, size.width() * scale, size.height() * scale)
        place.moveCenter(room.center())
        return place

    def _paint_caption(self, painter: QPainter) -> None:
        words = QRectF(painter.fontMetrics().boundingRect(self._caption)).adjusted(-10, -4, 10, 4)
        words.moveTopLeft(QRectF(self.rect()).topLeft() + QRectF(16, 16, 0, 0).topLeft())
        painter.setPen(QPen(QColor(current().on_canvas), 1))
        painter.setBrush(QColor(current().canvas))
        painter.drawRoundedRect(words, 8, 8)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._caption)
