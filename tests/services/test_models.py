import json
from pathlib import Path

import pytest

from skindesk.domain.errors import ModelUnavailableError
from skindesk.inference.bundle import CARD_FILE
from skindesk.services.models import DEFAULT_MODEL, ModelLibrary
from skindesk.system.paths import Profile
from tests.support.tiny_bundle import write_tiny_bundle


def test_shipped_default_comes_first_and_is_sound(tmp_path: Path) -> None:
    models = ModelLibrary(Profile(tmp_path))
    assert models.installed()[0].model_id == DEFAULT_MODEL
    assert models.problem_with(DEFAULT_MODEL) is None


def test_bundle_in_the_profile_is_found_and_opened_once(tmp_path: Path) -> None:
    write_tiny_bundle(Profile(tmp_path).models)
    models = ModelLibrary(Profile(tmp_path))
    assert models.find("colours-3").shipped is False
    assert models.open("colours-3") is models.open("colours-3")


def test_unknown_model_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=r"no model 'x'.*Installed: dermoscopy-7"):
        ModelLibrary(Profile(tmp_path)).find("x")


def test_wrong_digest_is_found_by_verify(tmp_path: Path) -> None:
    folder = write_tiny_bundle(Profile(tmp_path).models)
    card = json.loads((folder / CARD_FILE).read_text())
    (folder / CARD_FILE).write_text(json.dumps({**card, "digest": "0" * 64}))
    assert "not the one its card describes" in (ModelLibrary(Profile(tmp_path)).problem_with("colours-3") or "")


def test_damaged_bundle_in_the_profile_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = write_tiny_bundle(Profile(tmp_path).models)
    (folder / CARD_FILE).write_text("{")
    models = ModelLibrary(Profile(tmp_path))
    assert models.find().model_id == DEFAULT_MODEL
    assert [fault.what for fault in models.faults()] == ["The card of model colours-3 cannot be read."]
