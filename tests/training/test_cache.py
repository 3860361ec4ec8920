from dataclasses import replace
from pathlib import Path

import pytest

from skindesk.domain.contract import Geometry
from training.cache import build_cache, load_cache
from training.config import load_config
from training.datasets import read_archive
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
