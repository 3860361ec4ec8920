"""Writes a backup: the database by SQLite's backup API, the key's file, and the pictures that are not there yet."""

import hashlib
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from skindesk.domain.errors import BackupUnavailableError
from skindesk.storage.backup import back_up
from skindesk.storage.backups.manifest import Manifest, key_id
from skindesk.storage.backups.pictures import SealedPictures
from skindesk.storage.backups.place import Place, Snapshot, manifest_in
from skindesk.storage.backups.words import in_backup_words
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.image_store import digest_of
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.resealing import row_counts
from skindesk.storage.sealing import DataKey, PictureSealer
from skindesk.system.files import sync_folder, write_durably
from skindesk.system.paths import LogFolder

Progress = Callable[[int, int], None]
"""Told how many pictures of how many are done. What it raises ends the work, as a stop does."""


def silent(_done: int, _total: int) -> None:
    """The progress of work that nobody watches."""


@dataclass(frozen=True)
class Written:
    """A new backup, how many bytes had to be written for it, and the pictures that the log has lost.

    Of `lost_by_log` an earlier backup still held all but `lost`, and these the new backup holds too.
    """

    snapshot: Snapshot
    manifest: Manifest
    written_bytes: int
    lost_by_log: int

    @property
    def lost(self) -> int:
        """Pictures of which no sound file was left anywhere."""
        return len(self.manifest.lost)


def write_snapshot(
    log: LogFolder, log_id: str, key: DataKey, place: Place, made_at: datetime, progress: Progress
) -> Written:
    """Add a backup, which appears whole or not at all. Call it inside `place.changing()`.

    The log may be in use: the backup holds what was committed when the database was copied. Pictures that are missing
    or damaged do not stop it. Raises BackupUnavailableError where the drive of the backups refuses, or there is no
    database; CaseLogUnavailableError where the case log is damaged.
    """
    if not log.database.exists():
        raise BackupUnavailableError(
            "There is no database to back up.",
            "Save a first case. If there were cases, restore the latest backup instead.",
        )
    snapshot = place.snapshot(made_at)
    with in_backup_words():
        place.prepare()
        try:
            written = _Writer(log, key, snapshot).write(log_id, progress)
            snapshot.unfinished.replace(snapshot.folder)
        except BaseException:
            shutil.rmtree(snapshot.unfinished, ignore_errors=True)
            raise
        sync_folder(place.snapshots)
    return written


class _Writer:
    """The state of one backup while it is written."""

    def __init__(self, log: LogFolder, key: DataKey, snapshot: Snapshot) -> None:
        self._log = log
        self._key = key
        self._snapshot = snapshot
        self._sealer = PictureSealer(key)
        self._own = SealedPictures(log.images, self._sealer)
        self._backed_up = SealedPictures(snapshot.place.objects, self._sealer)
        self._written_bytes = 0
        self._size_bytes = 0
        self._lost_by_log = 0

    def write(self, log_id: str, progress: Progress) -> Written:
        """Write everything into the unfinished folder, the manifest last."""
        copy = LogFolder(self._snapshot.unfinished)
        # What lies beside the database is copied first: the mark of the audit's head may be behind, never ahead.
        beside = [path for path in files_beside(self._log) if path.exists()]
        for path in beside:
            with in_plain_words():  # this is the profile's drive, not that of the backups
                content = path.read_bytes()
            self._keep(copy.root / path.name, content)
        database = DatabaseFile(copy.database, self._key.database)
        back_up(DatabaseFile(self._log.database, self._key.database), database.path)
        self._count(database.path.stat().st_size)
        with closing(database.connect(read_only=True)) as connection:
            rows, audit_head = row_counts(connection), _audit_head(connection)
            digests = picture_digests(connection)
        objects = self._keep_pictures(digests, progress)
        manifest = Manifest(
            name=self._snapshot.name,
            log_id=log_id,
            key_id=key_id(self._key),
            files={path.name: file_digest(copy.root / path.name) for path in (*beside, copy.database)},
            objects=objects,
            lost=tuple(name for name in map(self._sealer.name, digests) if name not in objects),
            rows=rows,
            size_bytes=self._size_bytes,
            audit_head=audit_head,
        )
        path = manifest_in(copy.root)
        manifest.write(path, self._key)
        self._written_bytes += path.stat().st_size
        return Written(self._snapshot, manifest, self._written_bytes, self._lost_by_log)

    def _keep_pictures(self, digests: tuple[str, ...], progress: Progress) -> dict[str, str]:
        objects: dict[str, str] = {}
        for done, sha256 in enumerate(digests):
            progress(done, len(digests))
            sealed = self._keep_picture(sha256)
            if sealed is not None:
                objects[self._sealer.name(sha256)] = digest_of(sealed)
                self._size_bytes += len(sealed)
        progress(len(digests), len(digests))
        return objects

    def _keep_picture(self, sha256: str) -> bytes | None:
        """A picture's sealed bytes, which are in the backup then; None where there is no sound file anywhere."""
        own, backed_up = self._own.intact(sha256), self._backed_up.intact(sha256)
        self._lost_by_log += own is None
        if backed_up is not None:
            return backed_up
        if own is not None:
            write_durably(self._backed_up.path(self._sealer.name(sha256)), own)
            self._written_bytes += len(own)
        return own

    def _keep(self, path: Path, content: bytes) -> None:
        write_durably(path, content)
        self._count(len(content))

    def _count(self, size_bytes: int) -> None:
        self._written_bytes += size_bytes
        self._size_bytes += size_bytes


def files_beside(log: LogFolder) -> tuple[Path, ...]:
    """The small files that belong to a log's database: its key, and the mark of its audit's head."""
    return (log.keyring, log.audit_head)


def picture_digests(connection: Any) -> tuple[str, ...]:
    """The pictures and attachments that a database, also one of an earlier revision, refers to, each once."""
    files = "SELECT sha256 FROM image"
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'final_diagnosis'").fetchone():
        files += " UNION SELECT attachment_sha256 FROM final_diagnosis WHERE attachment_sha256 IS NOT NULL"
    return tuple(sha256 for (sha256,) in connection.execute(f"SELECT DISTINCT sha256 FROM ({files}) ORDER BY sha256"))


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _audit_head(connection: Any) -> str | None:
    """The authentication code of the audit's latest entry, where the database has an audit with entries."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit_entry'").fetchall():
        return None
    row = connection.execute("SELECT mac FROM audit_entry ORDER BY seq DESC LIMIT 1").fetchone()
    if row is None:
        return None
    return row[0].hex() if isinstance(row[0], bytes) else str(row[0])
