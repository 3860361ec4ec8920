"""The audit's head in a sealed file beside the database, by which a database put back to an older state is found."""

import logging
import os
import time
from pathlib import Path

from skindesk.domain.audit import AuditHead
from skindesk.storage.sealing import SEAL_BYTES, DataKey, SealBrokenError, Sealer
from skindesk.system.files import write_durably

_log = logging.getLogger(__name__)
_LABEL = "audit head"
_COUNT_DIGITS = 20
_MAC_DIGITS = 64
_SEALED_BYTES = SEAL_BYTES + _COUNT_DIGITS + _MAC_DIGITS
_ATTEMPTS = 3


class HeadFile:
    """Holds a head that the database had: a crash leaves the file behind the database, never ahead of it.

    It holds two, and the older one is overwritten in place by the next: a kill in the middle of that leaves the other.
    Both together have always the same number of bytes, fewer than a disk's sector: so it costs no wait for the disk,
    and a power cut leaves the old content or the new.
    """

    def __init__(self, path: Path, key: DataKey) -> None:
        self._path = path
        self._sealer = Sealer(key.derive(_LABEL))
        self._next = 0

    def exists(self) -> bool:
        """Whether there is a file, whatever it holds."""
        return self._path.exists()

    def create(self, head: AuditHead) -> None:
        """Write the file anew, durably. Raises OSError."""
        write_durably(self._path, self._sealed(head) * 2)

    def read(self) -> AuditHead | None:
        """The later head, or None where there is no file. Raises SealBrokenError where both were changed, OSError."""
        for attempt in range(_ATTEMPTS):
            try:
                content = self._path.read_bytes()
            except FileNotFoundError:
                return None
            held = [(head, at) for at in (0, 1) if (head := self._opened(content, at)) is not None]
            if held:
                head, at = max(held, key=lambda entry: entry[0].count)
                self._next = 1 - at
                return head
            if attempt < _ATTEMPTS - 1:
                time.sleep(0.02)  # other programs may be in the middle of writing both
        raise SealBrokenError

    def overwrite(self, head: AuditHead) -> None:
        """Keep a later head. Where that fails the file stays behind, which does no harm."""
        try:
            sealed = self._sealed(head)
            with self._path.open("r+b", buffering=0) as file:
                file.seek(self._next * _SEALED_BYTES)
                if file.write(sealed) == len(sealed):  # else the next attempt is to mend this one
                    self._next = 1 - self._next
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
        return self._sealer.seal(f"{head.count:0{_COUNT_DIGITS}}{head.mac:{_MAC_DIGITS}}".encode(), _LABEL)

    def _opened(self, content: bytes, at: int) -> AuditHead | None:
        """One of the two heads, or None where it was changed or is half written."""
        try:
            opened = self._sealer.open(content[at * _SEALED_BYTES : (at + 1) * _SEALED_BYTES], _LABEL).decode()
        except SealBrokenError:
            return None
        return AuditHead(int(opened[:_COUNT_DIGITS]), opened[_COUNT_DIGITS:].strip())
