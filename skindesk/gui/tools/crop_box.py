"""How a rectangle in a picture is moved and pulled: never outside, never smaller than can be looked at."""

from skindesk.domain.region import Region
from skindesk.gui.widgets.projection import Point

LEAST_PX = 32
"""The shortest side, where the picture itself is no smaller."""

Grip = tuple[int, int]
"""Which edges move: -1 the left or upper one, 1 the right or lower one, 0 neither; (0, 0) moves the whole."""

MOVE: Grip = (0, 0)
CORNERS: tuple[Grip, ...] = ((-1, -1), (1, -1), (1, 1), (-1, 1))
EDGES: tuple[Grip, ...] = ((0, -1), (1, 0), (0, 1), (-1, 0))


def moved(region: Region, by: Point, size: tuple[int, int]) -> Region:
    """The same rectangle elsewhere in a picture of that size, width before height."""
    left = min(max(0, round(region.left + by[0])), size[0] - region.width)
    top = min(max(0, round(region.top + by[1])), size[1] - region.height)
    return Region(left, top, region.width, region.height)


def pulled(region: Region, grip: Grip, by: Point, size: tuple[int, int]) -> Region:
    """The rectangle after some of its edges were pulled."""
    left, width = _pulled_side(region.left, region.width, grip[0], by[0], size[0])
    top, height = _pulled_side(region.top, region.height, grip[1], by[1], size[1])
    return Region(left, top, width, height)


def spanned(first: Point, last: Point, size: tuple[int, int]) -> Region:
    """The rectangle between two points."""
    left, width = _spanned_side(first[0], last[0], size[0])
    top, height = _spanned_side(first[1], last[1], size[1])
    return Region(left, top, width, height)


def middle_half(size: tuple[int, int]) -> Region:
    """A rectangle to begin with."""
    width, height = (max(_least(side), side // 2) for side in size)
    return Region((size[0] - width) // 2, (size[1] - height) // 2, width, height)


def _least(side: int) -> int:
    return min(LEAST_PX, side)


def _pulled_side(start: int, length: int, way: int, by: float, side: int) -> tuple[int, int]:
    end = start + length
    if way < 0:
        start = min(max(0, round(start + by)), end - _least(side))
    elif way > 0:
        end = max(min(side, round(end + by)), start + _least(side))
    return start, end - start


def _spanned_side(first: float, last: float, side: int) -> tuple[int, int]:
    start, end = sorted(min(max(0, round(value)), side) for value in (first, last))
    length = max(end - start, _least(side))
    if last < first:
        start = end - length
    return min(max(0, start), side - length), length
