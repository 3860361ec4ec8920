"""Copies the database while it is in use, and checks that the copy can be read."""

from contextlib import closing
from pathlib import Path

from skindesk.domain.errors import CaseLogDamagedError
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.plain_words import DAMAGED
from skindesk.storage.word_index import leave_out_index
from skindesk.system.files import sync_file, sync_folder


def back_up(database: DatabaseFile, target: Path) -> None:
    """Copy a database to `target`, which appears whole and checked or not at all.

    The copy holds everything committed when it begins but the index of words, which is made anew when the copy is
    opened as a log. It is a single file and has the same key. Raises
    CaseLogDamagedError where the copy is damaged, which means that the original is; the DB-API module's Error and
    OSError pass.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        _copy(database, partial)
        sync_file(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(target.parent)


def _copy(database: DatabaseFile, target: Path) -> None:
    with closing(database.connect(read_only=True)) as source, closing(database.at(target).connect()) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, with no -wal beside it
        leave_out_index(copy)
        if copy.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
            raise CaseLogDamagedError(*DAMAGED)
