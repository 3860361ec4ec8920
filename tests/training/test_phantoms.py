"""The phantoms: repeatable, correctly outlined, told apart by kind, and never mistaken for patients' pictures."""

import csv
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.phantoms import EXAMPLES, KINDS, NOTICE, generate, save_jpeg, write_dataset, write_examples

SMALL = (160, 120)


def read_metadata(path: Path) -> list[dict[str, str]]:
    """Read the rows of a data set's metadata."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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


def test_examples_show_each_kind(tmp_path: Path) -> None:
    paths = write_examples(tmp_path / "examples")
    assert [path.name for path in paths] == [name for name, _, _ in EXAMPLES]
    assert {kind for _, kind, _ in EXAMPLES} == set(KINDS)
    assert all(path.name.startswith(f"generated-{kind}") for path, (_, kind, _) in zip(paths, EXAMPLES, strict=True))
    with Image.open(paths[0]) as image:
        assert (image.format, image.size) == ("JPEG", (600, 450))


def test_dataset_has_the_archive_layout(tmp_path: Path) -> None:
    metadata = write_dataset(tmp_path, per_class=4, seed=1, size=(48, 36))
    rows = read_metadata(metadata)
    assert metadata == tmp_path / "HAM10000_metadata.csv"
    assert list(rows[0]) == ["lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization"]
    assert Counter(row["dx"] for row in rows) == dict.fromkeys(KINDS, 4)
    named = {row["image_id"] for row in rows}
    assert {path.stem for path in (tmp_path / "HAM10000_images_part_1").glob("*.jpg")} == named
    assert len(named) == len(rows)


def test_some_lesions_of_a_dataset_have_two_pictures_that_agree_on_the_facts(tmp_path: Path) -> None:
    rows = read_metadata(write_dataset(tmp_path, per_class=4, seed=1, size=(48, 36)))
    pictures = Counter(row["lesion_id"] for row in rows)
    assert set(pictures.values()) == {1, 2}
    facts = {(row["lesion_id"], row["dx"], row["dx_type"], row["age"], row["sex"], row["localization"]) for row in rows}
    assert len(facts) == len(pictures)


def test_dataset_is_repeatable(tmp_path: Path) -> None:
    first = write_dataset(tmp_path / "a", per_class=2, seed=9, size=(48, 36))
    second = write_dataset(tmp_path / "b", per_class=2, seed=9, size=(48, 36))
    assert first.read_bytes() == second.read_bytes()
    for path in (tmp_path / "a" / "HAM10000_images_part_1").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / "HAM10000_images_part_1" / path.name).read_bytes()
