import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from training.datasets.archive import Record
from training.datasets.audit import audit, fault_table, joined, write_faults
from training.datasets.fault import FaultKind
from training.phantoms import generate, save_jpeg
from training.split import Part


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """Six phantoms of six lesions, all nevi, all in the training part."""
    folder = tmp_path_factory.mktemp("pictures")
    paths = [save_jpeg(generate("nv", seed, 200, 150), folder / f"{seed}.jpg") for seed in range(6)]
    return [Record(path.stem, path, path.stem, "nv", fixed_part=Part.TRAIN) for path in paths]


def stored_anew(record: Record, path: Path) -> Path:
    """The same picture at another size, squashed, and compressed harder."""
    with Image.open(record.path) as image:
        image.resize((120, 120), Image.Resampling.BICUBIC).save(path, quality=60)
    return path


def test_sound_pictures_have_no_faults(records: list[Record]) -> None:
    found = audit(records)
    assert (found.unreadable, found.ties, found.faults) == ((), (), ())


def test_same_bytes_under_two_labels_are_a_fault(records: list[Record], tmp_path: Path) -> None:
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(records[2].path.read_bytes())
    faults = audit([*records, Record("copy", copy, "copy", "mel", fixed_part=Part.TRAIN)]).faults
    assert {fault.kind for fault in faults} == {FaultKind.SAME_FILE, FaultKind.SAME_PICTURE}
    assert all(fault.labels == ("mel", "nv") and fault.sides == ("train",) for fault in faults)
    assert {picture.path for picture in faults[0].pictures} == {records[2].path, copy}


def test_picture_stored_anew_is_found_on_both_sides(records: list[Record], tmp_path: Path) -> None:
    path = stored_anew(records[4], tmp_path / "other.jpg")
    (fault,) = audit([*records, Record("other", path, "other", "nv", fixed_part=Part.TEST)]).faults
    assert (fault.kind, fault.labels, fault.sides) == (FaultKind.SAME_PICTURE, ("nv",), ("test", "train"))
    assert {picture.image_id for picture in fault.pictures} == {"4", "other"}


def test_repeated_picture_under_one_label_on_one_side_is_a_tie_but_no_fault(
    records: list[Record], tmp_path: Path
) -> None:
    path = stored_anew(records[0], tmp_path / "again.jpg")
    found = audit([*records, Record("again", path, "again", "nv", fixed_part=Part.TRAIN)])
    assert [(tie.kind, tie.members) for tie in found.ties] == [(FaultKind.SAME_PICTURE, (0, 6))]
    assert found.faults == ()


def test_lesion_and_image_id_on_both_sides_of_the_publishers_split_are_faults(records: list[Record]) -> None:
    lesion = {"lesion_id": "L1"}
    first = replace(records[0], attributes={**lesion, "publisher_split": "train"})
    second = replace(records[1], attributes={**lesion, "publisher_split": "test"})
    third = replace(records[2], image_id="0", attributes={"publisher_split": "test"})
    faults = {fault.kind: fault for fault in audit([first, second, third]).faults}
    assert set(faults) == {FaultKind.SAME_LESION, FaultKind.SAME_IMAGE_ID}
    assert all(fault.sides == ("test", "train") for fault in faults.values())


def test_unreadable_file_is_a_fault_and_does_not_stop_the_audit(records: list[Record], tmp_path: Path) -> None:
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(records[0].path.read_bytes()[:900])
    found = audit([records[0], Record("torn", torn, "torn", "nv"), Record("gone", tmp_path / "gone.jpg", "gone", "nv")])
    assert found.unreadable == (1, 2)
    assert [fault.kind for fault in found.faults] == [FaultKind.UNREADABLE] * 2


def test_ties_chain() -> None:
    assert joined(6, [(0, 3), (3, 5), (1, 2)]) == [(0, 3, 5), (1, 2), (4,)]
    assert joined(2, []) == [(0,), (1,)]


def test_faults_are_written_with_every_picture_and_counted_for_a_person(records: list[Record], tmp_path: Path) -> None:
    faults = audit([records[0], replace(records[1], image_id="0", label_code="mel")]).faults
    write_faults(faults, tmp_path / "faults.json")
    (row,) = json.loads((tmp_path / "faults.json").read_text("utf-8"))
    assert (row["kind"], row["labels"], row["sides"]) == ("same_image_id", ["mel", "nv"], ["train"])
    assert [(entry["path"], entry["label"]) for entry in row["pictures"]] == [
        (str(records[0].path), "nv"), (str(records[1].path), "mel"),
    ]  # fmt: skip
    assert fault_table(faults).splitlines()[1].split() == ["same", "image", "id", "1", "1", "0", "2"]
    assert fault_table(()) == "no faults found"
