"""The phantoms: repeatable, correctly outlined, told apart by kind, and never mistaken for patients' pictures."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skindesk.imaging.phantoms import KINDS, NOTICE, generate, paint_skin, save_jpeg, take

SMALL = (160, 120)
RADIUS = (70.0, 100.0)


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_gives_the_same_picture(kind: str) -> None:
    first, second = generate(kind, 5, *SMALL), generate(kind, 5, *SMALL)
    assert np.array_equal(first.rgb, second.rgb)
    assert np.array_equal(first.mask, second.mask)


@pytest.mark.parametrize("kind", KINDS)
def test_other_seed_gives_another_lesion(kind: str) -> None:
    assert not np.array_equal(generate(kind, 5, *SMALL).mask, generate(kind, 6, *SMALL).mask)


@pytest.mark.parametrize(("width_px", "height_px"), [(600, 450), (160, 120), (97, 61), (120, 160), (64, 64), (200, 40)])
def test_picture_and_mask_have_the_size_asked_for(width_px: int, height_px: int) -> None:
    phantom = generate("mel", 1, width_px, height_px)
    assert phantom.rgb.shape == (height_px, width_px, 3)
    assert phantom.rgb.dtype == np.uint8
    assert phantom.mask.shape == (height_px, width_px)
    assert phantom.mask.dtype == np.bool_


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_lesion_lies_whole_within_the_frame(kind: str, seed: int) -> None:
    mask = generate(kind, seed, *SMALL).mask
    assert 0.04 < mask.mean() < 0.5
    assert mask[SMALL[1] // 2, SMALL[0] // 2]
    assert mask[1:-1, 1:-1].sum() == mask.sum()


def test_outline_scales_with_the_size_of_the_picture() -> None:
    small, large = generate("nv", 3, *SMALL).mask, generate("nv", 3, 640, 480).mask
    assert small.mean() == pytest.approx(large.mean(), abs=0.01)
    assert np.mean(small != large[2::4, 2::4]) < 0.02


@pytest.mark.parametrize("kind", KINDS)
def test_lesion_stands_out_from_the_skin(kind: str) -> None:
    contrasts = []
    for seed in range(8):
        phantom = generate(kind, seed, *SMALL)
        inside, outside = phantom.rgb[phantom.mask].mean(axis=0), phantom.rgb[~phantom.mask].mean(axis=0)
        contrasts.append(np.linalg.norm(inside - outside))
    assert np.median(contrasts) > 10


def test_kinds_differ_in_their_mean_colours_and_textures() -> None:
    signatures = {kind: np.mean([signature(kind, seed) for seed in range(8)], axis=0) for kind in KINDS}
    for first, second in combinations(KINDS, 2):
        assert np.linalg.norm(signatures[first] - signatures[second]) > 8, (first, second)


def signature(kind: str, seed: int) -> np.ndarray:
    """Describe a lesion against its skin: difference and spread of the three colours, (6,)."""
    phantom = generate(kind, seed, *SMALL)
    lesion, skin = phantom.rgb[phantom.mask].astype(float), phantom.rgb[~phantom.mask].astype(float)
    return np.concatenate((lesion.mean(axis=0) - np.median(skin, axis=0), lesion.std(axis=0)))


def test_skin_runs_from_light_to_dark() -> None:
    skins = [np.median(generate("nv", seed, *SMALL).rgb[:, :, 1]) for seed in range(40)]
    assert max(skins) > 150
    assert min(skins) < 80


def test_another_view_shows_the_same_lesion_turned() -> None:
    first, second = generate("bkl", 2, *SMALL), generate("bkl", 2, *SMALL, view=1)
    assert np.array_equal(second.mask, first.mask[::-1, ::-1])
    assert not np.array_equal(second.rgb, first.rgb[::-1, ::-1])


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="wart"):
        generate("wart", 1, *SMALL)


def test_saved_picture_says_that_it_is_no_photograph(tmp_path: Path) -> None:
    path = save_jpeg(generate("vasc", 1, *SMALL), tmp_path / "phantom.jpg")
    with Image.open(path) as image:
        assert image.info["comment"].decode() == NOTICE
        assert image.getexif()[0x010E] == NOTICE


def test_grown_lesion_is_larger_in_the_same_skin() -> None:
    before, after = (paint_skin("nv", 3, SMALL, (low, low + 20), tone=0.2) for low in (60.0, 80.0))
    assert after.mask.sum() > 1.3 * before.mask.sum()
    away = ~after.mask
    away[20:-20, 20:-20] = False
    assert np.allclose(before.colours[away], after.colours[away], atol=0.02)


def test_skin_has_the_tone_asked_for() -> None:
    light, dark = (np.median(paint_skin("nv", 3, SMALL, RADIUS, tone).colours) for tone in (0.0, 1.0))
    assert light > 2 * dark


def test_same_camera_takes_the_same_picture_and_another_one_another() -> None:
    skin = paint_skin("bcc", 1, SMALL, RADIUS)
    first, again, other = (take(skin, camera, np.eye(2, 3), SMALL) for camera in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == (SMALL[1], SMALL[0], 3)
