"""Reads and writes the case log's database: one transaction for each thing done, with what the audit is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditEvent, AuditHead
from skindesk.domain.errors import CaseLogUnavailableError, CrossedError
from skindesk.storage.audit import AuditTrail
from skindesk.storage.engine import for_writing
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.server_words import IN_DOUBT, is_lost

Tell = Callable[[AuditEvent], None]
"""Takes what the audit is told when the transaction is committed."""
_ATTEMPTS = 3
_Given = ParamSpec("_Given")
_Done = TypeVar("_Done")


def again_where_crossed(change: Callable[_Given, _Done]) -> Callable[_Given, _Done]:
    """Make a change once more, twice at most, where the server undid it for another one's sake.

    SkinDesk's own writers follow one another and cross nobody; what an administrator does to the tables may.
    """

    @wraps(change)
    def attempted(*args: _Given.args, **kwargs: _Given.kwargs) -> _Done:
        for _ in range(_ATTEMPTS - 1):
            with suppress(CrossedError):
                return change(*args, **kwargs)
        return change(*args, **kwargs)

    return attempted


class Transactions:
    """Opens sessions. Trouble with the disk or the database raises CaseLogUnavailableError. Safe to share."""

    def __init__(self, engine: Engine, audit: AuditTrail | None) -> None:
        self._engine = engine
        self._audit = audit

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that changes nothing."""
        with in_plain_words(), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Tell]]:
        """A transaction that takes what the audit is to be told of it."""
        told: list[AuditEvent] = []
        with self.untold() as session:
            yield session, told.append
            head = self._audit.append(session, told) if self._audit is not None and told else None
        self.publish(head)

    @contextmanager
    def untold(self) -> Iterator[Session]:
        """A transaction of which the audit is told nothing.

        Where a server is lost while it commits, the error says that nobody can know whether it did.
        """
        done = False
        try:
            with in_plain_words(), Session(for_writing(self._engine)) as session, session.begin():
                yield session
                session.flush()
                done = True
        except CaseLogUnavailableError as error:
            if done and is_lost(error):
                raise CaseLogUnavailableError(*IN_DOUBT) from error
            raise

    def publish(self, head: AuditHead | None) -> None:
        """Make a committed end of the audit known outside the database."""
        if self._audit is not None and head is not None:
            self._audit.publish(head)
