"""Lifts a trigger that protects rows, for the few operations that must change them, inside their transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from skindesk.storage.server import on_server


@contextmanager
def without_guard(session: Session, trigger: str) -> Iterator[None]:
    """Put a trigger aside and back again as it was; one that somebody has removed stays away.

    Where the body raises, the caller's rollback restores it.
    """
    connection = session.connection()
    lifted = _disabled(connection, trigger) if on_server(connection) else _dropped(connection, trigger)
    yield
    if lifted is not None:
        connection.exec_driver_sql(lifted)


def _dropped(connection: Connection, trigger: str) -> str | None:
    """Drop a trigger; returns the statement that creates it again, word for word."""
    made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", (trigger,))
    statement: str | None = made.scalar_one_or_none()
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
    return statement


def _disabled(connection: Connection, trigger: str) -> str | None:
    """Disable a trigger, which only its table's owner may do; returns the statement that enables it again."""
    at_work = "tgname = %s AND tgenabled <> 'D' AND pg_table_is_visible(tgrelid)"
    found = connection.exec_driver_sql(f"SELECT tgrelid::regclass FROM pg_trigger WHERE {at_work}", (trigger,))
    table = found.scalar_one_or_none()
    if table is None:
        return None
    connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    return f"ALTER TABLE {table} ENABLE TRIGGER {trigger}"
