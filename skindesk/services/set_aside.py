"""The case logs that a restore has replaced: they are kept whole until somebody erases them."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.people import Permission
from skindesk.services.access import Access
from skindesk.storage.audit_queue import AuditQueue
from skindesk.storage.plain_words import in_plain_words
from skindesk.system.files import sync_folder
from skindesk.system.paths import Profile


@dataclass(frozen=True)
class SetAside:
    """A replaced log: its folder, when it was replaced, in UTC, and how many bytes its files have."""

    folder: Path
    at: datetime
    size_bytes: int


@in_plain_words()
def logs_set_aside(profile: Profile) -> tuple[SetAside, ...]:
    """Every replaced log, the latest first. Raises CaseLogUnavailableError where the profile cannot be read."""
    return tuple(SetAside(folder, at, _size_bytes(folder)) for folder, at in profile.logs_set_aside())


def erase_set_aside(profile: Profile, access: Access, logs: Sequence[SetAside]) -> None:
    """Erase replaced logs whole. Patients who were saved only there are gone then.

    Raises AccessRefusedError for who may not administer, CaseLogUnavailableError where the disk refuses.
    """
    access.require(Permission.ADMINISTER)
    with in_plain_words():
        for log in logs:
            shutil.rmtree(log.folder)
        sync_folder(profile.root)
    if logs:
        event = AuditEvent(AuditAction.COPIES_REMOVED, Subject.LOG, person_id=access.person.person_id)
        AuditQueue(profile.untold).add(event)


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
