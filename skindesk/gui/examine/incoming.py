"""Pictures that come by drop or paste: which file is meant, or which bytes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage

from skindesk.imaging.decode import PictureFile, picture_from_bytes

Read = Callable[[], PictureFile]


def first_file(data: QMimeData) -> Path | None:
    """The first local file that was dropped or copied."""
    return next((Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()), None)


def holds_picture(data: QMimeData) -> bool:
    """Whether copied data is meant as a picture; text that also comes as a picture is meant as text."""
    return first_file(data) is not None or (data.hasImage() and not data.hasText())


def reader_of_image(data: QMimeData, name: str) -> Read | None:
    """How to get a copied picture as a file, losslessly; None where there is no picture. Slow when called."""
    image = QImage(data.imageData()) if data.hasImage() else QImage()
    if image.isNull():
        return None
    return lambda: picture_from_bytes(name, _png(image))


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())
