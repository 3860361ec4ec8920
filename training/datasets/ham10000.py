"""HAM10000 in its official layout: HAM10000_metadata.csv beside HAM10000_images_part_1 and _part_2.

Tschandl, Rosendahl and Kittler, "The HAM10000 dataset", Scientific Data 5, 180161 (2018).
"""

import csv
from pathlib import Path

from skindesk.domain.labels import Label, MalignancyGroup
from training.datasets.archive import Archive, Record
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
_METADATA = "HAM10000_metadata.csv"
_FOLDERS = ("HAM10000_images_part_1", "HAM10000_images_part_2")
_COLUMNS = {"lesion_id", "image_id", "dx"}


def read(folder: Path) -> Archive:
    """Read the archive, ordered by image id.

    Raises TrainingError where the metadata or a picture is missing, a column is absent, or a label is unknown.
    """
    metadata = folder / _METADATA
    if not metadata.is_file():
        raise TrainingError(f"{folder} holds no {_METADATA}.", "Unpack HAM10000 there, or name its folder with --data.")
    paths = {path.stem: path for part in _FOLDERS for path in (folder / part).glob("*.jpg")}
    with metadata.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        absent = _COLUMNS - set(reader.fieldnames or ())
        if absent:
            raise TrainingError(f"{_METADATA} lacks the columns {', '.join(sorted(absent))}.")
        rows = sorted(reader, key=lambda row: row["image_id"])
    known = {label.code for label in LABELS}
    for row in rows:
        if row["dx"] not in known:
            raise TrainingError(f"{_METADATA} gives {row['image_id']} the unknown diagnosis {row['dx']!r}.")
        if row["image_id"] not in paths:
            raise TrainingError(f"The picture {row['image_id']}.jpg is missing.", "Unpack the archive again.")
    return Archive(
        name="ham10000",
        title="HAM10000 (Tschandl et al. 2018)",
        licence="CC BY-NC 4.0",
        facts=_FACTS,
        limits=_LIMITS,
        labels=LABELS,
        records=tuple(Record(row["image_id"], paths[row["image_id"]], row["lesion_id"], row["dx"]) for row in rows),
    )
