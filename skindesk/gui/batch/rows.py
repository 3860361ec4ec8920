"""A run's outcomes in few bytes each: what the page sorts, filters and shows of a hundred thousand of them."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.errors import RejectionReason
from skindesk.domain.outcome import Rejected
from skindesk.domain.prediction import AbstentionReason, Decision, Prediction
from skindesk.domain.quality import PictureWarning, QualityIssue
from skindesk.services.batch import Result
from skindesk.services.batch.reviews import Mark, Review

REASONS = tuple(RejectionReason)
FLAGS = (
    *(str(issue) for issue in QualityIssue),
    *(f"remark_{issue}" for issue in QualityIssue),
    *(str(warning) for warning in PictureWarning),
)
"""Every quality flag that a picture may have, the worst first; bit by bit in a row's `flags`."""
_SEVERE = (1 << len(QualityIssue)) - 1
_SEVERE_COUNTS = 16
_FIRST_CAPACITY = 1024
_NO_CLASS = -1


class Status(IntEnum):
    """What became of a picture."""

    SUPPORTED = 0
    UNLIKE_TRAINING = 1
    CLASSES_TOO_CLOSE = 2
    REJECTED = 3


class MarkCode(IntEnum):
    """What was decided on a picture, as the rows keep it."""

    NONE = 0
    ACCEPTED = 1
    FLAGGED = 2


MARK_CODES: dict[Mark | None, MarkCode] = {
    None: MarkCode.NONE,
    Mark.ACCEPTED: MarkCode.ACCEPTED,
    Mark.FLAGGED: MarkCode.FLAGGED,
}

ROW = np.dtype(
    [
        ("status", "u1"),
        ("reason", "u1"),
        ("first", "i2"),
        ("second", "i2"),
        ("first_probability", "f4"),
        ("second_probability", "f4"),
        ("malignant_sum", "f4"),
        ("novelty", "f4"),
        ("flags", "u4"),
        ("badness", "u1"),
        ("mark", "u1"),
        ("has_note", "?"),
    ]
)
"""`first` and `second` are labels by their place in the contract; what is no number or not known is NaN, and
`reason` is the place in REASONS. `badness` is 0 where nothing speaks against the picture's quality."""


class Cells(NamedTuple):
    """One row, as plain values."""

    status: int
    reason: int
    first: int
    second: int
    first_probability: float
    second_probability: float
    malignant_sum: float
    novelty: float
    flags: int
    badness: int
    mark: int
    has_note: bool


@dataclass(frozen=True)
class Piece:
    """Some outcomes on their way to the page: the keys of their items, and a row of ROW for each."""

    keys: tuple[str, ...]
    rows: NDArray[np.void]


def piece_of(results: Sequence[Result], review_of: Callable[[str], Review]) -> Piece:
    """Outcomes as rows, with what was decided on them earlier."""
    keys = tuple(result.item.key for result in results)
    rows = [_row(result, review_of(key)) for key, result in zip(keys, results, strict=True)]
    return Piece(keys, np.array(rows, ROW))


def joined(pieces: Sequence[Piece]) -> Piece:
    """Several pieces in one."""
    return Piece(tuple(key for piece in pieces for key in piece.keys), np.concatenate([piece.rows for piece in pieces]))


def shown_path(key: str) -> Path:
    """The path by which an item with this key is named."""
    path, _, member = key.partition("\0")
    return Path(path) / member if member else Path(path)


def shown_name(key: str) -> str:
    """The last part of that path, without making one: tables ask at every turn."""
    path, _, member = key.partition("\0")
    return (member.rpartition("/") if member else path.rpartition(os.sep))[2]


def flags_of(bits: int) -> tuple[str, ...]:
    """The quality flags of a row, the worst first."""
    return tuple(flag for at, flag in enumerate(FLAGS) if bits >> at & 1)


class BatchRows:
    """The rows of a run in the order of their arrival; each item has one, which a later outcome replaces.

    To be changed by one thread only. `snapshot` gives another one something to work on.
    """

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._places: dict[str, int] = {}
        self._values = np.zeros(_FIRST_CAPACITY, ROW)

    def __len__(self) -> int:
        return len(self._keys)

    def key(self, row: int) -> str:
        """The key of a row's item."""
        return self._keys[row]

    def cells(self, row: int) -> Cells:
        """A row's values."""
        return Cells(*self._values[row].item())

    def add(self, piece: Piece) -> bool:
        """Take a piece in; returns whether any of it replaces an earlier row."""
        first = len(self._keys)
        at = np.empty(len(piece.keys), np.int64)
        for number, key in enumerate(piece.keys):
            place = self._places.setdefault(key, len(self._keys))
            if place == len(self._keys):
                self._keys.append(key)
            at[number] = place
        self._make_room()
        known = at < first
        marks = self._values[at[known]][["mark", "has_note"]]
        self._values[at] = piece.rows
        self._values["mark"][at[known]] = marks["mark"]  # what was decided since the piece was made counts
        self._values["has_note"][at[known]] = marks["has_note"]
        return bool(known.any())

    def set_review(self, row: int, review: Review) -> None:
        """Show what was decided on a row."""
        self._values["mark"][row] = MARK_CODES[review.mark]
        self._values["has_note"][row] = bool(review.note)

    def snapshot(self) -> "Snapshot":
        """All rows of this moment; marks that are set meanwhile may show, and rows that are added do not."""
        return Snapshot(self._keys, self._values[: len(self._keys)])

    def _make_room(self) -> None:
        if len(self._keys) > len(self._values):
            larger = np.zeros(max(len(self._keys), 2 * len(self._values)), ROW)
            larger[: len(self._values)] = self._values
            self._values = larger


@dataclass(frozen=True)
class Snapshot:
    """The first `len(values)` of the keys, and their rows."""

    keys: Sequence[str]
    values: NDArray[np.void]

    def __len__(self) -> int:
        return len(self.values)


def _row(result: Result, review: Review) -> tuple[float, ...]:
    outcome = result.outcome
    decided = (MARK_CODES[review.mark], bool(review.note))
    if isinstance(outcome, Rejected):
        nothing = (_NO_CLASS, _NO_CLASS, np.nan, np.nan, np.nan, np.nan, 0, 0)
        return (Status.REJECTED, REASONS.index(outcome.reason), *nothing, *decided)
    prediction = outcome.prediction
    first, second = _leading(prediction.probabilities)
    flags = _bits(outcome.quality_flags)
    novelty = np.nan if prediction.novelty is None else prediction.novelty
    return (
        *(_status(prediction), 0, first, second),
        *(prediction.probabilities[first], prediction.probabilities[second], prediction.malignant_sum, novelty),
        *(flags, _badness(flags), *decided),
    )


def _leading(probabilities: Sequence[float]) -> tuple[int, int]:
    """The places of the two most probable classes, as `Prediction.ranked` has them."""
    ranked = sorted(range(len(probabilities)), key=lambda at: -probabilities[at])
    return ranked[0], ranked[1]


def _status(prediction: Prediction) -> Status:
    if prediction.decision is Decision.SUPPORTED:
        return Status.SUPPORTED
    unlike = prediction.abstention_reason is AbstentionReason.UNLIKE_TRAINING
    return Status.UNLIKE_TRAINING if unlike else Status.CLASSES_TOO_CLOSE


def _bits(flags: Sequence[str]) -> int:
    return sum(1 << FLAGS.index(flag) for flag in set(flags) if flag in FLAGS)


def _badness(flags: int) -> int:
    """Every severe finding counts more than all remarks together."""
    severe, all_of_them = (flags & _SEVERE).bit_count(), flags.bit_count()
    return min(255, severe * _SEVERE_COUNTS + min(_SEVERE_COUNTS - 1, all_of_them - severe))
