"""Says in a clinician's words what the drive of the backups refused."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlcipher3 import dbapi2 as sqlcipher

from skindesk.domain.errors import BackupUnavailableError
from skindesk.storage.plain_words import in_plain_words, sqlite_code

_FULL = (
    "The drive that holds the backups is full.",
    "The earlier backups are as they were. Free some space on it or choose another drive, then try again.",
)
_READ_ONLY = ("The backup folder cannot be written.", "Make sure that you may write to it, or choose another one.")
FOLDER_MISSING = ("The backup folder cannot be found.", "Connect its drive, or choose another folder.")
_DISK = (
    "The drive that holds the backups reported an error.",
    "Check the drive and its connection, then try again. Choose another drive if it happens twice.",
)
_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EROFS: _READ_ONLY,
    errno.ENOENT: FOLDER_MISSING,
    errno.ENOTDIR: FOLDER_MISSING,
}
_BY_SQLITE_CODE = {sqlite3.SQLITE_FULL: _FULL, sqlite3.SQLITE_IOERR: _DISK, sqlite3.SQLITE_READONLY: _READ_ONLY}


@contextmanager
def in_backup_words() -> Iterator[None]:
    """Turn trouble with the drive of the backups into BackupUnavailableError, its cause chained.

    A damaged or busy case log raises CaseLogUnavailableError, as `in_plain_words` has it.
    """
    with in_plain_words():
        try:
            yield
        except OSError as error:
            raise BackupUnavailableError(*_BY_ERRNO.get(error.errno or 0, _DISK)) from error
        except (sqlite3.Error, sqlcipher.Error) as error:
            sentences = _BY_SQLITE_CODE.get(sqlite_code(error))
            if sentences is None:
                raise
            raise BackupUnavailableError(*sentences) from error
