"""Outlines drawn by hand: whatever the hand does, what is kept is one simple polygon within the picture."""

import math

import numpy as np
import pytest

from skindesk.imaging.outline import MOST_POINTS, outline_from_points
from tests.support.outlines import Point, alike, crosses_itself, inside

SIZE = (400, 300)


def circle(count: int, radius: float = 80, centre: Point = (200, 150), turns: float = 1) -> list[Point]:
    angles = np.linspace(0, turns * math.tau, count, endpoint=False)
    return [(centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)) for angle in angles]


def kept(points: list[Point]) -> tuple[Point, ...]:
    outline = outline_from_points(points, *SIZE)
    assert outline is not None
    assert 3 <= len(outline) <= MOST_POINTS
    assert all(0 <= x <= SIZE[0] and 0 <= y <= SIZE[1] for x, y in outline)
    assert not crosses_itself(outline)
    return outline


def test_a_polygon_of_few_points_stays_as_it_is() -> None:
    corners = [(50.0, 40.0), (300.0, 60.0), (280.0, 250.0), (90.0, 200.0)]
    assert kept(corners) == tuple(corners)


def test_a_point_that_was_dragged_leaves_all_others_where_they_are() -> None:
    outline = list(kept(circle(MOST_POINTS)))
    outline[5] = (outline[5][0] + 3, outline[5][1] - 2)
    assert kept(outline) == tuple(outline)


def test_a_stroke_of_many_points_becomes_few_and_encloses_the_same() -> None:
    stroke = circle(2000)
    assert len(kept(stroke)) == MOST_POINTS
    assert alike(inside(kept(stroke), *SIZE), inside(stroke, *SIZE)) > 0.98


def test_a_stroke_that_goes_around_twice_encloses_what_it_went_around() -> None:
    wound = [(x + 2 * math.sin(n), y + 2 * math.cos(2 * n)) for n, (x, y) in enumerate(circle(500, turns=2.1))]
    assert alike(inside(kept(wound), *SIZE), inside(circle(100), *SIZE)) > 0.93


def test_a_figure_of_eight_keeps_both_halves_or_the_larger_one() -> None:
    eight = [(200 + 120 * math.sin(t), 150 + 60 * math.sin(2 * t)) for t in np.linspace(0, math.tau, 200)]
    assert inside(kept(eight), *SIZE).sum() > 0.4 * inside(eight, *SIZE).sum()


def test_what_leaves_the_picture_is_cut_at_its_edge() -> None:
    outline = kept(circle(300, radius=100, centre=(380, 150)))
    expected = inside(circle(300, radius=100, centre=(380, 150)), *SIZE)
    assert alike(inside(outline, *SIZE), expected) > 0.95


def test_the_first_point_again_at_the_end_is_left_out() -> None:
    corners = [(50.0, 40.0), (300.0, 60.0), (280.0, 250.0)]
    assert kept([*corners, corners[0]]) == tuple(corners)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(10.0, 10.0)],
        [(10.0, 10.0), (50.0, 50.0)],
        [(10.0, 10.0)] * 50,
        [(10.0, 10.0), (60.0, 10.0), (30.0, 10.0)],
        [(10.0, 10.0), (10.3, 10.0), (10.0, 10.3)],
        [(math.nan, 10.0), (50.0, 50.0), (10.0, 50.0)],
        [(-50.0, -50.0), (-20.0, -50.0), (-20.0, -20.0)],
    ],
)
def test_what_encloses_nothing_is_no_outline(points: list[Point]) -> None:
    assert outline_from_points(points, *SIZE) is None


@pytest.mark.parametrize("seed", range(30))
def test_scribbles_end_as_one_simple_polygon(seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 25, (int(rng.integers(5, 400)), 2)).cumsum(axis=0) + np.array([200, 150])
    kept([(float(x), float(y)) for x, y in steps])
