"""Proves a backup, or what was restored from one: opens it, reads every byte, and compares it with its manifest."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from skindesk.storage.backups.manifest import Manifest, UnvouchedError, key_id, load_manifest
from skindesk.storage.backups.pictures import SealedPictures, object_in
from skindesk.storage.backups.place import Snapshot
from skindesk.storage.backups.writing import Progress, file_digest, picture_digests, silent
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.resealing import row_counts
from skindesk.storage.sealing import DataKey, PictureSealer
from skindesk.system.paths import LogFolder

_ANOTHER = "Restore an earlier backup, and make a new one."


class FlawKind(StrEnum):
    """What can be wrong with a backup; the machine-readable half of a flaw."""

    MANIFEST_DAMAGED = "manifest_damaged"
    FILE_DAMAGED = "file_damaged"
    """The database or a file beside it, or its content, is not what was backed up."""
    REFERENCE_BROKEN = "reference_broken"
    """So it was in the case log already."""
    PICTURE_DAMAGED = "picture_damaged"
    """A picture's file is missing, or is not what was backed up."""


@dataclass(frozen=True)
class Flaw:
    """One thing that is not as it should be. `subject` is a file's name, a sealed picture's name or a table."""

    kind: FlawKind
    subject: str
    what: str
    advice: str


def flaws_of(snapshot: Snapshot, key: DataKey, progress: Progress = silent) -> tuple[Flaw, ...]:
    """What is wrong with a backup; an empty answer is its proof.

    A backup under another key cannot be opened by this one: its files are compared with its manifest. Raises
    BackupUnavailableError where the backup is gone altogether, as one on an unplugged drive is.
    """
    flaws = _flaws_of(snapshot, key, progress)
    if flaws:
        snapshot.require()
    return flaws


def _flaws_of(snapshot: Snapshot, key: DataKey, progress: Progress) -> tuple[Flaw, ...]:
    try:
        manifest = load_manifest(snapshot.manifest, key)
    except UnvouchedError:
        return (unvouched(snapshot),)
    if manifest.name != snapshot.name:
        return (unvouched(snapshot),)
    if manifest.key_id != key_id(key):
        return tuple(_differing(snapshot, manifest, progress))
    return tuple(flaws_in(LogFolder(snapshot.folder), snapshot.place.objects, manifest, key, progress))


def unvouched(snapshot: Snapshot) -> Flaw:
    """A manifest that cannot be trusted."""
    what = f"The list of what the backup {snapshot.name} holds is damaged, or was changed."
    return Flaw(FlawKind.MANIFEST_DAMAGED, snapshot.manifest.name, what, _ANOTHER)


def flaws_in(
    folder: LogFolder, pictures: Path, manifest: Manifest, key: DataKey, progress: Progress = silent
) -> Iterator[Flaw]:
    """What is wrong with a database, the files beside it and the folder of its pictures, by an authentic manifest.

    A damaged database ends the list, since its rows tell nothing reliable of the pictures.
    """
    damaged = tuple(_in_files(folder.root, manifest))
    yield from damaged
    if any(flaw.subject == folder.database.name for flaw in damaged):
        return
    try:
        with closing(DatabaseFile(folder.database, key.database).connect(read_only=True)) as connection:
            flaws = tuple(_in_database(connection, folder.database.name, manifest))
            digests = picture_digests(connection)
    except sqlcipher.Error as error:
        yield _file_damaged(folder.database.name, f"it cannot be read to its end ({error})")
        return
    yield from flaws
    sealer, lost = PictureSealer(key), frozenset(manifest.lost)
    kept = [sha256 for sha256 in digests if sealer.name(sha256) not in lost]
    yield from _in_pictures(SealedPictures(pictures, sealer), sealer, kept, progress)


def _differing(snapshot: Snapshot, manifest: Manifest, progress: Progress) -> Iterator[Flaw]:
    yield from _in_files(snapshot.folder, manifest)
    for done, (name, expected) in enumerate(manifest.objects.items()):
        progress(done, len(manifest.objects))
        if _digest(object_in(snapshot.place.objects, name)) != expected:
            yield _picture_damaged(name)


def _in_files(folder: Path, manifest: Manifest) -> Iterator[Flaw]:
    for name, expected in manifest.files.items():
        if _digest(folder / name) != expected:
            yield _file_damaged(name, "it is missing, or its bytes have changed")


def _in_database(connection: Any, name: str, manifest: Manifest) -> Iterator[Flaw]:
    for pragma in ("cipher_integrity_check", "quick_check"):
        for (message,) in connection.execute(f"PRAGMA {pragma}"):
            if message != "ok":
                yield _file_damaged(name, str(message))
    for table, row, target, _ in connection.execute("PRAGMA foreign_key_check"):
        what = f"Row {row} of {table} refers to a row of {target} that does not exist."
        yield Flaw(FlawKind.REFERENCE_BROKEN, str(table), what, "It was so in the case log. Check it with the doctor.")
    if row_counts(connection) != dict(manifest.rows):
        yield _file_damaged(name, "it has other rows than were backed up")


def _in_pictures(
    pictures: SealedPictures, sealer: PictureSealer, digests: Sequence[str], progress: Progress
) -> Iterator[Flaw]:
    """The seal decides, not the manifest's digest: a damaged object is replaced by the log's own file, sealed anew."""
    for done, sha256 in enumerate(digests):
        progress(done, len(digests))
        if pictures.intact(sha256) is None:
            yield _picture_damaged(sealer.name(sha256))
    progress(len(digests), len(digests))


def _file_damaged(name: str, how: str) -> Flaw:
    return Flaw(FlawKind.FILE_DAMAGED, name, f"The backup's {name} is damaged: {how}.", _ANOTHER)


def _picture_damaged(name: str) -> Flaw:
    what = f"The backup's picture {name[:12]}… is missing or damaged."
    return Flaw(FlawKind.PICTURE_DAMAGED, name, what, "Make a new backup: it replaces what the case log still has.")


def _digest(path: Path) -> str | None:
    """A file's SHA-256, or None where it is missing or unreadable."""
    try:
        return file_digest(path)
    except OSError:
        return None
