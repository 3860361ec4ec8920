from pathlib import Path

import numpy as np
import pytest

from training.augment import augment, resize_square
from training.config import AugmentationConfig, load_config

PICTURE = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)


@pytest.fixture
def config(config_path: Path) -> AugmentationConfig:
    return load_config(config_path).augmentation


def test_variant_has_the_wanted_size_and_type(config: AugmentationConfig) -> None:
    variant = augment(PICTURE, 40, config, np.random.default_rng(1))
    assert variant.shape == (40, 40, 3)
    assert variant.dtype == np.uint8


def test_variant_follows_from_its_seed(config: AugmentationConfig) -> None:
    first, again, other = (augment(PICTURE, 40, config, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_everything_switched_off_leaves_the_picture_as_it_is() -> None:
    off = AugmentationConfig(False, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 90)
    smooth = np.dstack([np.add.outer(np.arange(64), np.arange(64))] * 3).astype(np.uint8)
    variant = augment(smooth, 64, off, np.random.default_rng(1))
    assert np.abs(variant.astype(int) - smooth).max() <= 1


def test_picture_of_the_right_size_is_not_resized() -> None:
    assert resize_square(PICTURE, 64) is PICTURE
    assert resize_square(PICTURE, 32).shape == (32, 32, 3)
