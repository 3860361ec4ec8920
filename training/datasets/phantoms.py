"""Generated phantoms, in HAM10000's layout as `python -m training phantoms --dataset` writes them."""

from dataclasses import replace
from pathlib import Path

from training.datasets import ham10000
from training.datasets.archive import Archive

_FACTS = ("Painted and photographed by a program; nothing is taken from any photograph of a patient.",)
_LIMITS = ("A network of phantoms knows nothing of patients. It shows how the trainer works and is for nothing else.",)


def read(folder: Path) -> Archive:
    """Read the phantoms. Raises TrainingError as HAM10000's reader does."""
    return replace(
        ham10000.read(folder),
        name="phantoms",
        title="Generated phantoms",
        licence="CC0-1.0",
        facts=_FACTS,
        limits=_LIMITS,
    )
