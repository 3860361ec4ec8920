"""What is to happen with a lesion next, by what was decided about it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from skindesk.domain.case import Case, Lesion, Plan, Review
from skindesk.domain.lesion_state import LesionState

FOLLOWED_UP = (Plan.WATCH, Plan.REFER)
"""The plans with a day by which the lesion is to be looked at again."""
FOLLOW_UP_MONTHS = (3, 6, 12)
"""The times that are offered for it."""
_STATES = {
    Plan.WATCH: LesionState.WATCHED,
    Plan.REFER: LesionState.WATCHED,
    Plan.BIOPSY: LesionState.BIOPSY_PENDING,
    Plan.EXCISE: LesionState.BIOPSY_PENDING,
}


@dataclass(frozen=True)
class Standing:
    """A lesion's state, and the day by which it is to be looked at again."""

    state: LesionState
    follow_up_on: date | None


def standing_of(lesion: Lesion) -> Standing:
    """How a lesion stands in its log, by plan or by hand."""
    return Standing(lesion.state, lesion.follow_up_on)


def standing_after(latest: Review | None, diagnosed_at: datetime | None) -> Standing:
    """What the latest review and the time of the last final diagnosis ask for.

    A final diagnosis closes the case, unless a later review plans something anew. A biopsy or an excision waits for its
    result, whoever watches or is referred to is followed up, and without a plan the lesion is as new.
    """
    if diagnosed_at is not None and (latest is None or diagnosed_at >= latest.created_at):
        return Standing(LesionState.CLOSED, None)
    if latest is None:
        return Standing(LesionState.NEW, None)
    return Standing(_STATES.get(latest.details.plan, LesionState.NEW), latest.details.follow_up_on)


def asked_for(case: Case) -> Standing:
    """What everything in a case asks for."""
    said = [
        (visit.visited_at, review.created_at, review.review_id, review)
        for visit in case.visits
        for review in visit.reviews
    ]
    latest = max(said, key=lambda entry: entry[:3])[3] if said else None
    diagnosed_at = max((diagnosis.created_at for diagnosis in case.final_diagnoses), default=None)
    return standing_after(latest, diagnosed_at)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
