"""How a faulty set becomes one to trust figures on: free of contradictions, grouped by what belongs together.

The rule, in this order:
1. A picture that the program cannot read is left out.
2. Where a published diagnosis is known for a picture (HAM10000's, say), it decides: a picture that is filed under
   another label is left out. That also settles which one of two filings of a picture stays.
3. Pictures that are the same (file, image id, or stored anew) and still lie under several labels are all left out:
   nothing tells which label is right.
4. Of the same file or image id under one label, one is kept.
5. What is left is grouped by everything that ties it together: lesion, patient, image id and likeness.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from training.datasets.archive import Record
from training.datasets.audit import Audit, Tie, fault_of, joined
from training.datasets.fault import Fault, FaultKind

_SAME = (FaultKind.SAME_FILE, FaultKind.SAME_IMAGE_ID, FaultKind.SAME_PICTURE)
_REPEATED = (FaultKind.SAME_FILE, FaultKind.SAME_IMAGE_ID)


@dataclass(frozen=True)
class Cleaned:
    """The records that stay, in their order and regrouped; the faults; and what was left out, as sentences."""

    records: tuple[Record, ...]
    faults: tuple[Fault, ...]
    told: tuple[str, ...]


def clean(
    records: Sequence[Record],
    found: Audit,
    published: Callable[[Record], frozenset[str] | None] = lambda _: None,
) -> Cleaned:
    """Apply the rule to audited records.

    `published` gives the labels that a picture's published diagnosis allows, or None where none is known. Joined
    groups are named by a lesion or patient of theirs, or else by a picture, the first in alphabetical order of several,
    so that a lesion known to another archive falls into the same part there and here.
    """
    unreadable = set(found.unreadable)
    contradicted = {at for at in range(len(records)) if _contradicts(records[at], published)} - unreadable
    staying = set(range(len(records))) - unreadable - contradicted
    groups = joined(len(records), _pairs((tie.members for tie in found.ties if tie.kind in _SAME), staying))
    undecided = {at for group in groups if len({records[at].label_code for at in group}) > 1 for at in group}
    staying -= undecided
    repeated = {at for tie in found.ties if tie.kind in _REPEATED for at in sorted(staying & set(tie.members))[1:]}
    kept = sorted(staying - repeated)
    others = (fault_of(Tie(FaultKind.OTHER_DIAGNOSIS, (at,)), records) for at in sorted(contradicted))
    return Cleaned(
        records=tuple(_regrouped(records, found.ties, kept)),
        faults=(*found.faults, *others),
        told=_tell(records, unreadable, contradicted, undecided, repeated),
    )


def _contradicts(record: Record, published: Callable[[Record], frozenset[str] | None]) -> bool:
    allowed = published(record)
    return allowed is not None and record.label_code not in allowed


def _pairs(together: Iterable[tuple[int, ...]], staying: set[int]) -> list[tuple[int, int]]:
    """A chain through those of every group that stay."""
    chains = (sorted(staying & set(members)) for members in together)
    return [pair for chain in chains for pair in pairwise(chain)]


def _regrouped(records: Sequence[Record], ties: tuple[Tie, ...], kept: list[int]) -> list[Record]:
    names: dict[int, str] = {}
    for group in joined(
        len(records), (*_pairs((tie.members for tie in ties), set(kept)), *_pairs(_groups(records), set(kept)))
    ):
        members = [records[at] for at in group]
        name = min(
            {entry.group_id for entry in members if _is_published(entry)} or {entry.group_id for entry in members}
        )
        names.update(dict.fromkeys(group, name))
    return [replace(records[at], group_id=names[at]) for at in kept]


def _groups(records: Sequence[Record]) -> list[tuple[int, ...]]:
    members: dict[str, list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        members[record.group_id].append(at)
    return [tuple(group) for group in members.values()]


def _is_published(record: Record) -> bool:
    """Whether the group is the publisher's lesion or patient, not a picture by itself."""
    return record.group_id in (record.attributes.get("lesion_id"), record.attributes.get("patient_id"))


def _tell(records: Sequence[Record], *left_out: set[int]) -> tuple[str, ...]:
    reasons = (
        "that cannot be read",
        "whose published diagnosis is another than their label",
        "that lie under several labels with nothing to tell which is right",
        "that repeat another of the same label",
    )
    return tuple(
        f"Left out: {len(indices)} pictures {reason} ({_per_label(records, indices)})."
        for reason, indices in zip(reasons, left_out, strict=True)
        if indices
    )


def _per_label(records: Sequence[Record], indices: set[int]) -> str:
    counts = Counter(records[at].label_code for at in indices)
    return ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
