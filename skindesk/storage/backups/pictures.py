"""Reads sealed picture files as they lie, and trusts none before its seal has been opened."""

import logging
from collections.abc import Iterator
from pathlib import Path

from skindesk.storage.image_store import digest_of
from skindesk.storage.sealing import PictureSealer, SealBrokenError

_log = logging.getLogger(__name__)
_ENDING = ".sealed"


class SealedPictures:
    """A folder of sealed pictures, of a case log or of its backups: both are laid out alike."""

    def __init__(self, folder: Path, sealer: PictureSealer) -> None:
        self._folder = folder
        self._sealer = sealer

    def path(self, name: str) -> Path:
        """Where the file of a sealed name lies, or would."""
        return object_in(self._folder, name)

    def intact(self, sha256: str) -> bytes | None:
        """The sealed bytes of a picture; None where they are missing, unreadable, or do not open to that picture."""
        try:
            sealed = self.path(self._sealer.name(sha256)).read_bytes()
            return sealed if digest_of(self._sealer.open(sealed, sha256)) == sha256 else None
        except FileNotFoundError:
            return None
        except (OSError, SealBrokenError) as error:
            _log.warning("picture %s cannot be used: %s", sha256, type(error).__name__)
            return None


def object_in(folder: Path, name: str) -> Path:
    """Where a sealed picture lies in a folder of them."""
    return folder / name[:2] / (name + _ENDING)


def objects_beyond(folder: Path, names: frozenset[str]) -> Iterator[Path]:
    """Every file but those of these names, what an interrupted write has left included."""
    wanted = {object_in(folder, name) for name in names}
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path not in wanted)
