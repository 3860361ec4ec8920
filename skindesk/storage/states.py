"""Lets a lesion's state follow what was decided about it."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skindesk.domain.following import standing_after
from skindesk.domain.lesion_state import LesionState
from skindesk.storage.rows import FinalDiagnosisRow, LesionRow, ReviewRow, VisitRow
from skindesk.storage.values import to_review


def follow_plans(session: Session, case_id: int) -> None:
    """Set the state that the final diagnosis or else the latest review asks for: see `standing_after`."""
    session.flush()
    lesion = session.get_one(LesionRow, case_id)
    review = _latest_review(session, case_id)
    asked = standing_after(None if review is None else to_review(review), _diagnosed_at(session, case_id))
    _set(lesion, asked.state, asked.follow_up_on, _day_of(session, review))


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


def _diagnosed_at(session: Session, case_id: int) -> datetime | None:
    """When the last final diagnosis was recorded."""
    return session.scalar(
        select(func.max(FinalDiagnosisRow.created_at)).where(
            FinalDiagnosisRow.lesion_id == case_id, FinalDiagnosisRow.withdrawn_at.is_(None)
        )
    )
