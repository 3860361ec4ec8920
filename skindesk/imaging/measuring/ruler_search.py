"""Where a ruler may lie: rows of thin dark marks, side by side."""

import math
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.outline import Point

Line = tuple[Point, Point]

_WORKING_SIDE_PX = 1200
_DARKER = 18
_WIDEST_PX = 11
_LEAST_LENGTH_PX, _LEAST_ASPECT = 6, 2.5
_LEAST_MARKS, _MOST_MARKS = 8, 400
_DIRECTIONS = 30
_TRIES = 300
_MOST_ROWS = 4


def rows_of_marks(rgb: NDArray[np.uint8]) -> list[Line]:
    """Lines in the picture's pixels along which at least eight marks lie, the richest first, four at most."""
    scale = min(1.0, _WORKING_SIDE_PX / max(rgb.shape[:2]))
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else rgb
    middles, directions, lengths = _marks(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8))
    if len(middles) < _LEAST_MARKS:
        return []
    rows: list[tuple[int, Line]] = []
    for family in _families(directions):
        rows += _rows(middles[family], directions[family], lengths[family])
    rows.sort(key=lambda row: -row[0])
    return [((a[0] / scale, a[1] / scale), (b[0] / scale, b[1] / scale)) for _, (a, b) in rows[:_MOST_ROWS]]


def _marks(grey: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Middles (count, 2), directions in radians from 0 to pi, and lengths of all thin dark strokes."""
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_WIDEST_PX, _WIDEST_PX))
    dark = (cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, brush) > _DARKER).astype(np.uint8)
    _, areas, boxes, _ = cv2.connectedComponentsWithStats(dark)
    middles, directions, lengths = [], [], []
    long_enough = np.maximum(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) >= _LEAST_LENGTH_PX
    for area in np.flatnonzero(long_enough)[1:][:4000]:
        left, top, width, height = boxes[area, :4]
        y, x = np.nonzero(areas[top : top + height, left : left + width] == area)
        middle, (across, along), direction = _ellipse_of(x + left, y + top)
        if along >= _LEAST_LENGTH_PX and along > _LEAST_ASPECT * across:
            middles.append(middle)
            directions.append(direction)
            lengths.append(along)
    return np.array(middles).reshape(-1, 2), np.array(directions), np.array(lengths)


def _ellipse_of(x: NDArray[np.intp], y: NDArray[np.intp]) -> tuple[Point, tuple[float, float], float]:
    """The middle, the width and length, and the direction of a set of pixels, by their second moments."""
    spread = np.cov(np.stack((x, y)), ddof=0) + np.eye(2) / 12
    sizes, axes = np.linalg.eigh(spread)
    across, along = np.sqrt(12 * sizes)
    direction = math.atan2(axes[1, 1], axes[0, 1]) % math.pi
    return (float(x.mean()) + 0.5, float(y.mean()) + 0.5), (float(across), float(along)), direction


def _families(directions: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Strokes of about one direction, the two largest families."""
    step = math.pi / _DIRECTIONS
    families = []
    for middle in np.arange(_DIRECTIONS) * step:
        away = np.abs((directions - middle + math.pi / 2) % math.pi - math.pi / 2)
        families.append(np.flatnonzero(away < 1.5 * step))
    families.sort(key=len, reverse=True)
    return [family for family in families[:3] if len(family) >= _LEAST_MARKS]


def _rows(
    middles: NDArray[np.float64], directions: NDArray[np.float64], lengths: NDArray[np.float64]
) -> list[tuple[int, Line]]:
    """The line through the middles that most of them lie on, across the strokes; by tries with pairs of them."""
    middles, lengths = middles[:_MOST_MARKS], lengths[:_MOST_MARKS]
    stroke = float(np.median(directions))
    pairs = list(combinations(range(len(middles)), 2))
    chosen = np.random.default_rng(0).permutation(len(pairs))[:_TRIES]
    best: NDArray[np.intp] = np.array([], np.intp)
    for one, other in (pairs[at] for at in chosen):
        along = middles[other] - middles[one]
        length = float(np.hypot(*along))
        if length < 1 or abs(math.cos(math.atan2(along[1], along[0]) - stroke)) > 0.4:
            continue
        beside = np.abs((middles - middles[one]) @ np.array((-along[1], along[0]))) / length
        near = np.flatnonzero(beside < 0.5 * lengths)
        if len(near) > len(best):
            best = near
    if len(best) < _LEAST_MARKS:
        return []
    return [(len(best), _ends(middles[best]))]


def _ends(middles: NDArray[np.float64]) -> Line:
    """From the first to the last of them along their common line."""
    x, y, left, top = cv2.fitLine(middles.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
    along = (middles - (left, top)) @ np.array((x, y))
    low, high = float(along.min()), float(along.max())
    return (left + low * x, top + low * y), (left + high * x, top + high * y)
