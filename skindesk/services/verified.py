"""Which networks have been proven on this machine, so that the proof is made once and not at every start."""

import hashlib
import json
import logging
import platform
from pathlib import Path

from skindesk.system.files import write_durably

_log = logging.getLogger(__name__)


class VerifiedNetworks:
    """Digests of networks whose golden outputs held here, kept in a file of the profile.

    They count for one machine and one version of onnxruntime: after a change of either, nothing is proven. A file
    that cannot be read proves nothing, and one that cannot be written costs no more than another proof.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def holds(self, digest: str) -> bool:
        """Whether the network with this SHA-256 has been proven here."""
        return digest in self._digests()

    def add(self, digest: str) -> None:
        """Keep that the network with this SHA-256 has been proven."""
        content = {"machine": _machine(), "digests": sorted({*self._digests(), digest})}
        try:
            write_durably(self._file, json.dumps(content, indent=2).encode())
        except OSError:
            _log.warning("it cannot be kept that network %s is verified", digest, exc_info=True)

    def _digests(self) -> set[str]:
        try:
            raw = json.loads(self._file.read_text("utf-8"))
            return set(raw["digests"]) if raw["machine"] == _machine() else set()
        except FileNotFoundError:
            return set()
        except (OSError, ValueError, KeyError, TypeError):
            _log.warning("the list of verified networks cannot be read", exc_info=True)
            return set()


def _machine() -> str:
    """What an answer's arithmetic depends on besides the network, as a digest that tells nobody's name."""
    import onnxruntime

    computer = platform.uname()
    parts = (onnxruntime.__version__, computer.system, computer.node, computer.release, computer.machine)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
