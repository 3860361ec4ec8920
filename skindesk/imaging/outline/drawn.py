"""How any line around a lesion becomes an outline that can be kept and dragged: few points, no crossing."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.outline.areas import contour
from skindesk.imaging.outline.values import Mask, Point, Points

Line = NDArray[np.float64]

MOST_POINTS = 120
_RASTER_SIDE_PX = 768
_LEAST_AREA_PX = 1.0


def outline_from_points(points: Sequence[Point], width_px: int, height_px: int) -> Points | None:
    """What a hand has drawn or dragged around a lesion, as a simple polygon within a picture of that size.

    At most MOST_POINTS that already make one are kept as they are. Else the line is closed, cut at the picture's edge,
    where it crosses itself its outer border is taken, and its points are spread evenly. None where it encloses less
    than a pixel, or holds a number that is not finite.
    """
    line = _distinct(np.asarray(points, np.float64).reshape(-1, 2))
    if len(line) < 3 or not np.isfinite(line).all():
        return None
    within = bool(((line >= 0) & (line <= (width_px, height_px))).all())
    if not within or not is_simple(line):
        return _from_raster(line, width_px, height_px)
    if len(line) > MOST_POINTS:
        spread = evenly(line, MOST_POINTS)
        return _kept(spread) if is_simple(spread) else _from_raster(line, width_px, height_px)
    return _kept(line)


def outline_of_area(area: Mask, width_px: int, height_px: int, count: int) -> Points | None:
    """The border of the largest part of a bool mask (rows, columns) of a picture of that size, smoothed.

    At most `count` points. None where it encloses less than a pixel.
    """
    if not area.any():
        return None
    border = contour(area).astype(np.float64) + 0.5
    line = _smooth(border) * (width_px / area.shape[1], height_px / area.shape[0])
    for candidate in (evenly(line, count), evenly(_hull(line), count)):
        if is_simple(candidate):
            return _kept(candidate)
    return None


def is_simple(line: Line) -> bool:
    """Whether no two sides of a closed polygon, float64 (count, 2), cross or touch apart from neighbours' ends."""
    start, end = line, np.roll(line, -1, axis=0)
    count = len(line)
    first, second = np.triu_indices(count, k=2)
    apart = ~((first == 0) & (second == count - 1))
    first, second = first[apart], second[apart]
    a, b, c, d = start[first], end[first], start[second], end[second]
    across = (_side(a, b, c) * _side(a, b, d) <= 0) & (_side(c, d, a) * _side(c, d, b) <= 0)
    low, high = np.maximum(np.minimum(a, b), np.minimum(c, d)), np.minimum(np.maximum(a, b), np.maximum(c, d))
    meeting = across & (low <= high).all(axis=1)
    return not bool(meeting.any()) and not _folds(line)


def evenly(line: Line, count: int) -> Line:
    """Points at equal distances along a closed line: float64 (count, 2)."""
    closed = np.concatenate((line, line[:1]))
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))))
    at = np.arange(count) * along[-1] / count
    return np.stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)], axis=1)


def _folds(line: Line) -> bool:
    """Whether a side runs back along the one before it."""
    to, onwards = np.roll(line, -1, axis=0) - line, np.roll(line, -2, axis=0) - np.roll(line, -1, axis=0)
    turned = to[:, 0] * onwards[:, 1] - to[:, 1] * onwards[:, 0]
    return bool(((turned == 0) & ((to * onwards).sum(axis=1) < 0)).any())


def _side(a: Line, b: Line, c: Line) -> NDArray[np.float64]:
    """On which side of the line from a to b each c lies."""
    side: NDArray[np.float64] = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return side


def _distinct(line: Line) -> Line:
    """Without points that the next one repeats, and without the first one again at the end."""
    moved: Line = line[(line != np.roll(line, -1, axis=0)).any(axis=1)] if len(line) > 1 else line
    return moved


def _from_raster(line: Line, width_px: int, height_px: int) -> Points | None:
    """The outer border of all that a line encloses, also by parts that wind twice around."""
    scale = _RASTER_SIDE_PX / max(width_px, height_px)
    size = (max(1, math.ceil(width_px * scale)), max(1, math.ceil(height_px * scale)))
    steps = np.round((np.clip(line, -width_px, 2 * width_px) * scale - 0.5) * 16).astype(np.int32)
    inside, edge = np.zeros(size[::-1], np.uint8), np.zeros(size[::-1], np.uint8)
    cv2.fillPoly(inside, [steps], 1, shift=4)
    cv2.polylines(edge, [steps], isClosed=True, color=1, shift=4)
    contours, _ = cv2.findContours(cv2.bitwise_or(inside, edge), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = np.zeros_like(inside)
    cv2.fillPoly(whole, contours, 1)
    opened = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((3, 3)))
    return outline_of_area(opened > 0, width_px, height_px, MOST_POINTS)


def _smooth(border: Line) -> Line:
    """Without the steps of the pixels: each point the mean of about a fiftieth of the way around."""
    width = max(3, len(border) // 50) | 1
    around = np.concatenate((border[-width:], border, border[:width]))
    kernel = np.full(width, 1 / width)
    return np.stack([np.convolve(around[:, axis], kernel, "same")[width:-width] for axis in (0, 1)], axis=1)


def _hull(line: Line) -> Line:
    return np.asarray(cv2.convexHull(line.astype(np.float32))[:, 0, :], np.float64)


def _kept(line: Line) -> Points | None:
    if abs(cv2.contourArea(line.astype(np.float32))) < _LEAST_AREA_PX:
        return None
    return tuple((float(x), float(y)) for x, y in line)
