"""What is to be done next, and since when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skindesk.domain.case import CaseSummary

SOON_DAYS = 14
"""How far ahead the worklist looks."""


class Due(StrEnum):
    """Why a case stands on the worklist, the most urgent first."""

    FOLLOW_UP_OVERDUE = "follow-up overdue"
    FOLLOW_UP_TODAY = "follow-up today"
    RESULT_PENDING = "result pending"
    """A biopsy or excision was decided, and no final diagnosis is recorded yet."""
    FOLLOW_UP_SOON = "follow-up soon"


@dataclass(frozen=True)
class WorklistItem:
    """One case that something is due for. `since` is the day it fell due, or on which the biopsy was decided."""

    due: Due
    since: date
    case: CaseSummary


@dataclass(frozen=True)
class WorklistCounts:
    """How many cases wait: overdue and today's follow-ups together with pending results make the rail's count."""

    overdue: int
    today: int
    pending: int
    soon: int

    @property
    def urgent(self) -> int:
        """What the rail shows."""
        return self.overdue + self.today + self.pending
