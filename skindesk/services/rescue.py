"""The way out of a damaged case log: which backup could take its place, and what would be lost by it."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from skindesk.domain.errors import BackupUnavailableError, CaseLogUnavailableError
from skindesk.domain.people import Person
from skindesk.services.access import Access
from skindesk.services.backup_entries import BackupEntry
from skindesk.services.backups import Backups
from skindesk.storage.keyring import load_keyring
from skindesk.system.paths import Profile

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rescue:
    """A backup that could take a damaged case log's place.

    `people` are those whose passphrase opens it; nobody where none is needed, as for a backup under the key at hand.
    `changed_at`, in UTC, is when the damaged log was last written: what was saved between is lost with it.
    """

    folder: Path
    entry: BackupEntry
    people: tuple[Person, ...]
    changed_at: datetime | None

    @property
    def made_at(self) -> datetime:
        """When the backup was made, in UTC."""
        return self.entry.snapshot.made_at

    @property
    def cases(self) -> int:
        """How many cases it holds."""
        return self.entry.manifest.cases if self.entry.manifest is not None else 0


def find_rescue(profile: Profile, access: Access, folder: Path, name: str | None = None) -> Rescue | None:
    """The backup in a folder of this name or, to be offered for a damaged log, the newest verified one.

    Where nobody can vouch for any, as without the log's key, it is the newest whose list of contents can be read; it
    is proven before anything is replaced, as every backup is. None where there is none; raises BackupUnavailableError
    where the folder cannot be read.
    """
    if not folder.is_dir():
        raise BackupUnavailableError(f"The backup folder {folder} cannot be found.", "Connect its drive.")
    backups = Backups(profile, access)
    if name is not None:
        entry = next((entry for entry in backups.list(folder) if entry.snapshot.name == name), None)
    else:
        entry = backups.newest_verified(folder) or _newest_readable(backups, folder)
    return None if entry is None else Rescue(folder, entry, _people(entry), _changed_at(profile))


def _newest_readable(backups: Backups, folder: Path) -> BackupEntry | None:
    """One of this log before one of another."""
    entries = [entry for entry in backups.list(folder) if entry.manifest is not None]
    return next((entry for entry in entries if entry.same_log), entries[0] if entries else None)


def _people(entry: BackupEntry) -> tuple[Person, ...]:
    if entry.own:
        return ()
    try:
        ring = load_keyring(entry.snapshot.files.keyring)
    except CaseLogUnavailableError:
        _log.warning("the key of backup %s cannot be read", entry.snapshot.name)
        return ()
    return ring.people if ring is not None else ()


def _changed_at(profile: Profile) -> datetime | None:
    database = profile.log.database
    files = (database, database.with_name(f"{database.name}-wal"))
    try:
        times = [path.stat().st_mtime for path in files if path.exists() and path.stat().st_size]
    except OSError:
        return None
    return datetime.fromtimestamp(max(times), UTC) if times else None
