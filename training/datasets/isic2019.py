"""ISIC 2019 in its official layout: ISIC_2019_Training_Input beside _GroundTruth.csv and _Metadata.csv; so for Test.

It holds HAM10000, BCN20000 (Combalia et al. 2019, arXiv 1908.02288) and MSK (Codella et al. 2018, arXiv 1710.05006).
"""

from pathlib import Path

from skindesk.domain.labels import Label, MalignancyGroup
from training.datasets import attributes
from training.datasets.archive import Archive, Record
from training.datasets.files import pictures_by_stem, read_table, require_picture, the_one_hot
from training.errors import TrainingError

LABELS = (
    Label("ak", "Actinic keratosis", MalignancyGroup.PREMALIGNANT, "L57.0"),
    Label("bcc", "Basal cell carcinoma", MalignancyGroup.MALIGNANT, "C44", "2C32"),
    Label("bkl", "Benign keratosis", MalignancyGroup.BENIGN, "L82 / L81.4 / L43"),
    Label("df", "Dermatofibroma", MalignancyGroup.BENIGN, "D23"),
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT, "C43 / D03", "2C30 / 2E63.0"),
    Label("nv", "Melanocytic nevus", MalignancyGroup.BENIGN, "D22", "2F20"),
    Label("scc", "Squamous cell carcinoma", MalignancyGroup.MALIGNANT, "C44", "2C31"),
    Label("vasc", "Vascular lesion", MalignancyGroup.BENIGN, "D18.0 / L98.0"),
)
COLUMNS = ("MEL", "NV", "BCC", "AK", "BKL", "DF", "VASC", "SCC", "UNK")
TRAINING = "ISIC_2019_Training"
_SIDES = {TRAINING: "train", "ISIC_2019_Test": "test"}
_UNKNOWN = "UNK"
_FACTS = (
    "Published 2019 for the ISIC challenge from the archives HAM10000, BCN20000 and MSK, anonymised by its publishers.",
    "Ground truth by histology for all malignant and about half of the other pictures, else by experts or follow-up.",
    "Pictures of one lesion are never separated; a lesion of HAM10000 lies in the same part as there.",
)
_LIMITS = (
    "The archive shows fair skin almost only, and its metadata has no skin type.",
    "Its sources differ in camera, frame and mix of diagnoses, which a network can learn in place of the lesion.",
)


def plain_id(image_id: str) -> str:
    """The ISIC Archive's id of a picture; the challenge appended a word to those that it scaled down."""
    return image_id.removesuffix("_downsampled")


def read(folder: Path) -> Archive:
    """Read the training part and, where it is at hand, the test part; ordered by part and image id.

    The challenge's UNK has no diagnosis and is left out. Raises TrainingError where tables or pictures are missing.
    """
    present = [stem for stem in _SIDES if (folder / f"{stem}_GroundTruth.csv").is_file()]
    if not present:
        raise TrainingError(
            f"{folder} holds no {TRAINING}_GroundTruth.csv.", "Unpack ISIC 2019 there, or name its folder with --data."
        )
    records, unknown = [], 0
    for stem in present:
        for record in _read_side(folder, stem):
            if record.label_code == _UNKNOWN.lower():
                unknown += 1
            else:
                records.append(record)
    told = (f"Left out: {unknown} pictures of the challenge's class UNK.",) if unknown else ()
    return Archive(
        name="isic2019",
        title="ISIC 2019",
        licence="CC BY-NC 4.0",
        facts=(*_FACTS, *told),
        limits=_LIMITS,
        labels=LABELS,
        records=tuple(records),
    )


def _read_side(folder: Path, stem: str) -> list[Record]:
    paths = pictures_by_stem([folder / f"{stem}_Input"])
    table = folder / f"{stem}_Metadata.csv"
    described = {row["image"]: row for row in read_table(table, ("image",))} if table.is_file() else {}
    rows = sorted(read_table(folder / f"{stem}_GroundTruth.csv", ("image", *COLUMNS)), key=lambda row: row["image"])
    return [_record(row, paths, described.get(row["image"], {}), _SIDES[stem]) for row in rows]


def _record(row: dict[str, str], paths: dict[str, Path], described: dict[str, str], side: str) -> Record:
    image_id, lesion = plain_id(row["image"]), described.get("lesion_id", "")
    told = {
        "lesion_id": lesion,
        "age": attributes.age(described.get("age_approx", "")),
        "sex": attributes.sex(described["sex"]) if "sex" in described else "",
        "site": attributes.site(described.get("anatom_site_general", "")),
        "source": lesion.partition("_")[0],
        "publisher_split": side,
    }
    code = the_one_hot(row, COLUMNS).lower()
    return Record(image_id, require_picture(paths, row["image"]), lesion or image_id, code, told)
