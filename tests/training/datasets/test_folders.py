import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from training.datasets import read_archive
from training.datasets.folders import load_class_map
from training.datasets.names import recipe_path
from training.errors import TrainingError
from training.phantoms.layouts import write_class_folders

MAPS = {"dermnet-19": 19, "dermnet-23": 23, "clinical-5": 5}
MAP = """
title = "Two kinds"
licence = "CC0-1.0"
ignored = ["Rubbish"]
[[classes]]
code = "mel"
name = "Melanoma"
group = "malignant"
icd10 = "C43"
folders = ["Melanoma", "In_situ"]
[[classes]]
code = "nv"
name = "Nevus"
group = "benign"
folders = ["Nevi and Moles"]
"""


@pytest.fixture
def class_map(tmp_path: Path) -> Path:
    path = tmp_path / "two-kinds.toml"
    path.write_text(MAP)
    return path


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kinds = {"melanoma": "mel", "in situ": "mel", "Nevi-and-moles": "nv"}
    return write_class_folders(tmp_path_factory.mktemp("sound"), kinds, per_class=2)


@pytest.fixture
def pictures(sound: Path, tmp_path: Path) -> Path:
    """A copy of the set, to be spoilt."""
    return Path(shutil.copytree(sound, tmp_path / "set"))


@pytest.mark.parametrize(("name", "classes"), MAPS.items())
def test_shipped_maps_read_a_set_of_their_folders(name: str, classes: int, tmp_path: Path) -> None:
    path = recipe_path(f"folders/{name}")
    assert path is not None
    assert len(load_class_map(path).labels) == classes
    names = [line.split('"')[1] for line in path.read_text().splitlines() if line.startswith("folders")]
    write_class_folders(tmp_path / "train", dict.fromkeys(names, "nv"), per_class=1)
    archive = read_archive(f"folders/{name}", tmp_path)
    assert {record.label_code for record in archive.records} == {label.code for label in archive.labels}
    assert {record.attributes["publisher_split"] for record in archive.records} == {"train"}


@pytest.mark.parametrize("name", ["dermnet-19", "dermnet-23"])
def test_maps_of_dermnet_say_under_which_terms_they_may_be_used(name: str) -> None:
    path = recipe_path(f"folders/{name}")
    assert path is not None
    assert "forbid training of AI" in load_class_map(path).licence
    assert load_class_map(path).labels[1].group.counts_as_malignant


def test_several_folders_are_one_label_and_names_are_compared_loosely(class_map: Path, pictures: Path) -> None:
    (pictures / "rubbish").mkdir()
    archive = read_archive(str(class_map), pictures)
    assert [record.label_code for record in archive.records] == ["nv", "nv", "mel", "mel", "mel", "mel"]
    assert (archive.name, archive.licence) == ("two-kinds", "CC0-1.0")
    assert len({record.image_id for record in archive.records}) == 6


def test_same_picture_in_two_classes_is_left_out(class_map: Path, pictures: Path) -> None:
    shutil.copy(pictures / "melanoma" / "phantom-0000.jpg", pictures / "Nevi-and-moles" / "copy.jpg")
    archive = read_archive(str(class_map), pictures)
    assert [record.label_code for record in archive.records] == ["nv", "nv", "mel", "mel", "mel"]
    assert {fault.kind for fault in archive.faults or ()} == {"same_file", "same_picture"}


def test_unreadable_picture_is_left_out(class_map: Path, pictures: Path) -> None:
    (pictures / "melanoma" / "phantom-0000.jpg").write_bytes(b"torn")
    archive = read_archive(str(class_map), pictures)
    assert len(archive.records) == 5
    assert [fault.kind for fault in archive.faults or ()] == ["unreadable"]


def test_folder_in_no_class_and_class_without_pictures_are_said(class_map: Path, pictures: Path) -> None:
    (pictures / "Lentigo").mkdir()
    with pytest.raises(TrainingError, match=r"no class for the folder .*Lentigo"):
        read_archive(str(class_map), pictures)
    (pictures / "Lentigo").rmdir()
    shutil.rmtree(pictures / "Nevi-and-moles")
    with pytest.raises(TrainingError, match="no pictures of nv"):
        read_archive(str(class_map), pictures)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace('licence = "CC0-1.0"', ""), "lacks licence"),
        (lambda text: text.replace("ignored", "skipped"), "unknown keys: skipped"),
        (lambda text: text.replace('"malignant"', '"bad"'), "group cannot be 'bad'"),
        (lambda text: text.replace('"Nevi and Moles"', '"melanoma"'), "to two classes"),
        (lambda text: text.replace('code = "nv"', 'code = "mel"'), "describes mel more than once"),
        (lambda text: text.replace('["Nevi and Moles"]', '"Nevi"'), "Write a list of texts"),
        (lambda text: text + "[", "not valid TOML"),
    ],
)
def test_mistakes_in_a_map_are_named(spoil: Callable[[str], str], said: str, class_map: Path) -> None:
    class_map.write_text(spoil(MAP))
    with pytest.raises(TrainingError, match=said):
        load_class_map(class_map)


def test_unknown_data_set_is_refused_with_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"no reader for the data set 'folders/none'.*ham10000"):
        read_archive("folders/none", tmp_path)
