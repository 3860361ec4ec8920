"""Readers of public archives, each in its publisher's own layout."""

from collections.abc import Callable
from pathlib import Path

from training.datasets import ham10000, pad_ufes_20
from training.datasets.archive import Archive
from training.errors import TrainingError

READERS: dict[str, Callable[[Path], Archive]] = {"ham10000": ham10000.read, "pad_ufes_20": pad_ufes_20.read}


def read_archive(name: str, folder: Path) -> Archive:
    """Read an archive by its name. Raises TrainingError where the name or the folder's layout is unknown."""
    if name not in READERS:
        raise TrainingError(f"There is no reader for the data set {name!r}.", f"Known: {', '.join(sorted(READERS))}.")
    return READERS[name](folder)
