"""Sizes are exact for the forms whose size is known."""

import math

import pytest

from skindesk.domain.measurement import Scale, ScaleSource
from skindesk.imaging.measuring import longest_line, measure, widest_across
from skindesk.imaging.outline import MOST_POINTS, Points

RECTANGLE: Points = ((10, 20), (40, 20), (40, 60), (10, 60))


def oval(across: float, down: float, turned_deg: float = 0, count: int = MOST_POINTS) -> Points:
    turned = math.radians(turned_deg)
    points = []
    for n in range(count):
        x, y = across * math.cos(n * math.tau / count), down * math.sin(n * math.tau / count)
        points.append(
            (500 + x * math.cos(turned) - y * math.sin(turned), 400 + x * math.sin(turned) + y * math.cos(turned))
        )
    return tuple(points)


def length(line: tuple[tuple[float, float], tuple[float, float]]) -> float:
    return math.dist(*line)


def test_a_circle_has_its_diameter_area_and_perimeter() -> None:
    found = measure(oval(100, 100), by_hand=False)
    assert found.diameter_px == pytest.approx(200, rel=1e-3)
    assert found.area_px == pytest.approx(math.pi * 100**2, rel=1e-3)
    assert found.perimeter_px == pytest.approx(math.tau * 100, rel=1e-3)


@pytest.mark.parametrize("turned_deg", [0, 30, 90, 137])
def test_an_ellipse_has_its_axes_however_it_is_turned(turned_deg: float) -> None:
    outline = oval(150, 60, turned_deg)
    found = measure(outline, by_hand=True)
    assert found.diameter_px == pytest.approx(300, rel=1e-3)
    assert length(longest_line(outline)) == found.diameter_px
    assert length(widest_across(outline)) == pytest.approx(120, rel=5e-3)
    assert found.area_px == pytest.approx(math.pi * 150 * 60, rel=1e-3)


def test_a_rectangle_is_measured_exactly_and_its_diameter_is_the_diagonal() -> None:
    found = measure(RECTANGLE, by_hand=True)
    assert (found.diameter_px, found.area_px, found.perimeter_px) == (50, 1200, 140)


def test_direction_and_first_point_do_not_matter() -> None:
    first, second = measure(RECTANGLE, by_hand=True), measure((*RECTANGLE[:0:-1], RECTANGLE[0]), by_hand=True)
    assert (first.diameter_px, first.area_px, first.perimeter_px) == (
        second.diameter_px,
        second.area_px,
        second.perimeter_px,
    )


def test_the_width_is_the_widest_line_across_and_not_the_bounding_box() -> None:
    bent: Points = ((0, 0), (100, 0), (100, 10), (55, 12), (50, 40), (45, 12), (0, 10))
    assert length(longest_line(bent)) == pytest.approx(math.hypot(100, 10))
    assert length(widest_across(bent)) == pytest.approx(40, rel=0.01)


def test_width_is_at_right_angles_to_the_diameter_and_no_longer() -> None:
    for turned_deg in range(0, 180, 20):
        outline = oval(120, 45, turned_deg, 40)
        (ax, ay), (bx, by) = longest_line(outline)
        (cx, cy), (dx, dy) = widest_across(outline)
        assert (bx - ax) * (dx - cx) + (by - ay) * (dy - cy) == pytest.approx(0, abs=1e-6)
        assert length(widest_across(outline)) <= length(longest_line(outline))


def test_a_scale_makes_pixels_millimetres() -> None:
    found = measure(RECTANGLE, by_hand=True, scale=Scale(0.1, ScaleSource.RULER))
    assert found.diameter_mm == pytest.approx(5)
    assert found.area_mm2 == pytest.approx(12)
    assert found.perimeter_mm == pytest.approx(14)


@pytest.mark.parametrize("outline", [(), ((1, 1),), ((1, 1), (2, 2))])
def test_fewer_than_three_points_are_refused(outline: Points) -> None:
    with pytest.raises(ValueError, match="three points"):
        measure(outline, by_hand=True)
