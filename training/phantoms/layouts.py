"""What phantoms look like in the layouts of further publishers, so that their readers are tested without a patient."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from skindesk.imaging.phantoms.jpeg import save_jpeg
from skindesk.imaging.phantoms.phantom import generate

PAD_KINDS = {"ACK": "akiec", "BCC": "bcc", "MEL": "mel", "NEV": "nv", "SCC": "akiec", "SEK": "bkl"}
ISIC_2018_KINDS = {"MEL": "mel", "NV": "nv", "BCC": "bcc", "AKIEC": "akiec", "BKL": "bkl", "DF": "df", "VASC": "vasc"}
ISIC_2019_KINDS = {
    "MEL": "mel", "NV": "nv", "BCC": "bcc", "AK": "akiec", "BKL": "bkl", "DF": "df", "VASC": "vasc", "SCC": "akiec",
}  # fmt: skip
ISIC_9_KINDS = {
    "actinic keratosis": "akiec",
    "basal cell carcinoma": "bcc",
    "dermatofibroma": "df",
    "melanoma": "mel",
    "nevus": "nv",
    "pigmented benign keratosis": "bkl",
    "seborrheic keratosis": "bkl",
    "squamous cell carcinoma": "akiec",
    "vascular lesion": "vasc",
}
"""The phantom that stands in for each publisher's class."""

_SIZE = (80, 60)
_PAD_COLUMNS = (
    "patient_id", "lesion_id", "age", "gender", "fitspatrick", "region", "biopsed", "diagnostic", "img_id",
)  # fmt: skip


def write_pad_ufes_20(folder: Path, per_class: int, seed: int = 0) -> Path:
    """Write PAD-UFES-20's layout with three picture folders and return the folder; two pictures a patient."""
    rows = []
    for number, (diagnosis, kind, lesion_seed) in enumerate(_draws(PAD_KINDS, per_class, seed)):
        patient = f"PAT_{9000 + number // 2}"
        image_id = f"{patient}_{number}_{number}"
        part = folder / "images" / f"imgs_part_{1 + number % 3}"
        _write_picture(part / f"{image_id}.jpg", kind, lesion_seed)
        skin = "" if number % 3 == 0 else f"{1 + number % 6}.0"
        sex = ("FEMALE", "MALE", "")[number % 3]
        rows.append((patient, number, 40 + number, sex, skin, "FOREARM", number % 2 == 0, diagnosis, f"{image_id}.jpg"))
    _write_table(folder / "metadata.csv", _PAD_COLUMNS, rows)
    return folder


def write_isic2018(folder: Path, per_class: int, parts: Iterable[str] = ("Training", "Test"), seed: int = 0) -> Path:
    """Write some parts of ISIC 2018's task 3, the training part with its lesions of two pictures; return the folder."""
    for at, part in enumerate(parts):
        stem = f"ISIC2018_Task3_{part}"
        rows, lesions = [], []
        draws = _draws(ISIC_2018_KINDS, per_class, seed + at)
        for number, (column, kind, lesion_seed) in enumerate(draws):
            image_id = f"PHANTOM_{part}_{number:04d}"
            _write_picture(folder / f"{stem}_Input" / f"{image_id}.jpg", kind, lesion_seed)
            rows.append((image_id, *_one_hot(column, tuple(ISIC_2018_KINDS))))
            lesions.append((image_id, f"PHANTOM_L{number // 2:04d}", "histopathology"))
        _write_table(folder / f"{stem}_GroundTruth.csv", ("image", *ISIC_2018_KINDS), rows)
        if part == "Training":
            columns = ("image", "lesion_id", "diagnosis_confirm_type")
            _write_table(folder / f"{stem}_LesionGroupings.csv", columns, lesions)
    return folder


def write_isic2019(folder: Path, per_class: int, seed: int = 0) -> Path:
    """Write ISIC 2019's training layout, every second id with `_downsampled`, and return the folder."""
    rows, described = [], []
    for number, (column, kind, lesion_seed) in enumerate(_draws(ISIC_2019_KINDS, per_class, seed)):
        image_id = f"PHANTOM_{number:05d}{'_downsampled' if number % 2 else ''}"
        _write_picture(folder / "ISIC_2019_Training_Input" / f"{image_id}.jpg", kind, lesion_seed)
        rows.append((image_id, *_one_hot(column, (*ISIC_2019_KINDS, "UNK"))))
        lesion = "" if number % 4 == 0 else f"PHANTOM_{number // 2:04d}"
        described.append((image_id, f"{5 * (number % 17)}.0", "anterior torso", lesion, ("male", "female")[number % 2]))
    _write_table(folder / "ISIC_2019_Training_GroundTruth.csv", ("image", *ISIC_2019_KINDS, "UNK"), rows)
    columns = ("image", "age_approx", "anatom_site_general", "lesion_id", "sex")
    _write_table(folder / "ISIC_2019_Training_Metadata.csv", columns, described)
    return folder


def write_isic9(folder: Path, per_class: int, seed: int = 0) -> Path:
    """Write the nine-class set's folders, the last picture of each class under Test; return the folder with both."""
    top = folder / "Skin cancer ISIC The International Skin Imaging Collaboration"
    for number, (name, kind, lesion_seed) in enumerate(_draws(ISIC_9_KINDS, per_class, seed)):
        side = "Test" if number % per_class == per_class - 1 else "Train"
        _write_picture(top / side / name / f"PHANTOM_{number:05d}.jpg", kind, lesion_seed)
    return top


def write_class_folders(folder: Path, kinds: dict[str, str], per_class: int, seed: int = 0) -> Path:
    """Write one folder a class, named by the keys; the values are phantom kinds."""
    for number, (name, kind, lesion_seed) in enumerate(_draws(kinds, per_class, seed)):
        _write_picture(folder / name / f"phantom-{number:04d}.jpg", kind, lesion_seed)
    return folder


def _draws(kinds: dict[str, str], per_class: int, seed: int) -> list[tuple[str, str, int]]:
    """(publisher's class, phantom kind, seed of the lesion) for every picture; no two lesions are the same."""
    return [
        (name, kind, 10_000 * seed + at * per_class + number)
        for at, (name, kind) in enumerate(kinds.items())
        for number in range(per_class)
    ]


def _write_picture(path: Path, kind: str, lesion_seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_jpeg(generate(kind, lesion_seed, *_SIZE), path)


def _one_hot(column: str, columns: Sequence[str]) -> tuple[float, ...]:
    return tuple(float(column == other) for other in columns)


def _write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)
