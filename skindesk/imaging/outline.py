"""Where a lesion ends: its outline, found by its colour against the skin around it, or none where that is not sure.

The skin's colour is a smooth surface over the picture, so that uneven light does not count as pigment. It is taken from
the picture's rim, and once more from all that lies outside the first outline. What differs from it is the lesion, by
the threshold of Otsu (1979) on the distance in CIELAB.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.field_of_view import field_of_view

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

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


class NoOutline(StrEnum):
    """Why an outline is not reported."""

    NO_LESION = "no_lesion"
    TOO_LITTLE_CONTRAST = "too_little_contrast"
    CUT_OFF = "cut_off"
    NOT_CLEAR = "not_clear"


@dataclass(frozen=True)
class Outline:
    """A lesion's outline in the pixels of its picture.

    `mask` bool (height, width) is true within; `points` float32 (count, 2), x before y, go around it.
    """

    mask: Mask
    points: Floats

    @property
    def area_px(self) -> float:
        """The area in square pixels."""
        return float(cv2.contourArea(self.points))

    @property
    def diameter_px(self) -> float:
        """The longest straight line between two of its points."""
        hull = cv2.convexHull(self.points)[:, 0, :].astype(np.float64)
        return float(np.hypot(*np.moveaxis(hull[:, None] - hull[None], 2, 0)).max())


def trace_outline(rgb: NDArray[np.uint8]) -> Outline | NoOutline:
    """The outline of the lesion in uint8 (height, width, 3) sRGB, or why it cannot be told with confidence.

    Takes about 0.1 s: for the background.
    """
    height, width = rgb.shape[:2]
    scale = WORKING_SIDE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)
    shown = field_of_view(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)) > 0
    found = _trace(_lab(_without_hairs(small)), shown)
    if isinstance(found, NoOutline):
        return found
    contour = _contour(found).astype(np.float32) + np.float32(0.5)
    points = np.asarray(contour * np.array((width / size[0], height / size[1]), np.float32))
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(points - 0.5).astype(np.int32)], 1)
    return Outline(mask > 0, points)


def _trace(lab: Floats, shown: Mask) -> Mask | NoOutline:
    """The lesion in the working picture."""
    if shown.mean() < _LEAST_SKIN:
        return NoOutline.NO_LESION
    distance = _distance(lab, _skin(lab, shown & ~_shrunk(shown, max(shown.shape) // 14), terms=3))
    lesion = _central_area((distance > _threshold(distance, shown)) & shown)
    if lesion is None:
        return NoOutline.NO_LESION
    around = shown & ~_grown(lesion, 8)
    if around.mean() > _LEAST_SKIN:
        distance = _distance(lab, _skin(lab, around, terms=6))
    threshold = _threshold(distance, shown)
    lesion = _central_area((distance > threshold) & shown)
    if lesion is None:
        return NoOutline.NO_LESION
    return _objection(lesion, distance, threshold, shown) or lesion


def _objection(lesion: Mask, distance: Floats, threshold: float, shown: Mask) -> NoOutline | None:
    """What speaks against an outline."""
    inside, beside = _shrunk(lesion, 3), _grown(lesion, 10) & ~_grown(lesion, 3) & shown
    if not LEAST_AREA <= lesion.mean() <= MOST_AREA or not inside.any() or not beside.any():
        return NoOutline.NO_LESION
    halo = float(np.median(distance[beside]))
    if float(np.median(distance[inside])) - halo < LEAST_CONTRAST:
        return NoOutline.TOO_LITTLE_CONTRAST
    edge = lesion & ~_shrunk(lesion, 1)
    if (edge & ~_shrunk(shown, 2)).sum() > MOST_CUT_OFF * edge.sum():
        return NoOutline.CUT_OFF
    larger, smaller = (_central_area((distance > factor * threshold) & shown) for factor in _STEADY)
    steady = larger is not None and smaller is not None and _alike(larger, smaller) >= LEAST_STEADINESS
    if not steady or _solidity(lesion) < LEAST_SOLIDITY or halo > MOST_HALO * threshold:
        return NoOutline.NOT_CLEAR
    return None


def _without_hairs(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Fill thin dark lines with what is beside them (a black top-hat, as DullRazor does, Lee 1997)."""
    closed = np.asarray(cv2.morphologyEx(rgb, cv2.MORPH_CLOSE, _disc(_HAIR_PX)), np.uint8)
    depth = cv2.cvtColor(closed, cv2.COLOR_RGB2GRAY).astype(np.int16) - cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    hairs = _grown(np.asarray(depth > _LIGHTNESS_NOISE), 1)
    return np.where(hairs[:, :, None], closed, rgb)


def _lab(rgb: NDArray[np.uint8]) -> Floats:
    smooth = cv2.GaussianBlur(rgb, (0, 0), 2).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB), np.float32)


def _skin(lab: Floats, where: Mask, terms: int) -> Floats:
    """The skin's colour everywhere, from where it is bare: a plane (3 terms) or a curved surface (6), least squares.

    The fifth that fits worst is left out twice, such as what of the lesion reaches there.
    """
    height, width = where.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    basis = np.stack((np.ones_like(x), x, y, x * x, y * y, x * y), axis=2)[:, :, :terms].astype(np.float32)
    known, colours = basis[where], lab[where]
    kept = np.ones(len(known), bool)
    for last in (False, False, True):
        weights = np.linalg.lstsq(known[kept], colours[kept], rcond=None)[0]
        if not last:
            misfit = np.linalg.norm(known @ weights - colours, axis=1)
            kept = misfit <= np.quantile(misfit[kept], 0.8)
    return np.asarray(basis @ weights, np.float32)


def _distance(lab: Floats, skin: Floats) -> Floats:
    return np.asarray(np.linalg.norm(lab - skin, axis=2), np.float32)


def _threshold(distance: Floats, shown: Mask) -> float:
    steps = np.clip(4 * distance[shown], 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(steps, 0, 255, cv2.THRESH_OTSU)
    return _THRESHOLD * otsu / 4


def _central_area(differs: Mask) -> Mask | None:
    """The largest area near the middle, closed and without holes; None where nothing is left but specks."""
    areas_only = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, _disc(_SMALL_PX))
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
    filled = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, _disc(bay_px))[bay_px:-bay_px, bay_px:-bay_px]
    whole = np.zeros(area.shape, np.uint8)
    cv2.fillPoly(whole, [_contour(np.asarray(filled > 0))], 1)
    return np.asarray(whole > 0)


def _contour(area: Mask) -> NDArray[np.int32]:
    """The outer border of the largest part: int32 (count, 2)."""
    contours, _ = cv2.findContours(area.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(max(contours, key=cv2.contourArea)[:, 0, :], np.int32)


def _solidity(area: Mask) -> float:
    return float(area.sum() / max(1.0, cv2.contourArea(cv2.convexHull(_contour(area)))))


def _alike(first: Mask, second: Mask) -> float:
    return float((first & second).sum() / (first | second).sum())


def _grown(area: Mask, by_px: int) -> Mask:
    return np.asarray(cv2.dilate(area.astype(np.uint8), np.ones((3, 3)), iterations=by_px) > 0)


def _shrunk(area: Mask, by_px: int) -> Mask:
    """What lies deeper within than that; the picture's edge counts as a border."""
    small = cv2.erode(
        area.astype(np.uint8),
        np.ones((3, 3)),
        iterations=by_px,
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    return np.asarray(small > 0)


def _disc(diameter_px: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter_px, diameter_px)), np.uint8)
