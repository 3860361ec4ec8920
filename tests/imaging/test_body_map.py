import io
import logging
import re
from itertools import pairwise, product

import numpy as np
import pytest
from reportlab.graphics import renderPDF
from svglib.svglib import svg2rlg

from skindesk.domain.body import REGIONS, BodyFigure
from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.case import Site
from skindesk.imaging.body_map import (
    BodyColours,
    centre_of,
    drawing,
    point_of,
    position_at,
    recoloured,
    region_at,
    region_on,
)

DRAWINGS = list(product(BodyFigure, BodyView))
COLOURS = BodyColours("#010101", "#020202", "#030303", "#040404", "#050505", "#060606")


def keys(figure: BodyFigure, view: BodyView) -> list[str]:
    return [each.region.key for each in drawing(figure, view).regions]


@pytest.mark.parametrize(("figure", "view"), DRAWINGS)
def test_figures_have_the_same_regions_in_the_same_order(figure: BodyFigure, view: BodyView) -> None:
    drawn = drawing(figure, view)
    assert keys(figure, view) == keys(BodyFigure.NEUTRAL, view)
    assert len(set(keys(figure, view))) == len(drawn.regions)
    neutral = drawing(BodyFigure.NEUTRAL, view)
    assert (drawn.width, drawn.height) == (neutral.width, neutral.height)


@pytest.mark.parametrize(("figure", "view"), DRAWINGS)
def test_outlines_lie_within_the_drawing(figure: BodyFigure, view: BodyView) -> None:
    drawn = drawing(figure, view)
    for each in drawn.regions:
        assert each.outline.min() >= 0
        assert (each.outline.max(axis=0) <= (drawn.width, drawn.height)).all()


@pytest.mark.parametrize("view", BodyView)
def test_a_regions_centre_is_in_that_region_of_every_figure(view: BodyView) -> None:
    for figure, key in product(BodyFigure, keys(BodyFigure.NEUTRAL, view)):
        assert region_at(figure, centre_of(view, key)) is REGIONS[key], figure


def test_a_position_means_the_same_region_in_nearly_all_places_of_every_figure() -> None:
    same = []
    for view in BodyView:
        across, down = np.meshgrid(np.linspace(0.013, 0.987, 16), np.linspace(0.011, 0.989, 24))
        for x, y in zip(across.ravel(), down.ravel(), strict=True):
            position = BodyPosition(view, float(x), float(y))
            region = region_at(BodyFigure.NEUTRAL, position)
            if region is not None:
                same.append(all(region_at(figure, position) is region for figure in BodyFigure))
    assert len(same) > 1000
    assert np.mean(same) > 0.98  # borders are curves, the mesh is of triangles


@pytest.mark.parametrize(("figure", "view"), DRAWINGS)
def test_a_place_on_a_figure_is_found_again(figure: BodyFigure, view: BodyView) -> None:
    drawn = drawing(figure, view)
    places = [
        (x, y)
        for x in np.linspace(5, drawn.width - 5, 12)
        for y in np.linspace(5, drawn.height - 5, 20)
        if region_on(drawn, (x, y)) is not None
    ]
    assert places
    for place in places:
        again = point_of(figure, position_at(figure, view, place))
        assert np.hypot(again[0] - place[0], again[1] - place[1]) < 1.5


def test_a_childs_position_is_carried_to_the_adults_own_proportions() -> None:
    chin = centre_of(BodyView.FRONT, "neck-front")
    child, adult = point_of(BodyFigure.CHILD, chin)[1], point_of(BodyFigure.MALE, chin)[1]
    assert child > adult + 20  # the child's head is larger


def test_there_is_no_gap_between_neighbours() -> None:
    front = drawing(BodyFigure.FEMALE, BodyView.FRONT)
    for y in np.linspace(250, 480, 100):
        region = region_on(front, (front.width / 2, float(y)))
        assert region is not None
        assert region.site is Site.ANTERIOR_TORSO


def test_beside_the_body_there_is_no_region() -> None:
    for figure, view in DRAWINGS:
        assert region_at(figure, BodyPosition(view, 0.5, 0.0)) is None


def test_a_region_of_another_view_has_no_centre() -> None:
    with pytest.raises(KeyError):
        centre_of(BodyView.FRONT, "nape")


def test_every_region_can_be_reached_on_some_view() -> None:
    shown = {key for view in BodyView for key in keys(BodyFigure.NEUTRAL, view)}
    assert shown == set(REGIONS)


def test_left_is_the_patients_left() -> None:
    assert centre_of(BodyView.FRONT, "left-breast").x > 0.5
    assert centre_of(BodyView.BACK, "left-buttock").x < 0.5
    assert centre_of(BodyView.PALMS, "left-hand-palm").x > 0.5
    assert all(key.startswith("left-") for key in keys(BodyFigure.NEUTRAL, BodyView.LEFT_SIDE))
    assert all(key.startswith("right-") for key in keys(BodyFigure.NEUTRAL, BodyView.HEAD_RIGHT))
    face, back = centre_of(BodyView.LEFT_SIDE, "left-breast-side"), centre_of(BodyView.LEFT_SIDE, "left-buttock-side")
    assert face.x < back.x  # who looks at a left side sees the face to their own left


def test_the_side_of_the_trunk_is_where_it_is_seen_from() -> None:
    sites = {REGIONS[key].site for key in keys(BodyFigure.NEUTRAL, BodyView.LEFT_SIDE)}
    assert Site.LATERAL_TORSO in sites


@pytest.mark.parametrize(("figure", "view"), DRAWINGS)
def test_only_the_six_colours_are_drawn_and_all_are_replaced(figure: BodyFigure, view: BodyView) -> None:
    painted = set(re.findall(r"#[0-9a-fA-F]{3,8}", recoloured(drawing(figure, view), COLOURS)))
    assert painted <= set(vars(COLOURS).values())
    assert {COLOURS.skin, COLOURS.line, COLOURS.detail} <= painted


@pytest.mark.parametrize(("figure", "view"), DRAWINGS)
def test_report_renders_every_drawing_without_a_warning(
    figure: BodyFigure, view: BodyView, caplog: pytest.LogCaptureFixture
) -> None:
    drawn = drawing(figure, view)
    with caplog.at_level(logging.WARNING):
        made = svg2rlg(io.BytesIO(recoloured(drawn, COLOURS).encode()))
    assert made is not None
    assert (made.width, made.height) == (drawn.width * 0.75, drawn.height * 0.75)  # points for pixels
    assert not caplog.records
    assert renderPDF.drawToString(made).startswith(b"%PDF")


@pytest.mark.parametrize("figure", BodyFigure)
def test_heads_share_of_the_body_is_that_of_the_age(figure: BodyFigure) -> None:
    regions = {each.region.key: each.outline for each in drawing(figure, BodyView.FRONT).regions}
    head = regions["face"][:, 1].max() - regions["scalp-front"][:, 1].min()
    body = regions["left-foot-top"][:, 1].max() - regions["scalp-front"][:, 1].min()
    assert body / head == pytest.approx(6.2 if figure is BodyFigure.CHILD else 7.6, abs=0.2)


def test_outlines_are_smooth() -> None:
    """A curve cut into pieces turns by little at each of them, but for the region's few corners."""
    outline = {each.region.key: each.outline for each in drawing(BodyFigure.FEMALE, BodyView.FRONT).regions}[
        "left-thigh-front"
    ]
    steps = [np.subtract(later, earlier) for earlier, later in pairwise(outline)]
    ways = [np.arctan2(step[1], step[0]) for step in steps if np.hypot(*step) > 0.5]
    turns = [abs((later - earlier + np.pi) % (2 * np.pi) - np.pi) for earlier, later in pairwise(ways)]
    assert sum(turn > 0.5 for turn in turns) <= 6
