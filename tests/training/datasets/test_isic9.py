import csv
import shutil
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from training.datasets import isic2019, read_archive
from training.datasets.archive import Archive
from training.datasets.fault import FaultKind, FiledPicture
from training.errors import TrainingError
from training.phantoms.layouts import write_isic9
from training.split import Part, part_of


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_isic9(tmp_path_factory.mktemp("sound"), per_class=3)


@pytest.fixture
def top(sound: Path, tmp_path: Path) -> Path:
    """A copy of the set, to be spoilt."""
    return Path(shutil.copytree(sound, tmp_path / "isic9" / sound.name))


def refile(top: Path, source: str, target: str) -> str:
    """File a picture a second time under another class or side; both as side/class. Returns its id."""
    picture = sorted((top / source).glob("*.jpg"))[0]
    shutil.copy(picture, top / target / picture.name)
    return picture.stem


def filed(archive: Archive, image_id: str) -> list[str]:
    return [record.label_code for record in archive.records if record.image_id == image_id]


def write_metadata(folder: Path, rows: list[tuple[str, str, str]]) -> None:
    folder.mkdir(exist_ok=True)
    lines = [
        "lesion_id,image_id,dx,dx_type,age,sex,localization",
        *(",".join((*row, "histo,50.0,male,back")) for row in rows),
    ]
    (folder / "HAM10000_metadata.csv").write_text("\n".join(lines) + "\n", "utf-8")


def test_sound_set_is_kept_whole_and_split_anew(top: Path) -> None:
    archive = read_archive("isic9", top.parent)
    assert [label.code for label in archive.labels] == [
        "ak", "bcc", "df", "mel", "nv", "bkl_pigmented", "sk", "scc", "vasc",
    ]  # fmt: skip
    assert len(archive.records) == 27
    assert archive.faults == ()
    assert all(record.fixed_part is None for record in archive.records)
    assert Counter(record.attributes["publisher_split"] for record in archive.records) == {"train": 18, "test": 9}


def test_picture_under_two_labels_is_left_out_where_nothing_tells_which_is_right(top: Path) -> None:
    image_id = refile(top, "Train/melanoma", "Train/seborrheic keratosis")
    archive = read_archive("isic9", top)
    assert filed(archive, image_id) == []
    assert "Left out: 2 pictures that lie under several labels" in " ".join(archive.facts)


def test_diagnosis_of_ham10000_decides_between_two_labels_and_names_the_lesion(top: Path, tmp_path: Path) -> None:
    image_id = refile(top, "Train/actinic keratosis", "Train/nevus")
    write_metadata(tmp_path / "ham", [("HAM_0003577", image_id, "akiec")])
    archive = read_archive("isic9", top, tmp_path / "ham")
    (record,) = [record for record in archive.records if record.image_id == image_id]
    assert (record.label_code, record.group_id, record.part) == ("ak", "HAM_0003577", part_of("HAM_0003577"))
    assert (record.attributes["age"], record.attributes["sex"]) == ("50", "male")
    assert FaultKind.OTHER_DIAGNOSIS in {fault.kind for fault in archive.faults or ()}


def test_metadata_beside_the_set_is_found(top: Path) -> None:
    image_id = refile(top, "Train/actinic keratosis", "Train/nevus")
    write_metadata(top.parent.parent / "ham10000", [("HAM_0000001", image_id, "akiec")])
    assert filed(read_archive("isic9", top.parent), image_id) == ["ak"]


def test_ground_truth_of_isic_2019_decides_too(top: Path, tmp_path: Path) -> None:
    image_id = refile(top, "Train/melanoma", "Train/seborrheic keratosis")
    header = ",".join(("image", *isic2019.COLUMNS))
    row = ",".join((f"{image_id}_downsampled", *(str(float(name == "MEL")) for name in isic2019.COLUMNS)))
    (tmp_path / "ISIC_2019_Training_GroundTruth.csv").write_text(f"{header}\n{row}\n", "utf-8")
    assert filed(read_archive("isic9", top, tmp_path), image_id) == ["mel"]


def test_one_lesion_on_both_sides_is_a_fault_and_one_group(top: Path, tmp_path: Path) -> None:
    train, test = (sorted((top / side / "nevus").glob("*.jpg"))[0].stem for side in ("Train", "Test"))
    write_metadata(tmp_path / "ham", [("HAM_1", train, "nv"), ("HAM_1", test, "nv")])
    archive = read_archive("isic9", top, tmp_path / "ham")
    (fault,) = archive.faults or ()
    assert (fault.kind, fault.sides) == (FaultKind.SAME_LESION, ("test", "train"))
    assert {record.group_id for record in archive.records if record.image_id in (train, test)} == {"HAM_1"}


def test_second_copy_under_one_label_is_dropped(top: Path) -> None:
    picture = sorted((top / "Train" / "nevus").glob("*.jpg"))[0]
    shutil.copy(picture, picture.with_name(f"{picture.stem}(1).jpg"))
    assert filed(read_archive("isic9", top), picture.stem) == ["nv"]


def test_unreadable_picture_is_left_out_and_listed(top: Path) -> None:
    picture = sorted((top / "Train" / "nevus").glob("*.jpg"))[0]
    picture.write_bytes(b"no picture")
    archive = read_archive("isic9", top)
    assert filed(archive, picture.stem) == []
    assert [fault.kind for fault in archive.faults or ()] == [FaultKind.UNREADABLE]


def test_as_published_keeps_every_picture_on_its_side(top: Path) -> None:
    image_id = refile(top, "Test/melanoma", "Train/seborrheic keratosis")
    archive = read_archive("isic9-as-published", top)
    assert sorted(filed(archive, image_id)) == ["mel", "sk"]
    assert len(archive.records) == 28
    for record in archive.records:
        assert (record.part is Part.TEST) == (record.attributes["publisher_split"] == "test")
    assert {record.part for record in archive.records} == set(Part)


def test_other_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no folders Train and Test"):
        read_archive("isic9", tmp_path)
    for side in ("Train", "Test"):
        (tmp_path / side / "freckles").mkdir(parents=True)
    with pytest.raises(TrainingError, match="none of the nine classes"):
        read_archive("isic9", tmp_path)


def test_audit_of_the_real_set_finds_every_listed_fault(real_data: Path) -> None:
    archive = read_archive("isic9", real_data / "isic9")
    with (real_data / "isic9" / "audit.csv").open(newline="", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))

    def place(picture: FiledPicture) -> tuple[str, str, str]:
        return picture.side, picture.path.parent.name, picture.path.stem

    def wanted(column: str) -> set[tuple[str, str, str]]:
        return {(row["split"], row["label"], row["file_stem"]) for row in listed if row[column] == "1"}

    faults = archive.faults or ()
    two_labels = {place(entry) for fault in faults if len(fault.labels) > 1 for entry in fault.pictures}
    leaks = {
        place(entry) for fault in faults if len(fault.sides) > 1 for entry in fault.pictures if entry.side == "test"
    }
    assert len(wanted("dup_other_class")) == 310
    assert wanted("dup_other_class") <= two_labels
    assert len(two_labels - wanted("dup_other_class")) <= 18
    assert leaks == wanted("leak_test_in_train")
    assert_clean(archive, real_data)


def assert_clean(archive: Archive, real_data: Path) -> None:
    labels, parts = defaultdict(set), defaultdict(set)
    for record in archive.records:
        labels[record.image_id].add(record.label_code)
        parts[record.group_id].add(record.part)
    assert all(len(found) == 1 for found in labels.values())
    assert all(len(found) == 1 for found in parts.values())
    there = {record.image_id: record.part for record in read_archive("ham10000", real_data / "ham10000").records}
    shared = [record for record in archive.records if record.image_id in there]
    assert len(shared) > 1_300
    assert [record.image_id for record in shared if record.part is not there[record.image_id]] == []
