"""What people did to the door of the case log, kept in a file until an open log's audit can be told."""

import errno
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.storage.occupancy import in_turn
from skindesk.storage.plain_words import in_plain_words
from skindesk.system.files import sync_folder

_log = logging.getLogger(__name__)


class AuditQueue:
    """A file with one event a line; it holds ids, no names. Programs and threads work with it in turn."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = file.with_suffix(".lock")

    def add(self, event: AuditEvent) -> None:
        """Keep an event, durably. Raises CaseLogUnavailableError."""
        line = json.dumps({**asdict(event), "at": (event.at or datetime.now(UTC)).isoformat()}) + "\n"
        with in_turn(self._lock), in_plain_words():
            self._append(line.encode())

    @contextmanager
    def waiting(self) -> Iterator[tuple[AuditEvent, ...]]:
        """What waits, oldest first, and how many entries of it cannot be read; nobody adds or takes any meanwhile.

        It is forgotten when the body ends, and stays where the body raises: a crash after the audit was told makes it
        say it twice, never not at all. Raises CaseLogUnavailableError.
        """
        with in_turn(self._lock):
            with in_plain_words():
                lines = self._file.read_bytes().splitlines() if self._file.exists() else []
            events = [_parsed(line) for line in lines]
            readable = tuple(event for event in events if event is not None)
            yield (*readable, *_of_unreadable(len(events) - len(readable)))
            if lines:
                with in_plain_words():
                    self._file.unlink()

    def _append(self, line: bytes) -> None:
        """Add a line in one write, after one that a crash has cut off; what the disk takes only half of is removed."""
        with self._file.open("a+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            content = line if _ends_whole(file, size) else b"\n" + line
            if file.write(content) != len(content):
                file.truncate(size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
        sync_folder(self._file.parent)


def _ends_whole(file: FileIO, size: int) -> bool:
    if size == 0:
        return True
    file.seek(size - 1)
    return file.read() == b"\n"


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
        return None


def _of_unreadable(count: int) -> tuple[AuditEvent, ...]:
    if count == 0:
        return ()
    _log.warning("%s events for the audit cannot be read", count)
    return (AuditEvent(AuditAction.UNREADABLE, Subject.LOG, detail={"count": count}),)
