"""Makes pictures ready for the screen in the background, so that one of 12 megapixels does not hold up the window."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage

_LEAST_PX = 64


@dataclass(frozen=True)
class ScreenPicture:
    """A picture in all the sizes that a zoom needs, and whether it is one of the program's own generated ones."""

    levels: tuple[QImage, ...]
    """The whole picture, then the same halved again and again. Drawing a large picture small would otherwise drop
    pixels, and hair and network with them."""
    generated: bool
    pixels: tuple[NDArray[np.uint32], ...]
    """What the levels borrow, so that it stays while they do."""


def screen_picture(rgb: NDArray[np.uint8], generated: bool = False) -> ScreenPicture:
    """Make a picture, uint8 (height, width, 3) sRGB, ready for the screen. Slow: for the background."""
    # Pillow lets go of Python's lock while it works; QImage's own conversion would hold it, and the window with it.
    image = Image.fromarray(rgb)
    images = [image]
    while min(image.size) > _LEAST_PX:
        image = image.reduce(2)
        images.append(image)
    pixels = tuple(_opaque(level) for level in images)
    levels = tuple(_borrowing(content, *level.size) for content, level in zip(pixels, images, strict=True))
    return ScreenPicture(levels, generated, pixels)


def image_of(rgb: NDArray[np.uint8]) -> QImage:
    """A small picture, uint8 (height, width, 3) sRGB, as a QImage that owns its pixels."""
    height, width = rgb.shape[:2]
    return _borrowing(_opaque(Image.fromarray(rgb)), width, height).copy()


def _opaque(image: Image.Image) -> NDArray[np.uint32]:
    """The pixels as Qt wants them: Pillow leaves the fourth byte 0, with which Qt cannot fade or turn a picture."""
    return np.asarray(np.frombuffer(image.tobytes("raw", "BGRX"), "<u4") | np.uint32(0xFF000000), np.uint32)


def _borrowing(pixels: NDArray[np.uint32], width: int, height: int) -> QImage:
    return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
