"""What lies on the skin and is no part of the lesion: hairs, glints, pen strokes, and rulers at the picture's edge."""

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.outline.areas import disc
from skindesk.imaging.outline.values import Floats, Mask

Picture = NDArray[np.uint8]

_HAIR_WIDTH, _INK_WIDTH = 0.036, 0.07
"""At most, of the longer side."""
_HAIR_LENGTH, _INK_LENGTH = 0.09, 0.16
"""At least: what is shorter may be a dot or an ovoid nest, which belong to the lesion."""
_DARKER, _LIGHTER, _BLUER = 12, 18, 7
"""Than what is beside it: in grey levels, and in 8-bit b of CIELAB."""
_INPAINT_PX = 3
_LEAST_BOARD = 0.01
_RIM = 16
"""The rim is one part in this many."""


def without_lines(rgb: Picture) -> Picture:
    """Fill hairs, dark or fair, glints and pen strokes with what is beside them.

    Dark hairs are found as DullRazor does (Lee 1997), the others likewise: thin in one direction, long in the other.
    """
    side = max(rgb.shape[:2])
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    blueness = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[:, :, 2], (0, 0), 1)
    hair, ink = disc(round(_HAIR_WIDTH * side) | 1), disc(round(_INK_WIDTH * side) | 1)
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, hair) > _DARKER
    fair = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, hair) > _LIGHTER
    blue = cv2.morphologyEx(blueness, cv2.MORPH_BLACKHAT, ink) > _BLUER
    lines = _at_least(dark, _HAIR_LENGTH * side) | fair | _at_least(blue, _INK_LENGTH * side)
    covered = cv2.dilate(lines.astype(np.uint8), np.ones((3, 3)))
    return np.asarray(cv2.inpaint(rgb, covered, _INPAINT_PX, cv2.INPAINT_TELEA), np.uint8)


def boards(lab: Floats, shown: Mask) -> Mask:
    """Where rulers and labels lie: pale areas without colour that reach the edge and are not like most of the rim."""
    height, width = shown.shape
    rim = shown.copy()
    rim[height // _RIM : -(height // _RIM) or None, width // _RIM : -(width // _RIM) or None] = False
    if not rim.any():
        return np.zeros_like(shown)
    usual = np.median(lab[rim], axis=0)
    colour = np.hypot(lab[:, :, 1], lab[:, :, 2])
    pale = (colour < 0.6 * np.hypot(usual[1], usual[2])) & (lab[:, :, 0] > max(60.0, usual[0] - 5))
    pale &= np.linalg.norm(lab - usual, axis=2) > 14
    joined = cv2.morphologyEx(pale.astype(np.uint8), cv2.MORPH_CLOSE, disc(5))
    _, areas, sizes, _ = cv2.connectedComponentsWithStats(joined)
    at_edge = np.unique(np.concatenate((areas[0], areas[-1], areas[:, 0], areas[:, -1])))
    found = [area for area in at_edge if area and sizes[area, cv2.CC_STAT_AREA] > _LEAST_BOARD * shown.size]
    return np.asarray(cv2.dilate(np.isin(areas, found).astype(np.uint8), np.ones((5, 5))) > 0)


def _at_least(lines: NDArray[np.bool_], length_px: float) -> Mask:
    """Those parts whose bounding box is that long."""
    _, areas, boxes, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8))
    long = np.maximum(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) >= length_px
    long[0] = False
    return np.asarray(long[areas])
