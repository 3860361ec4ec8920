import json
from pathlib import Path

import pytest

from skindesk.domain.contract import Modality
from skindesk.domain.paper import Paper
from skindesk.system.paths import PROFILE_VARIABLE, Profile, bundled, find_profile
from skindesk.system.settings import MOST_FORMER_MODELS, Settings, Theme, load_settings, save_settings


def test_settings_survive_saving(tmp_path: Path) -> None:
    changed = Settings(
        theme=Theme.DARK,
        impression_first=False,
        model_id="a",
        clinical_model_id="b",
        class_mix="balanced",
        clinical_class_mix="/home/clinic.toml",
        batch_workers=3,
        notice_accepted=True,
        lock_after_min=25,
        clinic_name="Hautpraxis",
        clinic_address="Marktplatz 1\n12345 Ort",
        report_paper=Paper.LETTER,
        watched_folder="/media/clinic/DERMASCOPE",
        camera="HD dermatoscope",
    )
    save_settings(Profile(tmp_path), changed)
    assert load_settings(Profile(tmp_path)) == changed


@pytest.mark.parametrize(
    "content",
    ["", "nonsense", "[]", "null", '{"theme": "pink"}', '{"batch_workers": "many"}', '{"batch_workers": Infinity}'],
)
def test_damaged_settings_fall_back_to_defaults(tmp_path: Path, content: str) -> None:
    Profile(tmp_path).settings.write_text(content)
    assert load_settings(Profile(tmp_path)) == Settings()


def test_one_bad_value_does_not_cost_the_others(tmp_path: Path) -> None:
    Profile(tmp_path).settings.write_text(json.dumps({"theme": "pink", "batch_workers": 5, "unknown": 1}))
    assert load_settings(Profile(tmp_path)) == Settings(batch_workers=5)


def test_an_impossible_watched_folder_or_camera_is_none(tmp_path: Path) -> None:
    Profile(tmp_path).settings.write_text(json.dumps({"watched_folder": 3, "camera": None, "batch_workers": 5}))
    assert load_settings(Profile(tmp_path)) == Settings(batch_workers=5)


def test_an_impossible_letterhead_is_none(tmp_path: Path) -> None:
    values = {"clinic_name": 3, "clinic_address": None, "report_paper": "a3", "batch_workers": 5}
    Profile(tmp_path).settings.write_text(json.dumps(values))
    assert load_settings(Profile(tmp_path)) == Settings(batch_workers=5)


@pytest.mark.parametrize("value", [None, 3, "", ["balanced"]])
def test_impossible_class_mix_is_the_archives(tmp_path: Path, value: object) -> None:
    Profile(tmp_path).settings.write_text(json.dumps({"class_mix": value, "batch_workers": 5}))
    assert load_settings(Profile(tmp_path)) == Settings(batch_workers=5)


def test_each_kind_of_picture_has_its_own_network_and_mix() -> None:
    chosen = Settings().with_model(Modality.CLINICAL, "b").with_mix(Modality.DERMOSCOPIC, "balanced")
    assert [chosen.model_for(kind) for kind in (Modality.DERMOSCOPIC, Modality.CLINICAL)] == [None, "b"]
    assert [chosen.mix_for(kind) for kind in (Modality.DERMOSCOPIC, Modality.CLINICAL)] == ["balanced", "archive"]


def test_named_profile_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, str(tmp_path / "environment"))
    assert find_profile().root == (tmp_path / "environment").resolve()
    assert find_profile(tmp_path / "named").root == (tmp_path / "named").resolve()


def test_looking_for_a_profile_creates_nothing(tmp_path: Path) -> None:
    load_settings(find_profile(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_checkout_finds_its_own_models_and_examples() -> None:
    assert bundled("models", "dermoscopy-7", "model.onnx").is_file()
    assert bundled("resources", "examples").is_dir()


def test_what_answered_before_is_kept_for_each_kind_and_taken_back_step_by_step(tmp_path: Path) -> None:
    chosen = Settings()
    for model_id in ("a", "b@2.0.0"):
        chosen = chosen.with_next_model(Modality.DERMOSCOPIC, model_id)
    chosen = chosen.with_next_model(Modality.CLINICAL, "c")
    save_settings(Profile(tmp_path), chosen)
    assert load_settings(Profile(tmp_path)) == chosen

    back = chosen.with_former_model(Modality.DERMOSCOPIC)
    assert (back.model_id, back.clinical_model_id) == ("a", "c")
    back = back.with_former_model(Modality.DERMOSCOPIC)
    assert (back.model_id, back.former_model(Modality.DERMOSCOPIC)) == (None, None)
    assert back.with_former_model(Modality.DERMOSCOPIC) == back
    assert back.with_former_model(Modality.CLINICAL) == Settings()


def test_only_the_latest_networks_are_remembered() -> None:
    chosen = Settings()
    for number in range(30):
        chosen = chosen.with_next_model(Modality.DERMOSCOPIC, str(number))
    assert len(chosen.former_models) == MOST_FORMER_MODELS
    assert chosen.former_models[-1].model_id == "28"


@pytest.mark.parametrize(
    "value", ["x", 3, [3], [{}], [{"modality": "x", "model_id": "a"}], [{"modality": "clinical", "model_id": 3}]]
)
def test_damaged_memory_of_networks_is_none(tmp_path: Path, value: object) -> None:
    Profile(tmp_path).settings.write_text(json.dumps({"former_models": value, "batch_workers": 5}))
    assert load_settings(Profile(tmp_path)) == Settings(batch_workers=5)
