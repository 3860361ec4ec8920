"""Brings a picture to upright sRGB band by band, so that a large one is never held more than once beside its pixels.

Pillow takes four bytes for each pixel; transparency, profiles and turning would each take as much again.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from skindesk.domain.quality import PictureWarning
from skindesk.imaging.formats.colour import to_srgb

BAND_PIXELS = 4_000_000
Finish = Callable[[Image.Image], Image.Image]
"""What is done with an upright sRGB picture of one band before its pixels are handed out, such as scaling it."""
_Turn = Image.Transpose
_ON_THE_SIDE = (_Turn.TRANSPOSE, _Turn.ROTATE_270, _Turn.TRANSVERSE, _Turn.ROTATE_90)
_LAST_ROWS_FIRST = (_Turn.ROTATE_180, _Turn.FLIP_TOP_BOTTOM, _Turn.ROTATE_270, _Turn.TRANSVERSE)


def upright_rgb(
    image: Image.Image, turn: Image.Transpose | None, finish: Finish | None = None
) -> tuple[NDArray[np.uint8], list[PictureWarning]]:
    """uint8 (height, width, 3) of a picture in any of Pillow's modes, turned, and what is to be known of the way there.

    A picture of several bands is not finished, for it would be held once more beside its pixels. Raises
    ImageRejectedError where its pixels are no colours.
    """
    rows = max(1, BAND_PIXELS // image.width)
    if rows >= image.height:
        return _of_band(image, turn, finish)
    width, height = (image.height, image.width) if turn in _ON_THE_SIDE else image.size
    whole = np.empty((height, width, 3), np.uint8)
    noted: list[PictureWarning] = []
    for begin in range(0, image.height, rows):
        end = min(begin + rows, image.height)
        band, notes = _of_band(image.crop((0, begin, image.width, end)), turn)
        place = slice(image.height - end, image.height - begin) if turn in _LAST_ROWS_FIRST else slice(begin, end)
        whole[(slice(None), place) if turn in _ON_THE_SIDE else place] = band
        noted += notes
    return whole, list(dict.fromkeys(noted))


def _of_band(
    image: Image.Image, turn: Image.Transpose | None, finish: Finish | None = None
) -> tuple[NDArray[np.uint8], list[PictureWarning]]:
    rgb, noted = to_srgb(image if turn is None else image.transpose(turn))
    return np.asarray(rgb if finish is None else finish(rgb)), noted
