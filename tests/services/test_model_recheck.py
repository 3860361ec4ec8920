"""A stored answer is had again from the very network that gave it, or it is said why not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from skindesk.domain.class_mix import balanced_mix
from skindesk.domain.errors import ImageRejectedError
from skindesk.domain.prediction import Decision, Prediction
from skindesk.domain.region import Region
from skindesk.imaging.decode import picture_from_bytes
from skindesk.inference.bundle import MODEL_FILE
from skindesk.inference.classifier import GOLDEN_TOLERANCE
from skindesk.services.classify import answer_for
from skindesk.services.model_install import install
from skindesk.services.model_recheck import Sameness, recheck
from skindesk.services.models import ModelLibrary
from skindesk.system.paths import Profile
from tests.support.colour_log import picture_of
from tests.support.tiny_bundle import tiny_contract, write_arriving_bundle

Answer = Callable[..., Prediction]


@pytest.fixture
def models(tmp_path: Path) -> ModelLibrary:
    profile = Profile(tmp_path / "profile")
    library = ModelLibrary(profile)
    for version in ("1.0.0", "2.0.0"):
        contract = tiny_contract(version=version)
        install(write_arriving_bundle(tmp_path / version, contract), profile, library)
    return library


CONTENT = picture_of("red")


def answered(models: ModelLibrary, **given: object) -> Prediction:
    picture = picture_from_bytes("a.png", CONTENT)
    mix = balanced_mix(tiny_contract())
    return answer_for(picture, models.open("colours-3@1.0.0"), mix, **given).answer.prediction


def test_answer_of_an_earlier_version_is_had_again_under_its_class_mix(models: ModelLibrary) -> None:
    stored = answered(models)
    found = recheck(stored, "a.png", CONTENT, models)
    assert (found.sameness, found.difference, found.why) == (Sameness.SAME, 0.0, "")
    assert found.now is not None
    assert found.now.model == stored.model
    assert found.now.class_mix == stored.class_mix


def test_answer_to_a_part_of_the_picture_is_had_again_from_that_part(models: ModelLibrary) -> None:
    stored = answered(models, region=Region(4, 4, 40, 36))
    found = recheck(stored, "a.png", CONTENT, models)
    assert found.sameness is Sameness.SAME
    assert found.now is not None
    assert found.now.region == stored.region


@pytest.mark.parametrize("off", [0.9 * GOLDEN_TOLERANCE, 1.1 * GOLDEN_TOLERANCE])
def test_tolerance_is_that_of_the_golden_outputs(models: ModelLibrary, off: float) -> None:
    stored = answered(models)
    first, second, third = stored.probabilities
    shifted = replace(stored, probabilities=(first - off, second + off, third))
    expected = Sameness.SAME if off < GOLDEN_TOLERANCE else Sameness.OTHER
    found = recheck(shifted, "a.png", CONTENT, models)
    assert found.sameness is expected
    assert found.difference == pytest.approx(off)


def test_other_decision_novelty_and_classes_are_another_answer(models: ModelLibrary) -> None:
    stored = answered(models)
    assert stored.novelty is not None
    for other in (
        replace(stored, decision=Decision.ABSTAINED),
        replace(stored, novelty=stored.novelty + 0.01),
        replace(stored, novelty=None),
        replace(stored, labels=stored.labels[::-1]),
    ):
        assert recheck(other, "a.png", CONTENT, models).sameness is Sameness.OTHER


def test_network_that_is_gone_or_damaged_is_said(models: ModelLibrary) -> None:
    stored = answered(models)
    gone = replace(stored, model=replace(stored.model, digest="f" * 64))
    found = recheck(gone, "a.png", CONTENT, models)
    assert (found.sameness, found.now) == (Sameness.NETWORK_GONE, None)
    assert found.why == "colours-3 1.0.0 (ffffffffffff) is not installed any more."

    folder = models.find("colours-3@1.0.0").folder
    with (folder / MODEL_FILE).open("ab") as file:
        file.write(b"\0")
    fresh = ModelLibrary(Profile(folder.parent.parent))
    found = recheck(stored, "a.png", CONTENT, fresh)
    assert found.sameness is Sameness.NETWORK_GONE
    assert found.why


def test_picture_that_cannot_be_read_any_more_is_an_error(models: ModelLibrary) -> None:
    with pytest.raises(ImageRejectedError):
        recheck(answered(models), "a.png", b"no picture", models)
