"""Which faults an archive has: pictures that belong together under two labels, or on both sides of the split."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from training.datasets.archive import Record
from training.datasets.fault import Fault, FaultKind, FiledPicture
from training.datasets.fingerprint import fingerprints, same_pictures

Side = Callable[[Record], str]

_WORDS = {
    FaultKind.UNREADABLE: "unreadable",
    FaultKind.SAME_FILE: "same file",
    FaultKind.SAME_IMAGE_ID: "same image id",
    FaultKind.SAME_PICTURE: "same picture, stored anew",
    FaultKind.SAME_LESION: "same lesion id",
    FaultKind.OTHER_DIAGNOSIS: "published diagnosis differs",
}


@dataclass(frozen=True)
class Tie:
    """Pictures that belong together, as ascending indices of the records, and what tells it."""

    kind: FaultKind
    members: tuple[int, ...]


@dataclass(frozen=True)
class Audit:
    """What was found in some records: which are unreadable (indices), what ties them, and the faults of both."""

    unreadable: tuple[int, ...]
    ties: tuple[Tie, ...]
    faults: tuple[Fault, ...]


def side_of(record: Record) -> str:
    """The publisher's side of the split, or, where the publisher made none, ours."""
    return record.attributes.get("publisher_split") or str(record.part)


def audit(records: Sequence[Record], side: Side = side_of) -> Audit:
    """Read every picture and compare all with all: by bytes, image id, lesion id and as pictures.

    A fault is a tie whose pictures lie under several labels or on several sides, or an unreadable file.
    """
    prints = fingerprints([record.path for record in records])
    readable = [at for at, entry in enumerate(prints) if entry is not None]
    known = [entry for entry in prints if entry is not None]
    pairs = [(readable[first], readable[second]) for first, second in same_pictures(known)]
    ties = (
        *_ties_by_key(FaultKind.SAME_FILE, ("" if entry is None else entry.sha256 for entry in prints)),
        *_ties_by_key(FaultKind.SAME_IMAGE_ID, (record.image_id for record in records)),
        *(Tie(FaultKind.SAME_PICTURE, members) for members in joined(len(records), pairs) if len(members) > 1),
        *_ties_by_key(FaultKind.SAME_LESION, (record.attributes.get("lesion_id", "") for record in records)),
    )
    unreadable = tuple(at for at, entry in enumerate(prints) if entry is None)
    bad_files = (Tie(FaultKind.UNREADABLE, (at,)) for at in unreadable)
    faults = (
        *(fault_of(tie, records, side) for tie in bad_files),
        *(fault for tie in ties if _disagrees(fault := fault_of(tie, records, side))),
    )
    return Audit(unreadable, ties, faults)


def fault_of(tie: Tie, records: Sequence[Record], side: Side = side_of) -> Fault:
    """A tie, told with the pictures' labels and sides."""
    members = (records[at] for at in tie.members)
    return Fault(
        tie.kind,
        tuple(FiledPicture(entry.image_id, entry.path, entry.label_code, side(entry)) for entry in members),
    )


def joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """All of 0 to count - 1 in ascending groups, in which everything is tied to everything by pairs."""
    first, second = zip(*pairs, strict=True) if (pairs := list(pairs)) else ((), ())
    graph = coo_array(([True] * len(first), (first, second)), shape=(count, count))
    members: dict[int, list[int]] = defaultdict(list)
    for at, group in enumerate(connected_components(graph, directed=False)[1].tolist()):
        members[group].append(at)
    return [tuple(group) for group in members.values()]


def write_faults(faults: Sequence[Fault], path: Path) -> None:
    """Write all faults as JSON: kind, labels, sides, and each picture with its file, label and side."""
    rows: list[dict[str, Any]] = [
        {
            "kind": fault.kind,
            "labels": fault.labels,
            "sides": fault.sides,
            "pictures": [
                {"image_id": entry.image_id, "path": str(entry.path), "label": entry.label_code, "side": entry.side}
                for entry in fault.pictures
            ],
        }
        for fault in faults
    ]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False), "utf-8")


def fault_table(faults: Sequence[Fault]) -> str:
    """Counts by kind for a person: faults, those under several labels and on several sides, pictures concerned."""
    if not faults:
        return "no faults found"
    lines = [f"{'faults':<28}{'all':>7}{'labels':>8}{'sides':>7}{'pictures':>10}"]
    for kind, count in Counter(fault.kind for fault in faults).items():
        found = [fault for fault in faults if fault.kind is kind]
        labels = sum(len(fault.labels) > 1 for fault in found)
        sides = sum(len(fault.sides) > 1 for fault in found)
        pictures = len({entry.path for fault in found for entry in fault.pictures})
        lines.append(f"{_WORDS[kind]:<28}{count:>7}{labels:>8}{sides:>7}{pictures:>10}")
    return "\n".join(lines)


def _ties_by_key(kind: FaultKind, keys: Iterable[str]) -> list[Tie]:
    """The entries that share a key; "" is none."""
    members: dict[str, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        if key:
            members[key].append(at)
    return [Tie(kind, tuple(group)) for group in members.values() if len(group) > 1]


def _disagrees(fault: Fault) -> bool:
    return len(fault.labels) > 1 or len(fault.sides) > 1
