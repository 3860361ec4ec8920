"""Pictures of the public archives in two halves, untouched and spoilt on purpose, to fit and measure the gate."""

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import cv2
import numpy as np

from skindesk.domain.contract import Modality
from skindesk.imaging.outline import Outline, trace_outline
from skindesk.imaging.quality.gate import LEAST_PEN
from skindesk.imaging.quality.ink import pen_marks
from skindesk.imaging.quality.scene import Scene
from tests.support import picture_defects
from tests.support.picture_defects import Picture

UNTOUCHED, RECODED, NO_SKIN, PART_OF_NO_SKIN = "untouched", "recoded", "no_skin", "part_of_no_skin"
_PARTS, _FRAMINGS = 4, 3
_HAM_PX = (300, 225)
"""The archive's frame is 4:3 and was squashed to a square."""


class Half(IntEnum):
    """What the gate's scores are fitted to, and what they are measured on."""

    FIT = 0
    MEASURE = 1


@dataclass(frozen=True)
class Source:
    """A picture of an archive: `group` is its patient or lesion, all of which lies in one half."""

    path: Path
    modality: Modality | None
    group: str
    skin_type: str = ""

    @property
    def half(self) -> Half:
        """The half that the group lies in, by its digest."""
        return Half(hashlib.sha256(self.group.encode()).digest()[0] % 2)

    @property
    def is_original(self) -> bool:
        """Whether it is a dermatoscope's own file of full size."""
        return self.path.parent.name == "ham10000_originals"


@dataclass(frozen=True)
class View:
    """One picture as it is put before the gate, and what was done to it."""

    rgb: Picture
    trouble: str


def data_folder() -> Path | None:
    """The folder of public archives, or None where there is none."""
    folder = Path(os.environ.get("SKINDESK_DATA", Path(__file__).resolve().parents[2].parent / "shared" / "data"))
    return folder if (folder / "ham10000").is_dir() else None


def dermoscopic(folder: Path) -> list[Source]:
    """HAM10000, the untouched files first, then the rest in an order of its own that never changes."""
    with (folder / "ham10000" / "HAM10000_metadata.csv").open(encoding="utf-8") as table:
        lesions = {row["image_id"]: row["lesion_id"] for row in csv.DictReader(table)}
    originals = sorted((folder / "ham10000_originals").glob("*.jpg"))
    known = {path.stem for path in originals}
    others = sorted((folder / "ham10000").rglob("*.jpg"), key=_order)
    paths = [*originals, *(path for path in others if path.stem not in known)]
    return [Source(path, Modality.DERMOSCOPIC, lesions[path.stem]) for path in paths]


def clinical(folder: Path) -> list[Source]:
    """PAD-UFES-20."""
    images = {path.stem: path for path in (folder / "pad_ufes_20" / "images").iterdir()}
    with (folder / "pad_ufes_20" / "metadata.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    sources = [
        Source(images[row["img_id"]], Modality.CLINICAL, row["patient_id"], row["fitspatrick"].split(".")[0])
        for row in rows
    ]
    return sorted(sources, key=lambda source: _order(source.path))


def no_skin(folder: Path) -> list[Source]:
    """Everyday photographs."""
    return [Source(path, None, path.stem) for path in sorted((folder / "nonskin").glob("*.jpg"))]


def read(source: Source) -> Picture:
    """The picture as its camera framed it, uint8 (h, w, 3) sRGB."""
    rgb = np.ascontiguousarray(cv2.imread(str(source.path), cv2.IMREAD_COLOR)[:, :, ::-1])
    squashed = source.modality is Modality.DERMOSCOPIC and not source.is_original
    return np.asarray(cv2.resize(rgb, _HAM_PX) if squashed else rgb, np.uint8)


def views(source: Source, spoilt: bool) -> Iterator[View]:
    """The picture as it is; if `spoilt`, also coded anew, and with each trouble done to it."""
    rgb = read(source)
    if source.modality is None:
        yield View(rgb, NO_SKIN)
        if spoilt:
            yield from _parts(rgb, _rng(source))
        return
    yield View(rgb, UNTOUCHED)
    if not spoilt:
        return
    rng = _rng(source)
    yield View(picture_defects.as_taken(rgb, rng), RECODED)
    for trouble, spoil in picture_defects.PLAIN.items():
        yield View(picture_defects.as_taken(spoil(rgb, rng), rng), trouble)
    yield from _reframed(rgb, rng)


def _reframed(rgb: Picture, rng: np.random.Generator) -> Iterator[View]:
    """With the lesion cut off and small, where it is known; not where ink is, since a ring is traced for the lesion."""
    outline = trace_outline(rgb)
    if isinstance(outline, Outline) and pen_marks(Scene.of(rgb)).mean() < LEAST_PEN:
        for trouble, reframe in list(picture_defects.FRAMED.items()) * _FRAMINGS:
            reframed = reframe(rgb, rng, outline.mask)
            if reframed is not None:
                yield View(picture_defects.as_taken(reframed, rng), trouble)


def _parts(rgb: Picture, rng: np.random.Generator) -> Iterator[View]:
    height, width = rgb.shape[:2]
    for _ in range(_PARTS):
        part = rng.uniform(0.35, 0.9)
        wide, tall = max(8, int(part * width)), max(8, int(part * height))
        left, top = int(rng.integers(0, width - wide + 1)), int(rng.integers(0, height - tall + 1))
        yield View(np.ascontiguousarray(rgb[top : top + tall, left : left + wide]), PART_OF_NO_SKIN)


def _rng(source: Source) -> np.random.Generator:
    return np.random.default_rng(int(_order(source.path)[:8], 16))


def _order(path: Path) -> str:
    return hashlib.sha256(path.stem.encode()).hexdigest()
