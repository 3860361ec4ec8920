"""Readers of public archives, each in its publisher's own layout."""

from collections.abc import Callable
from pathlib import Path

from training.datasets import ham10000, isic9, isic2018, isic2019, pad_ufes_20
from training.datasets.archive import Archive
from training.errors import TrainingError

READERS: dict[str, Callable[[Path, Path | None], Archive]] = {
    "ham10000": lambda folder, _: ham10000.read(folder),
    "isic2018": lambda folder, _: isic2018.read(folder),
    "isic2019": lambda folder, _: isic2019.read(folder),
    "isic9": isic9.read,
    "isic9-as-published": isic9.read_as_published,
    "pad_ufes_20": lambda folder, _: pad_ufes_20.read(folder),
}


def read_archive(name: str, folder: Path, companion: Path | None = None) -> Archive:
    """Read an archive by its name.

    `companion` is a folder with another archive's tables that tell more of the same pictures, for the readers that
    can use them. Raises TrainingError where the name or the folder's layout is unknown.
    """
    if name not in READERS:
        raise TrainingError(f"There is no reader for the data set {name!r}.", f"Known: {', '.join(sorted(READERS))}.")
    return READERS[name](folder, companion)
