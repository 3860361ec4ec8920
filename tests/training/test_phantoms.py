"""The archives of phantoms: laid out as the publisher's, repeatable, and the program's examples among them."""

import csv
from collections import Counter
from pathlib import Path

from PIL import Image

from training.phantoms import EXAMPLES, KINDS, write_dataset, write_examples


def read_metadata(path: Path) -> list[dict[str, str]]:
    """Read the rows of a data set's metadata."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
