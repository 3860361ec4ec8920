"""The strict way to an outline, for comparing dates: by colour against the skin around, or none where that is not sure.

The skin's colour is a smooth surface over the picture, so that uneven light does not count as pigment. It is taken from
the picture's rim, and once more from all that lies outside the first outline. What differs from it is the lesion, by
the threshold of Otsu (1979) on the distance in CIELAB.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.field_of_view import field_of_view
from skindesk.imaging.outline.areas import alike, contour, disc, grown, shrunk
from skindesk.imaging.outline.skin import otsu, skin_colour, smooth_lab
from skindesk.imaging.outline.values import Floats, Mask, NoOutline, Outline

WORKING_SIDE_PX = 320
LEAST_CONTRAST = 8.0
"""Between lesion and skin, in units of CIELAB. Below it more generated lesions were outlined wrongly than rightly."""
LEAST_STEADINESS = 0.75
"""How much alike the outlines of a lower and a higher threshold have to be (Jaccard index)."""
LEAST_SOLIDITY = 0.8
"""Of the area of its convex hull."""
MOST_CUT_OFF = 0.05
"""Of the outline that runs along the picture's edge: the lesion goes on beyond it."""
MOST_HALO = 0.5
"""How far the skin beside the outline may differ from the rest, in thresholds: else it is only a part of the lesion."""
LEAST_AREA, MOST_AREA = 0.005, 0.7
"""Of the picture."""

_THRESHOLD = 0.85
"""Of Otsu's, which lies a little inside a soft edge: by this the areas of generated lesions come out right."""
_STEADY = (0.8, 1.25)
_LIGHTNESS_NOISE = 14
_LEAST_SKIN = 0.15
_HAIR_PX, _SMALL_PX = 11, 7


def trace_outline(rgb: NDArray[np.uint8]) -> Outline | NoOutline:
    """The outline of the lesion in uint8 (height, width, 3) sRGB, or why it cannot be told with confidence.

    Takes about 0.1 s: for the background.
    """
    height, width = rgb.shape[:2]
    scale = WORKING_SIDE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)
    shown = field_of_view(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)) > 0
    found = _trace(smooth_lab(_without_hairs(small), 2), shown)
    if isinstance(found, NoOutline):
        return found
    border = contour(found).astype(np.float32) + np.float32(0.5)
    points = np.asarray(border * np.array((width / size[0], height / size[1]), np.float32))
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(points - 0.5).astype(np.int32)], 1)
    return Outline(mask > 0, points)


def _trace(lab: Floats, shown: Mask) -> Mask | NoOutline:
    """The lesion in the working picture."""
    if shown.mean() < _LEAST_SKIN:
        return NoOutline.NO_LESION
    distance = _distance(lab, skin_colour(lab, shown & ~shrunk(shown, max(shown.shape) // 14), terms=3))
    lesion = _central_area((distance > _threshold(distance, shown)) & shown)
    if lesion is None:
        return NoOutline.NO_LESION
    around = shown & ~grown(lesion, 8)
    if around.mean() > _LEAST_SKIN:
        distance = _distance(lab, skin_colour(lab, around, terms=6))
    threshold = _threshold(distance, shown)
    lesion = _central_area((distance > threshold) & shown)
    if lesion is None:
        return NoOutline.NO_LESION
    return _objection(lesion, distance, threshold, shown) or lesion


def _objection(lesion: Mask, distance: Floats, threshold: float, shown: Mask) -> NoOutline | None:
    """What speaks against an outline."""
    inside, beside = shrunk(lesion, 3), grown(lesion, 10) & ~grown(lesion, 3) & shown
    if not LEAST_AREA <= lesion.mean() <= MOST_AREA or not inside.any() or not beside.any():
        return NoOutline.NO_LESION
    halo = float(np.median(distance[beside]))
    if float(np.median(distance[inside])) - halo < LEAST_CONTRAST:
        return NoOutline.TOO_LITTLE_CONTRAST
    edge = lesion & ~shrunk(lesion, 1)
    if (edge & ~shrunk(shown, 2)).sum() > MOST_CUT_OFF * edge.sum():
        return NoOutline.CUT_OFF
    larger, smaller = (_central_area((distance > factor * threshold) & shown) for factor in _STEADY)
    steady = larger is not None and smaller is not None and alike(larger, smaller) >= LEAST_STEADINESS
    if not steady or _solidity(lesion) < LEAST_SOLIDITY or halo > MOST_HALO * threshold:
        return NoOutline.NOT_CLEAR
    return None


def _without_hairs(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Fill thin dark lines with what is beside them (a black top-hat, as DullRazor does, Lee 1997)."""
    closed = np.asarray(cv2.morphologyEx(rgb, cv2.MORPH_CLOSE, disc(_HAIR_PX)), np.uint8)
    depth = cv2.cvtColor(closed, cv2.COLOR_RGB2GRAY).astype(np.int16) - cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    hairs = grown(np.asarray(depth > _LIGHTNESS_NOISE), 1)
    return np.where(hairs[:, :, None], closed, rgb)


def _distance(lab: Floats, skin: Floats) -> Floats:
    return np.asarray(np.linalg.norm(lab - skin, axis=2), np.float32)


def _threshold(distance: Floats, shown: Mask) -> float:
    return _THRESHOLD * otsu(distance, shown)


def _central_area(differs: Mask) -> Mask | None:
    """The largest area near the middle, closed and without holes; None where nothing is left but specks."""
    areas_only = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, disc(_SMALL_PX))
    count, areas, sizes, middles = cv2.connectedComponentsWithStats(areas_only)
    if count < 2:
        return None
    away = (middles[1:] / differs.shape[::-1] - 0.5) / 0.35
    weights = sizes[1:, cv2.CC_STAT_AREA] * np.exp(-np.square(away).sum(axis=1))
    return _closed(np.asarray(areas == 1 + int(weights.argmax())))


def _closed(area: Mask) -> Mask:
    """Fill bays up to about a fifth of the width, and all holes: pale and white parts belong to the lesion."""
    bay_px = max(_SMALL_PX, int(0.35 * math.sqrt(area.sum())) | 1)
    framed = np.pad(area.astype(np.uint8), bay_px)
    filled = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, disc(bay_px))[bay_px:-bay_px, bay_px:-bay_px]
    whole = np.zeros(area.shape, np.uint8)
    cv2.fillPoly(whole, [contour(np.asarray(filled > 0))], 1)
    return np.asarray(whole > 0)


def _solidity(area: Mask) -> float:
    return float(area.sum() / max(1.0, cv2.contourArea(cv2.convexHull(contour(area)))))
