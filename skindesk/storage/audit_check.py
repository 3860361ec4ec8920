"""Finds edits, deletions, reorderings and truncations of the audit."""

from collections.abc import Iterator

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditFault, AuditFinding, AuditHead
from skindesk.storage.audit import has_head
from skindesk.storage.audit_chain import Chain
from skindesk.storage.audit_head_file import HeadFile
from skindesk.storage.rows import AuditHeadRow
from skindesk.storage.sealing import SealBrokenError

_ENTRIES = text(
    "SELECT e.seq, e.at, e.person_id, e.action, e.subject, e.subject_id, e.patient_id, e.detail_digest, e.mac,"
    " d.salt, d.content FROM audit_entry e LEFT JOIN audit_detail d ON d.seq = e.seq ORDER BY e.seq"
)
"""Read as they are: whatever somebody has put into a column must be found, not stumbled over."""
_TOLD = 8
"""So many columns are covered by the MAC, which follows them."""
_UNKNOWN_DETAILS = text(
    "SELECT d.seq FROM audit_detail d LEFT JOIN audit_entry e ON e.seq = d.seq"
    " WHERE e.seq IS NULL OR e.detail_digest = '' ORDER BY d.seq"
)


def audit_findings(
    session: Session, chain: Chain, file: HeadFile, known: AuditHead | None = None
) -> Iterator[AuditFinding]:
    """Everything that shows tampering, in one read transaction; nothing where all is well.

    `known` is a head that was kept elsewhere. Raises OSError.
    """
    try:
        held = file.read()  # before the database, which other programs only let grow
        damaged = False
    except SealBrokenError:
        held, damaged = None, True
    walk = _Walk(chain)
    yield from walk.over(session)
    yield from _at_the_end(session, chain, walk.last)
    if damaged:
        yield AuditFinding(AuditFault.FILE_CHANGED, None, "The file audit-head was changed.")
    elif held is None:
        yield AuditFinding(AuditFault.FILE_MISSING, None, "The file audit-head is missing.")
    for head in (held, known):
        if head is not None and not has_head(session, head, chain.start):
            what = f"The case log was put back to another state: entry {head.count} is not the one that it once had."
            yield AuditFinding(AuditFault.PUT_BACK, head.count, what)


class _Walk:
    """One walk along the chain. `last` is where it ended."""

    def __init__(self, chain: Chain) -> None:
        self.last = AuditHead(0, chain.start)
        self._chain = chain
        self._without_detail: list[tuple[int, int | None]] = []
        self._erasures: dict[int, int] = {}

    def over(self, session: Session) -> Iterator[AuditFinding]:
        """Every entry, then the details that are missing or belong to none."""
        for row in session.execute(_ENTRIES):
            yield from self._entry(row)
        for seq, patient_id in self._without_detail:
            if patient_id is None or self._erasures.get(patient_id, 0) <= seq:
                yield AuditFinding(
                    AuditFault.DETAIL_MISSING, seq, f"The detail of entry {seq} is missing, though nobody erased it."
                )
        for (seq,) in session.execute(_UNKNOWN_DETAILS):
            yield AuditFinding(AuditFault.DETAIL_UNKNOWN, seq, f"There is a detail {seq} that no entry has written.")

    def _entry(self, row: Row[tuple[object, ...]]) -> Iterator[AuditFinding]:
        told, mac, salt, content = tuple(row[:_TOLD]), row[_TOLD], row[_TOLD + 1], row[_TOLD + 2]
        seq: int = row.seq
        if seq > self.last.count + 1:
            yield _missing(self.last.count + 1, seq - 1)
        intact = self._chain.is_same(mac, self._chain.entry_mac(self.last.mac, told))
        if not intact:
            yield AuditFinding(
                AuditFault.ENTRY_CHANGED, seq, f"Entry {seq} was changed, or does not follow the one before it."
            )
        elif row.action == AuditAction.PATIENT_ERASED:
            self._erasures[row.patient_id] = seq
        yield from self._detail(seq, row.patient_id, row.detail_digest, salt, content)
        self.last = AuditHead(seq, str(mac))

    def _detail(
        self, seq: int, patient_id: int | None, digest: object, salt: object, content: object
    ) -> Iterator[AuditFinding]:
        if digest == "":
            return
        if salt is None or content is None:
            self._without_detail.append((seq, patient_id))
        elif not self._chain.is_same(digest, self._chain.detail_digest(str(salt), str(content))):
            yield AuditFinding(AuditFault.DETAIL_CHANGED, seq, f"The detail of entry {seq} was changed.")


def _at_the_end(session: Session, chain: Chain, last: AuditHead) -> Iterator[AuditFinding]:
    row = session.execute(select(AuditHeadRow.count, AuditHeadRow.mac, AuditHeadRow.seal)).first()
    if row is None:
        yield AuditFinding(AuditFault.HEAD_MISSING, None, "The audit's end is not sealed: entries may be gone.")
        return
    count, mac, seal = row
    if not chain.is_same(seal, chain.head_seal(count, mac)):
        yield AuditFinding(AuditFault.HEAD_CHANGED, None, "The seal of the audit's end was changed.")
    elif last.count < count:
        yield _missing(last.count + 1, count)
    elif (count, mac) != (last.count, last.mac):
        what = f"The audit ends with entry {last.count}, but was sealed at entry {count}."
        yield AuditFinding(AuditFault.END_MISSING, last.count, what)


def _missing(first: int, last: int) -> AuditFinding:
    what = f"Entry {first} is missing." if first == last else f"Entries {first} to {last} are missing."
    return AuditFinding(AuditFault.ENTRIES_MISSING, first, what)
