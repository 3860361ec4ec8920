import numpy as np
import pytest

from skindesk.imaging.change import AREA_ERROR, Lesion, Measure, measure_change
from skindesk.imaging.outline import NoOutline
from skindesk.imaging.registration import Alignment, Misfit, align
from tests.support.lesion_pairs import mask_in, paint_skin, placed, take

NOT_FOUND = Alignment(None, Misfit.TOO_LITTLE_AGREEMENT)
LESIONS = (5, 12, 26, 33, 2, 16, 6, 13, 20, 11, 18)
"""Seeds of nevi, keratoses, vascular lesions and melanomas whose outlines are clear."""


@pytest.mark.parametrize("seed", LESIONS)
@pytest.mark.parametrize("grown", [1.0, 1.15, 1.3])
def test_known_growth_is_measured_against_the_skin(seed: int, grown: float) -> None:
    before, after = paint_skin(seed), paint_skin(seed, grown)
    turned = placed(turned_deg=25, enlarged=1.2)
    first, second = take(before, seed), take(after, seed + 77, turned)
    change = measure_change(first, second, align(first, second))
    assert change.measure is Measure.SKIN
    assert change.area is not None
    assert 1 + change.area == pytest.approx(mask_in(after).sum() / mask_in(before).sum(), rel=AREA_ERROR)


def test_known_scales_count_before_the_alignment() -> None:
    skin = paint_skin(LESIONS[0])
    picture = take(skin, 1)
    change = measure_change(picture, picture, align(picture, picture), 0.02, 0.03)
    assert change.measure is Measure.MILLIMETRES
    assert change.area == pytest.approx(1.5**2 - 1)
    assert change.diameter == pytest.approx(0.5)
    assert isinstance(change.before, Lesion)
    assert isinstance(change.after, Lesion)
    assert change.before.area_mm2 == pytest.approx(change.before.outline.area_px * 0.02**2)
    assert change.after.diameter_mm == pytest.approx(change.after.outline.diameter_px * 0.03)


def test_sizes_are_not_compared_without_a_common_measure() -> None:
    picture = take(paint_skin(LESIONS[0]), 1)
    change = measure_change(picture, picture, NOT_FOUND, 0.02, None)
    assert (change.measure, change.area, change.diameter) == (None, None, None)
    assert change.contrast == 0


def test_an_outline_that_is_not_found_leaves_its_reason() -> None:
    picture = take(paint_skin(LESIONS[0]), 1)
    bare = np.full_like(picture, 200)
    change = measure_change(picture, bare, NOT_FOUND)
    assert isinstance(change.before, Lesion)
    assert change.after is NoOutline.NO_LESION
    assert (change.area, change.diameter, change.contrast) == (None, None, None)


def test_a_darker_lesion_differs_more_from_the_skin_whatever_the_light() -> None:
    y, x = np.mgrid[:450, :600]
    inside = (np.hypot(x - 300, y - 225) < 110)[:, :, None]
    brown, black, skin = (150, 100, 75), (70, 45, 35), (220, 170, 150)
    before = np.where(inside, brown, skin).astype(np.uint8)
    after = np.where(inside, black, skin) * 0.9
    change = measure_change(before, after.astype(np.uint8), NOT_FOUND)
    assert change.contrast is not None
    assert change.contrast > 10


def test_other_light_alone_hardly_changes_the_contrast() -> None:
    y, x = np.mgrid[:450, :600]
    inside = (np.hypot(x - 300, y - 225) < 110)[:, :, None]
    before = np.where(inside, (150, 100, 75), (220, 170, 150)).astype(np.uint8)
    change = measure_change(before, (before * 0.9).astype(np.uint8), NOT_FOUND)
    assert change.contrast == pytest.approx(0, abs=2)
