"""A phantom archive, prepared once, and a tiny network trained on it through the command line's own functions."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from training.cache import Cache, build_cache, load_cache
from training.config import Config, load_config
from training.datasets import read_archive
from training.phantoms import write_dataset
from training.runs import Run

TINY_CONFIG = """
[model]
id = "phantom-7"
version = "0.0.1"
title = "Phantoms"
modality = "dermoscopic"
architecture = "sequential"
pretrained = false
dropout = 0.1
[data]
dataset = "ham10000"
width_px = 48
height_px = 48
geometry = "squash"
resampling = "bilinear"
[recipe]
seed = 1
batch_size = 16
optimiser = "adamw"
head_rate = 1e-3
peak_rate = 3e-3
warmup_steps = 2
weight_decay = 0.01
class_balance = "logit_adjustment"
label_smoothing = 0.0
stages = [{ size_px = 32, epochs = 1, mixup = 0.1 }, { size_px = 48, epochs = 2 }]
[augmentation]
flip = true
max_rotation_deg = 20
min_crop_area = 0.8
max_stretch = 1.1
brightness = 0.1
contrast = 0.1
saturation = 0.1
hue_deg = 4
resample_probability = 0.3
min_resample_scale = 0.5
jpeg_probability = 0.3
min_jpeg_quality = 60
"""


@dataclass(frozen=True)
class Trained:
    """A finished run with everything it was made from."""

    config_path: Path
    config: Config
    cache: Cache
    run: Run


@pytest.fixture(scope="session")
def archive_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    write_dataset(folder, per_class=16, seed=3, size=(80, 60))
    return folder


@pytest.fixture(scope="session")
def config_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("config") / "phantom-7.toml"
    path.write_text(TINY_CONFIG)
    return path


@pytest.fixture(scope="session")
def cache(archive_folder: Path, config_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Cache:
    folder = tmp_path_factory.mktemp("cache")
    build_cache(read_archive("ham10000", archive_folder), load_config(config_path).data.preprocessing, folder)
    return load_cache(folder)


@pytest.fixture(scope="session")
def trained(config_path: Path, cache: Cache, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    from training.evaluate import evaluate
    from training.fit import fit

    config, run = load_config(config_path), Run(tmp_path_factory.mktemp("run") / "phantom-7")
    fit(config, config_path, cache, run, weights=None, resume=False)
    evaluate(config, cache, run)
    return Trained(config_path, config, cache, run)
