"""What two networks say of the same past pictures: where they agree, what would change, and who was right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skindesk.domain.insights import Interval, Share
from skindesk.domain.prediction import ModelRef, Prediction, RankedLabel
from skindesk.domain.region import Region


@dataclass(frozen=True)
class PastPicture:
    """A picture of the case log. `region` is the part that a network was given last; `seen_at` is aware UTC."""

    image_id: int
    case_id: int
    sha256: str
    file_name: str
    seen_at: datetime
    region: Region | None = None


@dataclass(frozen=True)
class AnsweredTwice:
    """A picture with what the network that answers now says of it, and the one that might."""

    picture: PastPicture
    before: Prediction
    after: Prediction

    @property
    def shift(self) -> float:
        """By how much the malignant sum would change, -1 to 1."""
        return self.after.malignant_sum - self.before.malignant_sum


@dataclass(frozen=True)
class Skipped:
    """A picture that was not answered twice, and why."""

    picture: PastPicture
    why: str


class Effect(StrEnum):
    """What another network would change for a picture, the weightiest first."""

    NO_LONGER_MALIGNANT = "malignant sum falls below the threshold"
    NEWLY_MALIGNANT = "malignant sum reaches the threshold"
    OTHER_DECISION = "answers where the other abstains, or the other way round"
    OTHER_LEADING = "another leading class"


@dataclass(frozen=True)
class Change:
    """A picture for which something would change. `diagnosis` is its case's final one, empty where there is none."""

    answers: AnsweredTwice
    effects: tuple[Effect, ...]
    diagnosis: str = ""


@dataclass(frozen=True)
class Rate:
    """How many of all; with Wilson's interval, None of none."""

    count: int
    total: int
    interval: Interval | None


@dataclass(frozen=True)
class Record:
    """How one network would have done in closed cases, whatever it decided to show.

    `accuracy` is of the leading class, in cases whose final diagnosis both networks know, and `balanced_accuracy` its
    mean over those diagnoses; sensitivity and specificity are of the malignant sum at the threshold, in all cases.
    """

    model: ModelRef
    accuracy: Share
    balanced_accuracy: Interval | None
    sensitivity: Share
    specificity: Share


@dataclass(frozen=True)
class Comparison:
    """Two networks on the same pictures.

    `shared` are the label codes that both know; the leading class is compared among these, and not at all where there
    are none. `threshold` is of the malignant sum. `mended` are the closed cases that only the second network puts on
    the right side of the threshold, `spoilt` those that only the first one does; `p` is of McNemar's exact test, None
    where there is neither.
    """

    before: ModelRef
    after: ModelRef
    class_mixes: tuple[str, str]
    shared: tuple[str, ...]
    threshold: float
    answered: int
    skipped: tuple[Skipped, ...]
    same_leading: Rate
    same_decision: Rate
    same_side: Rate
    changes: tuple[Change, ...]
    records: tuple[Record, Record]
    mended: tuple[int, ...]
    spoilt: tuple[int, ...]
    p: float | None


def leading_among(prediction: Prediction, codes: Sequence[str]) -> RankedLabel | None:
    """The most probable of these classes; None where the network knows none of them."""
    return next((entry for entry in prediction.ranked if entry.label.code in codes), None)


def effects_of(answers: AnsweredTwice, shared: Sequence[str], threshold: float) -> tuple[Effect, ...]:
    """Everything that would change, the weightiest first."""
    before, after = answers.before, answers.after
    was, would_be = before.malignant_sum >= threshold, after.malignant_sum >= threshold
    leading = [found and found.label.code for found in (leading_among(before, shared), leading_among(after, shared))]
    applies = {
        Effect.NO_LONGER_MALIGNANT: was and not would_be,
        Effect.NEWLY_MALIGNANT: would_be and not was,
        Effect.OTHER_DECISION: before.decision is not after.decision,
        Effect.OTHER_LEADING: leading[0] != leading[1],
    }
    return tuple(effect for effect in Effect if applies[effect])


def weight(change: Change) -> tuple[int, float]:
    """How changes are to be sorted: by their weightiest effect, then by how far the malignant sum moves."""
    return list(Effect).index(change.effects[0]), -abs(change.answers.shift)
