"""What a network said about one picture, and how to read it as a differential."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.contract import DecisionRule, NoveltyRule
from skindesk.domain.labels import Label
from skindesk.domain.region import Region


class Decision(StrEnum):
    """Whether the network's answer may be relied on as support."""

    SUPPORTED = "supported"
    ABSTAINED = "abstained"


class AbstentionReason(StrEnum):
    """Why the network gave no answer."""

    UNLIKE_TRAINING = "unlike_training"
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

    `probabilities` stand in the order of `labels`, sum to 1 and hold under `class_mix`. `novelty` is larger for a
    stranger picture, on a scale of the network's own, and None where the network does not measure it.
    `image_digest` is the SHA-256 of the file's bytes; `created_at` is aware UTC. `region` is the part of the upright
    original that the network was given, None for the whole.
    """

    model: ModelRef
    image_digest: str
    labels: tuple[Label, ...]
    probabilities: tuple[float, ...]
    decision: Decision
    abstention_reason: AbstentionReason | None
    novelty: float | None
    class_mix: ClassMix
    created_at: datetime
    region: Region | None = None

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


def decide(
    probabilities: tuple[float, ...],
    rule: DecisionRule,
    novelty: float | None = None,
    novelty_rule: NoveltyRule | None = None,
) -> tuple[Decision, AbstentionReason | None]:
    """Apply a contract's rules to calibrated probabilities (0 to 1, at least two) and the novelty of the picture.

    That a picture is unlike the training data is said before that classes are too close: what the network makes of
    such a picture means nothing. What is no number, or missing, supports nothing.
    """
    if novelty_rule is not None and not (novelty is not None and novelty <= novelty_rule.threshold):
        return Decision.ABSTAINED, AbstentionReason.UNLIKE_TRAINING
    first, second = sorted(probabilities, reverse=True)[:2]
    if not math.isnan(sum(probabilities)) and first - second >= rule.min_margin:
        return Decision.SUPPORTED, None
    return Decision.ABSTAINED, AbstentionReason.CLASSES_TOO_CLOSE
