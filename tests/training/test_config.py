from pathlib import Path

import pytest

from skindesk.domain.contract import Geometry
from tests.training.conftest import TINY_CONFIG
from training.__main__ import CONFIGS
from training.config import Stage, load_config, load_network_config
from training.errors import TrainingError


def test_every_shipped_configuration_is_valid() -> None:
    for path in CONFIGS.glob("*.toml"):
        assert load_network_config(path).model.id == path.stem


def test_values_have_their_types(config_path: Path) -> None:
    config = load_config(config_path)
    assert config.recipe.stages == (Stage(32, 1, mixup=0.1), Stage(48, 2))
    assert config.data.preprocessing.geometry is Geometry.SQUASH


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("mixup = 0.1", "mixupp = 0.1", "unknown keys: mixupp"),
        ("label_smoothing = 0.0", "", "lacks label_smoothing"),
        ('geometry = "squash"', 'geometry = "stretch"', "cannot be 'stretch'"),
        ("seed = 1", 'seed = "one"', "cannot be 'one'"),
        ("[model]", "[model", "not valid TOML"),
        ("batch_size = 16", "batch_size = 0", "batch_size must be at least 1"),
        ("min_crop_area = 0.8", "min_crop_area = 5.0", "min_crop_area"),
        ('class_balance = "logit_adjustment"', 'class_balance = "none"', "class_balance must be"),
        ("flip = true", 'flip = "false"', "flip cannot be 'false'"),
        ("flip = true", "flip = 1", "flip cannot be 1"),
        ("batch_size = 16", "batch_size = 1.9", "batch_size cannot be 1.9"),
        ("seed = 1", "seed = true", "seed cannot be True"),
        ('id = "phantom-7"', "id = 7", "id cannot be 7"),
        ("stages = [", 'stages = "none" #', "stages must be a list"),
    ],
)
def test_mistake_is_named(tmp_path: Path, before: str, after: str, complaint: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(TINY_CONFIG.replace(before, after))
    with pytest.raises(TrainingError, match=complaint):
        load_config(path)


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be read"):
        load_config(tmp_path / "none.toml")
