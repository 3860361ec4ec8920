import csv
from dataclasses import replace
from pathlib import Path

import pytest

from skindesk.domain.contract import Geometry
from training.cache import Cache, build_cache, load_cache
from training.config import load_config
from training.datasets import read_archive
from training.datasets.attributes import ATTRIBUTES
from training.errors import TrainingError


@pytest.fixture
def folder(archive_folder: Path, config_path: Path, tmp_path: Path) -> Path:
    spec = load_config(config_path).data.preprocessing
    build_cache(read_archive("ham10000", archive_folder), spec, tmp_path / "cache")
    return tmp_path / "cache"


def test_archive_prepared_in_another_way_is_refused(folder: Path, config_path: Path) -> None:
    spec = load_config(config_path).data.preprocessing
    assert len(load_cache(folder, spec).paths) > 0
    with pytest.raises(TrainingError, match="other sizes, geometry or resampling"):
        load_cache(folder, replace(spec, geometry=Geometry.FIT))


def test_half_prepared_archive_is_refused(folder: Path) -> None:
    records = folder / "records.csv"
    records.write_text("".join(records.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    with pytest.raises(TrainingError, match="not prepared to its end"):
        load_cache(folder)


def test_missing_archive_is_said(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no prepared archive"):
        load_cache(tmp_path / "none")


def test_attributes_are_kept_beside_every_picture(cache: Cache) -> None:
    assert set(cache.attributes) == set(ATTRIBUTES)
    assert all(len(column) == len(cache.targets) for column in cache.attributes.values())
    assert {"female", "male"} <= set(cache.attributes["sex"]) <= {"female", "male", "unknown"}
    assert set(cache.attributes["skin_type"]) == {""}


def test_cache_from_before_the_attributes_loads_without_them(folder: Path) -> None:
    records = folder / "records.csv"
    with records.open(newline="", encoding="utf-8") as file:
        rows = [row[:5] for row in csv.reader(file)]
    with records.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    cache = load_cache(folder)
    assert {entry for column in cache.attributes.values() for entry in column} == {""}
    assert all(len(column) == len(cache.targets) for column in cache.attributes.values())


def test_unreadable_picture_of_an_archive_is_named(archive_folder: Path, config_path: Path, tmp_path: Path) -> None:
    archive = read_archive("ham10000", archive_folder)
    broken = replace(archive.records[40], path=tmp_path / "broken.jpg")
    broken.path.write_bytes(b"no picture")
    spoilt = replace(archive, records=(*archive.records[:40], broken, *archive.records[41:]))
    with pytest.raises(TrainingError, match=f"{broken.image_id} is unusable"):
        build_cache(spoilt, load_config(config_path).data.preprocessing, tmp_path / "cache")


def test_few_pictures_are_decoded_ahead_of_the_writer(
    archive_folder: Path, config_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import training.cache as module

    archive = read_archive("ham10000", archive_folder)
    monkeypatch.setattr(module, "_DECODED_AHEAD", 5)
    loaded: list[str] = []
    load = module._load
    monkeypatch.setattr(module, "_load", lambda record, spec: (loaded.append(record.image_id), load(record, spec))[1])
    pictures = module._load_in_order(archive.records, load_config(config_path).data.preprocessing)
    for _ in range(3):
        next(pictures)
    assert 3 <= len(loaded) <= 3 + 5
    pictures.close()
