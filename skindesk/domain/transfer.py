"""What becomes of cases that are taken from one case log to another."""

from dataclasses import dataclass
from enum import StrEnum

from skindesk.domain.errors import SkinDeskError


class CaseArchiveError(SkinDeskError):
    """A file of cases that cannot be read or trusted; nothing of it was imported."""


class ImportOutcome(StrEnum):
    """What became of one case of a file."""

    IMPORTED = "imported"
    EXTENDED = "extended"
    """It was there already, and got what was new."""
    ALREADY_THERE = "already there"
    REFUSED = "refused"


@dataclass(frozen=True)
class Counts:
    """How much a file of cases, or a part of it, holds."""

    patients: int = 0
    cases: int = 0
    visits: int = 0
    pictures: int = 0
    predictions: int = 0
    reviews: int = 0
    final_diagnoses: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.patients + other.patients,
            self.cases + other.cases,
            self.visits + other.visits,
            self.pictures + other.pictures,
            self.predictions + other.predictions,
            self.reviews + other.reviews,
            self.final_diagnoses + other.final_diagnoses,
        )


@dataclass(frozen=True)
class Rights:
    """What whoever imports may do besides adding cases: fill in blanks, and say what is to happen with a lesion."""

    may_correct: bool
    may_judge: bool


@dataclass(frozen=True)
class ImportedCase:
    """One case of a file, by its number in the log that it comes from, and what became of it.

    `case_id` is its number in this log, None where it is not in it. `added` counts what is new here. `kept_here` names
    what the file says otherwise than this log, whose own words stayed. `also_of` are the identifiers of others here who
    have one of its new pictures, too: a reason to look whether it is the right patient. `reason` is empty unless it
    was refused.
    """

    source_case_id: int
    identifier: str
    lesion_number: int
    outcome: ImportOutcome
    case_id: int | None
    added: Counts
    kept_here: tuple[str, ...]
    also_of: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether everything that the file says of the case is in the log."""
        return self.outcome is not ImportOutcome.REFUSED and not self.kept_here


@dataclass(frozen=True)
class LeftOut:
    """A case that could not be taken along whole, and why."""

    case_id: int
    reason: str
