import json
from pathlib import Path

import pytest

from skindesk.domain.contract import Modality
from skindesk.domain.paper import Paper
from skindesk.system.paths import PROFILE_VARIABLE, Profile, bundled, find_profile
from skindesk.system.settings import Settings, Theme, load_settings, save_settings


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
