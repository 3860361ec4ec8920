"""Whether another program is still writing a file."""

import ctypes
import errno
import os
import signal
import sys
from pathlib import Path

_GENERIC_READ, _FILE_SHARE_READ, _OPEN_EXISTING = 0x80000000, 1, 3
_SHARING_VIOLATION = 32


def is_being_written(path: Path) -> bool:
    """Whether a program has a file open for writing, as far as the system tells; where it does not tell, False.

    The file is opened for reading only and left as it is.
    """
    if sys.platform == "win32":
        return _on_windows(path)
    if sys.platform == "darwin":
        return False
    return _on_linux(path)


def _on_linux(path: Path) -> bool:
    """A read lease is given on one's own files only while nobody has them open for writing (fcntl(2), F_SETLEASE)."""
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # Whoever opens the file while the lease is held breaks it, and its default signal would end the program.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False


def _on_windows(path: Path) -> bool:
    """Windows refuses to open a file without shared writing while somebody writes it."""
    kernel: ctypes.CDLL = getattr(ctypes, "WinDLL")("kernel32", use_last_error=True)  # noqa: B009 - known to Windows only
    kernel.CreateFileW.restype = ctypes.c_void_p
    handle = kernel.CreateFileW(str(path), _GENERIC_READ, _FILE_SHARE_READ, None, _OPEN_EXISTING, 0, None)
    if handle == ctypes.c_void_p(-1).value:
        return bool(getattr(ctypes, "get_last_error")() == _SHARING_VIOLATION)  # noqa: B009 - likewise
    kernel.CloseHandle(ctypes.c_void_p(handle))
    return False
