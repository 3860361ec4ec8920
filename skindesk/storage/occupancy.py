"""Tells programs that share a profile of each other, by locks that end with the program that holds them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import portalocker

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.plain_words import in_plain_words

_IN_USE = (
    "The case log is in use by another program.",
    "Close other SkinDesk windows and commands that work with this profile, then try again.",
)
_NO_LOCKS = (
    "The drive that holds the case log cannot lock files, so that two programs could write at once.",
    "Choose a profile folder on a drive of this computer.",
)


@contextmanager
def working_with(lock_file: Path) -> Iterator[None]:
    """Work with a case log beside others. Raises CaseLogUnavailableError while somebody replaces it."""
    with _locked(lock_file, portalocker.LockFlags.SHARED):
        yield


@contextmanager
def alone_with(lock_file: Path) -> Iterator[None]:
    """Replace a case log. Raises CaseLogUnavailableError while anybody works with it."""
    with _locked(lock_file, portalocker.LockFlags.EXCLUSIVE):
        yield


@contextmanager
def _locked(lock_file: Path, how: portalocker.LockFlags) -> Iterator[None]:
    with in_plain_words():
        lock_file.parent.mkdir(parents=True, exist_ok=True)
        handle = lock_file.open("a+b")
    with handle:  # closing the file gives the lock back
        try:
            portalocker.lock(handle, how | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.AlreadyLocked as error:
            raise CaseLogUnavailableError(*_IN_USE) from error
        except portalocker.LockException as error:
            raise CaseLogUnavailableError(*_NO_LOCKS) from error
        yield
