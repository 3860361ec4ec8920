"""A small picture that is a button: decoded in the background, opened large on a click or Enter."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from skindesk.gui.theme import current, tabular
from skindesk.gui.theme.fonts import SECONDARY_PX
from skindesk.gui.widgets.generated import badge, is_generated
from skindesk.gui.widgets.screen_picture import image_of
from skindesk.imaging.decode import decode, picture_from_bytes

WIDTH_PX, HEIGHT_PX = 176, 132
_RADIUS_PX = 8
_STRIP_PX = 20
_SHARPNESS = 2
"""Decoded pixels for each pixel of the widget, so that it is sharp on dense screens."""


@dataclass(frozen=True)
class SmallPicture:
    """An image of about a thumbnail's size, and whether it is one of the program's own generated pictures."""

    image: QImage
    generated: bool


def small_picture(content: bytes, name: str) -> SmallPicture:
    """Make a picture file's bytes small. Raises ImageRejectedError."""
    rgb = decode(picture_from_bytes(name, content), at_least_px=WIDTH_PX * _SHARPNESS).rgb
    image = image_of(rgb).scaled(
        WIDTH_PX * _SHARPNESS,
        HEIGHT_PX * _SHARPNESS,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    return SmallPicture(image, is_generated(content))


class Thumbnail(QAbstractButton):
    """A picture of the case on neutral grey; until it is there, a word that says why it is not."""

    def __init__(self, file_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._generated = False
        self._word = self.tr("Loading…")
        self.setAccessibleName(self.tr("Picture {0}").format(file_name))
        self.setToolTip(self.tr("Open {0} large").format(file_name))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def has_picture(self) -> bool:
        """Whether the picture has been decoded."""
        return self._image is not None

    def show_picture(self, picture: SmallPicture) -> None:
        """Show the decoded picture."""
        self._image, self._generated = picture.image, picture.generated
        if picture.generated:
            self.setAccessibleDescription(badge(True))
        self.update()

    def show_trouble(self, sentence: str) -> None:
        """Say that the picture cannot be shown; the tooltip says why."""
        self._word = self.tr("Cannot be shown")
        self.setToolTip(sentence)
        self.setAccessibleDescription(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Always of the same size."""
        return QSize(WIDTH_PX, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, rounded, with the focus ring."""
        tokens = current()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(frame, _RADIUS_PX, _RADIUS_PX)
        painter.fillPath(outline, QColor(tokens.canvas))
        painter.setClipPath(outline)
        if self._image is None:
            painter.setPen(QColor(tokens.on_canvas))
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._word)
        else:
            painter.drawImage(_centred(self._image.size(), frame), self._image)
            if self._generated:
                self._label_as_generated(painter, frame)
        painter.setClipping(False)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, _RADIUS_PX, _RADIUS_PX)
        painter.end()

    def _label_as_generated(self, painter: QPainter, frame: QRectF) -> None:
        strip = QRectF(frame.left(), frame.bottom() - _STRIP_PX, frame.width(), _STRIP_PX)
        ground = QColor(current().canvas)
        ground.setAlphaF(0.85)
        painter.fillRect(strip, ground)
        painter.setPen(QColor(current().on_canvas))
        painter.setFont(tabular(self.font(), SECONDARY_PX))
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, self.tr("Generated"))


def _centred(size: QSize, frame: QRectF) -> QRectF:
    """Where a picture of this shape lies whole within the frame."""
    scale = min(frame.width() / size.width(), frame.height() / size.height())
    width, height = size.width() * scale, size.height() * scale
    return QRectF(frame.center().x() - width / 2, frame.center().y() - height / 2, width, height)
