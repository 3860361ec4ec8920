from collections import defaultdict
from pathlib import Path
from shutil import copy, copytree

import pytest

from training.datasets import combine, read_archive
from training.datasets.archive import Archive
from training.datasets.names import recipe_path
from training.errors import TrainingError
from training.phantoms import write_dataset
from training.phantoms.layouts import write_isic9, write_isic2018, write_isic2019, write_pad_ufes_20
from training.split import Part

RECIPE = """
title = "Two archives"
[[labels]]
code = "nv"
name = "Nevus"
group = "benign"
[[labels]]
code = "mel"
name = "Melanoma"
group = "malignant"
[[archives]]
dataset = "isic2018"
folder = "challenge"
codes = { mel = "mel", nv = "nv" }
[[archives]]
dataset = "pad_ufes_20"
codes = { mel = "mel", nev = "nv" }
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "two.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    write_isic2018(folder / "challenge", per_class=4, seed=1)
    write_pad_ufes_20(folder / "pad_ufes_20", per_class=6, seed=2)
    return folder


@pytest.fixture
def root(sound: Path, tmp_path: Path) -> Path:
    """A copy of both archives, to be spoilt."""
    return Path(copytree(sound, tmp_path / "archives"))


def parts_of_groups(archive: Archive) -> dict[str, set[Part]]:
    parts = defaultdict(set)
    for record in archive.records:
        parts[record.group_id].add(record.part)
    return parts


def test_labels_are_brought_to_one_set_and_what_is_left_out_is_told(recipe: Path, root: Path) -> None:
    archive = read_archive(str(recipe), root)
    assert [label.code for label in archive.labels] == ["nv", "mel"]
    assert len(archive.records) == 2 * (4 + 4) + 6 + 6
    assert {record.label_code for record in archive.records} == {"nv", "mel"}
    told = [fact for fact in archive.facts if fact.startswith("Left out")]
    assert len(told) == 2
    assert (
        "24 pictures of PAD-UFES-20 (Pacheco et al. 2020) with labels not used (ack 6, bcc 6, scc 6, sek 6)" in told[1]
    )
    assert {record.attributes["source"] for record in archive.records} == {"isic2018", "pad_ufes_20"}


def test_patients_lesions_and_official_tests_are_kept_as_in_each_archive(recipe: Path, root: Path) -> None:
    archive = read_archive(str(recipe), root)
    assert all(len(parts) == 1 for parts in parts_of_groups(archive).values())
    official = [record for record in archive.records if record.attributes.get("publisher_split") == "test"]
    assert {record.part for record in official} == {Part.TEST}
    patients = {record.group_id for record in archive.records if record.attributes["source"] == "pad_ufes_20"}
    assert all(patient.startswith("PAT_") for patient in patients)


def test_licences_of_all_archives_hold(recipe: Path, root: Path) -> None:
    licence = read_archive(str(recipe), root).licence
    assert "CC BY-NC 4.0 (ISIC 2018" in licence
    assert "CC BY 4.0 (PAD-UFES-20" in licence
    assert licence.endswith("the strictest term of each holds")


def test_picture_in_two_archives_draws_its_groups_together_into_the_most_held_out_part(
    recipe: Path, root: Path
) -> None:
    before = {record.path: record for record in read_archive(str(recipe), root).records}
    tested = next(record for record in before.values() if record.attributes.get("publisher_split") == "test")
    trained = next(
        record for record in before.values()
        if record.part is Part.TRAIN and record.label_code == tested.label_code
        and record.attributes["source"] == "pad_ufes_20"
    )  # fmt: skip
    copy(tested.path, trained.path)
    archive = read_archive(str(recipe), root)
    assert trained.path not in {record.path for record in archive.records}
    assert len(archive.records) == len(before) - 1
    assert next(record.part for record in archive.records if record.path == tested.path) is Part.TEST


def test_picture_under_two_labels_in_two_archives_is_left_out(recipe: Path, root: Path) -> None:
    archive = read_archive(str(recipe), root)
    nevus = next(record for record in archive.records if record.label_code == "nv")
    melanoma = next(
        record for record in archive.records if record.image_id.startswith("PAT_") and record.label_code == "mel"
    )
    copy(nevus.path, melanoma.path)
    left = {record.path for record in read_archive(str(recipe), root).records}
    assert not {nevus.path, melanoma.path} & left


def test_archive_that_only_trains_leaves_what_is_held_out_as_it_was(recipe: Path, root: Path) -> None:
    recipe.write_text(RECIPE + "only_trains = true\n")
    wanted = [
        record.path for record in read_archive("isic2018", root / "challenge").records
        if record.label_code in ("mel", "nv")
    ]  # fmt: skip
    archive = read_archive(str(recipe), root)
    assert [record.path for record in archive.records[: len(wanted)]] == wanted
    added = archive.records[len(wanted) :]
    assert len(added) == 6 + 6
    assert {record.part for record in added} == {Part.TRAIN}


def test_archive_that_only_trains_adds_no_group_tied_to_the_others(recipe: Path, root: Path) -> None:
    recipe.write_text(RECIPE + "only_trains = true\n")
    before = read_archive(str(recipe), root).records
    tested = next(record for record in before if record.part is Part.TEST)
    added = next(record for record in before if record.attributes["source"] == "pad_ufes_20")
    copy(tested.path, added.path)
    after = read_archive(str(recipe), root)
    tied = {record.path for record in before if record.group_id == added.group_id}
    assert {record.path for record in before} - {record.path for record in after.records} == tied
    assert f"Left out: {len(tied)} pictures tied to those that are held out or train already." in after.facts


def test_combination_needs_an_archive_to_measure_on(recipe: Path) -> None:
    recipe.write_text(RECIPE.replace("codes =", "only_trains = true\ncodes ="))
    with pytest.raises(TrainingError, match="nothing to measure on"):
        combine.load_combination(recipe)


def test_shipped_combination_reads_two_full_downloads(tmp_path: Path) -> None:
    write_dataset(tmp_path / "ham10000", per_class=2, seed=5, size=(80, 60))
    write_isic2019(tmp_path / "isic2019", per_class=2, seed=9)
    archive = read_archive("combined/dermoscopy-7", tmp_path)
    assert len(archive.records) == 14 + 14
    assert "scc 2" in " ".join(archive.facts)
    assert archive.licence == "CC BY-NC 4.0"


def test_further_pictures_to_train_on_come_from_the_nine_class_set(tmp_path: Path) -> None:
    write_dataset(tmp_path / "ham10000", per_class=2, seed=5, size=(80, 60))
    write_isic9(tmp_path / "isic9", per_class=2, seed=6)
    alone = read_archive("ham10000", tmp_path / "ham10000")
    archive = read_archive("combined/ham10000-and-isic9", tmp_path)
    assert archive.labels == alone.labels
    first = archive.records[: len(alone.records)]
    assert [(entry.path, entry.group_id, entry.part) for entry in first] == [
        (entry.path, entry.group_id, entry.part) for entry in alone.records
    ]
    assert {record.part for record in archive.records[len(alone.records) :]} == {Part.TRAIN}


def test_codes_that_lead_nowhere_are_refused(recipe: Path, root: Path) -> None:
    recipe.write_text(RECIPE.replace('nev = "nv"', 'nev = "naevus"'))
    with pytest.raises(TrainingError, match="codes of pad_ufes_20 lead to labels that are none"):
        read_archive(str(recipe), root)
    recipe.write_text(RECIPE.replace('nev = "nv"', 'mole = "nv"'))
    with pytest.raises(TrainingError, match="pad_ufes_20 has no label mole"):
        read_archive(str(recipe), root)
    assert recipe_path("ham10000") is None
