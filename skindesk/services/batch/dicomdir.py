"""The pictures that a DICOMDIR lists: the table of contents of a hospital's CD or export (PS3.10)."""

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from skindesk.domain.errors import RejectionReason
from skindesk.imaging.formats.dicom_head import DICOM_MARK_END, is_dicom
from skindesk.services.batch.items import Item, Problem

DICOMDIR = "DICOMDIR"
_MOST_BYTES = 64 * 1024 * 1024
_PICTURES = ("IMAGE",)


def is_dicomdir(path: Path) -> bool:
    """Whether a file is named as one and is DICOM."""
    if path.name.upper() != DICOMDIR:
        return False
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return is_dicom(file.read(DICOM_MARK_END))
    except OSError:
        return False


def listed_in_dicomdir(path: Path) -> Iterator[Item]:
    """One item for each image that is listed, in its order; the patient's identifier is the item's `patient`.

    An entry that leads out of the folder, and a DICOMDIR that is damaged or lists no image, is an item with a problem.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is longer than any real one")
        records = _records(path)
    except Exception:  # pydicom promises nothing of what it raises on damaged bytes
        yield Item(path, problem=Problem(RejectionReason.DAMAGED, f"The {DICOMDIR} is damaged. Copy it again."))
        return
    patient, found = "", False
    for record in records:
        kind = _text(record, "DirectoryRecordType")
        if kind == "PATIENT":
            patient = _text(record, "PatientID")
        elif kind in _PICTURES:
            found = True
            yield _listed(path, record, patient)
    if not found:
        why = f"The {DICOMDIR} lists no pictures. Choose another folder."
        yield Item(path, problem=Problem(RejectionReason.NOT_AN_IMAGE, why))


def _records(path: Path) -> list[Any]:
    from pydicom import dcmread

    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():  # pydicom's remarks quote values, names of patients among them
        warnings.simplefilter("ignore")
        return list(dcmread(path).get("DirectoryRecordSequence") or ())


def _listed(path: Path, record: Any, patient: str) -> Item:
    named = record.get("ReferencedFileID") or ""
    parts = [str(part) for part in ([named] if isinstance(named, str) else named)]
    inner = PurePosixPath(*parts)
    if inner.is_absolute() or ".." in inner.parts or any(mark in part for part in parts for mark in "\\:\0"):
        why = f"The {DICOMDIR} lists {str(inner)!r}, which leads out of its folder. Ask whoever made it."
        return Item(path, problem=Problem(RejectionReason.NOT_READABLE, why))
    return Item(_whatever_case(path.parent, inner), patient=patient)


def _whatever_case(folder: Path, inner: PurePosixPath) -> Path:
    """The file that is meant: a CD's names are capitals, which some systems show as small letters."""
    exact = folder / inner
    if exact.exists():
        return exact
    lower = folder / str(inner).lower()
    return lower if lower.exists() else exact


def _text(record: Any, keyword: str) -> str:
    return str(record.get(keyword) or "").strip()
