"""Which of a run's rows the page shows, and in what order: quick enough for a hundred thousand, off its thread."""

import heapq
import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.errors import RejectionReason
from skindesk.gui.batch.rows import REASONS, MarkCode, Snapshot, Status

Order = NDArray[np.int32]
"""The rows to show, by their numbers of arrival, from the top."""

_PIECE = 2048
"""So many texts are sorted in one step, during which Python lets nothing else run: about a millisecond."""


class SortKey(Enum):
    """What the rows are sorted by."""

    ARRIVAL = auto()
    MALIGNANT_SUM = auto()
    NOVELTY = auto()
    QUALITY = auto()
    PATH = auto()


class Deciding(Enum):
    """What became of the pictures to show."""

    ANY = auto()
    SUPPORTED = auto()
    ABSTAINED = auto()
    REJECTED = auto()


@dataclass(frozen=True)
class Wanted:
    """What to show. `first` is a class by its place in the contract, `malignant_from` a sum from 0 to 1, and `text` a
    part of the path in whatever case.
    """

    sort: SortKey = SortKey.ARRIVAL
    descending: bool = False
    deciding: Deciding = Deciding.ANY
    first: int | None = None
    malignant_from: float = 0.0
    reason: RejectionReason | None = None
    mark: MarkCode | None = None
    text: str = ""

    @property
    def is_as_it_comes(self) -> bool:
        """Whether new rows belong at the end."""
        return self.sort is SortKey.ARRIVAL and not self.descending

    @property
    def filter_count(self) -> int:
        """By how many things the rows are narrowed down, besides the text."""
        narrowed = (self.first is not None, self.malignant_from > 0, self.reason is not None, self.mark is not None)
        return sum(narrowed) + (self.deciding is not Deciding.ANY)


def arrange(rows: Snapshot, wanted: Wanted) -> Order:
    """The rows that match, in order. What the sort knows nothing of, such as a rejected file's sum, stands last."""
    found = matching(rows, wanted)
    if wanted.sort is SortKey.ARRIVAL:
        return found[::-1] if wanted.descending else found
    if wanted.sort is SortKey.PATH:
        by_path = _by_path(rows.keys, found)
        return by_path[::-1] if wanted.descending else by_path
    values = _values(rows, wanted.sort)[found]
    return found[np.argsort(-values if wanted.descending else values, kind="stable")]


def matching(rows: Snapshot, wanted: Wanted, start: int = 0) -> Order:
    """The rows from one on that match, in the order of their arrival."""
    values = rows.values[start:]
    taken = np.ones(len(values), bool)
    if wanted.deciding is Deciding.ABSTAINED:
        taken &= np.isin(values["status"], (Status.UNLIKE_TRAINING, Status.CLASSES_TOO_CLOSE))
    elif wanted.deciding is not Deciding.ANY:
        supported = wanted.deciding is Deciding.SUPPORTED
        taken &= values["status"] == (Status.SUPPORTED if supported else Status.REJECTED)
    if wanted.first is not None:
        taken &= values["first"] == wanted.first
    if wanted.malignant_from > 0:
        taken &= values["malignant_sum"] >= np.float32(wanted.malignant_from)  # NaN is not
    if wanted.reason is not None:
        taken &= (values["status"] == Status.REJECTED) & (values["reason"] == REASONS.index(wanted.reason))
    if wanted.mark is not None:
        taken &= values["mark"] == wanted.mark
    found = np.flatnonzero(taken).astype(np.int32) + np.int32(start)
    return _with_text(rows.keys, found, wanted.text) if wanted.text else found


def _with_text(keys: Sequence[str], found: Order, text: str) -> Order:
    wanted = text.casefold()
    return np.array([at for at in found.tolist() if wanted in keys[at].replace("\0", os.sep).casefold()], np.int32)


def _values(rows: Snapshot, sort: SortKey) -> NDArray[np.float32]:
    field = {SortKey.MALIGNANT_SUM: "malignant_sum", SortKey.NOVELTY: "novelty", SortKey.QUALITY: "badness"}[sort]
    values = rows.values[field].astype(np.float32)
    values[rows.values["status"] == Status.REJECTED] = np.nan
    return values


def _by_path(keys: Sequence[str], found: Order) -> Order:
    """By path, piece by piece: one sort of all would hold Python's lock, and with it the window, from end to end."""
    numbers = found.tolist()
    pieces = [
        sorted((keys[at].casefold(), at) for at in numbers[start : start + _PIECE])
        for start in range(0, len(numbers), _PIECE)
    ]
    return np.fromiter((at for _, at in heapq.merge(*pieces)), np.int32, len(numbers))
