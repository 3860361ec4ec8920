"""Checks that the case log is whole: the database, its references, and the picture files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditFinding
from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.image_store import ImageStore
from skindesk.storage.plain_words import DAMAGED
from skindesk.storage.rows import stored_files
from skindesk.storage.server import on_server


class FindingKind(StrEnum):
    """What can be wrong with a case log; the machine-readable half of a finding."""

    DATABASE_DAMAGED = "database_damaged"
    REFERENCE_BROKEN = "reference_broken"
    PICTURE_MISSING = "picture_missing"
    PICTURE_DAMAGED = "picture_damaged"
    FILE_UNKNOWN = "file_unknown"
    """Harmless: a save that was interrupted after its picture was stored leaves such a file."""
    AUDIT_BROKEN = "audit_broken"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be. `subject` is a digest, a table or a file's place in the image store."""

    kind: FindingKind
    subject: str
    what: str
    advice: str


def findings(session: Session, images: ImageStore, full: bool) -> Iterator[Finding]:
    """What is wrong, one after the other. `full` also reads every picture and looks for files nobody refers to.

    A damaged database ends the list, since its rows tell nothing reliable of the pictures.
    """
    damage = tuple(_damage(session))
    if damage:
        yield from damage
        return
    yield from _broken_references(session)
    files = set(images.files()) if full else set()
    digests = session.scalars(stored_files().order_by("sha256")).all()
    session.rollback()  # nothing more is asked of the database, and reading every picture takes long
    for sha256 in digests:
        yield from _in_picture(images, sha256, full)
    known = {images.find(sha256) for sha256 in digests}
    for path in sorted(files - known):
        yield _unknown(path.relative_to(images.folder).as_posix())


def audit_trouble(found: Sequence[AuditFinding]) -> tuple[Finding, ...]:
    """Tampering with the audit, said as the other findings are; the subject is the entry's number."""
    advice = "Somebody changed the case log outside SkinDesk. Keep the folder as it is, and compare it with a backup."
    return tuple(Finding(FindingKind.AUDIT_BROKEN, str(one.seq or ""), one.what, advice) for one in found)


def _damage(session: Session) -> Iterator[Finding]:
    """What SQLite finds; a server checks its own pages, and its administrator what it says of them."""
    if on_server(session.get_bind()):
        return
    for message in _quick_check(session):
        if message != "ok":
            yield Finding(FindingKind.DATABASE_DAMAGED, "caselog", f"The database is damaged: {message}.", DAMAGED[1])


def _quick_check(session: Session) -> Sequence[str]:
    """SQLite's own messages; some damage ends its check before it can report any."""
    try:
        return session.connection().exec_driver_sql("PRAGMA quick_check").scalars().all()
    except OperationalError:
        raise  # the disk or a lock, not the content
    except DatabaseError:
        return ("it cannot be read to its end",)


def _broken_references(session: Session) -> Iterator[Finding]:
    """What SQLite finds; a server lets nobody make any."""
    if on_server(session.get_bind()):
        return
    for table, row_id, target, _ in session.connection().exec_driver_sql("PRAGMA foreign_key_check"):
        what = f"Row {row_id} of {table} refers to a row of {target} that does not exist."
        yield Finding(FindingKind.REFERENCE_BROKEN, str(table), what, DAMAGED[1])


def _in_picture(images: ImageStore, sha256: str, full: bool) -> Iterator[Finding]:
    present = images.find(sha256) is not None
    if present and not full:
        return
    try:
        images.read(sha256)
    except CaseLogUnavailableError as error:
        kind = FindingKind.PICTURE_DAMAGED if present else FindingKind.PICTURE_MISSING
        yield Finding(kind, sha256, error.what, error.advice)


def _unknown(place: str) -> Finding:
    what = f"No case refers to the picture file {place}."
    return Finding(FindingKind.FILE_UNKNOWN, place, what, "It does no harm.")
