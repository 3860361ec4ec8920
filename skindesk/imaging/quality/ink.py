"""Where a skin marker was used: blue and violet ink. Black and green ink is not told from pigment."""

import cv2
import numpy as np

from skindesk.imaging.quality.scene import Mask, Scene

_BLUER, _BLUE, _CHROMA, _DARKER = 10.0, -3.0, 6.0, 6.0
"""In CIELAB: how much bluer than skin ink is and how blue, how colourful, and how much darker than skin."""
_WIDEST_PX, _SHORTEST_PX = 9, 16
"""In the half-size copy: a wider area is part of a lesion, a shorter one a speck."""


def pen_marks(scene: Scene) -> Mask:
    """Blue or violet ink, bool (h / 2, w / 2): bluer and darker than skin, in strokes."""
    lab = scene.lab
    skin = cv2.resize(scene.on_skin.astype(np.uint8), lab.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0
    light, _, yellow = np.median(lab[skin if skin.any() else np.ones_like(skin)], axis=0)
    blue = lab[..., 2] < min(yellow - _BLUER, _BLUE)
    colourful = np.square(lab[..., 1:]).sum(axis=2) > _CHROMA**2
    ink = blue & colourful & (lab[..., 0] < light - _DARKER)
    return _strokes(ink) if ink.any() else ink


def _strokes(ink: Mask) -> Mask:
    """What is neither broad nor short."""
    marked = ink.astype(np.uint8)
    wide = cv2.morphologyEx(marked, cv2.MORPH_OPEN, np.ones((_WIDEST_PX, _WIDEST_PX), np.uint8))
    broad = cv2.dilate(wide, np.ones((5, 5), np.uint8)) > 0
    narrow = cv2.morphologyEx(np.where(broad, 0, marked), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, parts, sizes, _ = cv2.connectedComponentsWithStats(narrow)
    long = np.hypot(sizes[:, cv2.CC_STAT_WIDTH], sizes[:, cv2.CC_STAT_HEIGHT]) >= _SHORTEST_PX
    long[0] = False
    return np.asarray(long[parts])
