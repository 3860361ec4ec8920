"""Says in a clinician's words what SQLite, a server or the disk refused.

The libraries whose errors these are load with the first error, so that a window that only looks for the log's key is
not kept waiting for them.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from skindesk.domain.errors import CaseLogDamagedError, CaseLogUnavailableError

_FULL = ("The disk that holds the case log is full.", "Free some space on it, then try again.")
_BUSY = (
    "The case log is in use by another program.",
    "Close other SkinDesk windows and programs that copy the profile folder, then try again.",
)
_READ_ONLY = (
    "The case log cannot be written.",
    "Make sure that you may write to the profile folder, or choose another one.",
)
_MISSING = (
    "The case log cannot be opened.",
    "Check that its drive is connected and that its folder can be read and written.",
)
_DISK = (
    "The disk that holds the case log reported an error.",
    "Check the drive and its connection, then try again. Copy the profile folder to another drive if it happens twice.",
)
DAMAGED = (
    "The case log is damaged.",
    "Close SkinDesk, copy the profile folder to a safe place, and restore the latest backup.",
)
DATABASE_MISSING = (
    "The case log's database is missing.",
    "Nothing was changed. Put caselog.sqlite3 back into the profile's caselog folder, or restore the latest backup.",
)
_NOT_OPENED_BY_ITS_KEY = (
    "The case log cannot be opened with its key: it is damaged, or the key is another log's.",
    "Nothing was changed. Close SkinDesk, copy the profile folder to a safe place, and restore the latest backup.",
)
NOT_A_CASE_LOG = (
    "The file in the case log's place is not a case log.",
    "It was left as it is. Move it away, or choose another profile folder.",
)
_BEYOND_REPAIR = (DAMAGED, _NOT_OPENED_BY_ITS_KEY, NOT_A_CASE_LOG)

_BY_SQLITE_CODE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _MISSING,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: NOT_A_CASE_LOG,
}
_CODE_BY_MESSAGE = {
    "database or disk is full": sqlite3.SQLITE_FULL,
    "disk I/O error": sqlite3.SQLITE_IOERR,
    "unable to open database file": sqlite3.SQLITE_CANTOPEN,
    "database is locked": sqlite3.SQLITE_BUSY,
    "attempt to write a readonly database": sqlite3.SQLITE_READONLY,
    "database disk image is malformed": sqlite3.SQLITE_CORRUPT,
    "file is not a database": sqlite3.SQLITE_NOTADB,
}
"""What sqlcipher3 0.6.4 says of trouble in `Connection.backup` and `sqlcipher_export`, whose errors carry no code."""
_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EROFS: _READ_ONLY,
    errno.ENOENT: _MISSING,
    errno.ENOTDIR: _MISSING,
    errno.EEXIST: _MISSING,
}


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn trouble with the disk or the database into CaseLogUnavailableError, its cause chained.

    Where the database itself is beyond use, it is the CaseLogDamagedError among them.
    Wrong SQL and broken constraints are bugs and pass unchanged.
    """
    try:
        yield
    except OSError as error:
        raise CaseLogUnavailableError(*_BY_ERRNO.get(error.errno or 0, _DISK)) from error
    except Exception as error:
        said = _said_of_database(error)
        if said is None:
            raise
        raise said from error


def _said_of_database(error: Exception) -> Exception | None:
    """What is raised in the place of a database's error; None in the place of any other."""
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.exc import TimeoutError as PoolTimeoutError
    from sqlcipher3 import dbapi2 as sqlcipher

    from skindesk.storage.server_words import said_by_server

    if isinstance(error, PoolTimeoutError):
        return CaseLogUnavailableError(*_BUSY)
    if not isinstance(error, (DBAPIError, sqlite3.Error, sqlcipher.Error)):
        return None
    said = said_by_server(error)
    if said is not None:
        return said
    code = sqlite_code(error)
    encrypted = isinstance(getattr(error, "orig", error), sqlcipher.Error)
    sentences = _NOT_OPENED_BY_ITS_KEY if encrypted and code == sqlite3.SQLITE_NOTADB else _BY_SQLITE_CODE.get(code)
    if sentences is None:
        return None
    return CaseLogDamagedError(*sentences) if sentences in _BEYOND_REPAIR else CaseLogUnavailableError(*sentences)


def sqlite_code(error: Exception) -> int:
    """SQLite's primary result code of a library's error; its extended codes hold it in their lowest byte."""
    from sqlalchemy.exc import DBAPIError

    cause = error.orig if isinstance(error, DBAPIError) else error
    code: int = getattr(cause, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR
    return (_CODE_BY_MESSAGE.get(str(cause), code) if code == sqlite3.SQLITE_ERROR else code) & 0xFF
