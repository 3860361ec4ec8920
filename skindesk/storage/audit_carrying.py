"""Carries the audit over to another data key, so that tampering before stays to be found afterwards."""

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditHead
from skindesk.storage.audit import head_of, is_borne_out
from skindesk.storage.audit_chain import Chain
from skindesk.storage.audit_head_file import HeadFile
from skindesk.storage.engine import DatabaseFile, for_writing, open_engine
from skindesk.storage.guards import without_guard
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.rows import AuditDetailRow, AuditEntryRow, AuditHeadRow
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder

_BATCH = 5_000
_BROKEN = "broken before the data key was changed"
"""Stands for a MAC that did not hold under the old key, so that it never holds under the new one."""


@in_plain_words()
def rechain(source: LogFolder, source_key: DataKey, target: LogFolder, target_key: DataKey) -> None:
    """Give a log that was copied from `source` a chain under its own key, and a head file.

    What did not hold under the old key does not hold under the new one. A log from before the audit has nothing to
    carry. Raises CaseLogUnavailableError.
    """
    engine = open_engine(DatabaseFile(target.database, target_key.database))
    try:
        with Session(for_writing(engine)) as session, session.begin():
            if not _has_audit(session) or head_of(session) is None:
                return
            sound = is_borne_out(session, HeadFile(source.audit_head, source_key))
            head = _Carrier(session, Chain(source_key.audit), Chain(target_key.audit)).carry()
        if sound:
            HeadFile(target.audit_head, target_key).create(head)
    finally:
        engine.dispose()


class _Carrier:
    """Rewrites the chain of one database from one key to another."""

    def __init__(self, session: Session, old: Chain, new: Chain) -> None:
        self._session = session
        self._old, self._new = old, new
        self._old_mac, self._new_mac = old.start, new.start

    def carry(self) -> AuditHead:
        """Every entry, then the end; returns the new head."""
        with without_guard(self._session, "audit_entry_no_update"):
            seq = 0
            while rows := self._batch_after(seq):
                changes = [self._carried(*row) for row in rows]
                self._session.connection().execute(_CHANGE, changes)
                seq = rows[-1][0].seq
        return self._carry_head()

    def _batch_after(self, seq: int) -> list[tuple[AuditEntryRow, AuditDetailRow | None]]:
        found = (
            select(AuditEntryRow, AuditDetailRow)
            .join(AuditDetailRow, AuditDetailRow.seq == AuditEntryRow.seq, isouter=True)
            .where(AuditEntryRow.seq > seq)
            .order_by(AuditEntryRow.seq)
            .limit(_BATCH)
        )
        return [(entry, detail) for entry, detail in self._session.execute(found)]

    def _carried(self, entry: AuditEntryRow, detail: AuditDetailRow | None) -> dict[str, object]:
        holds = self._old.is_same(entry.mac, self._old.entry_mac(self._old_mac, _told(entry, entry.detail_digest)))
        digest = self._carried_digest(entry, detail)
        self._old_mac = entry.mac
        self._new_mac = self._new.entry_mac(self._new_mac, _told(entry, digest)) if holds else _BROKEN
        return {"at_seq": entry.seq, "new_digest": digest, "new_mac": self._new_mac}

    def _carried_digest(self, entry: AuditEntryRow, detail: AuditDetailRow | None) -> str:
        """The detail's digest under the new key; one that was erased has none any more, and a changed one stays so."""
        if detail is None or not entry.detail_digest:
            return entry.detail_digest
        if self._old.is_same(entry.detail_digest, self._old.detail_digest(detail.salt, detail.content)):
            return self._new.detail_digest(detail.salt, detail.content)
        return _BROKEN

    def _carry_head(self) -> AuditHead:
        row = self._session.scalars(select(AuditHeadRow)).one()
        sound = self._old.is_same(row.seal, self._old.head_seal(row.count, row.mac)) and row.mac == self._old_mac
        row.mac = self._new_mac
        row.seal = self._new.head_seal(row.count, row.mac) if sound else _BROKEN
        return AuditHead(row.count, row.mac)


_CHANGE = (
    update(AuditEntryRow)
    .where(AuditEntryRow.seq == bindparam("at_seq"))
    .values(detail_digest=bindparam("new_digest"), mac=bindparam("new_mac"))
)


def _told(entry: AuditEntryRow, digest: str) -> tuple[object, ...]:
    return (
        entry.seq, entry.at, entry.person_id, entry.action, entry.subject, entry.subject_id, entry.patient_id, digest,
    )  # fmt: skip


def _has_audit(session: Session) -> bool:
    tables = session.connection().exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'audit_head'")
    return bool(tables.scalar_one())
