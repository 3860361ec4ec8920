"""Replaces a case log's folder by another, so that a crash leaves the old log or the new, and never half of either.

The new log is built and checked beside the old one. Two renames put it in place; `settle`, at the next opening,
undoes what a crash has cut short.
"""

import logging
import re
import shutil
from contextlib import suppress
from pathlib import Path

from skindesk.storage.plain_words import in_plain_words
from skindesk.system.files import make_folder, sync_folder, write_durably
from skindesk.system.paths import LogFolder

_log = logging.getLogger(__name__)
_PICTURE = re.compile(r"[0-9a-f]{64}\.[a-z]+")
_KEEP_AS = "set-aside-as"
"""In a log that is being replaced: the name under which it is to be kept, so that a crash cannot lose it."""


@in_plain_words()
def begin_replacing(folder: LogFolder) -> LogFolder:
    """An empty folder beside the log's, to build the new log in. What an earlier attempt has left is removed."""
    settle(folder)
    new = _beside(folder, "new")
    make_folder(new)
    return LogFolder(new)


@in_plain_words()
def finish_replacing(folder: LogFolder, keep_old_as: Path | None = None) -> None:
    """Put the new log into the old one's place.

    The old one is removed, or kept whole under a name beside it. Its files must not be open. Where the disk refuses,
    CaseLogUnavailableError is raised, the new log is removed, and the old log is back in its place, at the latest when
    it is next settled.
    """
    old, note = _beside(folder, "old"), folder.root / _KEEP_AS
    try:
        _remove(old)
        if keep_old_as is not None and folder.root.exists():
            write_durably(note, keep_old_as.name.encode())
        _swap(folder)
    except OSError:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        abandon_replacing(folder)
        raise
    with suppress(OSError):  # the new log is in its place; what stays is seen to when it is next settled
        _dispose(old)


def abandon_replacing(folder: LogFolder) -> None:
    """Remove the new log, which is not to be; what the disk does not let go is removed when the log is next settled."""
    shutil.rmtree(_beside(folder, "new"), ignore_errors=True)


def unsettled(folder: LogFolder) -> bool:
    """Whether there is something for `settle` to do, or another program is replacing the log now."""
    return _beside(folder, "new").exists() or _beside(folder, "old").exists()


@in_plain_words()
def settle(folder: LogFolder) -> None:
    """Undo what a crash has interrupted: the new log counts once it is in its place, and not before."""
    if not folder.root.exists() and _beside(folder, "old").exists():
        _put_back(folder)
        _log.warning("an interrupted replacement of the case log was undone")
    _remove(_beside(folder, "new"))
    _dispose(_beside(folder, "old"))


@in_plain_words()
def remove_unsealed(folder: LogFolder) -> None:
    """Remove the plain files of a log of SkinDesk 0.1, its copies from before migrations among them, and no others."""
    for pattern in (f"{folder.database.name}*", f"{folder.earlier.name}/caselog-*.sqlite3"):
        for path in folder.root.glob(pattern):
            path.unlink()
    for path in folder.images.glob("??/*"):
        if _PICTURE.fullmatch(path.name):
            path.unlink()
    for inner in (*folder.images.glob("??"), folder.images, folder.earlier):
        with suppress(OSError):  # not empty: the rest is somebody else's
            inner.rmdir()
    sync_folder(folder.root)


def _swap(folder: LogFolder) -> None:
    """Two renames; where the second is refused, the first is undone if the disk allows."""
    if folder.root.exists():
        folder.root.replace(_beside(folder, "old"))
    try:
        _beside(folder, "new").replace(folder.root)
        sync_folder(folder.root.parent)
    except OSError:
        with suppress(OSError):
            _put_back(folder)
        raise


def _put_back(folder: LogFolder) -> None:
    if folder.root.exists():
        folder.root.replace(_beside(folder, "new"))
    old = _beside(folder, "old")
    if old.exists():
        (old / _KEEP_AS).unlink(missing_ok=True)
        old.replace(folder.root)
    sync_folder(folder.root.parent)


def _dispose(old: Path) -> None:
    """Remove a replaced log, or give it the name under which it is to be kept."""
    note = old / _KEEP_AS
    if note.exists():
        kept = old.with_name(note.read_text("utf-8"))
        old.replace(kept)
        sync_folder(kept.parent)
        (kept / _KEEP_AS).unlink()
    else:
        _remove(old)


def _beside(folder: LogFolder, what: str) -> Path:
    return folder.root.with_name(f"{folder.root.name}.{what}")


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
