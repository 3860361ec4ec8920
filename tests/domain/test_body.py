from datetime import date

import pytest

from skindesk.domain.body import REGIONS, BodyFigure, figure_for
from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.case import Sex, Site
from skindesk.domain.errors import InvalidCaseError

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("sex", "figure"),
    [
        (Sex.MALE, BodyFigure.MALE),
        (Sex.FEMALE, BodyFigure.FEMALE),
        (Sex.OTHER, BodyFigure.NEUTRAL),
        (Sex.UNKNOWN, BodyFigure.NEUTRAL),
    ],
)
def test_adults_are_drawn_by_their_sex_and_neutral_where_it_is_not_known(sex: Sex, figure: BodyFigure) -> None:
    assert figure_for(sex, date(1961, 4, 2), TODAY) is figure
    assert figure_for(sex, None, TODAY) is figure


@pytest.mark.parametrize(
    ("born", "figure"),
    [
        (date(2014, 3, 2), BodyFigure.CHILD),  # twelve tomorrow
        (date(2014, 3, 1), BodyFigure.FEMALE),  # twelve today
        (TODAY, BodyFigure.CHILD),
    ],
)
def test_a_child_is_drawn_until_the_twelfth_birthday(born: date, figure: BodyFigure) -> None:
    assert figure_for(Sex.FEMALE, born, TODAY) is figure


def test_a_child_born_on_a_leap_day_is_twelve_on_the_first_of_march_at_the_latest() -> None:
    assert figure_for(Sex.MALE, date(2012, 2, 29), date(2024, 2, 28)) is BodyFigure.CHILD
    assert figure_for(Sex.MALE, date(2012, 2, 29), date(2024, 2, 29)) is BodyFigure.MALE


@pytest.mark.parametrize(("x", "y"), [(-0.01, 0.5), (1.01, 0.5), (0.5, float("nan")), (float("inf"), 0.5)])
def test_a_position_outside_the_drawing_is_refused(x: float, y: float) -> None:
    with pytest.raises(InvalidCaseError):
        BodyPosition(BodyView.FRONT, x, y)


def test_every_region_of_one_side_has_its_twin_with_the_same_site() -> None:
    for key, region in REGIONS.items():
        if key.startswith("left-"):
            twin = REGIONS[key.replace("left-", "right-", 1)]
            assert twin.name == region.name.replace("left", "right")
            assert twin.site is region.site


def test_names_tell_regions_apart() -> None:
    assert len({region.name for region in REGIONS.values()}) == len(REGIONS)


def test_every_site_that_can_be_drawn_has_a_region() -> None:
    assert {region.site for region in REGIONS.values()} == set(Site) - {Site.UNKNOWN, Site.ORAL_GENITAL}
