"""Reads and writes the case log's database: one transaction for each thing done, with what the audit is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditEvent, AuditHead
from skindesk.storage.audit import AuditTrail
from skindesk.storage.engine import for_writing
from skindesk.storage.plain_words import in_plain_words

Tell = Callable[[AuditEvent], None]
"""Takes what the audit is told when the transaction is committed."""


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
        """A transaction of which the audit is told nothing."""
        with in_plain_words(), Session(for_writing(self._engine)) as session, session.begin():
            yield session

    def publish(self, head: AuditHead | None) -> None:
        """Make a committed end of the audit known outside the database."""
        if self._audit is not None and head is not None:
            self._audit.publish(head)
