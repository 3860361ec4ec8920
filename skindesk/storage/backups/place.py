"""Where the backups of one case log lie, what each of them is called, and who works with them."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import portalocker

from skindesk.domain.errors import BackupInUseError, BackupUnavailableError
from skindesk.storage.backups.words import FOLDER_MISSING, in_backup_words
from skindesk.system.files import make_folder, sync_folder
from skindesk.system.paths import LogFolder

_PREFIX = "SkinDesk-"
_NAME = "%Y%m%dT%H%M%S%fZ"
_IN_USE = ("A backup is being made or checked in this folder already.", "Wait until it is done, then try again.")
_NO_LOCKS = (
    "The drive that holds the backups cannot lock files, so that two programs could write at once.",
    "Choose a folder on another drive.",
)


@dataclass(frozen=True)
class Place:
    """The folder of one case log's backups. Nothing is created by naming it.

    `objects/ab/abcdef….sealed` are the sealed pictures, each once for all backups; `snapshots/<UTC time>/` is a backup.
    """

    root: Path

    @property
    def objects(self) -> Path:
        """The sealed picture files, laid out as in the case log's own store."""
        return self.root / "objects"

    @property
    def snapshots(self) -> Path:
        """The backups."""
        return self.root / "snapshots"

    @property
    def ledger(self) -> Path:
        """When each backup was last verified and proven."""
        return self.root / "proven.json"

    def snapshot(self, made_at: datetime) -> "Snapshot":
        """The backup of a moment."""
        return Snapshot(self, made_at.astimezone(UTC).strftime(_NAME))

    def all(self) -> "tuple[Snapshot, ...]":
        """Every backup, the newest first. Raises BackupUnavailableError where the folder cannot be read."""
        if not self.snapshots.exists():
            return ()
        with in_backup_words():
            names = [path.name for path in self.snapshots.iterdir() if path.is_dir() and _is_name(path.name)]
        return tuple(Snapshot(self, name) for name in sorted(names, reverse=True))

    def prepare(self) -> None:
        """Make the folders, and clear away what an interrupted attempt has left. Raises OSError."""
        make_folder(self.objects)
        make_folder(self.snapshots)
        for folder in (self.root, self.snapshots):
            for left_over in [path for path in folder.glob(".*") if path.is_dir()]:
                shutil.rmtree(left_over)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Write here while nobody else reads or writes. Raises BackupInUseError where somebody does."""
        with in_backup_words():
            make_folder(self.root)
        with self._locked("a+b", portalocker.LockFlags.EXCLUSIVE):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read here while nobody writes. Raises BackupInUseError where somebody does.

        A drive that cannot be written, on which there is no file to lock, is read without a lock.
        """
        if not self._lock.exists():
            yield
            return
        with self._locked("rb", portalocker.LockFlags.SHARED):
            yield

    @property
    def _lock(self) -> Path:
        return self.root / "backups.lock"

    @contextmanager
    def _locked(self, mode: str, how: portalocker.LockFlags) -> Iterator[None]:
        with in_backup_words():
            handle = self._lock.open(mode)
        with handle:  # closing the file gives the lock back
            try:
                portalocker.lock(handle, how | portalocker.LockFlags.NON_BLOCKING)
            except portalocker.AlreadyLocked as error:
                raise BackupInUseError(*_IN_USE) from error
            except portalocker.LockException as error:
                raise BackupUnavailableError(*_NO_LOCKS) from error
            yield


@dataclass(frozen=True)
class Snapshot:
    """One backup: a folder that appears whole or not at all."""

    place: Place
    name: str

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self.place.snapshots / self.name

    @property
    def unfinished(self) -> Path:
        """Where it lies while it is written."""
        return self.place.snapshots / f".{self.name}.partial"

    @property
    def files(self) -> LogFolder:
        """Its database and key, as in a case log's folder; its pictures are the place's objects."""
        return LogFolder(self.folder)

    @property
    def manifest(self) -> Path:
        """What it consists of."""
        return manifest_in(self.folder)

    @property
    def made_at(self) -> datetime:
        """When it was made, in UTC."""
        return datetime.strptime(self.name, _NAME).replace(tzinfo=UTC)

    def require(self) -> None:
        """Raises BackupUnavailableError where it is not there, such as after its drive was unplugged."""
        if not self.folder.is_dir():
            raise BackupUnavailableError(*FOLDER_MISSING)

    def remove(self) -> None:
        """Take it away, in one step as seen from outside. Raises OSError."""
        going = self.place.snapshots / f".{self.name}.removed"
        self.folder.replace(going)
        sync_folder(self.place.snapshots)
        shutil.rmtree(going)


def manifest_in(folder: Path) -> Path:
    """The manifest's place in a backup's folder."""
    return folder / "manifest.json"


def place_of(folder: Path, log_id: str) -> Place:
    """Where the backups of a case log lie in a folder that the user has chosen: inside it, or it is the place itself.

    Raises BackupUnavailableError where the folder does not exist: a drive that is not connected is not to be replaced
    by a folder of its name.
    """
    if not folder.is_dir():
        raise BackupUnavailableError(
            f"The backup folder {folder} cannot be found.", "Connect its drive, or create the folder."
        )
    name = _PREFIX + log_id
    return Place(folder if folder.name == name else folder / name)


def places_in(folder: Path) -> tuple[Place, ...]:
    """Every case log's place in a folder, or the folder itself where it is one. Raises BackupUnavailableError."""
    with in_backup_words():
        candidates: Iterable[Path] = (folder, *sorted(folder.glob(f"{_PREFIX}*")))
        return tuple(Place(path) for path in candidates if path.name.startswith(_PREFIX) and path.is_dir())


def _is_name(name: str) -> bool:
    try:
        datetime.strptime(name, _NAME)
    except ValueError:
        return False
    return True
