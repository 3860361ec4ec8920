"""Puts a backup together again as a case log's folder, which is checked in full before anybody uses it."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from sqlcipher3 import dbapi2 as sqlcipher

from skindesk.domain.errors import BackupUnavailableError
from skindesk.storage.backups.checking import Flaw, FlawKind, flaws_in, unvouched
from skindesk.storage.backups.manifest import Manifest, UnvouchedError, key_id, load_manifest
from skindesk.storage.backups.pictures import SealedPictures, object_in
from skindesk.storage.backups.place import Snapshot
from skindesk.storage.backups.words import in_backup_words
from skindesk.storage.backups.writing import Progress, picture_digests
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.sealing import DataKey, PictureSealer
from skindesk.system.files import make_folder, sync_file, sync_folder
from skindesk.system.paths import LogFolder

_CHUNK_BYTES = 1 << 20


def open_manifest(snapshot: Snapshot, key: DataKey) -> Manifest:
    """The manifest of a backup to restore. Raises BackupUnavailableError where it is not authentic by this key."""
    try:
        manifest = load_manifest(snapshot.manifest, key)
    except UnvouchedError as error:
        flaw = unvouched(snapshot)
        raise BackupUnavailableError(flaw.what, flaw.advice) from error
    if manifest.key_id != key_id(key) or manifest.name != snapshot.name:
        raise BackupUnavailableError(
            f"The backup {snapshot.name} was not made under this key.", "Open it with a passphrase of its own time."
        )
    return manifest


def rebuild(
    snapshot: Snapshot, manifest: Manifest, key: DataKey, target: LogFolder, others: Path | None, progress: Progress
) -> tuple[Flaw, ...]:
    """Build a case log's folder from a backup and check it in full; returns what is wrong with it.

    A picture that is not sound in the backup is looked for among `others`, the store that is to be replaced. Raises
    BackupUnavailableError where the backup cannot be read, OSError where the target cannot be written.
    """
    for name in manifest.files:
        _copy(snapshot.folder / name, target.root / name)
    sealer = PictureSealer(key)
    sources = [SealedPictures(folder, sealer) for folder in (snapshot.place.objects, others) if folder is not None]
    digests = _digests(DatabaseFile(target.database, key.database))
    for done, sha256 in enumerate(digests):
        progress(done, len(digests))
        sealed = next((found for source in sources if (found := source.intact(sha256)) is not None), None)
        if sealed is not None:
            _write(object_in(target.images, sealer.name(sha256)), sealed)
    _sync_folders(target.root)
    progress(len(digests), len(digests))
    flaws = tuple(flaws_in(target, target.images, manifest, key))
    if flaws:
        snapshot.require()
    return flaws


@contextmanager
def trial_folder(snapshot: Snapshot) -> Iterator[LogFolder]:
    """A folder beside the backups for a trial; it is removed at the end. Raises OSError."""
    folder = snapshot.place.root / f".trial-{snapshot.name}"
    make_folder(folder)
    try:
        yield LogFolder(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forbids_restoring(flaw: Flaw) -> bool:
    """Whether a log with this flaw is of no use; with the others, something of it is missing."""
    return flaw.kind in (FlawKind.MANIFEST_DAMAGED, FlawKind.FILE_DAMAGED)


def _copy(source: Path, target: Path) -> None:
    """A missing file is left out: the check afterwards tells of it. Trouble with each drive is told as that drive's."""
    if not source.is_file():
        return
    with in_backup_words():
        original = source.open("rb")
    with original, target.open("wb") as copy:
        target.chmod(0o600)  # it may hold an open key
        while chunk := _read(original):
            copy.write(chunk)
    sync_file(target)


@in_backup_words()
def _read(file: BinaryIO) -> bytes:
    return file.read(_CHUNK_BYTES)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    sync_file(path)


def _sync_folders(root: Path) -> None:
    """Make the names of the files survive a power cut: once for all, since nobody uses the folder before."""
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        sync_folder(folder)


def _digests(database: DatabaseFile) -> tuple[str, ...]:
    """The pictures to restore; none of a database that cannot be read, of which the check afterwards tells."""
    try:
        with closing(database.connect(read_only=True)) as connection:
            return picture_digests(connection)
    except sqlcipher.Error:
        return ()
