"""Reads the worklist: what is due, overdue or waits for a result."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from skindesk.domain.lesion_state import LesionState
from skindesk.domain.worklist import SOON_DAYS, Due, WorklistCounts, WorklistItem
from skindesk.storage.rows import LesionRow
from skindesk.storage.summaries import summaries_of

_Found = tuple[Due, date, int]


def worklist(
    session: Session,
    today: date,
    limit: int,
    after: WorklistItem | None = None,
    kinds: Collection[Due] = tuple(Due),
    soon_days: int = SOON_DAYS,
) -> tuple[WorklistItem, ...]:
    """Up to `limit` items of these kinds, in the order of `Due`, oldest first, from just after an item on."""
    order = list(Due)
    found: list[_Found] = []
    for due in order if after is None else order[order.index(after.due) :]:
        if due in kinds and len(found) < limit:
            start = after if after is not None and after.due is due else None
            found += _of_kind(session, due, today, limit - len(found), start, soon_days)
    cases = summaries_of(session, [case_id for _, _, case_id in found])
    return tuple(WorklistItem(due, since, cases[case_id]) for due, since, case_id in found)


def worklist_counts(session: Session, today: date) -> WorklistCounts:
    """How many cases wait for what."""

    def count(due: Due) -> int:
        return session.scalars(select(func.count(LesionRow.id)).where(*_conditions(due, today, SOON_DAYS))).one()

    return WorklistCounts(
        overdue=count(Due.FOLLOW_UP_OVERDUE),
        today=count(Due.FOLLOW_UP_TODAY),
        pending=count(Due.RESULT_PENDING),
        soon=count(Due.FOLLOW_UP_SOON),
    )


def _of_kind(
    session: Session, due: Due, today: date, limit: int, after: WorklistItem | None, soon_days: int
) -> list[_Found]:
    day = _day(due)
    wanted = select(day, LesionRow.id).where(*_conditions(due, today, soon_days)).order_by(day, LesionRow.id)
    if after is not None:
        wanted = wanted.where(tuple_(day, LesionRow.id) > tuple_(after.since, after.case.case_id))
    rows = session.execute(wanted.limit(limit))
    return [(due, since, case_id) for since, case_id in rows if since is not None]


def _day(due: Due) -> InstrumentedAttribute[date | None]:
    return LesionRow.pending_since if due is Due.RESULT_PENDING else LesionRow.follow_up_on


def _conditions(due: Due, today: date, soon_days: int) -> list[ColumnElement[bool]]:
    """A case stands on the list once: a pending result goes before its own follow-up date, unless that has come.

    A closed case has neither a day to follow up nor a result to wait for. Said so that SQLite reads one index for
    each: an OR or an IS NULL would lead it through most of a large log.
    """
    pending, on = LesionRow.pending_since, LesionRow.follow_up_on
    if due is Due.FOLLOW_UP_OVERDUE:
        return [on < today]
    if due is Due.FOLLOW_UP_TODAY:
        return [on == today]
    if due is Due.RESULT_PENDING:
        return [pending.is_not(None), func.coalesce(on, date.max) > today]
    return [LesionRow.state != LesionState.BIOPSY_PENDING.value, on > today, on <= today + timedelta(days=soon_days)]
