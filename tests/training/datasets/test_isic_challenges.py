from collections import Counter
from pathlib import Path

import pytest

from training.datasets import isic2018, read_archive
from training.errors import TrainingError
from training.phantoms.layouts import write_isic2018, write_isic2019
from training.split import Part


def test_training_part_alone_is_drawn_by_lesion(tmp_path: Path) -> None:
    archive = read_archive("isic2018", write_isic2018(tmp_path, per_class=2, parts=("Training",)))
    assert [label.code for label in archive.labels] == ["akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"]
    assert set(Counter(record.group_id for record in archive.records).values()) == {2}
    assert {record.fixed_part for record in archive.records} == {None}


def test_without_groupings_every_picture_is_its_own_lesion(tmp_path: Path) -> None:
    folder = write_isic2018(tmp_path, per_class=1, parts=("Training",))
    (folder / "ISIC2018_Task3_Training_LesionGroupings.csv").unlink()
    archive = read_archive("isic2018", folder)
    assert [record.group_id for record in archive.records] == [record.image_id for record in archive.records]


def test_official_test_part_is_the_test_part_and_lesions_stay_together(tmp_path: Path) -> None:
    archive = read_archive("isic2018", write_isic2018(tmp_path, per_class=4))
    parts = Counter((record.attributes["publisher_split"], record.part) for record in archive.records)
    assert parts["test", Part.TEST] == 28
    assert parts["train", Part.TRAIN] + parts["train", Part.VALIDATION] == 28
    assert parts["train", Part.VALIDATION] > 0
    lesions = {(record.group_id, record.part) for record in archive.records if record.attributes["lesion_id"]}
    assert len(lesions) == 14


def test_all_three_parts_are_the_publishers(tmp_path: Path) -> None:
    folder = write_isic2018(tmp_path, per_class=1, parts=("Training", "Validation", "Test"))
    for record in read_archive("isic2018", folder).records:
        assert record.part == Part(record.attributes["publisher_split"])


def test_folder_without_any_part_and_ground_truth_of_two_diagnoses_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="ISIC2018_Task3_"):
        read_archive("isic2018", tmp_path)
    truth = write_isic2018(tmp_path, per_class=1, parts=("Test",)) / "ISIC2018_Task3_Test_GroundTruth.csv"
    truth.write_text(truth.read_text().replace("1.0,0.0", "1.0,1.0", 1))
    with pytest.raises(TrainingError, match="names 2 diagnoses for PHANTOM_Test_0000"):
        read_archive("isic2018", truth.parent)


def test_real_validation_part_is_read_alone(real_data: Path) -> None:
    archive = read_archive("isic2018", real_data / "isic2018_task3_validation")
    assert len(archive.records) == 190
    assert {record.attributes["publisher_split"] for record in archive.records} == {"validation"}
    assert {record.label_code.upper() for record in archive.records} == set(isic2018.COLUMNS) - {"VASC"}


def test_isic_2019_is_read_with_lesions_facts_and_plain_ids(tmp_path: Path) -> None:
    archive = read_archive("isic2019", write_isic2019(tmp_path, per_class=2))
    assert [label.code for label in archive.labels] == ["ak", "bcc", "bkl", "df", "mel", "nv", "scc", "vasc"]
    assert len(archive.records) == 16
    assert not [record for record in archive.records if "downsampled" in record.image_id]
    second, third, fourth = archive.records[1:4]
    assert third.group_id == fourth.group_id == "PHANTOM_0001"
    assert dict(second.attributes) == {
        "lesion_id": "PHANTOM_0000", "age": "5", "sex": "female", "site": "anterior torso", "source": "PHANTOM",
        "publisher_split": "train",
    }  # fmt: skip
    alone = archive.records[0]
    assert (alone.group_id, alone.attributes["lesion_id"]) == (alone.image_id, "")


def test_class_without_a_diagnosis_is_left_out_and_told(tmp_path: Path) -> None:
    folder = write_isic2019(tmp_path, per_class=1)
    truth = folder / "ISIC_2019_Training_GroundTruth.csv"
    lines = truth.read_text().splitlines()
    lines[1] = ",".join((lines[1].split(",")[0], *("0.0",) * 8, "1.0"))
    truth.write_text("\n".join(lines) + "\n")
    archive = read_archive("isic2019", folder)
    assert len(archive.records) == 7
    assert "Left out: 1 pictures of the challenge's class UNK." in archive.facts
