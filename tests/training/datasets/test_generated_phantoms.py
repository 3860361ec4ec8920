from pathlib import Path

from training.datasets import ham10000, phantoms


def test_phantoms_are_never_called_a_patients_archive(archive_folder: Path) -> None:
    archive, layout = phantoms.read(archive_folder), ham10000.read(archive_folder)
    assert archive.records == layout.records
    assert archive.labels == layout.labels
    assert archive.licence == "CC0-1.0"
    assert "HAM10000" not in " ".join((archive.name, archive.title, *archive.facts, *archive.limits))
