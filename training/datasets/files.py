"""How every reader finds an archive's tables and pictures."""

import csv
from collections.abc import Iterable
from pathlib import Path

from training.errors import TrainingError

_PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")


def read_table(path: Path, needed: Iterable[str]) -> list[dict[str, str]]:
    """The rows of a publisher's CSV file.

    Raises TrainingError where it cannot be read or lacks a needed column. A byte-order mark is no part of a name.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            absent = set(needed) - set(reader.fieldnames or ())
            if absent:
                raise TrainingError(f"{path.name} lacks the columns {', '.join(sorted(absent))}.")
            return [{name: value or "" for name, value in row.items() if name} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path} cannot be read as a table.", "Unpack the archive again.") from error


def pictures_under(folder: Path) -> list[Path]:
    """Every picture file in a folder and below it, ordered by path. Hidden files (macOS leaves some) are none."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in _PICTURE_SUFFIXES)
    return sorted(path for path in found if not path.name.startswith("."))


def pictures_by_stem(folders: Iterable[Path]) -> dict[str, Path]:
    """File name without suffix -> picture, over several folders; the first of two equal names counts."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in pictures_under(folder):
            found.setdefault(path.stem, path)
    return found


def require_picture(paths: dict[str, Path], image_id: str) -> Path:
    """The picture that a table names. Raises TrainingError where it is missing."""
    if image_id not in paths:
        raise TrainingError(f"The picture {image_id} is missing.", "Unpack the archive again.")
    return paths[image_id]


def the_one_hot(row: dict[str, str], columns: Iterable[str]) -> str:
    """The one column of a ground truth row that is 1. Raises TrainingError where none is, or several."""
    hot = [name for name in columns if row[name].strip() in ("1", "1.0")]
    if len(hot) != 1:
        raise TrainingError(
            f"The ground truth names {len(hot)} diagnoses for {row.get('image', 'a picture')}, not one."
        )
    return hot[0]
