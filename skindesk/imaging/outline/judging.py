"""How likely an area is to be the lesion, judged by its border, its form and its place."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.outline.areas import contour
from skindesk.imaging.outline.values import Floats, Mask

TRAITS = ("sharp", "round", "size", "uneven", "uneven_skin", "cut_off", "brighter", "off_centre")
"""What `traits` measures, in its order."""

_WEIGHTS = np.array((0.179, 0.758, -0.098, -0.093, -0.078, -0.257, -0.319, -0.2))
_OFFSET = -0.28
"""Fitted by ridge regression to the Jaccard index of 6,200 areas in 294 generated pictures with rulers, pen rings,
hairs, folds and dark surrounds; the weight of the place, and what lesions
usually fill, are set by eye on 130 real ones."""

_SAMPLES = 64
_LEAST_SEEN = 8
_CONTRAST_NOISE = 3.0
_USUAL = (0.07, 0.4)
"""What part of the picture lesions fill: between these none is likelier than another."""


def judge(area: Mask, lab: Floats, shown: Mask) -> float | None:
    """The Jaccard index to expect of an area with the lesion, about 0 to 1; None where its border cannot be judged."""
    found = traits(area, lab, shown)
    return None if found is None else float(found @ _WEIGHTS + _OFFSET)


def traits(area: Mask, lab: Floats, shown: Mask) -> NDArray[np.float64] | None:
    """What there is to judge an area by: float64 (8,), see TRAITS; None where too little of its border is seen."""
    border = contour(area).astype(np.float32)
    if len(border) < _SAMPLES // 4:
        return None
    radius_px = math.sqrt(area.sum() / math.pi)
    smooth = _smooth(border)
    colours, seen = _beside(smooth, max(2.0, 0.12 * radius_px), lab, shown)
    near = seen[2]
    if near.sum() < _LEAST_SEEN:
        return None
    within = (colours[0] + colours[1]) / 2
    beyond = np.where(seen[3][:, None], (colours[2] + colours[3]) / 2, colours[2])[near]
    contrast = within.mean(axis=0) - beyond.mean(axis=0)
    strength = float(np.linalg.norm(contrast)) + _CONTRAST_NOISE
    middle = smooth.mean(axis=0) / shown.shape[::-1] - 0.5
    perimeter_px = cv2.arcLength(smooth[:, None], closed=True)
    return np.array(
        (
            math.log1p(np.linalg.norm((colours[1] - colours[2])[near], axis=1).mean()),
            4 * math.pi * abs(cv2.contourArea(smooth)) / perimeter_px**2,
            _unusual(float(area.sum() / shown.sum())),
            _spread(within) / strength,
            _spread(beyond) / 10,
            1 - seen[3].mean(),
            max(0.0, float(contrast[0])) / strength,
            float(middle @ middle) / 0.09,
        )
    )


def _beside(border: Floats, step_px: float, lab: Floats, shown: Mask) -> tuple[Floats, Mask]:
    """Colours two steps and one within the border, one and two beyond it, and whether these places are seen.

    Float32 (4, samples, 3) and bool (4, samples).
    """
    height, width = shown.shape
    at = np.arange(_SAMPLES) * len(border) // _SAMPLES
    along = (np.roll(border, -3, axis=0) - np.roll(border, 3, axis=0))[at]
    outwards = np.stack((along[:, 1], -along[:, 0]), axis=1) / np.maximum(np.linalg.norm(along, axis=1), 1e-6)[:, None]
    if cv2.contourArea(border, oriented=True) < 0:
        outwards = -outwards
    steps = step_px * np.array((-2, -1, 1, 2), np.float32)
    places = np.round(border[at] + steps[:, None, None] * outwards).astype(np.intp)
    x, y = np.clip(places[:, :, 0], 0, width - 1), np.clip(places[:, :, 1], 0, height - 1)
    inside = (places[:, :, 0] == x) & (places[:, :, 1] == y)
    return lab[y, x], inside & shown[y, x]


def _unusual(part: float) -> float:
    """How far a part of the picture lies from what lesions usually fill, in squared steps of a factor of e."""
    return max(0.0, math.log(_USUAL[0] / part), math.log(part / _USUAL[1])) ** 2


def _spread(colours: Floats) -> float:
    return float(np.linalg.norm(colours - colours.mean(axis=0), axis=1).mean())


def _smooth(border: Floats) -> Floats:
    around = np.concatenate((border[-3:], border, border[:3]))
    return np.asarray(cv2.blur(around[None], (7, 1))[0, 3:-3], np.float32)
