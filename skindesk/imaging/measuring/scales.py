"""What makes pixels millimetres: a line of known length, a marker of known width, the field of view, or the file."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.domain.capture import Capture
from skindesk.domain.measurement import Scale, ScaleSource
from skindesk.imaging.field_of_view import field_of_view
from skindesk.imaging.outline import Point, Points

_WORKING_SIDE_PX = 400
_LEAST_ARC = 0.12
_MOST_GAP = 0.6
"""Of the circle, that has to be seen, and that may be missing in one piece: else its size cannot be told."""
_MOST_MISFIT = 0.01
"""Of the radius."""
_RAYS = 360
_SEARCH = 0.08
_LEAST_STEP = 12.0


@dataclass(frozen=True)
class FieldOfView:
    """The round part that a dermatoscope shows, in the picture's pixels."""

    centre: Point
    diameter_px: float


def scale_from_line(start: Point, end: Point, length_mm: float) -> Scale:
    """The scale by two points on a ruler and what it says lies between them.

    Raises ValueError where the points are one, or the length is not above zero.
    """
    length_px = math.dist(start, end)
    if not length_px or not length_mm > 0:
        raise ValueError("a scale needs two points and a length above zero")
    return Scale(length_mm / length_px, ScaleSource.RULER)


def scale_from_marker(outline: Points, diameter_mm: float) -> Scale:
    """The scale by a round marker of known diameter, from an outline around it.

    Its longest axis is the one that a tilt does not shorten. Raises ValueError for fewer than five points, or a
    diameter not above zero.
    """
    if len(outline) < 5 or not diameter_mm > 0:
        raise ValueError("a marker needs at least five points and a diameter above zero")
    _, sizes, _ = cv2.fitEllipse(np.asarray(outline, np.float32))
    return Scale(diameter_mm / max(sizes), ScaleSource.MARKER)


def scale_from_field_of_view(seen: FieldOfView, diameter_mm: float) -> Scale:
    """The scale by how wide the dermatoscope's field of view is. Raises ValueError for a width not above zero."""
    return Scale(diameter_mm / seen.diameter_px, ScaleSource.DERMATOSCOPE)


def scale_from_file(capture: Capture) -> Scale | None:
    """The scale that the device wrote into the file, as DICOM does; None where it did not.

    The dots per inch that any picture file has are those of a printer or screen, and are no scale.
    """
    return None if capture.mm_per_px is None else Scale(capture.mm_per_px, ScaleSource.FILE)


def find_field_of_view(rgb: NDArray[np.uint8]) -> FieldOfView | None:
    """The circle that a dermatoscope's dark surround leaves free in uint8 (height, width, 3).

    None where there is none, or where too little of its edge is seen to tell how large it is. Takes about 10 ms.
    """
    scale = min(1.0, _WORKING_SIDE_PX / max(rgb.shape[:2]))
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else rgb
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    edge = _edge_of(field_of_view(grey))
    if len(edge) < _RAYS // 12:
        return None
    x, y, radius = _circle(edge)
    edge = _steepest(grey, x, y, radius)
    if len(edge) < _LEAST_ARC * _RAYS or _gap(edge, x, y) > _MOST_GAP:
        return None
    x, y, radius = _circle(edge)
    misfit = np.abs(np.hypot(edge[:, 0] - x, edge[:, 1] - y) - radius)
    if float(np.median(misfit)) > _MOST_MISFIT * radius or radius < 0.2 * max(grey.shape):
        return None
    return FieldOfView((x / scale, y / scale), 2 * radius / scale)


def _edge_of(shown: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Where what is shown ends within the picture: float64 (count, 2)."""
    contours, _ = cv2.findContours(shown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return np.zeros((0, 2))
    border = max(contours, key=cv2.contourArea)[:, 0, :]
    height, width = shown.shape
    inner = ((border > 1) & (border < np.array((width - 2, height - 2)))).all(axis=1)
    return np.asarray(border[inner], np.float64) + 0.5


def _circle(points: NDArray[np.float64]) -> tuple[float, float, float]:
    """The circle through points with the least squares (Kåsa 1976), twice without the fifth that fits worst."""
    kept = points
    for last in (False, False, True):
        rows = np.column_stack((2 * kept, np.ones(len(kept))))
        (x, y, rest), *_ = np.linalg.lstsq(rows, np.square(kept).sum(axis=1), rcond=None)
        radius = math.sqrt(max(1e-6, rest + x * x + y * y))
        if not last:
            misfit = np.abs(np.hypot(points[:, 0] - x, points[:, 1] - y) - radius)
            kept = points[misfit <= np.quantile(misfit, 0.8)]
    return float(x), float(y), radius


def _gap(edge: NDArray[np.float64], x: float, y: float) -> float:
    """The longest part of the circle without an edge."""
    angles = np.sort(np.arctan2(edge[:, 1] - y, edge[:, 0] - x))
    return float(np.diff(angles, append=angles[0] + math.tau).max()) / math.tau


def _steepest(grey: NDArray[np.uint8], x: float, y: float, radius: float) -> NDArray[np.float64]:
    """Where it grows dark fastest along rays from the middle, near the radius: float64 (count, 2)."""
    height, width = grey.shape
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.5).astype(np.float32)
    angles = np.arange(_RAYS) * math.tau / _RAYS
    reach = radius * np.linspace(1 - _SEARCH, 1 + 2 * _SEARCH, 49)
    xs, ys = x + np.cos(angles)[:, None] * reach, y + np.sin(angles)[:, None] * reach
    light = cv2.remap(smooth, (xs - 0.5).astype(np.float32), (ys - 0.5).astype(np.float32), cv2.INTER_LINEAR)
    fall = light[:, :-2] - light[:, 2:]
    at = fall.argmax(axis=1) + 1
    rays = np.arange(_RAYS)
    px, py = xs[rays, at], ys[rays, at]
    seen = (px > 2) & (px < width - 2) & (py > 2) & (py < height - 2)
    beyond = light[:, -1] < 60
    found: NDArray[np.float64] = np.stack((px, py), axis=1)[seen & beyond & (fall.max(axis=1) > _LEAST_STEP / 4)]
    return found
