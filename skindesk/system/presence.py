"""Whether another window works with the same profile, by a lock that ends with the program that holds it."""

import logging
import time
from io import BufferedRandom
from pathlib import Path
from typing import TYPE_CHECKING

from skindesk.domain.caution import Caution

if TYPE_CHECKING:
    from portalocker import LockFlags

OTHER_WINDOW = Caution(
    "Another SkinDesk window is open on this profile.",
    "What one saves the other finds, but close one of them unless you need both.",
)
_ATTEMPTS = 20
_PAUSE_S = 0.01
_log = logging.getLogger(__name__)


class Presence:
    """One window's presence on a profile, from `announce` until `leave` or the program's end, however it ends.

    `met_another` says whether another window was there when this one was announced.
    """

    def __init__(self, lock_file: Path) -> None:
        self.met_another = False
        self._lock_file = lock_file
        self._held: BufferedRandom | None = None

    def announce(self) -> None:
        """Look for other windows, and let later ones know of this one; once is enough.

        Where the profile or its drive knows no locks, nobody is told anything.
        """
        if self._held is not None:
            return
        import portalocker  # the window is there before it takes its time to load

        try:
            alone = self._locked(portalocker.LockFlags.EXCLUSIVE)
            if alone is not None:
                alone.close()
            self.met_another = alone is None
            self._held = self._shared(portalocker.LockFlags.SHARED)
        except (OSError, portalocker.LockException):
            _log.warning("other windows cannot be told of this one", exc_info=True)

    def leave(self) -> None:
        """Be present no more."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def _shared(self, how: "LockFlags") -> BufferedRandom | None:
        for _ in range(_ATTEMPTS):  # another window may be looking at this very moment
            held = self._locked(how)
            if held is not None:
                return held
            time.sleep(_PAUSE_S)
        return None

    def _locked(self, how: "LockFlags") -> BufferedRandom | None:
        """The lock file, locked; None where somebody else's lock forbids it. Raises OSError, LockException."""
        import portalocker

        self._lock_file.parent.mkdir(parents=True, exist_ok=True)
        handle = self._lock_file.open("a+b")
        try:
            portalocker.lock(handle, how | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.AlreadyLocked:
            handle.close()
            return None
        except BaseException:
            handle.close()
            raise
        return handle
