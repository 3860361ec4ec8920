"""What the page on a batch's results says, made ready to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class LeadingClass:
    """A class of the network, and for how many pictures it led."""

    code: str
    name: str
    counts_as_malignant: bool
    supported: int
    abstained: int


@dataclass(frozen=True)
class RejectedFile:
    """A file that could not be classified, and the sentence that says why."""

    name: str
    message: str


@dataclass(frozen=True)
class Shown:
    """A picture of the contact sheet. `thumbnail` is a JPEG, empty where there is none; `place` is a file's URL."""

    name: str
    place: str
    thumbnail: bytes
    leading: str
    malignant_sum: float
    abstained: bool


@dataclass(frozen=True)
class BatchPage:
    """Everything on the page.

    `model` names the network. `malignant_sums` are the counts in equal bins from 0 to 1; `novelties` likewise from
    `novelty_range`, None where the network does not measure it, and `novelty_threshold` is where it abstains. `shown`
    are the pictures with the highest malignant sums, highest first. `evaluation` is what `evaluate` gives.
    """

    model: str
    class_mix: str
    sources: Sequence[str]
    made_at: datetime
    total: int
    abstained: Mapping[str, int]
    leading: Sequence[LeadingClass]
    malignant_sums: Sequence[int]
    novelties: Sequence[int]
    novelty_range: tuple[float, float] | None
    novelty_threshold: float | None
    quality_flags: Mapping[str, int]
    rejected: Mapping[str, int]
    rejected_files: Sequence[RejectedFile]
    shown: Sequence[Shown]
    evaluation: Mapping[str, Any] | None = None

    @property
    def rejected_count(self) -> int:
        """How many were rejected, for whatever reason."""
        return sum(self.rejected.values())

    @property
    def classified_count(self) -> int:
        """How many were answered, abstentions included."""
        return self.total - self.rejected_count

    @property
    def abstained_count(self) -> int:
        """How many answers were abstentions."""
        return sum(self.abstained.values())
