import json
from pathlib import Path

import numpy as np
import pytest

from skindesk.domain.contract import Modality
from skindesk.domain.errors import ModalityMismatchError, ModelUnavailableError
from skindesk.inference.bundle import CARD_FILE, CARD_TEXT, GOLDEN_FILE, MODEL_FILE, read_contract, read_golden
from skindesk.inference.classifier import Classifier
from skindesk.services.models import DEFAULT_MODELS, ModelLibrary
from skindesk.system.paths import Profile
from tests.support.tiny_bundle import tiny_contract, write_tiny_bundle


def test_every_shipped_network_is_sound_and_named_as_its_folder(tmp_path: Path) -> None:
    models = ModelLibrary(Profile(tmp_path))
    assert models.faults() == ()
    for model in models.installed():
        assert models.problem_with(model.model_id) is None
        assert model.shipped
        assert model.contract.model_id == model.folder.name


def test_shipped_default_comes_first_of_its_kind(tmp_path: Path) -> None:
    models = ModelLibrary(Profile(tmp_path))
    assert models.installed()[0].model_id == DEFAULT_MODELS[Modality.DERMOSCOPIC]
    for kind in models.modalities():
        first = next(model for model in models.installed() if model.modality is kind)
        assert first.model_id == models.find(modality=kind).model_id == DEFAULT_MODELS[kind]


def test_networks_of_a_kind_follow_their_default_by_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skindesk.services.models.bundled", lambda *_: tmp_path / "nothing ships")
    for model_id in ("isic-9", "dermoscopy-7-fast", "colours-3", "dermoscopy-7"):
        write_tiny_bundle(Profile(tmp_path).models, tiny_contract(model_id))
    for model_id in ("clinical-6", "a-clinical-one"):
        write_tiny_bundle(Profile(tmp_path).models, tiny_contract(model_id, modality=Modality.CLINICAL))
    assert [model.model_id for model in ModelLibrary(Profile(tmp_path)).installed()] == [
        *("dermoscopy-7", "colours-3", "dermoscopy-7-fast", "isic-9"),
        *("clinical-6", "a-clinical-one"),
    ]


def test_bundle_in_the_profile_is_found_and_opened_once(tmp_path: Path) -> None:
    write_tiny_bundle(Profile(tmp_path).models)
    models = ModelLibrary(Profile(tmp_path))
    assert models.find("colours-3").shipped is False
    assert models.open("colours-3") is models.open("colours-3")


def test_a_bundle_is_read_again_only_once_a_file_of_it_has_changed(tmp_path: Path) -> None:
    folder = write_tiny_bundle(Profile(tmp_path).models)
    models = ModelLibrary(Profile(tmp_path))
    first = models.find("colours-3")
    assert models.find("colours-3") is first
    (folder / CARD_TEXT).write_text("Another card, as an update brings it.", "utf-8")
    assert models.find("colours-3").card.text == "Another card, as an update brings it."
    (folder / CARD_FILE).unlink()
    assert len(models.faults()) == 1


def test_unknown_model_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    models = ModelLibrary(Profile(tmp_path))
    with pytest.raises(ModelUnavailableError, match="no model 'x'") as refused:
        models.find("x")
    assert refused.value.advice == f"Installed: {', '.join(model.model_id for model in models.installed())}."


def test_wrong_digest_is_found_by_verify(tmp_path: Path) -> None:
    folder = write_tiny_bundle(Profile(tmp_path).models)
    card = json.loads((folder / CARD_FILE).read_text())
    (folder / CARD_FILE).write_text(json.dumps({**card, "digest": "0" * 64}))
    assert "not the one its card describes" in (ModelLibrary(Profile(tmp_path)).problem_with("colours-3") or "")


def test_damaged_bundle_in_the_profile_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = write_tiny_bundle(Profile(tmp_path).models)
    (folder / CARD_FILE).write_text("{")
    models = ModelLibrary(Profile(tmp_path))
    assert models.find().model_id == DEFAULT_MODELS[Modality.DERMOSCOPIC]
    assert [fault.what for fault in models.faults()] == ["The card of model colours-3 cannot be read."]


@pytest.fixture
def both(tmp_path: Path) -> ModelLibrary:
    """The shipped networks, and two for clinical pictures of which neither is the default."""
    for model_id in ("photo-b", "photo-a"):
        write_tiny_bundle(Profile(tmp_path).models, tiny_contract(model_id, modality=Modality.CLINICAL))
    return ModelLibrary(Profile(tmp_path))


def test_networks_are_listed_by_kind_of_picture(both: ModelLibrary) -> None:
    kinds = [model.modality for model in both.installed()]
    assert kinds == sorted(kinds, key=list(Modality).index)
    assert both.modalities() == (Modality.DERMOSCOPIC, Modality.CLINICAL)


def test_kind_of_picture_decides_which_network_is_the_default(both: ModelLibrary) -> None:
    clinical = both.find(modality=Modality.CLINICAL)
    assert clinical.modality is Modality.CLINICAL
    assert both.find(modality=Modality.DERMOSCOPIC).model_id == both.find().model_id == "dermoscopy-7"


def test_clinical_network_never_answers_a_dermoscopic_picture(both: ModelLibrary) -> None:
    for ask in (both.find, both.open):
        with pytest.raises(ModalityMismatchError, match="photo-a was trained on clinical pictures"):
            ask("photo-a", Modality.DERMOSCOPIC)
    assert both.open("photo-a").contract.modality is Modality.CLINICAL


def test_kind_of_picture_without_a_network_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skindesk.services.models.bundled", lambda *_: tmp_path / "nothing ships")
    write_tiny_bundle(Profile(tmp_path).models)
    models = ModelLibrary(Profile(tmp_path))
    assert models.modalities() == (Modality.DERMOSCOPIC,)
    with pytest.raises(ModelUnavailableError, match=r"No model for clinical pictures.*Installed: colours-3"):
        models.open(modality=Modality.CLINICAL)


def test_contract_is_read_without_loading_the_network(tmp_path: Path) -> None:
    folder = write_tiny_bundle(tmp_path)
    assert read_contract(folder) == Classifier.load(folder).contract == tiny_contract()


@pytest.mark.parametrize("content", [b"", b"no network", b"\xff" * 50, b"\x72\x05\x0a\x09ab", b"\x0b"])
def test_file_that_is_no_network_is_a_fault(tmp_path: Path, content: bytes) -> None:
    folder = write_tiny_bundle(Profile(tmp_path).models)
    (folder / MODEL_FILE).write_bytes(content)
    models = ModelLibrary(Profile(tmp_path))
    assert "colours-3" not in [model.model_id for model in models.installed()]
    assert ["colours-3" in fault.what for fault in models.faults()] == [True]
    with pytest.raises(ModelUnavailableError, match="colours-3"):
        models.find("colours-3")


def spoil_golden(folder: Path) -> None:
    golden = read_golden(folder)
    wrong = golden.probabilities[:, ::-1]
    np.savez(folder / GOLDEN_FILE, pictures=golden.pictures, probabilities=wrong, novelty=golden.novelty)


def test_network_that_does_not_give_its_golden_outputs_is_not_opened(tmp_path: Path) -> None:
    spoil_golden(write_tiny_bundle(Profile(tmp_path).models))
    for _ in range(2):
        with pytest.raises(ModelUnavailableError, match="other answers than it should"):
            ModelLibrary(Profile(tmp_path)).open("colours-3")


def test_golden_outputs_are_asked_for_once_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = Profile(tmp_path)
    folder = write_tiny_bundle(profile.models)
    ModelLibrary(profile).open("colours-3")
    spoil_golden(folder)
    assert ModelLibrary(profile).open("colours-3").contract == tiny_contract()
    monkeypatch.setattr("skindesk.services.verified._machine", lambda: "another computer")
    with pytest.raises(ModelUnavailableError, match="other answers than it should"):
        ModelLibrary(profile).open("colours-3")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"machine": 1}', '{"machine": "x", "digests": 3}'])
def test_damaged_list_of_proven_networks_proves_nothing(tmp_path: Path, content: str) -> None:
    profile = Profile(tmp_path)
    folder = write_tiny_bundle(profile.models)
    profile.verified_models.write_text(content)
    ModelLibrary(profile).open("colours-3")
    spoil_golden(folder)
    ModelLibrary(profile).open("colours-3")


def test_profile_that_cannot_be_written_costs_a_proof_and_nothing_else(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    write_tiny_bundle(profile.models)
    profile.verified_models.mkdir()
    assert ModelLibrary(profile).open("colours-3").contract == tiny_contract()
