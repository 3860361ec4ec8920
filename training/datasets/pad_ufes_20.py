"""PAD-UFES-20 in its official layout: metadata.csv beside the pictures (images/imgs_part_1 to _3, or one folder).

Pacheco et al., "PAD-UFES-20: a skin lesion dataset composed of patient data and clinical images collected from
smartphones", Data in Brief 32, 106221 (2020).
"""

from pathlib import Path

from skindesk.domain.labels import Label, MalignancyGroup
from training.datasets import attributes
from training.datasets.archive import Archive, Record
from training.datasets.files import pictures_by_stem, read_table, require_picture
from training.errors import TrainingError

LABELS = (
    Label("ack", "Actinic keratosis", MalignancyGroup.PREMALIGNANT, "L57.0"),
    Label("bcc", "Basal cell carcinoma", MalignancyGroup.MALIGNANT, "C44", "2C32"),
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT, "C43 / D03", "2C30 / 2E63.0"),
    Label("nev", "Melanocytic nevus", MalignancyGroup.BENIGN, "D22", "2F20"),
    Label("scc", "Squamous cell carcinoma / Bowen's disease", MalignancyGroup.MALIGNANT, "C44 / D04", "2C31"),
    Label("sek", "Seborrhoeic keratosis", MalignancyGroup.BENIGN, "L82"),
)
_FACTS = (
    "Collected 2018 and 2019 with smartphones by the dermatological assistance programme of the Federal University"
    " of Espirito Santo, Brazil, published 2020, anonymised by its publishers.",
    "Ground truth by histology for every cancer and about 58 % of all pictures, else by consensus of dermatologists.",
    "Pictures of one patient are never separated.",
)
_LIMITS = (
    "Fitzpatrick types IV to VI are almost absent: there is no evidence for them.",
    "Pen marks are common and go with lesions that were to be biopsied; whether the network reads them was not"
    " ruled out.",
)
_METADATA = "metadata.csv"
_COLUMNS = ("patient_id", "lesion_id", "img_id", "diagnostic", "age", "gender", "region", "fitspatrick", "biopsed")


def read(folder: Path) -> Archive:
    """Read the archive, ordered by image id, grouped by patient.

    Raises TrainingError where the metadata or a picture is missing, a column is absent, or a label is unknown.
    """
    metadata = folder / _METADATA
    if not metadata.is_file():
        raise TrainingError(
            f"{folder} holds no {_METADATA}.", "Unpack PAD-UFES-20 there, or name its folder with --data."
        )
    paths = pictures_by_stem([folder])
    rows = sorted(read_table(metadata, _COLUMNS), key=lambda row: row["img_id"])
    return Archive(
        name="pad_ufes_20",
        title="PAD-UFES-20 (Pacheco et al. 2020)",
        licence="CC BY 4.0",
        facts=_FACTS,
        limits=_LIMITS,
        labels=LABELS,
        records=tuple(_record(row, paths) for row in rows),
    )


def _record(row: dict[str, str], paths: dict[str, Path]) -> Record:
    image_id, code = Path(row["img_id"]).stem, row["diagnostic"].lower()
    if code not in {label.code for label in LABELS}:
        raise TrainingError(f"{_METADATA} gives {image_id} the unknown diagnosis {row['diagnostic']!r}.")
    return Record(
        image_id,
        require_picture(paths, image_id),
        row["patient_id"],
        code,
        {
            "lesion_id": f"{row['patient_id']}_{row['lesion_id']}",  # the number alone is not unique
            "age": attributes.age(row["age"]),
            "sex": attributes.sex(row["gender"]),
            "site": attributes.site(row["region"]),
            "skin_type": attributes.skin_type(row["fitspatrick"]),
            "patient_id": row["patient_id"],
            "biopsied": attributes.yes_or_no(row["biopsed"]),
        },
    )
