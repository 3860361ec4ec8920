"""How large a lesion is by its outline: exact for the polygon, whatever the picture shows."""

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.measurement import Abcd, Measurement, Scale
from skindesk.imaging.outline import Point, Points

Line = tuple[Point, Point]


def measure(outline: Points, by_hand: bool, scale: Scale | None = None, abcd: Abcd | None = None) -> Measurement:
    """Measure an outline in the pixels of the upright original.

    Raises ValueError for fewer than three points.
    """
    points = _polygon(outline)
    x, y = points.T
    next_x, next_y = np.roll(points, -1, axis=0).T
    start, end = longest_line(outline)
    return Measurement(
        outline=outline,
        by_hand=by_hand,
        diameter_px=_length(start, end),
        area_px=float(abs((x * next_y - next_x * y).sum()) / 2),
        perimeter_px=float(np.hypot(next_x - x, next_y - y).sum()),
        abcd=abcd,
        scale=scale,
    )


def longest_line(outline: Points) -> Line:
    """Between which two points of the outline the diameter runs. Raises ValueError for fewer than three points."""
    points = _polygon(outline)
    apart = np.hypot(*np.moveaxis(points[:, None] - points[None], 2, 0))
    first, second = np.unravel_index(int(apart.argmax()), apart.shape)
    return outline[int(first)], outline[int(second)]


def widest_across(outline: Points) -> Line:
    """The longest line across the lesion at right angles to the diameter, between its outermost borders.

    Length and this width are how a lesion's size is usually written down. Raises ValueError for fewer than three
    points.
    """
    points = _polygon(outline)
    start, end = (np.asarray(point) for point in longest_line(outline))
    along = (end - start) / max(1e-9, _length(start, end))
    turn = np.array((along, (-along[1], along[0])))
    turned = points @ turn.T
    at, low, high = max((_across(turned, at) for at in turned[:, 0]), key=lambda line: line[2] - line[1])
    one, other = np.array(((at, low), (at, high))) @ turn
    return (float(one[0]), float(one[1])), (float(other[0]), float(other[1]))


def _across(turned: NDArray[np.float64], at: float) -> tuple[float, float, float]:
    """Where a line across at this place leaves the polygon on either side: (at, lowest, highest)."""
    onwards = np.roll(turned, -1, axis=0)
    crossing = np.minimum(turned[:, 0], onwards[:, 0]) <= at
    crossing &= at <= np.maximum(turned[:, 0], onwards[:, 0])
    one, other = turned[crossing], onwards[crossing]
    run = other[:, 0] - one[:, 0]
    part = np.where(run == 0, 0, (at - one[:, 0]) / np.where(run == 0, 1, run))
    heights = np.concatenate((one[:, 1] + part * (other[:, 1] - one[:, 1]), other[run == 0, 1]))
    return at, float(heights.min()), float(heights.max())


def _polygon(outline: Points) -> NDArray[np.float64]:
    if len(outline) < 3:
        raise ValueError("an outline has at least three points")
    return np.asarray(outline, np.float64)


def _length(start: Point | NDArray[np.float64], end: Point | NDArray[np.float64]) -> float:
    return float(np.hypot(end[0] - start[0], end[1] - start[1]))
