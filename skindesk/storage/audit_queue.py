"""What people did to the door of the case log, kept in a file until an open log's audit can be told."""

import json
import logging
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.storage.plain_words import in_plain_words
from skindesk.system.files import sync_folder

_log = logging.getLogger(__name__)


class AuditQueue:
    """A file with one event a line; it holds ids, no names. Several programs may add at once.

    What was told is forgotten only afterwards: a crash in between makes the audit say it twice, never not at all.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._taken = file.with_name(f"{file.name}.taken")

    @in_plain_words()
    def add(self, event: AuditEvent) -> None:
        """Keep an event, durably. Raises CaseLogUnavailableError."""
        line = json.dumps({**asdict(event), "at": (event.at or datetime.now(UTC)).isoformat()}) + "\n"
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab", buffering=0) as file:
            file.write(line.encode())
            os.fsync(file.fileno())
        sync_folder(self._file.parent)

    @in_plain_words()
    def take(self) -> tuple[AuditEvent, ...]:
        """What waits, oldest first; what comes later waits for the next time. Raises CaseLogUnavailableError."""
        if not self._taken.exists():
            if not self._file.exists():
                return ()
            self._file.replace(self._taken)
        lines = self._taken.read_bytes().splitlines()
        return tuple(event for line in lines if (event := _parsed(line)) is not None)

    @in_plain_words()
    def told(self) -> None:
        """Forget what was taken. Raises CaseLogUnavailableError."""
        self._taken.unlink(missing_ok=True)


def _parsed(line: bytes) -> AuditEvent | None:
    """An event, or None for a line that a crash has cut off."""
    try:
        raw = json.loads(line)
        return AuditEvent(
            action=AuditAction(raw["action"]),
            subject=Subject(raw["subject"]),
            subject_id=str(raw["subject_id"]),
            person_id=str(raw["person_id"]),
            at=datetime.fromisoformat(raw["at"]),
        )
    except (ValueError, KeyError, TypeError):
        _log.warning("an event for the audit cannot be read")
        return None
