"""Makes pictures ready for the screen in the background, so that one of 12 megapixels does not hold up the window."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

_LEAST_PX = 64


@dataclass(frozen=True)
class ScreenPicture:
    """A picture in all the sizes that a zoom needs, and whether it is one of the program's own generated ones."""

    levels: tuple[QImage, ...]
    """The whole picture, then the same halved again and again. Drawing a large picture small would otherwise drop
    pixels, and hair and network with them."""
    generated: bool
    pixels: tuple[NDArray[np.uint8], ...]
    """What the levels borrow, so that it stays while they do."""


def screen_picture(rgb: NDArray[np.uint8], generated: bool = False) -> ScreenPicture:
    """Make a picture, uint8 (height, width, 3) sRGB, ready for the screen. Slow: for the background."""
    import cv2

    # OpenCV lets go of Python's lock while it works; QImage's own conversion would hold it, and the window with it.
    level = np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2BGRA), np.uint8)
    pixels = [level]
    while min(level.shape[:2]) > _LEAST_PX:
        height, width = level.shape[:2]
        half = (width + 1) // 2, (height + 1) // 2
        level = np.asarray(cv2.resize(level, half, interpolation=cv2.INTER_AREA), np.uint8)
        pixels.append(level)
    return ScreenPicture(tuple(_borrowing(level) for level in pixels), generated, tuple(pixels))


def image_of(rgb: NDArray[np.uint8]) -> QImage:
    """A small picture, uint8 (height, width, 3) sRGB, as a QImage that owns its pixels."""
    height, width = rgb.shape[:2]
    borrowed = QImage(np.ascontiguousarray(rgb).data, width, height, width * 3, QImage.Format.Format_RGB888)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)


def _borrowing(pixels: NDArray[np.uint8]) -> QImage:
    """An opaque picture of uint8 (height, width, 4), in the order in which Qt has the colours of a word of memory."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
