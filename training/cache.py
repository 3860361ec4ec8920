"""The prepared archive on disk: every picture as the program would hand it to the network."""

import csv
import json
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from skindesk.domain.contract import Preprocessing
from skindesk.domain.errors import ImageRejectedError
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.imaging.decode import read_picture_file
from skindesk.imaging.preprocess import decode_for_input, preprocess
from training.datasets.archive import Archive, Record
from training.datasets.attributes import ATTRIBUTES
from training.errors import TrainingError
from training.split import Part, split_digest

_IMAGES, _RECORDS, _SUMMARY = "images.npy", "records.csv", "prepared.json"
_DECODED_AHEAD = 64
"""Pictures decoded before they are written: enough to keep every core busy, and some 50 MB at 512 pixels."""


@dataclass(frozen=True)
class Cache:
    """A prepared archive.

    `images` is uint8 (n, height, width, 3), memory-mapped; `targets` int64 (n,) indexes `labels`; `groups`,
    `image_ids`, `parts` and `paths` (the original files) have one entry a picture. So has every column of
    `attributes`, whose names are ATTRIBUTES and whose entries are "" where nothing is known.
    """

    images: NDArray[np.uint8]
    targets: NDArray[np.int64]
    groups: tuple[str, ...]
    image_ids: tuple[str, ...]
    parts: tuple[Part, ...]
    paths: tuple[Path, ...]
    labels: tuple[Label, ...]
    dataset_title: str
    licence: str
    facts: tuple[str, ...]
    limits: tuple[str, ...]
    split_digest: str
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def grouped_by(self) -> str:
        """What the groups are, in the plural: patients where every group is one, else lesions."""
        return "patients" if self.attributes.get("patient_id") == self.groups else "lesions"

    @property
    def held_out_digest(self) -> str:
        """SHA-256 over which picture lies in the validation and test parts: the same for figures to be comparable."""
        entries = zip(self.image_ids, self.groups, self.parts, strict=True)
        return split_digest(entry for entry in entries if entry[2] is not Part.TRAIN)

    def where(self, part: Part) -> NDArray[np.int64]:
        """The indices of a part's pictures, ascending."""
        return np.flatnonzero([entry == part for entry in self.parts])

    def class_mix(self, part: Part = Part.TRAIN) -> NDArray[np.float64]:
        """Each label's share of a part's pictures; no share is zero, so that its logarithm exists."""
        counts = np.bincount(self.targets[self.where(part)], minlength=len(self.labels)).astype(np.float64)
        counts = np.maximum(counts, 0.5)
        return np.asarray(counts / counts.sum())


def build_cache(archive: Archive, spec: Preprocessing, folder: Path) -> dict[str, Any]:
    """Decode and preprocess every picture with the program's own code and write the cache.

    Returns the summary that is also written as JSON: counts per part and class, and the split's digest. Raises
    TrainingError where a picture cannot be read: an archive with holes is not the archive. (The readers of sets
    that are no more than folders leave such pictures out themselves, and list them as faults.)
    """
    folder.mkdir(parents=True, exist_ok=True)
    shape = (len(archive.records), spec.height_px, spec.width_px, 3)
    temporary = folder / f"{_IMAGES}.part"
    images = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=shape)
    pixels = _load_in_order(archive.records, spec)
    for at, picture in enumerate(tqdm(pixels, total=len(archive.records), desc="prepare", unit="image")):
        images[at] = picture
    images.flush()
    temporary.replace(folder / _IMAGES)
    _write_records(archive, folder / _RECORDS)
    summary = _summarise(archive, spec)
    (folder / _SUMMARY).write_text(json.dumps(summary, indent=2, ensure_ascii=False), "utf-8")
    return summary


def load_cache(folder: Path, spec: Preprocessing | None = None) -> Cache:
    """Open a prepared archive.

    Raises TrainingError where there is none, its files are not of one preparation, or, with `spec`, it was prepared
    in another way: the contract would then promise what the network has never seen.
    """
    try:
        summary = json.loads((folder / _SUMMARY).read_text("utf-8"))
        images = np.load(folder / _IMAGES, mmap_mode="r")
        with (folder / _RECORDS).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise TrainingError(
            f"{folder} holds no prepared archive.", "Run `python -m training prepare` first."
        ) from error
    if not len(images) == len(rows) == summary["images"]:
        raise TrainingError(f"{folder} was not prepared to its end.", "Run `python -m training prepare` again.")
    if spec is not None and summary["preprocessing"] != asdict(spec):
        raise TrainingError(
            f"{folder} was prepared with other sizes, geometry or resampling than the configuration names.",
            "Run `python -m training prepare` again, or name another --cache.",
        )
    labels = tuple(Label(**{**entry, "group": MalignancyGroup(entry["group"])}) for entry in summary["labels"])
    index = {label.code: at for at, label in enumerate(labels)}
    return Cache(
        images=images,
        targets=np.array([index[row["label"]] for row in rows], np.int64),
        groups=tuple(row["group_id"] for row in rows),
        image_ids=tuple(row["image_id"] for row in rows),
        parts=tuple(Part(row["part"]) for row in rows),
        paths=tuple(Path(row["path"]) for row in rows),
        labels=labels,
        dataset_title=summary["title"],
        licence=summary["licence"],
        facts=tuple(summary["facts"]),
        limits=tuple(summary["limits"]),
        split_digest=summary["split_digest"],
        attributes={name: tuple(row.get(name) or "" for row in rows) for name in ATTRIBUTES},
    )


def _load_in_order(records: tuple[Record, ...], spec: Preprocessing) -> Iterator[NDArray[np.uint8]]:
    """Load on several threads, never holding more than a window of pictures in memory."""
    waiting: deque[Future[NDArray[np.uint8]]] = deque()
    with ThreadPoolExecutor() as pool:
        try:
            for record in records:
                waiting.append(pool.submit(_load, record, spec))
                if len(waiting) >= _DECODED_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _load(record: Record, spec: Preprocessing) -> NDArray[np.uint8]:
    try:
        return preprocess(decode_for_input(read_picture_file(record.path), spec).rgb, spec)
    except ImageRejectedError as error:
        raise TrainingError(f"The archive's picture {record.image_id} is unusable: {error}") from error


def _write_records(archive: Archive, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("image_id", "group_id", "label", "part", "path", *ATTRIBUTES))
        for record in archive.records:
            row = (record.image_id, record.group_id, record.label_code, record.part, record.path.resolve())
            writer.writerow((*row, *(record.attributes.get(name, "") for name in ATTRIBUTES)))


def _summarise(archive: Archive, spec: Preprocessing) -> dict[str, Any]:
    counts = {str(part): {label.code: 0 for label in archive.labels} for part in Part}
    groups: dict[str, set[str]] = {str(part): set() for part in Part}
    for record in archive.records:
        counts[record.part][record.label_code] += 1
        groups[record.part].add(record.group_id)
    return {
        "dataset": archive.name,
        "title": archive.title,
        "licence": archive.licence,
        "facts": archive.facts,
        "limits": archive.limits,
        "images": len(archive.records),
        "preprocessing": asdict(spec),
        "labels": [asdict(label) for label in archive.labels],
        "split_digest": archive.split_digest,
        "images_per_part": counts,
        "groups_per_part": {part: len(found) for part, found in groups.items()},
    }
