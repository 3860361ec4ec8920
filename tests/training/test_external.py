"""A network measured on another archive: shared classes only, and nothing that it has learnt from."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skindesk.domain.labels import Label, MalignancyGroup
from training.cache import Cache
from training.calibrate import Calibration
from training.external import measure_external
from training.split import Part

CALIBRATION = Calibration(1.0, (1 / 7,) * 7, 0.1, 0.9, 0.9)
UNKNOWN = Label("scc", "Squamous cell carcinoma", MalignancyGroup.MALIGNANT)


@pytest.fixture
def other(cache: Cache) -> Cache:
    """The home archive under other names, its labels in another order and one of them unknown at home."""
    order = [3, 0, 1, 2, 4, 5, 6]
    labels = tuple(UNKNOWN if at == 6 else cache.labels[at] for at in order)
    place = {home: at for at, home in enumerate(order)}
    return replace(
        cache,
        labels=labels,
        targets=np.array([place[int(target)] for target in cache.targets], np.int64),
        image_ids=tuple(f"other-{name}" for name in cache.image_ids),
        groups=tuple(f"other-{name}" for name in cache.groups),
        dataset_title="Another archive",
    )


def _measure(home: Cache, other: Cache) -> dict[str, Any]:
    """By a network that knows every picture."""
    answer = {other.images[at].tobytes(): int(home.targets[at]) for at in range(len(home.targets))}

    def predict(pictures: Any) -> Any:
        return 9.0 * np.eye(7)[[answer[picture.tobytes()] for picture in pictures]]

    return measure_external(predict, CALIBRATION, home.labels, home, other)


def test_classes_are_matched_by_code_and_unknown_ones_left_out(cache: Cache, other: Cache) -> None:
    measured = _measure(cache, other)
    absent = cache.labels[6].code
    assert measured["archive_mix"]["accuracy"]["value"] == 1.0
    assert set(measured["archive_mix"]["per_class"]) == {label.code for label in cache.labels} - {absent}
    assert measured["left_out"] == {"other_classes": int((cache.targets == 6).sum()), "learnt_from": 0}
    assert measured["images"] + measured["left_out"]["other_classes"] == measured["of_images"] == len(cache.targets)


def test_pictures_and_lesions_learnt_from_are_left_out(cache: Cache, other: Cache) -> None:
    known = cache.targets != 6
    learnt = np.array([part is not Part.TEST for part in cache.parts])
    for shared in ({"image_ids": cache.image_ids}, {"groups": cache.groups}):
        measured = _measure(cache, replace(other, **shared))
        assert measured["left_out"]["learnt_from"] == (known & learnt).sum()
        assert measured["images"] == (known & ~learnt).sum()


def test_archive_without_a_shared_picture_has_no_figures(cache: Cache, other: Cache) -> None:
    foreign = replace(other, labels=tuple(replace(label, code=f"x{label.code}") for label in other.labels))
    measured = _measure(cache, foreign)
    assert measured["images"] == 0
    assert measured["archive_mix"] is None
