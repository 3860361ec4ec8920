"""How a closed line of points is edited without crossing itself: pulled, opened, and in part drawn anew."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skindesk.gui.widgets.projection import Point

Points = tuple[Point, ...]
Floats = NDArray[np.float64]

LEAST_POINTS = 3
_SAMPLES = 32


@dataclass(frozen=True)
class Nearest:
    """The nearest place of a closed line: between the points `edge` and `edge + 1`, `distance` away."""

    edge: int
    place: Point
    distance: float


def crosses_itself(points: Sequence[Point]) -> bool:
    """Whether two edges that are not neighbours meet."""
    starts = np.asarray(points, np.float64)
    count = len(starts)
    if count <= LEAST_POINTS:
        return False
    ends = np.roll(starts, -1, axis=0)
    sides_of_starts = _sides(starts, ends, starts)
    sides_of_ends = _sides(starts, ends, ends)
    straddles = sides_of_starts * sides_of_ends <= 0
    lowest, highest = np.minimum(starts, ends), np.maximum(starts, ends)
    overlaps = np.all((lowest[:, None] <= highest[None]) & (lowest[None] <= highest[:, None]), axis=2)
    gap = np.abs(np.arange(count)[:, None] - np.arange(count)[None])
    strangers = (gap > 1) & (gap < count - 1)
    return bool(np.any(straddles & straddles.T & overlaps & strangers))


def nearest_on(points: Sequence[Point], to: Point) -> Nearest:
    """The place of a closed line that is nearest to a point."""
    starts = np.asarray(points, np.float64)
    along = np.roll(starts, -1, axis=0) - starts
    lengths = np.maximum((along**2).sum(axis=1), 1e-12)
    parts = np.clip(((np.asarray(to) - starts) * along).sum(axis=1) / lengths, 0, 1)
    places = starts + parts[:, None] * along
    distances = np.hypot(*(places - np.asarray(to)).T)
    edge = int(distances.argmin())
    return Nearest(edge, (float(places[edge, 0]), float(places[edge, 1])), float(distances[edge]))


def pulled_at(points: Points, held: int, before: int, after: int, by: Point) -> Points:
    """The line after one of its points was moved, with the points up to `before` and `after` following ever less."""
    weights = {held: 1.0} | _following(points, held, before, -1) | _following(points, held, after, 1)
    return tuple(
        (x + by[0] * weights.get(index, 0.0), y + by[1] * weights.get(index, 0.0))
        for index, (x, y) in enumerate(points)
    )


def redrawn(points: Sequence[Point], stroke: Sequence[Point]) -> Points:
    """The line with the part that lies nearest to an open stroke replaced by the stroke."""
    first, last = nearest_on(points, stroke[0]), nearest_on(points, stroke[-1])
    forward = _between(points, first, last)
    backward = _between(points, last, first)
    if _mean_distance(forward, stroke) <= _mean_distance(backward, stroke):
        return (*stroke, *backward[1:-1])
    return (*reversed(stroke), *forward[1:-1])


def _sides(starts: Floats, ends: Floats, points: Floats) -> Floats:
    """On which side of each edge (first axis) each point (second axis) lies: -1, 0 or 1."""
    along = (ends - starts)[:, None]
    to = points[None] - starts[:, None]
    return np.asarray(np.sign(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0]), np.float64)


def _following(points: Points, held: int, last: int, way: int) -> dict[int, float]:
    """How much the points between the held one and `last` move along: the nearer, the more."""
    count = len(points)
    between = []
    index, walked = held, 0.0
    while index != last:
        following = (index + way) % count
        walked += math.dist(points[index], points[following])
        index = following
        between.append((index, walked))
    return {index: 1 - distance / max(walked, 1e-12) for index, distance in between}


def _between(points: Sequence[Point], first: Nearest, last: Nearest) -> list[Point]:
    """The part of a closed line from one place forward to another, both of them included."""
    count = len(points)
    steps = (last.edge - first.edge) % count
    if steps == 0 and _part(points, last) < _part(points, first):
        steps = count
    passed = [points[(first.edge + 1 + step) % count] for step in range(steps)]
    return [first.place, *passed, last.place]


def _part(points: Sequence[Point], place: Nearest) -> float:
    """How far along its edge a place is."""
    return math.dist(points[place.edge], place.place)


def _mean_distance(part: Sequence[Point], stroke: Sequence[Point]) -> float:
    """From samples spread evenly over a part of a line to the nearest points of a stroke."""
    line = np.asarray(part, np.float64)
    walked = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    at = np.linspace(0, walked[-1], _SAMPLES)
    samples = np.stack((np.interp(at, walked, line[:, 0]), np.interp(at, walked, line[:, 1])), axis=1)
    distances = np.hypot(*np.moveaxis(samples[:, None] - np.asarray(stroke, np.float64)[None], 2, 0))
    return float(distances.min(axis=1).mean())
