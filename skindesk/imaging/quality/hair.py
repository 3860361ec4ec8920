"""Where dark hairs lie over the skin. White ones are not looked for."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.quality.scene import Mask, Scene

Kernel = NDArray[np.uint8]

_DEPTH, _OVER_TEXTURE = 16, 3.5
"""How much darker than beside it a hair is: grey levels, and times what the skin's texture comes to."""
_FILLS, _WIDTH_PX = 0.35, 4.0
"""How much of the box around them a tangle of hairs fills at most; and how wide one hair is."""
_STRAIGHT_PX, _EXTENT_PX, _DIRECTIONS = 17, 22, 8
_FEWEST_DARK = 0.003
"""Of the frame: with fewer thin dark pixels there is no hair worth looking for."""


def hairs(scene: Scene) -> Mask:
    """Dark hairs, bool (h, w): thin dark lines that run straight for a while, and are not the texture of a lesion."""
    clear = max(_DEPTH, _OVER_TEXTURE * float(scene.depth[scene.shown].mean()))
    thin = (scene.depth > clear) & scene.shown
    if thin.mean() < _FEWEST_DARK:
        return np.zeros_like(thin)
    return np.asarray(_long(_straight(thin)) & thin)


def _straight(thin: Mask) -> NDArray[np.uint8]:
    wide = cv2.dilate(thin.astype(np.uint8), np.ones((3, 3), np.uint8))
    lines = np.zeros(thin.shape, np.uint8)
    for kernel in _line_kernels():
        np.maximum(lines, cv2.morphologyEx(wide, cv2.MORPH_OPEN, kernel), out=lines)
    return lines


def _long(lines: NDArray[np.uint8]) -> Mask:
    """What of the lines reaches far, and fills little of the box around it unless it is a single hair."""
    _, parts, sizes, _ = cv2.connectedComponentsWithStats(lines)
    wide, tall, area = (sizes[:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    extent = np.hypot(wide, tall)
    long = (extent >= _EXTENT_PX) & ((area < _FILLS * wide * tall) | (area < _WIDTH_PX * extent))
    long[0] = False
    return np.asarray(long[parts])


@lru_cache(maxsize=1)
def _line_kernels() -> tuple[Kernel, ...]:
    kernels = []
    middle = _STRAIGHT_PX // 2
    for number in range(_DIRECTIONS):
        angle = np.pi * number / _DIRECTIONS
        dx, dy = round(middle * float(np.cos(angle))), round(middle * float(np.sin(angle)))
        kernel = np.zeros((_STRAIGHT_PX, _STRAIGHT_PX), np.uint8)
        cv2.line(kernel, (middle - dx, middle - dy), (middle + dx, middle + dy), 1)
        kernels.append(kernel)
    return tuple(kernels)
