"""ISIC 2018, task 3, in its official layout: ISIC2018_Task3_Training_Input beside _GroundTruth.csv; so for each part.

Codella et al., "Skin lesion analysis toward melanoma detection 2018", arXiv 1902.03368. Its training part is HAM10000.
"""

from dataclasses import replace
from pathlib import Path

from training.datasets import ham10000
from training.datasets.archive import Archive, Record
from training.datasets.files import pictures_by_stem, read_table, require_picture, the_one_hot
from training.errors import TrainingError
from training.split import Part, train_or_validation

COLUMNS = ("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC")
_PARTS = {"Training": Part.TRAIN, "Validation": Part.VALIDATION, "Test": Part.TEST}
_GROUPINGS = "ISIC2018_Task3_Training_LesionGroupings.csv"
_FACTS = (
    "Published 2018 for the ISIC challenge; the training part is HAM10000, validation and test were collected anew.",
    "Ground truth by histology, follow-up, expert consensus or confocal microscopy.",
)
_LIMITS = (
    "The archive shows fair skin almost only, and its metadata has no skin type: there is no evidence for any single"
    " type, and none at all for types V and VI.",
    "Which pictures of the validation and test parts show one lesion was not published.",
)


def read(folder: Path) -> Archive:
    """Read the parts that the folder holds, ordered by part and image id.

    Where the official test part is at hand the publisher's parts hold, and a share of the training lesions validates
    if the validation part is absent; otherwise lesions are drawn as in every archive. Raises TrainingError where
    there is no part at all, or a picture is missing.
    """
    present = [name for name in _PARTS if (folder / f"ISIC2018_Task3_{name}_GroundTruth.csv").is_file()]
    if not present:
        raise TrainingError(
            f"{folder} holds no ISIC2018_Task3_…_GroundTruth.csv.", "Unpack a part there, or use --data."
        )
    lesions = _lesions(folder)
    records = [record for name in present for record in _read_part(folder, name, lesions)]
    if "Test" in present:
        records = [_officially(record, "Validation" in present) for record in records]
    return Archive(
        name="isic2018",
        title=f"ISIC 2018 task 3 ({', '.join(name.lower() for name in present)})",
        licence="CC BY-NC 4.0",
        facts=_FACTS,
        limits=_LIMITS,
        labels=ham10000.LABELS,
        records=tuple(records),
    )


def _lesions(folder: Path) -> dict[str, str]:
    """Image id -> lesion id of the training part, where its table is at hand."""
    path = folder / _GROUPINGS
    rows = read_table(path, ("image", "lesion_id")) if path.is_file() else []
    return {row["image"]: row["lesion_id"] for row in rows}


def _read_part(folder: Path, name: str, lesions: dict[str, str]) -> list[Record]:
    stem = folder / f"ISIC2018_Task3_{name}"
    paths = pictures_by_stem([stem.with_name(f"{stem.name}_Input")])
    truths = read_table(stem.with_name(f"{stem.name}_GroundTruth.csv"), ("image", *COLUMNS))
    return [
        Record(
            row["image"],
            require_picture(paths, row["image"]),
            lesions.get(row["image"], row["image"]),
            the_one_hot(row, COLUMNS).lower(),
            {"lesion_id": lesions.get(row["image"], ""), "publisher_split": str(_PARTS[name])},
        )
        for row in sorted(truths, key=lambda row: row["image"])
    ]


def _officially(record: Record, validation_at_hand: bool) -> Record:
    part = Part(record.attributes["publisher_split"])
    if part is Part.TRAIN and not validation_at_hand:
        part = train_or_validation(record.group_id)
    return replace(record, fixed_part=part)
