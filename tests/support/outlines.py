"""Outlines drawn on plain skin, and how they are looked at in tests."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

SKIN = (220, 170, 150)
PIGMENT = (120, 70, 50)

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Point = tuple[float, float]


def on_skin(mask: Mask, colour: tuple[int, int, int] = PIGMENT, noise: NDArray[np.float64] | float = 0) -> Picture:
    """A lesion of one colour on skin of one colour: uint8 (height, width, 3)."""
    return np.clip(np.where(mask[:, :, None], colour, SKIN) + noise, 0, 255).astype(np.uint8)


def inside(points: Sequence[Point], width_px: int, height_px: int) -> Mask:
    """Which pixels have their centre within a polygon, about."""
    mask = np.zeros((height_px, width_px), np.uint8)
    cv2.fillPoly(mask, [np.round((np.array(points) - 0.5) * 16).astype(np.int32)], 1, shift=4)
    return mask > 0


def alike(first: Mask, second: Mask) -> float:
    """The Jaccard index."""
    return float((first & second).sum() / (first | second).sum())


def crosses_itself(points: Sequence[Point]) -> bool:
    """Whether two sides of a polygon that are no neighbours cross or touch: one by one, unlike the program."""
    count = len(points)
    sides = [(points[at], points[(at + 1) % count]) for at in range(count)]
    return any(
        _meet(*sides[one], *sides[other])
        for one in range(count)
        for other in range(one + 2, count)
        if (one, other) != (0, count - 1)
    )


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    ways = [_turn(a, b, c) * _turn(a, b, d), _turn(c, d, a) * _turn(c, d, b)]
    boxes = all(
        max(min(a[axis], b[axis]), min(c[axis], d[axis])) <= min(max(a[axis], b[axis]), max(c[axis], d[axis]))
        for axis in (0, 1)
    )
    return boxes and ways[0] <= 0 and ways[1] <= 0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
