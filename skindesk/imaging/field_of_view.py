"""Which part of a picture shows skin at all, and not the dark surround of a dermatoscope's lens."""

import cv2
import numpy as np
from numpy.typing import NDArray

_DARK = 28
"""Of 255: darker than any pigment under a lamp."""
_LEAST_PART = 0.003
"""Of the picture: a dark corner smaller than this is a hair's end or a shadow."""
_MARGIN_PX = 9


def field_of_view(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 1 where uint8 (height, width) shows skin and 0 in dark areas that reach the picture's edge."""
    dark = (cv2.GaussianBlur(grey, (0, 0), 2) < _DARK).astype(np.uint8)
    _, areas, sizes, _ = cv2.connectedComponentsWithStats(dark)
    at_edge = np.unique(np.concatenate((areas[0], areas[-1], areas[:, 0], areas[:, -1])))
    surround = [area for area in at_edge if area and sizes[area, cv2.CC_STAT_AREA] > _LEAST_PART * grey.size]
    shown = (~np.isin(areas, surround)).astype(np.uint8)
    return np.asarray(cv2.erode(shown, np.ones((_MARGIN_PX, _MARGIN_PX)), borderValue=1), np.uint8)
