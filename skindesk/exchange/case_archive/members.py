"""The members of a file of cases as ZIP has them, refused where they are not what SkinDesk writes."""

import struct
import zlib
from collections.abc import Container, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from skindesk.domain.final_diagnosis import MAX_ATTACHMENT_MB
from skindesk.domain.transfer import CaseArchiveError
from skindesk.exchange.case_archive.layout import (
    CASES,
    MANIFEST,
    MANIFEST_BYTES,
    MANIFEST_BYTES_PER_MEMBER,
    MAX_EXPANSION,
    MAX_FILES,
    Folder,
    file_in,
)
from skindesk.imaging.decode import MAX_FILE_BYTES

_AGAIN = "Export the cases again on the other workstation, and copy the file whole."
_ENCRYPTED = 0x1
_LOCAL_HEADER_BYTES = 30
_ATTACHMENT_BYTES = MAX_ATTACHMENT_MB * 1_000_000
_ZIP_ERRORS = (BadZipFile, RuntimeError, ValueError, OverflowError, EOFError, struct.error, zlib.error)
"""What zipfile raises on damaged input; NotImplementedError and UnicodeDecodeError are among them."""


class Members:
    """A ZIP file's members by name. Everything raises CaseArchiveError, and names the file. Close it when done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.is_file():
            raise self.refuse("there is no such file.", "Check the path and the drive.")
        with self._reading():
            self._zip = ZipFile(path)
        try:
            self._check()
        except BaseException:
            self.close()
            raise
        self.files = {file: info.filename for info in self._zip.infolist() if (file := file_in(info.filename))}

    def close(self) -> None:
        """Release the file."""
        self._zip.close()

    @property
    def names(self) -> frozenset[str]:
        """Every member's name."""
        return frozenset(self._zip.namelist())

    def read(self, name: str) -> bytes:
        """A whole member, which is not longer than the limits allow."""
        with self.open(name) as member:
            # Without a size, zipfile unpacks all there is, however much more that is than the table of contents says.
            return member.read(self._zip.getinfo(name).file_size)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A member to be read piece by piece."""
        with self._reading(name), self._zip.open(name) as member:
            yield member

    def refuse(self, what: str, advice: str = _AGAIN) -> CaseArchiveError:
        """The error that says what is wrong with this file."""
        return CaseArchiveError(f"{self._path.name}: {what}", advice)

    def _check(self) -> None:
        """Everything that can be told from the table of contents."""
        members = self._zip.infolist()
        if len(members) > MAX_FILES + 2:
            raise self.refuse(f"it has more than {MAX_FILES:,} pictures and attachments.")
        seen: set[Hashable] = set()
        for member in members:
            trouble = _trouble_with(member, seen, len(members))
            if trouble:
                raise self.refuse(f"its member {member.filename!r} {trouble}.")
            seen.add(file_in(member.filename) or member.filename)
        for name in (MANIFEST, CASES):
            if name not in seen:
                raise self.refuse(f"{name} is missing, so that it is no file of cases.", "Choose another file.")
        self._refuse_bomb(members)

    def _refuse_bomb(self, members: list[ZipInfo]) -> None:
        """Refuse what unpacks to far more than it is, be it well packed or the same bytes told of again and again."""
        end = 0
        for member in sorted(members, key=lambda member: member.header_offset):
            if member.header_offset < end:
                raise self.refuse(f"its member {member.filename!r} overlaps another one.")
            end = member.header_offset + _LOCAL_HEADER_BYTES + len(member.filename) + member.compress_size
        unpacked, size = sum(member.file_size for member in members), self._path.stat().st_size
        if unpacked > MAX_EXPANSION * size:
            raise self.refuse(f"it would unpack to more than {MAX_EXPANSION} times its size.")

    @contextmanager
    def _reading(self, name: str = "") -> Iterator[None]:
        where = f"its member {name} is" if name else "it is"
        try:
            yield
        except CaseArchiveError:
            raise
        except OSError as error:
            why = f"{self._path.name} cannot be read: {error.strerror or error}."
            raise CaseArchiveError(why, "Check the path, the permissions and the drive.") from error
        except _ZIP_ERRORS as error:
            raise self.refuse(f"{where} damaged or cut off, or no ZIP file at all.") from error


def _trouble_with(member: ZipInfo, seen: Container[Hashable], count: int) -> str:
    file = file_in(member.filename)
    if member.filename not in (MANIFEST, CASES) and file is None:
        return "does not belong into a file of cases"
    if (file or member.filename) in seen:
        return "is there twice"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "is packed in a way that SkinDesk does not read"
    limit_bytes = _limit_bytes(member.filename, count)
    if limit_bytes is not None and member.file_size > limit_bytes:
        return f"has {member.file_size / 1e6:,.1f} MB, over the limit of {limit_bytes / 1e6:,.1f} MB"
    return ""


def _limit_bytes(name: str, count: int) -> int | None:
    """How long a member may be, of so many; None where each of its lines has a limit."""
    if name == CASES:
        return None
    if name == MANIFEST:
        return MANIFEST_BYTES + MANIFEST_BYTES_PER_MEMBER * count
    file = file_in(name)
    is_attachment = file is not None and file.folder is Folder.ATTACHMENTS
    return _ATTACHMENT_BYTES if is_attachment else MAX_FILE_BYTES
