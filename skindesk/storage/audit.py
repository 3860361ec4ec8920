"""Appends to the audit, inside the transaction that does what is told, and lists it."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditEntry, AuditEvent, AuditHead, Subject
from skindesk.domain.audit_reading import ALL_ENTRIES, AuditFilter
from skindesk.domain.people import Person
from skindesk.storage.audit_chain import Chain, new_detail
from skindesk.storage.audit_head_file import HeadFile
from skindesk.storage.rows import AuditDetailRow, AuditEntryRow, AuditHeadRow
from skindesk.storage.sealing import DataKey, SealBrokenError
from skindesk.storage.server import on_server
from skindesk.system.paths import LogFolder

_log = logging.getLogger(__name__)
_HEAD_ID = 1
# Every save waits for these; sent to the driver as they are, they cost half of what composing them does.
_END = "SELECT count, mac, seal, (SELECT max(seq) FROM audit_entry) FROM audit_head"
_ADD_ENTRY = "INSERT INTO audit_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_DETAIL = "INSERT INTO audit_detail VALUES (?, ?, ?)"
_CLOSE = "UPDATE audit_head SET count = ?, mac = ?, seal = ?"
_PLACE, _PLACE_ON_SERVER = "?", "%s"


class AuditTrail:
    """The audit of one log, for whoever `at_work` names. Safe to share between threads.

    It never mends what it finds broken: an end that does not verify stays so, whatever is appended, and a head file
    that the database does not bear out is left as it is, so that `audit_check` finds it.
    """

    def __init__(self, folder: LogFolder, key: DataKey, at_work: Callable[[], Person]) -> None:
        self.chain = Chain(key.audit)
        self.file = HeadFile(folder.audit_head, key)
        self._at_work = at_work
        self._file_is_sound = False

    @property
    def person_id(self) -> str:
        """Who is at work."""
        return self._at_work().person_id

    def begin(self, session: Session) -> AuditHead | None:
        """Look at the head file; begin the chain where there is none yet. Returns the new head then.

        Raises OSError where the head file cannot be written.
        """
        if head_of(session) is None and session.scalar(select(func.count()).select_from(AuditEntryRow)) == 0:
            return self._begin(session)
        self._file_is_sound = is_borne_out(session, self.file)
        if not self._file_is_sound:
            _log.warning("the audit's head file does not fit the case log")
        return None

    def append(self, session: Session, events: Sequence[AuditEvent]) -> AuditHead:
        """Add entries at the end; returns the new head, to be published once the transaction is committed."""
        count, mac, sound = self._end(session)
        entries: list[tuple[object, ...]] = []
        details: list[tuple[object, ...]] = []
        for event in events:
            count += 1
            entry = self._entry(count, event, details)
            mac = self.chain.entry_mac(mac, entry)
            entries.append((*entry, mac))
        connection = session.connection()
        connection.exec_driver_sql(_for(connection, _ADD_ENTRY), entries)
        if details:
            connection.exec_driver_sql(_for(connection, _ADD_DETAIL), details)
        seal = self.chain.head_seal(count, mac) if sound else ""
        connection.exec_driver_sql(_for(connection, _CLOSE), (count, mac, seal))
        return AuditHead(count, mac)

    def publish(self, head: AuditHead) -> None:
        """Write a committed head to the head file."""
        if self._file_is_sound:
            self.file.overwrite(head)

    def close(self) -> None:
        """Let the head file survive a power cut."""
        if self._file_is_sound:
            self.file.sync()

    def _begin(self, session: Session) -> AuditHead | None:
        nothing = AuditHead(0, self.chain.start)
        if not self.file.exists():
            self.file.create(nothing)  # before the first entry: a file without entries is behind, not ahead
        if _held(self.file) != nothing:
            _log.warning("the audit was emptied outside SkinDesk")
            return None
        self._file_is_sound = True
        session.add(AuditHeadRow(id=_HEAD_ID, count=0, mac=nothing.mac, seal=self.chain.head_seal(0, nothing.mac)))
        session.flush()
        return self.append(session, (AuditEvent(AuditAction.BEGUN, Subject.LOG),))

    def _end(self, session: Session) -> tuple[int, str, bool]:
        """The number and MAC to go on from, and whether the stored end is as it was left."""
        row = session.connection().exec_driver_sql(_END).first()
        if row is None:
            session.add(AuditHeadRow(id=_HEAD_ID, count=0, mac=self.chain.start, seal=""))
            session.flush()
            return session.scalar(select(func.max(AuditEntryRow.seq))) or 0, self.chain.start, False
        count, mac, seal, highest = row
        return max(count, highest or 0), mac, self.chain.is_same(seal, self.chain.head_seal(count, mac))

    def _entry(self, seq: int, event: AuditEvent, details: list[tuple[object, ...]]) -> tuple[object, ...]:
        """An entry's columns in the order in which the MAC covers them; its detail goes to `details`."""
        digest = ""
        if event.detail is not None:
            salt, content = new_detail(event.detail)
            digest = self.chain.detail_digest(salt, content)
            details.append((seq, salt, content))
        return (
            seq,
            (event.at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds"),
            self.person_id if event.person_id is None else event.person_id,
            event.action.value,
            event.subject.value,
            event.subject_id,
            event.patient_id,
            digest,
        )


def _for(connection: Connection, statement: str) -> str:
    """The statement as the connection's driver wants it."""
    return statement.replace(_PLACE, _PLACE_ON_SERVER) if on_server(connection) else statement


def head_of(session: Session) -> AuditHead | None:
    """The end of the chain as the database has it, unchecked; None where no chain was begun."""
    row = session.execute(select(AuditHeadRow.count, AuditHeadRow.mac)).first()
    return None if row is None else AuditHead(row[0], row[1])


def has_head(session: Session, head: AuditHead, start: str) -> bool:
    """Whether the chain has, at the head's position, the head's MAC."""
    if head.count == 0:
        return head.mac == start
    return session.scalar(select(AuditEntryRow.mac).where(AuditEntryRow.seq == head.count)) == head.mac


def is_borne_out(session: Session, file: HeadFile) -> bool:
    """Whether the head file is there, unchanged, and holds a head that the database had."""
    held = _held(file)
    return held is not None and has_head(session, held, "")


def entries_before(
    session: Session, seq: int | None, limit: int, only: AuditFilter = ALL_ENTRIES
) -> tuple[AuditEntry, ...]:
    """Up to `limit` entries that pass the filter, newest first, from just before `seq` on."""
    found = (
        select(
            AuditEntryRow.seq,
            AuditEntryRow.at,
            AuditEntryRow.person_id,
            AuditEntryRow.action,
            AuditEntryRow.subject,
            AuditEntryRow.subject_id,
            AuditEntryRow.patient_id,
            AuditDetailRow.content,
        )
        .join(AuditDetailRow, AuditDetailRow.seq == AuditEntryRow.seq, isouter=True)
        .order_by(AuditEntryRow.seq.desc())
        .limit(limit)
    )
    if seq is not None:
        found = found.where(AuditEntryRow.seq < seq)
    for column, wanted in (
        (AuditEntryRow.person_id, only.person_id),
        (AuditEntryRow.action, only.action),
        (AuditEntryRow.patient_id, only.patient_id),
    ):
        if wanted is not None:
            found = found.where(column == wanted)
    return tuple(AuditEntry(*row) for row in session.execute(found))


def _held(file: HeadFile) -> AuditHead | None:
    try:
        return file.read()
    except SealBrokenError:
        return None
