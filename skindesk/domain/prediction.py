"""What a network said about one picture, and how to read it as a differential."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skindesk.domain.contract import DecisionRule
from skindesk.domain.labels import Label


class Decision(StrEnum):
    """Whether the network's answer may be relied on as support."""

    SUPPORTED = "supported"
    ABSTAINED = "abstained"


class AbstentionReason(StrEnum):
    """Why the network gave no answer."""

    CLASSES_TOO_CLOSE = "classes_too_close"


@dataclass(frozen=True)
class ModelRef:
    """Which network spoke: enough to find it again years later. `digest` is the SHA-256 of the ONNX file."""

    model_id: str
    version: str
    digest: str


@dataclass(frozen=True)
class RankedLabel:
    """One line of a differential: a label and its calibrated probability, 0 to 1."""

    label: Label
    probability: float


@dataclass(frozen=True)
class Prediction:
    """A network's calibrated answer for one picture.

    `probabilities` stand in the order of `labels` and sum to 1. `image_digest` is the SHA-256 of the file's
    bytes; `created_at` is aware UTC.
    """

    model: ModelRef
    image_digest: str
    labels: tuple[Label, ...]
    probabilities: tuple[float, ...]
    decision: Decision
    abstention_reason: AbstentionReason | None
    created_at: datetime

    @property
    def ranked(self) -> tuple[RankedLabel, ...]:
        """The differential, most probable first."""
        pairs = zip(self.labels, self.probabilities, strict=True)
        return tuple(sorted((RankedLabel(*pair) for pair in pairs), key=lambda entry: -entry.probability))

    @property
    def top(self) -> RankedLabel:
        """The most probable label."""
        return self.ranked[0]

    @property
    def malignant_sum(self) -> float:
        """The probability, 0 to 1, that the lesion is of any malignant or premalignant class."""
        pairs = zip(self.labels, self.probabilities, strict=True)
        return sum(probability for label, probability in pairs if label.group.counts_as_malignant)


def decide(probabilities: tuple[float, ...], rule: DecisionRule) -> tuple[Decision, AbstentionReason | None]:
    """Apply a contract's decision rule to calibrated probabilities (0 to 1, at least two).

    What is no number supports nothing.
    """
    first, second = sorted(probabilities, reverse=True)[:2]
    if not math.isnan(sum(probabilities)) and first - second >= rule.min_margin:
        return Decision.SUPPORTED, None
    return Decision.ABSTAINED, AbstentionReason.CLASSES_TOO_CLOSE
