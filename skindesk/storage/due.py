"""Reads the worklist: what is due, overdue or waits for a result."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from skindesk.domain.lesion_state import LesionState
from skindesk.domain.worklist import Due, WorklistCounts, WorklistItem
from skindesk.storage.rows import LesionRow
from skindesk.storage.summaries import summaries_of

SOON = timedelta(days=14)
"""How far ahead the worklist looks."""


def worklist(session: Session, today: date, limit: int) -> tuple[WorklistItem, ...]:
    """Up to `limit` items: overdue first, then today's, then pending results, then what is due soon; oldest first."""
    found: list[tuple[Due, date, int]] = []
    for due in Due:
        day = _day(due)
        rows = session.execute(
            select(day, LesionRow.id).where(*_conditions(due, today)).order_by(day, LesionRow.id).limit(limit)
        )
        found += [(due, since, case_id) for since, case_id in rows if since is not None]
    shown = found[:limit]
    cases = summaries_of(session, [case_id for _, _, case_id in shown])
    return tuple(WorklistItem(due, since, cases[case_id]) for due, since, case_id in shown)


def worklist_counts(session: Session, today: date) -> WorklistCounts:
    """How many cases wait for what."""

    def count(due: Due) -> int:
        return session.scalars(select(func.count(LesionRow.id)).where(*_conditions(due, today))).one()

    return WorklistCounts(
        overdue=count(Due.FOLLOW_UP_OVERDUE),
        today=count(Due.FOLLOW_UP_TODAY),
        pending=count(Due.RESULT_PENDING),
        soon=count(Due.FOLLOW_UP_SOON),
    )


def _day(due: Due) -> InstrumentedAttribute[date | None]:
    return LesionRow.pending_since if due is Due.RESULT_PENDING else LesionRow.follow_up_on


def _conditions(due: Due, today: date) -> list[ColumnElement[bool]]:
    """A case stands on the list once: a pending result goes before its own follow-up date, unless that has come.

    A closed case has neither a day to follow up nor a result to wait for.
    """
    pending, on = LesionRow.pending_since, LesionRow.follow_up_on
    if due is Due.FOLLOW_UP_OVERDUE:
        return [on < today]
    if due is Due.FOLLOW_UP_TODAY:
        return [on == today]
    if due is Due.RESULT_PENDING:
        return [pending.is_not(None), func.coalesce(on, date.max) > today]  # an OR would be looked up in two indexes
    return [LesionRow.state != LesionState.BIOPSY_PENDING.value, on > today, on <= today + SOON]
