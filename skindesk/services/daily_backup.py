"""The backup that is made by itself, once a day, and what is known of the newest one."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from skindesk.domain.errors import (
    AccessRefusedError,
    BackupUnavailableError,
    CaseLogDamagedError,
    CaseLogUnavailableError,
)
from skindesk.services.access import Access
from skindesk.services.backups import Backups, Created
from skindesk.storage.backups.last import load_last
from skindesk.storage.backups.manifest import key_id
from skindesk.storage.backups.writing import Progress
from skindesk.system.paths import Profile
from skindesk.system.settings import Settings

_STALE_AFTER_DAYS = 3


class Stopped(Exception):
    """The backup was asked to stop, such as because the log is locked; it is tried again later."""


@dataclass(frozen=True)
class Newest:
    """The newest verified backup of the case log, if it is known of any; `made_at` is UTC."""

    made_at: datetime | None

    def words(self, now: datetime) -> str:
        """When it was made, and how long ago that is."""
        if self.made_at is None:
            return "There is no verified backup yet."
        return f"The newest verified backup is of {self.made_at.astimezone():%Y-%m-%d %H:%M}, {self._age(now)}."

    def is_stale(self, now: datetime) -> bool:
        """Whether daily backups have evidently not been made."""
        return self.made_at is None or (now - self.made_at).days >= _STALE_AFTER_DAYS

    def _age(self, now: datetime) -> str:
        if self.made_at is None or self.made_at > now:
            return "which lies in the future: check this computer's clock"
        days = (now - self.made_at).days
        if days:
            return f"{days} days ago" if days > 1 else "a day ago"
        hours = (now - self.made_at).seconds // 3600
        return f"{hours} hours ago" if hours > 1 else "an hour ago" if hours else "less than an hour ago"


class DailyBackup:
    """Makes today's backup where there is none yet, into the folder that the settings name."""

    def __init__(
        self,
        profile: Profile,
        access: Access,
        settings: Callable[[], Settings],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._profile = profile
        self._access = access
        self._settings = settings
        self._now = clock
        self._backups = Backups(profile, access, clock)

    @property
    def folder(self) -> Path | None:
        """Where backups go; None where no folder was chosen."""
        chosen = self._settings().backup_folder
        return None if chosen is None else Path(chosen)

    def make_if_due(self, stop: threading.Event) -> Created | None:
        """Make a backup where it is wanted and due; returns it.

        It takes its time, so that whoever works with the program notices nothing. Raises BackupUnavailableError where
        it cannot be made or has flaws, and says since when there is none; CaseLogDamagedError where the case log turns
        out to be damaged.
        """
        folder = self.folder
        if folder is None or not self._settings().backup_daily or stop.is_set():
            return None
        if self._profile.shared is not None:
            return None  # the server's administrator makes them
        unhurried = _unhurried(stop)
        try:
            created = self._backups.create_if_due(folder, unhurried, unhurried)
        except (Stopped, AccessRefusedError):
            return None  # the log was locked meanwhile
        except CaseLogDamagedError:
            raise
        except (BackupUnavailableError, CaseLogUnavailableError) as error:
            raise self._failed(error.what, error.advice) from error
        if created is not None and created.flaws:
            raise self._failed(created.flaws[0].what, created.flaws[0].advice)
        return created

    def left_behind(self) -> int:
        """How many backups in the folder the case log's passphrase or key of now does not protect."""
        try:
            return 0 if self.folder is None else len(self._backups.left_behind(self.folder).names)
        except (BackupUnavailableError, CaseLogUnavailableError):
            return 0

    def newest(self) -> Newest:
        """The newest verified backup: as the folder has it, or as it was noted where the folder cannot be reached.

        A locked log's backups cannot be told from forged ones: then it is what was noted.
        """
        if self.folder is not None and self._key_id() is not None:
            try:
                entry = self._backups.newest_verified(self.folder)
            except BackupUnavailableError:
                return self._noted()
            if self.folder.is_dir():
                return Newest(None if entry is None else entry.snapshot.made_at)
        return self._noted()

    def _noted(self) -> Newest:
        last, key = load_last(self._profile.last_backup), self._key_id()
        return Newest(None if last is None or key not in (None, last.key_id) else last.made_at)

    def _key_id(self) -> str | None:
        try:
            return key_id(self._access.key)
        except (AccessRefusedError, CaseLogUnavailableError):
            return None

    def _failed(self, what: str, advice: str) -> BackupUnavailableError:
        return BackupUnavailableError(
            f"Today's backup could not be made. {what}",
            f"{advice} {self.newest().words(self._now())} SkinDesk tries again every hour.",
        )


def _unhurried(stop: threading.Event) -> Progress:
    """Rests after each picture for as long as it took. Raises Stopped when asked to stop.

    A low thread priority would not do: a thread that holds the interpreter's lock while others have its core holds up
    the window too.
    """
    rested_s = time.perf_counter()

    def progress(_done: int, _total: int) -> None:
        nonlocal rested_s
        if stop.wait(min(1.0, time.perf_counter() - rested_s)):
            raise Stopped
        rested_s = time.perf_counter()

    return progress
