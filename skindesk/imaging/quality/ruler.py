"""Whether a ruler lies in the picture: a row of dark ticks at even distances."""

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.quality.lesion import Bounds
from skindesk.imaging.quality.scene import Scene

Floats = NDArray[np.float32]

_HALF_BAND_PX = 4
_APART_PX = (5, 32)
"""How far the ticks may lie apart."""
_ANGLES_DEG = (0.0, -13.0, 13.0)
_DEEPEST = 60.0
"""A tick counts for no more than this many grey levels, so that one hair does not outweigh the ruler."""
_DARK, _FEWEST_DARK = 20, 0.005
"""Grey levels, and of the frame: with fewer thin dark pixels there is no ruler (those drawn and found have 0.006)."""
_LEAST_STEP = 2.5
"""How much the ticks vary a band, in grey levels: what varies less is noise."""


def find_ruler(scene: Scene) -> tuple[float, Bounds]:
    """How regular the most regular row of ticks is, -1 to 1, and where it lies in parts of the frame.

    A ruler may be turned against the frame by up to about 20 degrees.
    """
    depth = _depth(scene)
    height, width = depth.shape
    best, where = -1.0, (0.0, 0.0, 1.0, 1.0)
    if (depth > _DARK).mean() < _FEWEST_DARK:
        return best, where
    for angle in _ANGLES_DEG:
        there = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1), np.float64)
        turned = np.asarray(cv2.warpAffine(depth, there, (width, height)), np.float32) if angle else depth
        for plane, upright in ((turned, False), (np.ascontiguousarray(turned.T), True)):
            regular, top = _most_regular(plane)
            if regular > best:
                box = (top, 0, top + 2 * _HALF_BAND_PX, height) if upright else (0, top, width, top + 2 * _HALF_BAND_PX)
                best, where = regular, _turned_back(box, there, (width, height))
    return best, where


def _depth(scene: Scene) -> Floats:
    """By how much thin dark marks are darker than what is beside them (a narrower black top-hat than for hairs)."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    depth = cv2.morphologyEx(scene.grey, cv2.MORPH_BLACKHAT, disc).astype(np.float32)
    return np.asarray(np.where(scene.shown, np.minimum(depth, _DEEPEST), 0), np.float32)


def _most_regular(depth: Floats) -> tuple[float, int]:
    """How well the best band of rows repeats itself along its length, and where the band begins."""
    height, width = depth.shape
    halves = depth[: height // _HALF_BAND_PX * _HALF_BAND_PX].reshape(-1, _HALF_BAND_PX, width).sum(axis=1)
    profiles = (halves[:-1] + halves[1:]) / (2 * _HALF_BAND_PX)
    profiles -= profiles.mean(axis=1, keepdims=True)
    least, most = _APART_PX[0], min(_APART_PX[1], width // 4)
    if most <= least:
        return -1.0, 0
    marked = np.flatnonzero(profiles.std(axis=1) >= _LEAST_STEP)
    if not marked.size:
        return -1.0, 0
    regular = _regularity(profiles[marked], np.arange(least, most))
    best = int(regular.argmax())
    return float(regular[best]), int(marked[best]) * _HALF_BAND_PX


def _regularity(profiles: Floats, lags: NDArray[np.int_]) -> NDArray[np.floating]:
    """How much more each profile is like itself after one and two lags than between them, at the best of the lags."""
    length = profiles.shape[1]
    spectrum = np.fft.rfft(profiles, 2 * length, axis=1)
    likeness = np.fft.irfft(np.square(np.abs(spectrum)), axis=1)[:, : 3 * int(lags[-1]) + 1]
    likeness = likeness / np.maximum(likeness[:, :1], 1e-3) * (length / (length - np.arange(likeness.shape[1])))
    on = np.minimum(likeness[:, lags], likeness[:, 2 * lags])
    between = np.maximum(likeness[:, lags // 2], likeness[:, lags + lags // 2])
    return np.asarray((on - between).max(axis=1))


def _turned_back(box: tuple[float, float, float, float], there: NDArray[np.float64], size: tuple[int, int]) -> Bounds:
    """The box around a box of the turned picture, in parts of the picture as it was."""
    left, top, right, bottom = box
    corners = np.array(((left, top, 1), (right, top, 1), (left, bottom, 1), (right, bottom, 1)))
    x, y = cv2.invertAffineTransform(there) @ corners.T
    across, down = (np.clip(line / side, 0, 1) for line, side in ((x, size[0]), (y, size[1])))
    return float(across.min()), float(down.min()), float(across.max()), float(down.max())
