"""The nine-class "Skin cancer ISIC" set as it is passed around: folders Train and Test, in each one folder a class.

It has no paper and no table; its pictures are the ISIC Archive's. Its faults are found by our own audit: the clean
variant leaves out what nobody can label and splits anew, the other keeps everything, so that both can be measured.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from skindesk.domain.labels import Label, MalignancyGroup
from training.datasets import ham10000, isic2019
from training.datasets.archive import Archive, Record
from training.datasets.audit import audit
from training.datasets.cleaning import clean
from training.datasets.fault import Fault
from training.datasets.files import pictures_under, read_table, the_one_hot
from training.errors import TrainingError
from training.split import Part, train_or_validation

LABELS = (
    Label("ak", "Actinic keratosis", MalignancyGroup.PREMALIGNANT, "L57.0"),
    Label("bcc", "Basal cell carcinoma", MalignancyGroup.MALIGNANT, "C44", "2C32"),
    Label("df", "Dermatofibroma", MalignancyGroup.BENIGN, "D23"),
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT, "C43 / D03", "2C30 / 2E63.0"),
    Label("nv", "Melanocytic nevus", MalignancyGroup.BENIGN, "D22", "2F20"),
    Label("bkl_pigmented", "Pigmented benign keratosis", MalignancyGroup.BENIGN, "L82 / L81.4 / L43"),
    Label("sk", "Seborrhoeic keratosis", MalignancyGroup.BENIGN, "L82"),
    Label("scc", "Squamous cell carcinoma", MalignancyGroup.MALIGNANT, "C44", "2C31"),
    Label("vasc", "Vascular lesion", MalignancyGroup.BENIGN, "D18.0 / L98.0"),
)
_CODES = {
    "actinic keratosis": "ak",
    "basal cell carcinoma": "bcc",
    "dermatofibroma": "df",
    "melanoma": "mel",
    "nevus": "nv",
    "pigmented benign keratosis": "bkl_pigmented",
    "seborrheic keratosis": "sk",
    "squamous cell carcinoma": "scc",
    "vascular lesion": "vasc",
}
_BY_HAM10000 = {
    "akiec": {"ak", "scc"},  # HAM10000's akiec holds Bowen's disease, filed here as squamous cell carcinoma
    "bcc": {"bcc"},
    "bkl": {"bkl_pigmented", "sk"},
    "df": {"df"},
    "mel": {"mel"},
    "nv": {"nv"},
    "vasc": {"vasc"},
}
_BY_ISIC_2019 = {
    "AK": {"ak"},
    "BCC": {"bcc"},
    "BKL": {"bkl_pigmented", "sk"},
    "DF": {"df"},
    "MEL": {"mel"},
    "NV": {"nv"},
    "SCC": {"scc"},
    "VASC": {"vasc"},
}
"""What a diagnosis published elsewhere allows a picture to be called here."""

_TITLE = "Skin cancer ISIC, nine classes"
_TOP = "Skin cancer ISIC The International Skin Imaging Collaboration"
_SIDES = {"Train": Part.TRAIN, "Test": Part.TEST}
_COPY = re.compile(r"\(\d+\)$")  # the second copy of a file that a browser saved twice
_FACTS = (
    "Collected from the ISIC Archive by unnamed hands, published without a paper or a table of its pictures.",
    "Ground truth is the name of the folder in which a picture lies.",
)
_LIMITS = (
    "How each diagnosis was made, and whose skin is shown, is not told: there is no evidence for any skin type.",
    "Nearly every picture filed as seborrhoeic keratosis is also filed as melanoma: the set cannot teach the"
    " difference.",
)


def read(folder: Path, companion: Path | None = None) -> Archive:
    """Read the set cleaned by the rule of `cleaning`, grouped by lesion and likeness, ordered by side, class and file.

    HAM10000's metadata and ISIC 2019's ground truth are looked for in `companion`, in the folder and beside it; they
    name the lesions and settle which of two labels is right. Raises TrainingError where the layout is another.
    """
    diagnoses = _Published(folder, companion)
    records = _records(folder, diagnoses)
    cleaned = clean(records, audit(records), diagnoses.allowed)
    return _archive("isic9", f"{_TITLE}, cleaned", (*_FACTS, *cleaned.told), cleaned.records, cleaned.faults)


def read_as_published(folder: Path, companion: Path | None = None) -> Archive:
    """Read everything as it lies there: the publisher's test folder is the test part, faults and all.

    A share of the training folder, drawn picture by picture, validates. Figures on this are too good to be true, and
    are there to be shown beside the honest ones. Raises TrainingError where the layout is another.
    """
    records = _records(folder, _Published(folder, companion))
    found = audit(records)
    kept = (record for at, record in enumerate(records) if at not in found.unreadable)
    facts = (*_FACTS, "As published: not cleaned, the publisher's split, which leaks.")
    return _archive(
        "isic9-as-published", f"{_TITLE}, as published", facts, tuple(map(_as_published, kept)), found.faults
    )


class _Published:
    """What other archives of the same pictures publish: the row of HAM10000 and the diagnosis of ISIC 2019."""

    def __init__(self, folder: Path, companion: Path | None) -> None:
        beside = (folder, folder.parent / "ham10000", folder.parent / "isic2019")
        places = beside if companion is None else (companion, *beside)
        self._ham10000 = {row["image_id"]: row for row in _find_rows(places, ham10000.METADATA, ham10000.COLUMNS)}
        truths = _find_rows(places, f"{isic2019.TRAINING}_GroundTruth.csv", ("image", *isic2019.COLUMNS))
        self._isic_2019 = {isic2019.plain_id(row["image"]): the_one_hot(row, isic2019.COLUMNS) for row in truths}

    def attributes(self, image_id: str) -> dict[str, str]:
        """What HAM10000 tells of a picture; nothing where it is not one of its pictures."""
        row = self._ham10000.get(image_id)
        return {} if row is None else ham10000.describe(row)

    def allowed(self, record: Record) -> frozenset[str] | None:
        """The labels that agree with every diagnosis published for the picture, or None where there is none."""
        told = []
        if record.image_id in self._ham10000:
            told.append(_BY_HAM10000[self._ham10000[record.image_id]["dx"]])
        if record.image_id in self._isic_2019:
            told.append(_BY_ISIC_2019.get(self._isic_2019[record.image_id], set()))
        return frozenset(set.intersection(*told)) if told else None


def _find_rows(places: Sequence[Path], name: str, columns: Sequence[str]) -> list[dict[str, str]]:
    path = next((place / name for place in places if (place / name).is_file()), None)
    return [] if path is None else read_table(path, columns)


def _records(folder: Path, diagnoses: _Published) -> list[Record]:
    top = folder / _TOP if (folder / _TOP).is_dir() else folder
    if not all((top / side).is_dir() for side in _SIDES):
        raise TrainingError(f"{folder} holds no folders Train and Test.", "Unpack the set there, or use --data.")
    found = []
    for side, part in _SIDES.items():
        for classes in sorted(entry for entry in (top / side).iterdir() if entry.is_dir()):
            if classes.name not in _CODES:
                raise TrainingError(f"{classes} is none of the nine classes.", f"Known: {', '.join(_CODES)}.")
            found += [_record(path, _CODES[classes.name], part, diagnoses) for path in pictures_under(classes)]
    return found


def _record(path: Path, code: str, side: Part, diagnoses: _Published) -> Record:
    image_id = _COPY.sub("", path.stem)
    told = {**diagnoses.attributes(image_id), "publisher_split": str(side)}
    return Record(image_id, path, told.get("lesion_id") or image_id, code, told)


def _as_published(record: Record) -> Record:
    side, label, name = record.path.parts[-3:]
    picture = f"{side}/{label}/{name}"
    part = Part.TEST if side == "Test" else train_or_validation(picture)
    return replace(record, group_id=picture, fixed_part=part)


def _archive(
    name: str, title: str, facts: tuple[str, ...], records: tuple[Record, ...], faults: tuple[Fault, ...]
) -> Archive:
    return Archive(
        name=name,
        title=title,
        licence="ISIC Archive: CC-0 or CC BY-NC, picture by picture",
        facts=facts,
        limits=_LIMITS,
        labels=LABELS,
        records=records,
        faults=faults,
    )
