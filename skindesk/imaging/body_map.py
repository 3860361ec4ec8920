"""The drawings of the body: which region lies where, and where a position lies on each figure.

A position is a fraction of the neutral figure's drawing. The figures' drawings share one mesh of triangles whose
corners lie on the same places of the body, so that a position is carried from one figure to another triangle by
triangle, and a lesion stays where it is when a child has grown up.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.body import REGIONS, BodyFigure, BodyRegion
from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.system.paths import bundled

Point = tuple[float, float]
"""A place on a drawing, in the drawing's own units, from its upper left corner."""

Points = NDArray[np.float64]
"""Points, or what is told of each of them: (count, 2) or (count,)."""

_STEPS = 5
"""A curve becomes this many straight pieces; in all drawings they are within 0.6 units of it."""
_GRID = 28
_LINE_WIDTH = 2.0
"""Borders are rounded to tenths of a unit, which leaves gaps between regions, and outlines are this wide."""
_SIZE = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_REGION = re.compile(r'<path id="([^"]+)"[^>]* d="([^"]+)"')
_COMMAND = re.compile(r"([MlczL])([^MlczL]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


@dataclass(frozen=True)
class BodyColours:
    """What a drawing is painted with, as #RRGGBB; the defaults are greys for white paper."""

    skin: str = "#f4f4f4"
    seam: str = "#d4d4d4"
    """The borders between regions."""
    hair: str = "#c4c4c4"
    shade: str = "#e4e4e4"
    line: str = "#404040"
    """The outlines."""
    detail: str = "#808080"
    """The lines within."""


_DRAWN = BodyColours()
"""The colours that the files hold; each is in use for one thing only."""


@dataclass(frozen=True, eq=False)
class DrawnRegion:
    """A region with the corners of its outline, float64 (count, 2), in the drawing's units."""

    region: BodyRegion
    outline: Points


@dataclass(frozen=True)
class BodyDrawing:
    """One figure from one side: the SVG, its size in units, and its regions, those on top last."""

    figure: BodyFigure
    view: BodyView
    svg: str
    width: int
    height: int
    regions: tuple[DrawnRegion, ...]


@cache
def drawing(figure: BodyFigure, view: BodyView) -> BodyDrawing:
    """The drawing of a figure from one side."""
    file = bundled("resources", "body", figure.value, f"{_slug(view)}.svg")
    svg = file.read_text(encoding="utf-8")
    size = _SIZE.search(svg)
    if size is None:
        raise ValueError(f"{file} tells no size")
    regions = tuple(DrawnRegion(REGIONS[key], _flattened(path)) for key, path in _REGION.findall(svg))
    return BodyDrawing(figure, view, svg, int(size[1]), int(size[2]), regions)


def recoloured(drawn: BodyDrawing, colours: BodyColours) -> str:
    """The drawing's SVG in other colours."""
    names = {colour: name for name, colour in asdict(_DRAWN).items()}
    wanted = asdict(colours)
    return re.sub("|".join(names), lambda found: wanted[names[found[0]]], drawn.svg)


def region_on(drawn: BodyDrawing, point: Point) -> BodyRegion | None:
    """The region at a place of a drawing, or else the nearest within a line's width; None beside the body."""
    there = np.array([point])
    for each in reversed(drawn.regions):
        if _holds(each.outline, there)[0]:
            return each.region
    beside = [float(_distances(each.outline, there)[0]) for each in drawn.regions]
    nearest = int(np.argmin(beside))
    return drawn.regions[nearest].region if beside[nearest] <= _LINE_WIDTH else None


def region_at(figure: BodyFigure, position: BodyPosition) -> BodyRegion | None:
    """The region at a position as a figure shows it; None beside the body."""
    return region_on(drawing(figure, position.view), point_of(figure, position))


def point_of(figure: BodyFigure, position: BodyPosition) -> Point:
    """Where a position lies on a figure's drawing."""
    neutral = drawing(BodyFigure.NEUTRAL, position.view)
    return _carried(
        position.view, BodyFigure.NEUTRAL, figure, (position.x * neutral.width, position.y * neutral.height)
    )


def position_at(figure: BodyFigure, view: BodyView, point: Point) -> BodyPosition:
    """The position of a place on a figure's drawing. Places beside the drawing count as its edge."""
    neutral = drawing(BodyFigure.NEUTRAL, view)
    x, y = _carried(view, figure, BodyFigure.NEUTRAL, point)
    return BodyPosition(view, min(max(x / neutral.width, 0.0), 1.0), min(max(y / neutral.height, 0.0), 1.0))


@cache
def centre_of(view: BodyView, key: str) -> BodyPosition:
    """The place of a region that is farthest from its edges, where it can be seen.

    Raises KeyError for a region that this view does not show.
    """
    neutral = drawing(BodyFigure.NEUTRAL, view)
    index = {each.region.key: index for index, each in enumerate(neutral.regions)}[key]
    own = neutral.regions[index].outline
    above = [each.outline for each in neutral.regions[index + 1 :] if _near(own, each.outline)]
    seen = _grid_over(own)
    seen = seen[_holds(own, seen)]
    for outline in above:
        seen = seen[~_holds(outline, seen)]
    clearance = np.min([_distances(outline, seen) for outline in (own, *above)], axis=0)
    x, y = seen[clearance.argmax()]
    return BodyPosition(view, float(x) / neutral.width, float(y) / neutral.height)


def _slug(view: BodyView) -> str:
    return view.value.replace(",", "").replace(" ", "-")


def _flattened(path: str) -> Points:
    """The corners of a path of the commands M, l, c and z, its curves cut into straight pieces."""
    points: list[Point] = []
    for command, text in _COMMAND.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(text)]
        if command == "M":
            points.append((numbers[0], numbers[1]))
        elif command == "l":
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                points.append((points[-1][0] + dx, points[-1][1] + dy))
        elif command == "c":
            for start in range(0, len(numbers), 6):
                points.extend(_curve(points[-1], numbers[start : start + 6]))
    return np.array(points)


def _curve(start: Point, by: list[float]) -> list[Point]:
    pieces = []
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        first, second, third = 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        x = first * by[0] + second * by[2] + third * by[4]
        y = first * by[1] + second * by[3] + third * by[5]
        pieces.append((start[0] + x, start[1] + y))
    return pieces


def _grid_over(outline: Points) -> Points:
    """Points all over the box around an outline."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    across, down = np.meshgrid(np.linspace(low[0], high[0], _GRID), np.linspace(low[1], high[1], _GRID))
    return np.stack([across.ravel(), down.ravel()], axis=1)


def _near(one: Points, other: Points) -> bool:
    """Whether the boxes around two outlines overlap."""
    apart = (one.max(axis=0) < other.min(axis=0)) | (other.max(axis=0) < one.min(axis=0))
    return not apart.any()


def _holds(outline: Points, points: Points) -> NDArray[np.bool_]:
    """Which points lie within: those from which a ray to the right crosses the outline an odd number of times."""
    x, y = points[:, :1], points[:, 1:]
    (x0, y0), (x1, y1) = outline.T, np.roll(outline, -1, axis=0).T
    rise = np.where(y1 == y0, 1, y1 - y0)
    crossed = ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / rise)
    within: NDArray[np.bool_] = crossed.sum(axis=1) % 2 == 1
    return within


def _distances(outline: Points, points: Points) -> Points:
    """How far each point is from an outline, inside or out."""
    along = np.roll(outline, -1, axis=0) - outline
    from_corner = points[:, None] - outline
    share = (from_corner * along).sum(axis=2) / np.maximum((along**2).sum(axis=1), 1e-12)
    beside = from_corner - np.clip(share, 0, 1)[:, :, None] * along
    nearest: Points = np.hypot(beside[:, :, 0], beside[:, :, 1]).min(axis=1)
    return nearest


def _carried(view: BodyView, source: BodyFigure, target: BodyFigure, point: Point) -> Point:
    """The place of one figure's drawing that is the given place of another's."""
    if source is target:
        return point
    triangles = _triangles(view)
    shares = _shares(triangles[source], point)
    chosen = _topmost(shares)
    x, y = shares[chosen] @ triangles[target][chosen]
    return float(x), float(y)


@cache
def _triangles(view: BodyView) -> Mapping[BodyFigure, Points]:
    """The triangles of each figure's drawing, float64 (count, 3 corners, 2), those on top last."""
    held = _meshes()[_slug(view)]
    corners = np.array(held["triangles"])
    return {figure: np.array(held["points"][figure.value])[corners] for figure in BodyFigure}


@cache
def _meshes() -> dict[str, dict[str, dict[str, list[list[float]]]]]:
    file = bundled("resources", "body", "meshes.json")
    held: dict[str, dict[str, dict[str, list[list[float]]]]] = json.loads(file.read_text(encoding="utf-8"))
    return held


def _shares(triangles: NDArray[np.float64], point: Point) -> NDArray[np.float64]:
    """How much of each corner a point is, for each triangle: barycentric coordinates (count, 3)."""
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    u, v, w = b - a, c - a, np.array(point) - a
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    second = (w[:, 0] * v[:, 1] - w[:, 1] * v[:, 0]) / area
    third = (u[:, 0] * w[:, 1] - u[:, 1] * w[:, 0]) / area
    return np.stack([1 - second - third, second, third], axis=1)


def _topmost(shares: NDArray[np.float64]) -> int:
    """The last triangle that holds the point, or else the one that it is least outside of."""
    least = shares.min(axis=1)
    holding = np.flatnonzero(least >= 0)
    return int(holding[-1] if len(holding) else least.argmax())
