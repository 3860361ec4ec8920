"""HAM10000 in its official layout: HAM10000_metadata.csv beside HAM10000_images_part_1 and _part_2.

Tschandl, Rosendahl and Kittler, "The HAM10000 dataset", Scientific Data 5, 180161 (2018).
"""

from pathlib import Path

from skindesk.domain.labels import Label, MalignancyGroup
from training.datasets import attributes
from training.datasets.archive import Archive, Record
from training.datasets.files import pictures_by_stem, read_table, require_picture
from training.errors import TrainingError

LABELS = (
    Label("akiec", "Actinic keratosis / Bowen's disease", MalignancyGroup.PREMALIGNANT, "L57.0 / D04"),
    Label("bcc", "Basal cell carcinoma", MalignancyGroup.MALIGNANT, "C44", "2C32"),
    Label("bkl", "Benign keratosis", MalignancyGroup.BENIGN, "L82 / L81.4 / L43"),
    Label("df", "Dermatofibroma", MalignancyGroup.BENIGN, "D23"),
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT, "C43 / D03", "2C30 / 2E63.0"),
    Label("nv", "Melanocytic nevus", MalignancyGroup.BENIGN, "D22", "2F20"),
    Label("vasc", "Vascular lesion", MalignancyGroup.BENIGN, "D18.0 / L98.0"),
)
_FACTS = (
    "Collected over 20 years in Vienna and Queensland, published 2018, anonymised by its publishers.",
    "Ground truth by histology for more than half of the pictures, else by follow-up, expert consensus or confocal"
    " microscopy.",
)
_LIMITS = (
    "The archive shows fair skin almost only, and its metadata has no skin type: there is no evidence for any single"
    " type, and none at all for types V and VI.",
    "Hair, gel bubbles, rulers and pen marks occur in the archive and were not studied apart.",
)
METADATA = "HAM10000_metadata.csv"
_FOLDERS = ("HAM10000_images_part_1", "HAM10000_images_part_2")
COLUMNS = ("lesion_id", "image_id", "dx")


def read(folder: Path) -> Archive:
    """Read the archive, ordered by image id.

    Raises TrainingError where the metadata or a picture is missing, a column is absent, or a label is unknown.
    """
    metadata = folder / METADATA
    if not metadata.is_file():
        raise TrainingError(f"{folder} holds no {METADATA}.", "Unpack HAM10000 there, or name its folder with --data.")
    paths = pictures_by_stem(folder / part for part in _FOLDERS)
    rows = sorted(read_table(metadata, COLUMNS), key=lambda row: row["image_id"])
    return Archive(
        name="ham10000",
        title="HAM10000 (Tschandl et al. 2018)",
        licence="CC BY-NC 4.0",
        facts=_FACTS,
        limits=_LIMITS,
        labels=LABELS,
        records=tuple(_record(row, paths) for row in rows),
    )


def describe(row: dict[str, str]) -> dict[str, str]:
    """The attributes that a row of the metadata tells; `dataset` and `source` are two editions' word for one thing."""
    return {
        "lesion_id": row["lesion_id"],
        "age": attributes.age(row.get("age", "")),
        "sex": attributes.sex(row.get("sex", "")),
        "site": attributes.site(row.get("localization", "")),
        "source": row.get("dataset") or row.get("source", ""),
        "biopsied": {"": "", "histo": "yes"}.get(row.get("dx_type", ""), "no"),
    }


def _record(row: dict[str, str], paths: dict[str, Path]) -> Record:
    image_id = row["image_id"]
    if row["dx"] not in {label.code for label in LABELS}:
        raise TrainingError(f"{METADATA} gives {image_id} the unknown diagnosis {row['dx']!r}.")
    return Record(image_id, require_picture(paths, image_id), row["lesion_id"], row["dx"], describe(row))
