"""Copies the database while it is in use, and checks that the copy can be read."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.plain_words import DAMAGED
from skindesk.system.files import sync_folder


def back_up(database: Path, target: Path) -> None:
    """Copy a database to `target`, which appears whole and checked or not at all.

    The copy holds everything committed when it begins and is a single file. Raises CaseLogUnavailableError
    where the copy is damaged, which means that the original is; sqlite3.Error and OSError pass.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        _copy(database, partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(target.parent)


def read_only(database: Path) -> sqlite3.Connection:
    """A connection that cannot change the database. Raises sqlite3.Error where there is none."""
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)


def _copy(database: Path, target: Path) -> None:
    with closing(read_only(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, with no -wal beside it
        if copy.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
            raise CaseLogUnavailableError(*DAMAGED)
