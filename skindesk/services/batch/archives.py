"""The pictures of ZIP and TAR archives, read where they lie: nothing is ever unpacked onto the disk."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from skindesk.domain.errors import RejectionReason
from skindesk.imaging.decode import MAX_FILE_BYTES
from skindesk.services.batch.items import Item, Problem, Span, damaged_member

_ZIP = (".zip",)
_PACKED: dict[str, Callable[[Path], Any]] = {
    ".tar.gz": gzip.open, ".tgz": gzip.open,
    ".tar.bz2": bz2.open, ".tbz2": bz2.open, ".tbz": bz2.open,
    ".tar.xz": lzma.open, ".txz": lzma.open,
}  # fmt: skip
_TAR = (".tar", *_PACKED)

MOST_EXPANSION, HARMLESS_BYTES = 200, 64 * 1024 * 1024
"""Pictures hardly pack at all: what unpacks to more than so many times its size, and this much, is a bomb."""

_MOST_HEAD_BYTES = 4 * 1024 * 1024
_ENCRYPTED = 0x1
_DAMAGE = (
    BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError, OverflowError,
    struct.error, MemoryError,
)  # fmt: skip
"""What these libraries raise on damaged input; NotImplementedError and UnicodeDecodeError are among them."""


def is_archive(path: Path) -> bool:
    """Whether a file's name says that it is an archive which is read."""
    return path.name.lower().endswith((*_ZIP, *_TAR))


def archive_items(path: Path, wanted: Callable[[str], bool]) -> Iterator[Item]:
    """The members that are `wanted` by their names, in the archive's own order; folders and other files do not count.

    A member that is encrypted, a link, too large, packed in a way that is not read, or whose name leads out of the
    archive is an item with a problem; so is the archive itself where it is damaged, from there on.
    """
    found = False
    try:
        for item in _zip_items(path, wanted) if path.name.lower().endswith(_ZIP) else _tar_items(path, wanted):
            found = True
            yield item
    except FileNotFoundError:
        yield _trouble(path, RejectionReason.MISSING, f"{path.name} does not exist. Check the path.")
        return
    except OSError as error:  # also what gzip and bz2 raise on damaged input
        why = error.strerror or error
        yield _trouble(path, RejectionReason.NOT_READABLE, f"{path.name} cannot be read: {why}. Get it again.")
        return
    except _DAMAGE:
        yield _trouble(
            path,
            RejectionReason.DAMAGED,
            f"{path.name} is damaged or no archive; get it again. What came first counts.",
        )
        return
    if not found:
        yield _trouble(path, RejectionReason.NOT_AN_IMAGE, f"{path.name} holds no pictures. Choose another archive.")


def member_of_stream(path: Path, member: str) -> bytes:
    """A member of a compressed TAR archive, which is read up to there. Raises ImageRejectedError."""
    for item in archive_items(path, lambda name: name == member):
        if item.member == member:
            return item.read().content
    raise damaged_member(path, member)


def _zip_items(path: Path, wanted: Callable[[str], bool]) -> Iterator[Item]:
    with ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename
            if member.is_dir() or not wanted(name) or name.startswith("__MACOSX/"):
                continue
            problem = _problem_of_name(path, name) or _problem_of_zipped(path, member)
            yield Item(path, name, None if problem else _span_of(member), problem)


def _span_of(member: ZipInfo) -> Span:
    deflated = member.compress_type == ZIP_DEFLATED
    return Span(member.header_offset, member.compress_size, member.file_size, deflated, member.CRC, local_head=True)


def _problem_of_zipped(path: Path, member: ZipInfo) -> Problem | None:
    name = Path(member.filename).name
    if member.flag_bits & _ENCRYPTED:
        return Problem(
            RejectionReason.NOT_READABLE, f"{name} is encrypted within {path.name}. Unpack the archive yourself."
        )
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        why = f"{name} is packed within {path.name} in a way that SkinDesk cannot read. Unpack the archive yourself."
        return Problem(RejectionReason.NOT_READABLE, why)
    is_bomb = member.file_size > max(HARMLESS_BYTES, MOST_EXPANSION * member.compress_size)
    return _problem_of_size(path, name, member.file_size, is_bomb)


def _tar_items(path: Path, wanted: Callable[[str], bool]) -> Iterator[Item]:
    opener = next((way for ending, way in _PACKED.items() if path.name.lower().endswith(ending)), None)
    size_bytes = path.stat().st_size
    with path.open("rb") if opener is None else opener(path) as file:
        heads = _Heads(file)
        with tarfile.open(fileobj=heads, mode="r:") as archive:
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # or it keeps what it knows of each for ever
                if opener and member.offset_data > max(HARMLESS_BYTES, MOST_EXPANSION * size_bytes):
                    yield _trouble(
                        path,
                        RejectionReason.TOO_LARGE,
                        f"{path.name} unpacks to far more than pictures do; what comes from here on is not read.",
                    )
                    return
                if wanted(member.name) and not member.isdir():
                    yield _tarred(path, member, None if opener is None else file)


def _tarred(path: Path, member: tarfile.TarInfo, stream: IO[bytes] | None) -> Item:
    name = Path(member.name).name
    problem = _problem_of_name(path, member.name)
    if problem is None and not member.isreg():
        problem = Problem(RejectionReason.NOT_AN_IMAGE, f"{name} is a link or a device within {path.name}.")
    problem = problem or _problem_of_size(path, name, member.size, is_bomb=False)
    if problem is not None:
        return Item(path, member.name, problem=problem)
    if stream is None:
        return Item(path, member.name, Span(member.offset_data, member.size, member.size))
    stream.seek(member.offset_data)
    content = stream.read(member.size)
    if len(content) < member.size:
        return Item(path, member.name, problem=Problem(RejectionReason.DAMAGED, str(damaged_member(path, member.name))))
    return Item(path, member.name, content=content)


class _Heads(io.RawIOBase):
    """What tarfile is given to read: the heads of members, none of them longer than any real one is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        """Raises TarError where more is asked for than a head has."""
        if not 0 <= size <= _MOST_HEAD_BYTES:
            raise tarfile.ReadError("a head is longer than any real one")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """As files do."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As files do."""
        return self._file.tell()


def _problem_of_name(path: Path, name: str) -> Problem | None:
    """Nothing is unpacked, so that such a name could do no harm here; an honest archive has none all the same."""
    leads_out = name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or name[1:3] in (":\\", ":/")
    if not leads_out and "\0" not in name:
        return None
    why = f"{name!r} leads out of {path.name}. Do not unpack this archive; ask whoever sent it."
    return Problem(RejectionReason.NOT_READABLE, why)


def _problem_of_size(path: Path, name: str, size_bytes: int, is_bomb: bool) -> Problem | None:
    if size_bytes > MAX_FILE_BYTES or is_bomb:
        why = f"{name} within {path.name} unpacks to {size_bytes / 1e6:,.0f} MB, which no picture does."
        return Problem(RejectionReason.TOO_LARGE, f"{why} Ask whoever sent it.")
    return Problem(RejectionReason.EMPTY, f"{name} is empty within {path.name}.") if size_bytes == 0 else None


def _trouble(path: Path, reason: RejectionReason, message: str) -> Item:
    return Item(path, problem=Problem(reason, message))
