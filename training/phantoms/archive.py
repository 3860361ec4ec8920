"""What a whole data set of phantoms looks like in HAM10000's layout: lesions, their pictures and the metadata."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skindesk.imaging.phantoms.jpeg import save_jpeg
from skindesk.imaging.phantoms.kinds import KINDS
from skindesk.imaging.phantoms.phantom import generate


def write_dataset(folder: Path, per_class: int, seed: int, size: tuple[int, int] = (600, 450)) -> Path:
    """Write `per_class` pictures of each class in HAM10000's layout and return the path of the metadata.

    `size` is (width_px, height_px). Every third lesion has two pictures, as about a quarter of the archive's
    have. Ids start with PHANTOM, so that they are never taken for the archive's.
    """
    pictures = folder / "HAM10000_images_part_1"
    pictures.mkdir(parents=True, exist_ok=True)
    metadata = folder / "HAM10000_metadata.csv"
    with metadata.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization"))
        for number, entry in enumerate(_dataset_entries(per_class, seed)):
            image_id = f"PHANTOM_I{number:06d}"
            phantom = generate(entry.kind, entry.lesion_seed, *size, view=entry.view)
            save_jpeg(phantom, pictures / f"{image_id}.jpg")
            table.writerow((entry.lesion_id, image_id, entry.kind, *entry.facts))
    return metadata


@dataclass(frozen=True)
class _Entry:
    """One row of the metadata; `facts` are dx_type, age, sex and localization."""

    lesion_id: str
    kind: str
    lesion_seed: int
    view: int
    facts: tuple[str, str, str, str]


def _dataset_entries(per_class: int, seed: int) -> Iterator[_Entry]:
    rng = np.random.default_rng(seed)
    lesion = 0
    for kind in KINDS:
        left = per_class
        while left > 0:
            views = min(left, 2 if lesion % 3 == 0 else 1)
            lesion_seed, facts = int(rng.integers(2**31)), _draw_facts(rng)
            for view in range(views):
                yield _Entry(f"PHANTOM_L{lesion:06d}", kind, lesion_seed, view, facts)
            left -= views
            lesion += 1


def _draw_facts(rng: np.random.Generator) -> tuple[str, str, str, str]:
    """Draw dx_type, age, sex and localization in the archive's words, an age missing now and then as it is there."""
    age = "" if rng.random() < 0.03 else f"{5 * rng.integers(4, 17):.1f}"
    sites = ("back", "trunk", "face", "abdomen", "lower extremity", "upper extremity", "unknown")
    return (
        str(rng.choice(("histo", "follow_up", "consensus", "confocal"))),
        age,
        str(rng.choice(("female", "male", "unknown"), p=(0.48, 0.48, 0.04))),
        str(rng.choice(sites)),
    )
