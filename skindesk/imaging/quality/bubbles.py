"""Where air bubbles are caught under a dermatoscope's glass."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.quality.scene import Mask, Picture, Scene

_RADII_PX = (2.5, 4.0, 6.0)
_LIKENESS, _STEP = 0.6, 18
_FEWEST_BRIGHT = 4
"""Pixels: with fewer that are bright enough there are no rings worth looking for."""


def bubbles(scene: Scene) -> Mask:
    """Air bubbles, bool (h, w): bright rings of a few sizes."""
    found = np.zeros(scene.grey.shape, np.uint8)
    bright = np.asarray(cv2.morphologyEx(scene.grey, cv2.MORPH_TOPHAT, np.ones((7, 7), np.uint8)), np.uint8)
    if (bright > 2 * _STEP).sum() >= _FEWEST_BRIGHT:
        for radius in _RADII_PX:
            for middle in _middles(bright, _ring(radius)):
                cv2.circle(found, middle, round(radius) + 1, 1, -1)
    return found > 0


def _middles(bright: Picture, ring: Picture) -> list[tuple[int, int]]:
    """Where the ring fits, x before y."""
    side = ring.shape[0]
    if min(bright.shape) <= side:
        return []
    alike = cv2.matchTemplate(bright, ring, cv2.TM_CCOEFF_NORMED)
    peaks = np.argwhere((alike > _LIKENESS) & (alike >= cv2.dilate(alike, np.ones((7, 7), np.uint8))))
    strong = (
        place for place in peaks if bright[place[0] : place[0] + side, place[1] : place[1] + side].max() > 2 * _STEP
    )
    return [(int(x) + side // 2, int(y) + side // 2) for y, x in strong]


@lru_cache(maxsize=8)
def _ring(radius: float) -> NDArray[np.uint8]:
    reach = round(radius) + 3
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    rim = np.exp(-0.5 * np.square((np.hypot(x, y) - radius) / 0.8))
    return np.asarray(np.round(255 * rim), np.uint8)
