"""Lets a lesion's state follow what was decided about it."""

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from skindesk.domain.case import Plan
from skindesk.domain.lesion_state import LesionState
from skindesk.storage.rows import FinalDiagnosisRow, LesionRow, ReviewRow, VisitRow

_STATES = {
    Plan.WATCH.value: LesionState.WATCHED,
    Plan.REFER.value: LesionState.WATCHED,
    Plan.BIOPSY.value: LesionState.BIOPSY_PENDING,
    Plan.EXCISE.value: LesionState.BIOPSY_PENDING,
}


def follow_plans(session: Session, case_id: int) -> None:
    """Set the state that the final diagnosis or else the latest review asks for.

    A final diagnosis closes the case, unless a later review plans something anew. A biopsy or an excision waits for its
    result, whoever watches or is referred to is followed up, and without a plan the lesion is as new.
    """
    session.flush()
    lesion = session.get_one(LesionRow, case_id)
    review = _latest_review(session, case_id)
    state = LesionState.NEW if review is None else _STATES.get(review.plan, LesionState.NEW)
    if _is_diagnosed_since(session, case_id, review):
        state = LesionState.CLOSED
    _set(lesion, state, None if review is None else review.follow_up_on, _day_of(session, review))


def set_state(lesion: LesionRow, state: LesionState, follow_up_on: date | None, today: date) -> None:
    """Set a state by hand. Only what is watched or pending has a date to follow up."""
    _set(lesion, state, follow_up_on, lesion.pending_since or today)


def _set(lesion: LesionRow, state: LesionState, follow_up_on: date | None, decided_on: date | None) -> None:
    lesion.state = state.value
    lesion.follow_up_on = None if state is LesionState.CLOSED else follow_up_on
    lesion.pending_since = decided_on if state is LesionState.BIOPSY_PENDING else None


def _day_of(session: Session, review: ReviewRow | None) -> date | None:
    """The day of the visit, on which it was decided; it may have been entered later."""
    return None if review is None else session.get_one(VisitRow, review.visit_id).day


def _latest_review(session: Session, case_id: int) -> ReviewRow | None:
    return session.scalar(
        select(ReviewRow)
        .join(VisitRow, VisitRow.id == ReviewRow.visit_id)
        .where(VisitRow.lesion_id == case_id, ReviewRow.withdrawn_at.is_(None))
        .order_by(VisitRow.visited_at.desc(), ReviewRow.created_at.desc(), ReviewRow.id.desc())
        .limit(1)
    )


def _is_diagnosed_since(session: Session, case_id: int, review: ReviewRow | None) -> bool:
    """Whether there is a final diagnosis, and no review planned anything after it."""
    diagnosed = select(FinalDiagnosisRow.id).where(
        FinalDiagnosisRow.lesion_id == case_id, FinalDiagnosisRow.withdrawn_at.is_(None)
    )
    if review is not None:
        diagnosed = diagnosed.where(FinalDiagnosisRow.created_at >= review.created_at)
    return bool(session.scalar(select(exists(diagnosed))))
