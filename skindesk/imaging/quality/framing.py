"""How the lesion lies in the frame: how large it is, and whether the frame's edge cuts it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.quality.lesion import Lesion
from skindesk.imaging.quality.measures import Measures, log_of
from skindesk.imaging.quality.scene import Scene

_STRIP = 0.04
"""Of the frame's side: how deep a strip along an edge is looked at."""
_CHORD = 0.25
"""Of the lesion's greatest width: an edge along which it is wider cuts it."""


def measure_framing(scene: Scene) -> Measures:
    """The lesion's size, contrast and place, and how much of it lies along the frame's edges."""
    lesion = scene.lesion
    chords, strips, towards = cut_chords(lesion), _strips(lesion), _towards(lesion)
    worst = max(range(4), key=lambda side: strips[side] + chords[side])
    beside = ((worst + 1) % 4, (worst + 3) % 4)
    inside = float(np.median(lesion.distance[lesion.mask])) if lesion.mask.any() else 0.0
    peak = float(np.quantile(lesion.distance, 0.998))
    return {
        "lesion_share": log_of(lesion.share),
        "lesion_contrast": log_of(inside, 1.0),
        "threshold": log_of(lesion.threshold, 1.0),
        "salient": log_of(float((lesion.distance > 0.5 * peak).mean())),
        "salience": log_of(peak, 1.0) - log_of(float(np.median(lesion.distance)), 1.0),
        "chord": chords[worst],
        "chord_across": chords[(worst + 2) % 4],
        "chord_beside": max(chords[side] for side in beside),
        "strip": strips[worst],
        "strip_across": strips[(worst + 2) % 4],
        "strip_beside": max(strips[side] for side in beside),
        "towards": towards[worst],
        "towards_beside": max(towards[side] for side in beside),
        "centre": _centre(lesion),
        "solidity": _solidity(lesion),
        "shown": float(scene.shown.mean()),
    }


def cut_chords(lesion: Lesion) -> tuple[float, float, float, float]:
    """How wide the lesion is at the left, top, right and bottom edge, in parts of its greatest width along it."""
    mask = lesion.mask
    if not mask.any():
        return 0.0, 0.0, 0.0, 0.0
    tall, wide = float(mask.sum(axis=0).max()), float(mask.sum(axis=1).max())
    return (
        float(mask[:, 1].sum()) / tall,
        float(mask[1].sum()) / wide,
        float(mask[:, -2].sum()) / tall,
        float(mask[-2].sum()) / wide,
    )


def cut_edges(lesion: Lesion) -> tuple[tuple[float, float, float, float], ...]:
    """Strips where the frame cuts the lesion: left, top, right and bottom of each in parts of the frame, 0 to 1."""
    left, top, right, bottom = lesion.bounds
    strips = (
        (0.0, top, _STRIP, bottom),
        (left, 0.0, right, _STRIP),
        (1 - _STRIP, top, 1.0, bottom),
        (left, 1 - _STRIP, right, 1.0),
    )
    chords = zip(strips, cut_chords(lesion), strict=True)
    return tuple(strip for strip, chord in chords if chord > _CHORD)


def _strips(lesion: Lesion) -> list[float]:
    """How far the strips along the left, top, right and bottom edge differ from skin, in thresholds."""
    height, width = lesion.mask.shape
    deep_x, deep_y = max(1, round(_STRIP * width)), max(1, round(_STRIP * height))
    parts = (
        lesion.distance[:, :deep_x],
        lesion.distance[:deep_y],
        lesion.distance[:, -deep_x:],
        lesion.distance[-deep_y:],
    )
    return [min(4.0, float(np.quantile(part, 0.7)) / lesion.threshold) for part in parts]


def _centre(lesion: Lesion) -> float:
    """How far the middle third of the frame differs from skin, in thresholds."""
    height, width = lesion.mask.shape
    middle = lesion.distance[height // 3 : -(height // 3), width // 3 : -(width // 3)]
    return min(4.0, float(np.quantile(middle, 0.7)) / lesion.threshold)


def _solidity(lesion: Lesion) -> float:
    """How much of its convex hull the lesion fills; all where there is none."""
    contours, _ = cv2.findContours(lesion.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return 1.0
    hull = cv2.convexHull(np.concatenate(contours))
    return min(1.0, float(lesion.mask.sum()) / max(1.0, float(cv2.contourArea(hull))))


def _towards(lesion: Lesion) -> tuple[float, float, float, float]:
    """How far the lesion's centre lies off towards left, top, right and bottom, in parts of half the frame's sides."""
    if not lesion.mask.any():
        return 0.0, 0.0, 0.0, 0.0
    height, width = lesion.mask.shape
    y, x = (_middle(lesion.mask.sum(axis=axis)) for axis in (1, 0))
    right, down = 2 * x / width - 1, 2 * y / height - 1
    return -right, -down, right, down


def _middle(weights: NDArray[np.int_]) -> float:
    return float((weights * (np.arange(len(weights)) + 0.5)).sum() / weights.sum())
