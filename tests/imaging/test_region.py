"""The proposed region: around the lesion, within the picture, of the pictures' form, and only where it is of use."""

import pytest

from skindesk.domain.region import Region
from skindesk.imaging.outline import Points
from skindesk.imaging.region import FILLED, LEAST_SIDE_PX, propose_region


def square(left: float, top: float, side: float) -> Points:
    return ((left, top), (left + side, top), (left + side, top + side), (left, top + side))


def proposed(outline: Points, width_px: int, height_px: int) -> Region:
    region = propose_region(outline, width_px, height_px)
    assert region is not None
    assert region.lies_within(width_px, height_px)
    return region


def test_a_small_lesion_fills_the_region_as_lesions_do_in_training_pictures() -> None:
    region = proposed(square(1900, 1400, 400), 4000, 3000)
    assert region.height == pytest.approx(400 / FILLED, abs=1)
    assert region.left + region.width / 2 == pytest.approx(2100, abs=1)
    assert region.top + region.height / 2 == pytest.approx(1600, abs=1)


@pytest.mark.parametrize(("width_px", "height_px", "aspect"), [(4000, 3000, 4 / 3), (3000, 4000, 3 / 4)])
def test_the_region_has_the_form_of_the_picture(width_px: int, height_px: int, aspect: float) -> None:
    region = proposed(square(1500, 1500, 300), width_px, height_px)
    assert region.width / region.height == pytest.approx(aspect, rel=0.01)


@pytest.mark.parametrize(("left", "top"), [(0, 0), (3800, 0), (0, 2800), (3800, 2800)])
def test_at_the_edge_the_region_moves_and_keeps_its_form(left: float, top: float) -> None:
    region = proposed(square(left, top, 200), 4000, 3000)
    assert region.width / region.height == pytest.approx(4 / 3, rel=0.01)
    assert region.left <= left
    assert region.top <= top
    assert region.left + region.width >= left + 200
    assert region.top + region.height >= top + 200


def test_a_tiny_lesion_is_not_enlarged_beyond_what_the_network_takes() -> None:
    region = proposed(square(500, 300, 12), 1024, 768)
    assert min(region.width, region.height) >= LEAST_SIDE_PX


def test_a_lesion_that_is_large_already_needs_no_region() -> None:
    assert propose_region(square(100, 100, 250), 600, 450) is None


def test_a_picture_that_is_hardly_larger_than_the_network_takes_needs_none() -> None:
    assert propose_region(square(140, 100, 20), 300, 225) is None
    assert propose_region(square(90, 90, 20), 200, 200) is None


@pytest.mark.parametrize("size", [(5000, 400), (400, 5000)])
def test_a_long_picture_has_a_region_within_it(size: tuple[int, int]) -> None:
    region = proposed(square(180, 180, 60), *size)
    assert min(region.width, region.height) >= LEAST_SIDE_PX


def test_a_flat_lesion_fills_the_region_by_its_longer_side() -> None:
    flat: Points = ((1000, 1000), (1600, 1000), (1600, 1040), (1000, 1040))
    region = proposed(flat, 4000, 3000)
    assert region.width == pytest.approx(600 / FILLED, abs=1)
