"""What is to happen with a lesion next, by what was decided about it."""

from dataclasses import dataclass
from datetime import date, datetime

from skindesk.domain.case import Case, Lesion, Plan, Review
from skindesk.domain.lesion_state import LesionState

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
