from collections import Counter
from pathlib import Path

import pytest

from training.datasets import read_archive
from training.errors import TrainingError
from training.phantoms.layouts import write_pad_ufes_20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pad_ufes_20(tmp_path_factory.mktemp("pad"), per_class=3)


def test_pictures_of_all_parts_are_found_and_grouped_by_patient(folder: Path) -> None:
    archive = read_archive("pad_ufes_20", folder)
    assert [label.code for label in archive.labels] == ["ack", "bcc", "mel", "nev", "scc", "sek"]
    assert len(archive.records) == 18
    assert {record.path.parent.name for record in archive.records} == {"imgs_part_1", "imgs_part_2", "imgs_part_3"}
    assert set(Counter(record.group_id for record in archive.records).values()) == {2}


def test_patients_facts_are_told_in_the_common_words(folder: Path) -> None:
    first, second = read_archive("pad_ufes_20", folder).records[:2]
    assert dict(first.attributes) == {
        "lesion_id": "PAT_9000_0",
        "age": "40", "sex": "female", "site": "forearm", "skin_type": "", "patient_id": "PAT_9000", "biopsied": "yes",
    }  # fmt: skip
    assert (second.attributes["sex"], second.attributes["skin_type"]) == ("male", "II")
    assert second.attributes["biopsied"] == "no"


def test_missing_picture_and_unknown_diagnosis_are_said(tmp_path: Path) -> None:
    folder = write_pad_ufes_20(tmp_path, per_class=1)
    metadata = folder / "metadata.csv"
    metadata.write_text(metadata.read_text().replace("ACK", "XYZ"))
    with pytest.raises(TrainingError, match="unknown diagnosis 'XYZ'"):
        read_archive("pad_ufes_20", folder)
    metadata.write_text(metadata.read_text().replace("XYZ", "ACK"))
    next(folder.rglob("*.jpg")).unlink()
    with pytest.raises(TrainingError, match="is missing"):
        read_archive("pad_ufes_20", folder)


def test_patients_of_the_real_archive_are_never_separated(real_data: Path) -> None:
    archive = read_archive("pad_ufes_20", real_data / "pad_ufes_20")
    assert Counter(record.label_code for record in archive.records) == {
        "bcc": 281, "ack": 220, "nev": 179, "sek": 120, "scc": 46, "mel": 31,
    }  # fmt: skip
    parts = {(record.attributes["patient_id"], record.part) for record in archive.records}
    assert len(parts) == 647
