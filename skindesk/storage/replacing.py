"""Replaces a case log's folder by another, so that a crash leaves the old log or the new, and never half of either.

The new log is built and checked beside the old one. Two renames put it in place; `settle`, at the next opening,
finishes what a crash has cut short.
"""

import logging
import shutil
from pathlib import Path

from skindesk.storage.plain_words import in_plain_words
from skindesk.system.files import make_folder, sync_folder
from skindesk.system.paths import LogFolder

_log = logging.getLogger(__name__)


@in_plain_words()
def begin_replacing(folder: LogFolder) -> LogFolder:
    """An empty folder beside the log's, to build the new log in. What an earlier attempt has left is removed."""
    new = _beside(folder, "new")
    _remove(new)
    make_folder(new)
    return LogFolder(new)


@in_plain_words()
def finish_replacing(folder: LogFolder, keep_old_as: Path | None = None) -> None:
    """Put the new log into the old one's place.

    The old one is removed, or kept whole under a name beside it. Its files must not be open.
    """
    new, old = _beside(folder, "new"), _beside(folder, "old")
    _remove(old)
    if folder.root.exists():
        folder.root.replace(old)
    new.replace(folder.root)
    sync_folder(folder.root.parent)
    if keep_old_as is not None and old.exists():
        old.replace(keep_old_as)
    _remove(old)


@in_plain_words()
def settle(folder: LogFolder) -> None:
    """Finish or undo what a crash has interrupted: the new log counts from the moment the old one was moved away."""
    new, old = _beside(folder, "new"), _beside(folder, "old")
    if not folder.root.exists() and old.exists():
        chosen = new if new.exists() else old
        chosen.replace(folder.root)
        sync_folder(folder.root.parent)
        _log.warning("an interrupted replacement of the case log was finished with the %s one", chosen.suffix[1:])
    _remove(new)
    _remove(old)


@in_plain_words()
def remove_unsealed(folder: LogFolder) -> None:
    """Remove the plain files of a log of SkinDesk 0.1, its copies from before migrations among them."""
    for path in folder.database.parent.glob(f"{folder.database.name}*"):
        path.unlink()
    for inner in (folder.images, folder.earlier):
        _remove(inner)
    sync_folder(folder.root)


def _beside(folder: LogFolder, what: str) -> Path:
    return folder.root.with_name(f"{folder.root.name}.{what}")


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
