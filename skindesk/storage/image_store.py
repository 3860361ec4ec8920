"""Keeps picture files by the digest of their bytes, so that what is read is what was saved."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.sealing import PictureSealer, SealBrokenError
from skindesk.system.files import make_folder, sync_folder, write_durably

_DIGEST = re.compile(r"[0-9a-f]{64}")
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/mpo": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/heic": ".heic",
    "application/dicom": ".dcm",
}
_OTHER, _SEALED = ".bin", ".sealed"
_ENDINGS = (*dict.fromkeys(_EXTENSIONS.values()), _OTHER)


class ImageStore:
    """A folder of picture files. Created by the first picture.

    With a sealer, the files are sealed and named so that neither content nor digest can be told from them:
    `ab/abcdef….sealed`. Without, they lie open: `ab/abcdef….jpg` for the digest `abcdef…`. Files are never changed;
    only erasing a patient removes some. Trouble with the disk raises CaseLogUnavailableError. Safe to share
    between threads.
    """

    def __init__(self, folder: Path, sealer: PictureSealer | None = None) -> None:
        self.folder = folder
        self._sealer = sealer

    @in_plain_words()
    def add(self, content: bytes, media_type: str) -> str:
        """Keep a picture's bytes; when this returns they survive a power cut. Returns their SHA-256.

        Bytes that are already there and intact are not written again; a damaged file is replaced.
        """
        sha256 = digest_of(content)
        path = self.find(sha256) or self._place(sha256, media_type)
        if not self._is_intact(path, sha256):
            make_folder(path.parent)
            write_durably(path, content if self._sealer is None else self._sealer.seal(content, sha256))
        return sha256

    def read(self, sha256: str) -> bytes:
        """A picture's bytes, checked against their digest.

        Raises CaseLogUnavailableError where they are missing or have changed.
        """
        content = self.intact(sha256)
        if content is not None:
            return content
        if self.find(sha256) is None:
            raise CaseLogUnavailableError(
                "A picture is missing from the case log's folder.", "Restore the images folder from a backup."
            )
        raise CaseLogUnavailableError(
            "A picture in the case log's folder has been changed or damaged, so it is not shown.",
            "Restore the images folder from a backup, or add the original picture again.",
        )

    @in_plain_words()
    def intact(self, sha256: str) -> bytes | None:
        """A picture's bytes, or None where they are missing or have changed."""
        path = self.find(sha256)
        return None if path is None else self._content(path, sha256)

    def find(self, sha256: str) -> Path | None:
        """The file that carries a digest's name, or None. Its content is not checked."""
        if not _DIGEST.fullmatch(sha256):
            return None
        name = self._name(sha256)
        folder, endings = self.folder / name[:2], _ENDINGS if self._sealer is None else (_SEALED,)
        return next((path for ending in endings if (path := folder / (name + ending)).exists()), None)

    @in_plain_words()
    def remove(self, sha256: str) -> None:
        """Remove a picture's file, durably; one that is not there is no trouble."""
        path = self.find(sha256)
        if path is not None:
            path.unlink(missing_ok=True)
            sync_folder(path.parent)

    def files(self) -> Iterator[Path]:
        """Every file in the store, those left over from an interrupted write included."""
        return (path for path in self.folder.rglob("*") if path.is_file())

    def _name(self, sha256: str) -> str:
        return sha256 if self._sealer is None else self._sealer.name(sha256)

    def _place(self, sha256: str, media_type: str) -> Path:
        name = self._name(sha256)
        extension = _EXTENSIONS.get(media_type, _OTHER) if self._sealer is None else _SEALED
        return self.folder / name[:2] / (name + extension)

    def _is_intact(self, path: Path, sha256: str) -> bool:
        return path.exists() and self._content(path, sha256) is not None

    def _content(self, path: Path, sha256: str) -> bytes | None:
        """A file's content, or None where it is not what the digest stands for."""
        content = path.read_bytes()
        if self._sealer is not None:
            try:
                content = self._sealer.open(content, sha256)
            except SealBrokenError:
                return None
        return content if digest_of(content) == sha256 else None


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
