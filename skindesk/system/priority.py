"""Lets long work give way to everything else on the computer, one thread at a time."""

import contextlib
import ctypes
import os
import sys
import threading

_NICE = 10
_DARWIN_THREAD, _DARWIN_BACKGROUND = 3, 0x1000
_BELOW_NORMAL = -1


def give_way() -> None:
    """Lower the priority of the calling thread for as long as it lives; where the system refuses, nothing changes.

    The thread and not the process, so that a window in the same process stays as quick as it was: Linux keeps the
    nice value of each thread (setpriority(2)), macOS a background state, Windows a relative priority.
    """
    if sys.platform == "win32":
        _on_windows()
    elif sys.platform == "darwin":
        with contextlib.suppress(OSError):
            os.setpriority(_DARWIN_THREAD, 0, _DARWIN_BACKGROUND)
    else:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _on_windows() -> None:
    kernel: ctypes.CDLL = getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009 - known to Windows only
    kernel.GetCurrentThread.restype = ctypes.c_void_p
    kernel.SetThreadPriority(ctypes.c_void_p(kernel.GetCurrentThread()), _BELOW_NORMAL)
