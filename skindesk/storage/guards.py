"""Lifts a trigger that protects rows, for the few operations that must change them, inside their transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session


@contextmanager
def without_guard(session: Session, trigger: str) -> Iterator[None]:
    """Drop a trigger and create it again, word for word; one that somebody has removed stays away.

    Where the body raises, the caller's rollback restores it.
    """
    connection = session.connection()
    made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", (trigger,))
    statement = made.scalar_one_or_none()
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
    yield
    if statement is not None:
        connection.exec_driver_sql(statement)
