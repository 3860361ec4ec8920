"""The audit's head in a sealed file beside the database, by which a database put back to an older state is found."""

import logging
import os
import time
from pathlib import Path

from skindesk.domain.audit import AuditHead
from skindesk.storage.sealing import DataKey, SealBrokenError, Sealer
from skindesk.system.files import write_durably

_log = logging.getLogger(__name__)
_LABEL = "audit head"
_COUNT_DIGITS = 20
_ATTEMPTS = 3


class HeadFile:
    """Holds a head that the database had: a crash leaves the file behind the database, never ahead of it.

    It is created durably and then overwritten in place, always with the same number of bytes, fewer than a disk's
    sector: so it costs no wait for the disk, and a power cut leaves the old content or the new.
    """

    def __init__(self, path: Path, key: DataKey) -> None:
        self._path = path
        self._sealer = Sealer(key.derive(_LABEL))

    def exists(self) -> bool:
        """Whether there is a file, whatever it holds."""
        return self._path.exists()

    def create(self, head: AuditHead) -> None:
        """Write the file anew, durably. Raises OSError."""
        write_durably(self._path, self._sealed(head))

    def read(self) -> AuditHead | None:
        """What the file holds, or None where there is none. Raises SealBrokenError where it was changed, OSError."""
        for attempt in range(_ATTEMPTS):
            try:
                content = self._sealer.open(self._path.read_bytes(), _LABEL).decode()
                return AuditHead(int(content[:_COUNT_DIGITS]), content[_COUNT_DIGITS:].strip())
            except FileNotFoundError:
                return None
            except SealBrokenError:
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(0.02)  # another program may be in the middle of writing it
        raise AssertionError("unreachable")

    def overwrite(self, head: AuditHead) -> None:
        """Keep a later head. Where that fails the file stays behind, which does no harm."""
        try:
            with self._path.open("r+b", buffering=0) as file:
                file.write(self._sealed(head))
        except OSError:
            _log.warning("the audit's head file could not be written", exc_info=True)

    def sync(self) -> None:
        """Let what was written survive a power cut, if the disk allows."""
        try:
            with self._path.open("r+b") as file:
                os.fsync(file.fileno())
        except OSError:
            _log.warning("the audit's head file could not be synced", exc_info=True)

    def _sealed(self, head: AuditHead) -> bytes:
        return self._sealer.seal(f"{head.count:0{_COUNT_DIGITS}}{head.mac:64}".encode(), _LABEL)
