import json
import shutil
from pathlib import Path

import pytest

from training.__main__ import main
from training.cache import load_cache
from training.phantoms import write_dataset
from training.phantoms.layouts import write_isic9
from training.split import Part


def run_prepare(config_path: Path, dataset: str, folder: Path, cache: Path) -> int:
    other = cache.parent / "config.toml"
    other.write_text(config_path.read_text().replace('"ham10000"', f'"{dataset}"'))
    return main(["prepare", str(other), "--data", str(folder), "--cache", str(cache)])


def test_faults_are_written_beside_the_cache_and_counted(
    config_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top = write_isic9(tmp_path / "isic9", per_class=2)
    melanoma = sorted((top / "Train" / "melanoma").glob("*.jpg"))[0]
    shutil.copy(melanoma, top / "Test" / "nevus" / melanoma.name)
    torn = sorted((top / "Train" / "nevus").glob("*.jpg"))[0]
    torn.write_bytes(b"torn")
    assert run_prepare(config_path, "isic9", top, tmp_path / "cache") == 0
    kinds = [fault["kind"] for fault in json.loads((tmp_path / "cache" / "faults.json").read_text("utf-8"))]
    assert sorted(kinds) == ["same_file", "same_image_id", "same_picture", "unreadable"]
    printed = capsys.readouterr().out
    assert f"warning: {torn} cannot be read" in printed
    assert "same file                         1       1      1         2" in printed
    assert "Left out: 2 pictures that lie under several labels" in printed
    cache = load_cache(tmp_path / "cache")
    assert len(cache.paths) == 19 - 3
    assert set(cache.attributes["publisher_split"]) == {"train", "test"}


def test_set_as_published_keeps_the_publishers_test_part_in_the_cache(config_path: Path, tmp_path: Path) -> None:
    top = write_isic9(tmp_path / "isic9", per_class=2)
    assert run_prepare(config_path, "isic9-as-published", top, tmp_path / "cache") == 0
    cache = load_cache(tmp_path / "cache")
    tested = [cache.attributes["publisher_split"][at] for at in cache.where(Part.TEST)]
    assert tested == ["test"] * 9


def test_unreadable_picture_of_a_published_archive_is_listed_and_stops(
    config_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_dataset(tmp_path / "ham", per_class=1, seed=1, size=(80, 60))
    next((tmp_path / "ham").rglob("*.jpg")).write_bytes(b"torn")
    assert run_prepare(config_path, "ham10000", tmp_path / "ham", tmp_path / "cache") == 2
    assert "is unusable" in capsys.readouterr().err
    (fault,) = json.loads((tmp_path / "cache" / "faults.json").read_text("utf-8"))
    assert fault["kind"] == "unreadable"
