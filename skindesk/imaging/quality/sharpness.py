"""How sharp a picture is: what is left of fine detail beside coarse, in every direction and at the steepest edges."""

from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.quality.measures import Measures, log_of
from skindesk.imaging.quality.scene import Scene

Floats = NDArray[np.float32]

_SCALES_PX = (0.6, 1.2, 2.4, 4.8)
_LEAST_PIXELS = 64
_BAND_EDGES = (0.05, 0.1, 0.18, 0.3)
"""In cycles a pixel."""
_BANDS, _ANGLES = 3, 12
_NOTHING = 0.01
"""Power of a band that JPEG leaves of nothing."""
_STEEPEST = 0.05
"""The part of the pixels that counts as the steepest edges."""


def measure_sharpness(scene: Scene) -> Measures:
    """Logarithms of detail per scale, of the blurriest direction, and of how narrow the steepest edges are."""
    inside = cv2.erode(scene.shown.astype(np.uint8), np.ones((5, 5)), borderValue=1) > 0
    if inside.sum() < _LEAST_PIXELS:
        inside = np.ones_like(inside)
    light = scene.grey.astype(np.float32)
    levels = [light, *(np.asarray(cv2.GaussianBlur(light, (0, 0), scale), np.float32) for scale in _SCALES_PX)]
    measures: Measures = {}
    for number, (fine, coarse) in enumerate(pairwise(levels)):
        band = _within(inside, np.abs(fine - coarse))
        measures[f"detail_{number}"] = log_of(float(np.sqrt(np.square(band).mean())))
        measures[f"peaks_{number}"] = log_of(_greatest(band, 0.01))
    measures |= _directions(light)
    finest, *others = (_within(inside, _slope(level)) for level in levels[1:])
    for number, slope in enumerate(others):
        steep = slope >= _greatest(slope, _STEEPEST)
        ratio = float(finest[steep].mean()) / max(1e-3, float(slope[steep].mean()))
        measures[f"narrowness_{number}"] = log_of(ratio, 0.01)
    return measures


def _within(inside: NDArray[np.bool_], values: Floats) -> Floats:
    """The values inside, in one row; most pictures have no dark surround, and need no copy for that."""
    return values.ravel() if inside.all() else values[inside]


def _greatest(values: Floats, part: float) -> float:
    """The least of the greatest values that make up this part of all."""
    every = values[:: max(1, len(values) // 8192)]
    least = len(every) - max(1, round(part * len(every)))
    return float(np.partition(every, least)[least])


def _directions(light: Floats) -> Measures:
    """How much detail the poorest and the richest direction hold, in each band: motion wipes out one direction."""
    height, width = light.shape
    framed = (light - light.mean()) * np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    power = np.square(np.abs(np.fft.rfft2(framed))).ravel() / light.size
    bins = _bins(height, width)
    sums, counts = np.bincount(bins, power, _BANDS * _ANGLES + 1), np.bincount(bins, minlength=_BANDS * _ANGLES + 1)
    means = (sums / np.maximum(1, counts))[:-1].reshape(_BANDS, _ANGLES)
    measures: Measures = {}
    for band, levels in enumerate(means):
        by_angle = np.log(levels + _NOTHING)
        around = (np.roll(by_angle, 1) + by_angle + np.roll(by_angle, -1)) / 3
        measures[f"poorest_direction_{band}"] = float(around.min())
        measures[f"directions_{band}"] = float(by_angle.mean())
        measures[f"partiality_{band}"] = float(around.max() - around.min())
    return measures


@lru_cache(maxsize=16)
def _bins(height: int, width: int) -> NDArray[np.int64]:
    """To which band and angle each coefficient of a transform belongs; the last bin is for none."""
    y, x = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    frequency, angle = np.hypot(x, y), np.arctan2(y, x) % np.pi
    band = np.digitize(frequency, _BAND_EDGES) - 1
    sector = np.minimum((angle / np.pi * _ANGLES).astype(np.int64), _ANGLES - 1)
    known = (band >= 0) & (band < _BANDS)
    return np.asarray(np.where(known, band * _ANGLES + sector, _BANDS * _ANGLES), np.int64).ravel()


def _slope(light: Floats) -> Floats:
    return np.asarray(
        cv2.magnitude(cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.125)),
        np.float32,
    )
