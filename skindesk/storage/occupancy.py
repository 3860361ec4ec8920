"""Tells programs that share a profile of each other, by locks that end with the program that holds them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom
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
_LONGEST_WAIT_S = 15.0
_PAUSE_S = 0.01


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
def in_turn(lock_file: Path, longest_wait_s: float = _LONGEST_WAIT_S) -> Iterator[None]:
    """Do something that only one program and thread may do at a time, after those who came before.

    Raises CaseLogUnavailableError where they take too long.
    """
    with _locked(lock_file, portalocker.LockFlags.EXCLUSIVE, longest_wait_s):
        yield


@contextmanager
def _locked(lock_file: Path, how: portalocker.LockFlags, longest_wait_s: float = 0.0) -> Iterator[None]:
    with in_plain_words():
        lock_file.parent.mkdir(parents=True, exist_ok=True)
        handle = lock_file.open("a+b")
    with handle:  # closing the file gives the lock back
        given_up_at_s = time.monotonic() + longest_wait_s
        while not _has_locked(handle, how):
            if time.monotonic() >= given_up_at_s:
                raise CaseLogUnavailableError(*_IN_USE)
            time.sleep(_PAUSE_S)
        yield


def _has_locked(handle: BufferedRandom, how: portalocker.LockFlags) -> bool:
    try:
        portalocker.lock(handle, how | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.AlreadyLocked:
        return False
    except portalocker.LockException as error:
        raise CaseLogUnavailableError(*_NO_LOCKS) from error
    return True
