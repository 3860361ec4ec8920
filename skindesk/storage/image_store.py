"""Keeps picture files under the digest of their bytes, so that what is read is what was saved."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.plain_words import in_plain_words
from skindesk.system.files import sync_folder, write_durably

_DIGEST = re.compile(r"[0-9a-f]{64}")
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/mpo": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
}


class ImageStore:
    """A folder of picture files, `ab/abcdef….jpg` for the digest `abcdef…`. Created by the first picture.

    Files are added and never changed. Trouble with the disk raises CaseLogUnavailableError. Safe to share
    between threads.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @in_plain_words()
    def add(self, content: bytes, media_type: str) -> str:
        """Keep a picture's bytes; when this returns they survive a power cut. Returns their SHA-256.

        Bytes that are already there and intact are not written again; a damaged file is replaced.
        """
        sha256 = digest_of(content)
        path = self.find(sha256) or self._folder_of(sha256) / (sha256 + _EXTENSIONS.get(media_type, ".bin"))
        if not self._is_intact(path, sha256):
            _make_folder(path.parent)
            write_durably(path, content)
        return sha256

    @in_plain_words()
    def read(self, sha256: str) -> bytes:
        """A picture's bytes, checked against their digest.

        Raises CaseLogUnavailableError where they are missing or have changed.
        """
        path = self.find(sha256)
        if path is None:
            raise CaseLogUnavailableError(
                "A picture is missing from the case log's folder.", "Restore the images folder from a backup."
            )
        content = path.read_bytes()
        if digest_of(content) != sha256:
            raise CaseLogUnavailableError(
                "A picture in the case log's folder has been changed or damaged, so it is not shown.",
                "Restore the images folder from a backup, or add the original picture again.",
            )
        return content

    def find(self, sha256: str) -> Path | None:
        """The file that carries a digest's name, or None. Its content is not checked."""
        if not _DIGEST.fullmatch(sha256):
            return None
        return next(self._folder_of(sha256).glob(f"{sha256}.*"), None)

    def files(self) -> Iterator[Path]:
        """Every file in the store, those left over from an interrupted write included."""
        return (path for path in self.folder.rglob("*") if path.is_file())

    def _folder_of(self, sha256: str) -> Path:
        return self.folder / sha256[:2]

    def _is_intact(self, path: Path, sha256: str) -> bool:
        return path.exists() and digest_of(path.read_bytes()) == sha256


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _make_folder(folder: Path) -> None:
    """Create a folder so that its own name, too, survives a power cut."""
    if folder.exists():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)
