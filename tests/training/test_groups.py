import numpy as np
import pytest

from skindesk.domain.labels import Label, MalignancyGroup
from training.groups import age_band, measure_groups

LABELS = (
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT),
    Label("nv", "Melanocytic nevus", MalignancyGroup.BENIGN),
)
RNG = np.random.default_rng(2)
COUNT = 200
TARGETS = (RNG.random(COUNT) < 0.7).astype(np.int64)
SCORES = np.clip(0.5 + 0.3 * (0.5 - TARGETS) + RNG.normal(scale=0.2, size=COUNT), 0.01, 0.99)
PROBABILITIES = np.column_stack((SCORES, 1 - SCORES))
LESIONS = tuple(f"lesion {at // 2}" for at in range(COUNT))


def _measure(**columns: tuple[str, ...]) -> dict[str, dict[str, dict[str, object]]]:
    return measure_groups(PROBABILITIES, TARGETS, LESIONS, LABELS, columns)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        ("0", "under 30"), ("29.5", "under 30"), ("30", "30 to 49"), ("50.0", "50 to 69"), ("69", "50 to 69"),
        ("70", "70 and over"), ("85", "70 and over"), ("", ""), ("unknown", ""), ("nan", ""),
    ],
)  # fmt: skip
def test_age_falls_into_its_band(age: str, band: str) -> None:
    assert age_band(age) == band


def test_group_has_its_own_figures_with_intervals() -> None:
    sex = tuple("female" if at < 100 else "male" for at in range(COUNT))
    measured = _measure(sex=sex)["sex"]
    assert list(measured) == ["female", "male"]
    right = PROBABILITIES.argmax(axis=1) == TARGETS
    for name, part in (("female", slice(0, 100)), ("male", slice(100, 200))):
        row = measured[name]
        assert row["images"] == 100
        assert row["lesions"] == 50
        assert row["accuracy"]["value"] == pytest.approx(right[part].mean())  # type: ignore[index]
        area = row["malignant_auc"]
        assert 0.5 < area["low"] <= area["value"] <= area["high"] <= 1  # type: ignore[index]
        assert row["too_few"] is None


def test_small_group_is_said_to_be_so_instead_of_a_number() -> None:
    site = tuple("sole" if at < 29 else "back" for at in range(COUNT))
    row = _measure(site=site)["site"]["sole"]
    assert row["accuracy"] is row["balanced_accuracy"] is row["malignant_auc"] is None
    assert row["too_few"] == "fewer than 30 pictures"
    assert row["images"] == 29


def test_area_needs_malignant_lesions_not_only_pictures() -> None:
    malignant = np.flatnonzero(TARGETS == 0)[:4]
    benign = np.flatnonzero(TARGETS == 1)[:60]
    chosen = np.concatenate((np.repeat(malignant, 5), benign))
    lesions = tuple(f"lesion {at}" for at in chosen)
    skin = ("II",) * len(chosen)
    measured = measure_groups(PROBABILITIES[chosen], TARGETS[chosen], lesions, LABELS, {"skin_type": skin})
    row = measured["skin_type"]["II"]
    assert row["malignant_lesions"] == 4
    assert row["malignant_auc"] is None
    assert row["too_few"] == "fewer than 5 malignant lesions"
    assert row["accuracy"]["value"] is not None


def test_age_becomes_bands_in_order_and_what_is_not_stated_comes_last() -> None:
    ages = tuple(("80", "20", "", "40")[at % 4] for at in range(COUNT))
    assert list(_measure(age=ages)["age_band"]) == ["under 30", "30 to 49", "70 and over", "not stated"]


def test_attribute_that_nobody_stated_is_left_out() -> None:
    assert _measure(sex=("",) * COUNT, patient_id=("a",) * COUNT) == {}
