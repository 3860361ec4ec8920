from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from skindesk.domain.labels import Label, MalignancyGroup
from training.robustness import MAX_IMAGES, Perturbation, measure_robustness, perturb, perturbations, sample

RNG = np.random.default_rng(4)
PICTURES = RNG.integers(60, 200, (4, 64, 64, 3), np.uint8)
BY_NAME = {change.name: change for change in perturbations(4 / 3)}
VASC = (
    Label("nv", "Melanocytic nevus", MalignancyGroup.BENIGN),
    Label("vasc", "Vascular lesion", MalignancyGroup.BENIGN),
)
Pictures = NDArray[np.uint8]


@pytest.fixture
def blurry_is_vascular() -> Callable[[Pictures], NDArray[np.float64]]:
    """A network that takes every picture without fine structure for a vascular lesion."""

    def predict(pictures: Pictures) -> NDArray[np.float64]:
        fine = np.abs(np.diff(pictures.astype(np.float64), axis=2)).mean(axis=(1, 2, 3))
        return np.column_stack((fine, np.full(len(pictures), 25.0)))

    return predict


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("change", perturbations(4 / 3), ids=lambda change: change.name)
def test_change_keeps_the_inputs_shape_and_gives_the_same_each_time(change: Perturbation) -> None:
    pictures = RNG.integers(0, 256, (2, 240, 240, 3), np.uint8)
    changed = perturb(pictures, change)
    assert changed.shape == pictures.shape
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed, pictures)
    np.testing.assert_array_equal(changed, perturb(pictures, change))


def test_stronger_blur_leaves_less_structure() -> None:
    left = [perturb(PICTURES, BY_NAME[f"blur_{px}"]).std() for px in (1, 2, 4)]
    assert PICTURES.std() > left[0] > left[1] > left[2]


def test_square_crop_shows_the_middle_of_the_frame_wider() -> None:
    stripes = np.zeros((1, 64, 64, 3), np.uint8)
    stripes[:, :, 28:36] = 255  # an eighth of the squashed frame's width
    share = perturb(stripes, BY_NAME["square_crop"]).mean() / 255
    assert share == pytest.approx(1 / 8 * 4 / 3, abs=0.01)


def test_wide_frame_shows_the_middle_higher() -> None:
    stripes = np.zeros((1, 72, 72, 3), np.uint8)
    stripes[:, 32:40] = 255
    share = perturb(stripes, BY_NAME["frame_3_2"]).mean() / 255
    assert share == pytest.approx(1 / 9 * 9 / 8, abs=0.01)


def test_turn_by_45_degrees_is_one_of_the_frame_not_of_the_squashed_picture() -> None:
    # A horizontal line turned by 45 degrees in a 4:3 frame falls by 3/4 of its length across the squashed one.
    line = np.zeros((1, 120, 120, 3), np.uint8)
    line[:, 57:63] = 255
    turned = perturb(line, BY_NAME["rotation_45"])[0, :, :, 0].astype(np.float64)
    rows = [np.average(np.arange(120), weights=turned[:, column]) for column in (45, 75)]
    assert abs(rows[1] - rows[0]) / 30 == pytest.approx(4 / 3, abs=0.06)


def test_zoom_in_enlarges_and_zoom_out_shrinks() -> None:
    dot = np.zeros((1, 64, 64, 3), np.uint8)
    dot[:, 24:40, 24:40] = 255
    share = dot.mean()
    assert perturb(dot, BY_NAME["zoom_in"]).mean() == pytest.approx(share * (4 / 3) ** 2, rel=0.05)
    assert perturb(dot, BY_NAME["zoom_out"]).mean() == pytest.approx(share * (3 / 4) ** 2, rel=0.05)


def test_hair_darkens_lines_and_leaves_the_rest() -> None:
    skin = np.full((1, 224, 224, 3), 180, np.uint8)
    few, many = (perturb(skin, BY_NAME[name]) for name in ("hair_few", "hair_many"))
    touched = [(changed != 180).any(axis=3).mean() for changed in (few, many)]
    assert 0 < touched[0] < touched[1] < 0.3
    assert many.max() == 180


def test_at_most_some_hundred_pictures_are_drawn_and_always_the_same() -> None:
    assert len(sample(10)) == 10
    drawn = sample(3 * MAX_IMAGES)
    assert len(set(drawn.tolist())) == MAX_IMAGES
    np.testing.assert_array_equal(drawn, sample(3 * MAX_IMAGES))


def test_network_that_takes_blur_for_vascular_is_found_out(
    blurry_is_vascular: Callable[[Pictures], NDArray[np.float64]],
) -> None:
    pictures = RNG.integers(60, 200, (12, 224, 224, 3), np.uint8)
    targets = np.array([0] * 10 + [1] * 2)
    groups = tuple(str(at) for at in range(12))
    measured = measure_robustness(blurry_is_vascular, _softmax, pictures, targets, groups, VASC, 4 / 3)
    shortcut = measured["vasc_shortcut"]
    assert shortcut["images"] == 10
    assert shortcut["by"]["unperturbed"]["answered"] == 0
    assert shortcut["by"]["resample_90"]["answered"] == 1
    assert shortcut["by"]["resample_90"]["mean_probability"] > 0.9
    blurred = measured["perturbed"]["blur_4"]
    assert blurred["unchanged"] == 0
    assert blurred["accuracy"]["value"] == pytest.approx(2 / 12)
    assert measured["perturbed"]["rotation_90"]["unchanged"] == 1


def test_shortcut_is_asked_only_of_networks_with_that_class(
    blurry_is_vascular: Callable[[Pictures], NDArray[np.float64]],
) -> None:
    others = (VASC[0], Label("mel", "Melanoma", MalignancyGroup.MALIGNANT))
    measured = measure_robustness(
        blurry_is_vascular, _softmax, PICTURES, np.arange(4) % 2, ("a", "b", "c", "d"), others, 1
    )
    assert "vasc_shortcut" not in measured
