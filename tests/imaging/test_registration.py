import numpy as np
import pytest

from skindesk.imaging.registration import LEAST_AGREEMENT, Alignment, Misfit, align
from tests.benchmarks.alignment import MEDIAN_ERROR, SILENT_ERROR, measure
from tests.support.lesion_pairs import Pair, different_lesions, paint_skin, placed, same_lesion, take

PAIRS = 14
"""Of each sort, two of every kind of lesion: one lesion turned a little, one turned anyhow, and two lesions."""


@pytest.fixture(scope="module")
def pair() -> Pair:
    return same_lesion(5)


@pytest.fixture(scope="module")
def found(pair: Pair) -> Alignment:
    return align(pair.fixed, pair.moving)


def test_pictures_are_aligned_or_refused_but_never_wrong() -> None:
    figures = measure(PAIRS)
    for turned in ("within_45_degrees", "any_angle"):
        assert figures[f"{turned}_found"] >= 0.95 * PAIRS
        assert figures[f"{turned}_median_error_percent"] < 100 * MEDIAN_ERROR
        assert figures[f"{turned}_silent_failures"] == 0
    assert figures["strangers_accepted"] == 0


def test_says_how_the_picture_lies(pair: Pair, found: Alignment) -> None:
    turn = np.degrees(np.arctan2(pair.truth[1, 0], pair.truth[0, 0]))
    assert found.rotation_deg == pytest.approx(turn, abs=0.5)
    assert found.scale == pytest.approx(np.hypot(pair.truth[0, 0], pair.truth[1, 0]), rel=0.01)
    assert LEAST_AGREEMENT < found.agreement <= 1
    assert 0.1 < found.overlap <= 1
    assert found.residual < 0.01


def test_the_same_pictures_give_the_same_alignment(pair: Pair, found: Alignment) -> None:
    again = align(pair.fixed, pair.moving)
    assert again.matrix is not None
    assert found.matrix is not None
    assert (again.matrix == found.matrix).all()


def test_a_picture_lies_on_itself(pair: Pair) -> None:
    alignment = align(pair.fixed, pair.fixed)
    assert alignment.matrix == pytest.approx(np.eye(2, 3), abs=1e-3)
    assert alignment.agreement == 1


def test_large_pictures_are_aligned_in_their_own_pixels(pair: Pair) -> None:
    larger = pair.moving.repeat(4, axis=0).repeat(4, axis=1)
    alignment = align(pair.fixed, larger)
    assert alignment.matrix is not None
    enlarged = pair.truth.copy()
    enlarged[:, :2] /= 4
    assert Pair(pair.fixed, larger, enlarged).error(alignment.matrix) < 0.005


def test_a_mirrored_picture_is_not_the_same_lesion(pair: Pair) -> None:
    assert not align(pair.fixed, pair.fixed[:, ::-1]).found


def test_different_lesions_are_refused_with_the_reason() -> None:
    pair = different_lesions(4)
    alignment = align(pair.fixed, pair.moving)
    assert alignment.matrix is None
    assert alignment.misfit in {Misfit.TOO_LITTLE_AGREEMENT, Misfit.IMPLAUSIBLE_SCALE, Misfit.TOO_LITTLE_OVERLAP}
    assert alignment.agreement < 0.5
    assert alignment.scale == 1


def test_pictures_that_hardly_overlap_are_refused() -> None:
    skin = paint_skin(9)
    left, right = (take(skin, camera, placed(right_px=shift)) for camera, shift in ((1, -285), (2, 285)))
    alignment = align(left, right)
    assert alignment.matrix is None or Pair(left, right, placed(right_px=570)).error(alignment.matrix) < SILENT_ERROR


def test_overexposed_parts_do_not_speak_for_an_alignment(pair: Pair) -> None:
    stranger = different_lesions(5).moving.copy()
    fixed = pair.fixed.copy()
    fixed[:, :380] = stranger[:, :380] = 255
    assert not align(fixed, stranger).found


@pytest.mark.parametrize("size", [(32, 32), (450, 600), (40, 2000)])
def test_pictures_with_nothing_on_them_are_refused(size: tuple[int, int], pair: Pair) -> None:
    empty = np.full((*size, 3), 200, np.uint8)
    for fixed, moving in ((empty, empty), (pair.fixed, empty), (empty, pair.fixed)):
        alignment = align(fixed, moving)
        assert not alignment.found
        assert alignment.misfit is not None
