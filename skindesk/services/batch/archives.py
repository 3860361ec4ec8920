"""The pictures of ZIP and TAR archives, read where they lie: nothing is ever unpacked onto the disk."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
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
_MOST_DIRECTORY_BYTES = 64 * 1024 * 1024
"""Some 700,000 members, which Python keeps in 500 MB."""
_HARMLESS_MEMBERS, _FEWEST_MEMBER_BYTES = 5_000, 100
"""No picture takes fewer, packed and with its head: an archive of so many more members is a bomb."""
_LOCAL_HEAD_BYTES = 30
_MOST_PACKING_BYTES = 65_536
"""What does not pack grows by less than this and a tenth."""
_ENCRYPTED = 0x1
_DAMAGE = (
    BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError, OverflowError,
    struct.error, MemoryError, IndexError, KeyError,
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
    with path.open("rb") as file, ZipFile(_Heads(file, _MOST_DIRECTORY_BYTES)) as archive:
        members = archive.infolist()
        shared = _sharing_bytes(members)
        for member in members:
            name = member.filename
            if member.is_dir() or not wanted(name) or name.startswith("__MACOSX/"):
                continue
            problem = _problem_of_name(path, name) or _problem_of_zipped(path, member, member.header_offset in shared)
            yield Item(path, name, None if problem else _span_of(member), problem)


def _sharing_bytes(members: list[ZipInfo]) -> frozenset[int]:
    """Where members begin that reach into the next one, or begin where another does: no packer writes such."""
    in_order = sorted((member.header_offset, member.compress_size) for member in members)
    return frozenset(
        place
        for (at, packed_bytes), (following, _) in pairwise(in_order)
        if at + _LOCAL_HEAD_BYTES + packed_bytes > following
        for place in (at, following)
    )


def _span_of(member: ZipInfo) -> Span:
    deflated = member.compress_type == ZIP_DEFLATED
    return Span(member.header_offset, member.compress_size, member.file_size, deflated, member.CRC, local_head=True)


def _problem_of_zipped(path: Path, member: ZipInfo, shares_bytes: bool) -> Problem | None:
    name = Path(member.filename).name
    if member.flag_bits & _ENCRYPTED:
        return Problem(
            RejectionReason.NOT_READABLE, f"{name} is encrypted within {path.name}. Unpack the archive yourself."
        )
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        why = f"{name} is packed within {path.name} in a way that SkinDesk cannot read. Unpack the archive yourself."
        return Problem(RejectionReason.NOT_READABLE, why)
    if shares_bytes or member.compress_size > 11 * member.file_size // 10 + _MOST_PACKING_BYTES:
        return Problem(RejectionReason.DAMAGED, f"{name} is not where {path.name} says. Get the archive again.")
    is_bomb = member.file_size > max(HARMLESS_BYTES, MOST_EXPANSION * member.compress_size)
    return _problem_of_size(path, name, member.file_size, is_bomb)


def _tar_items(path: Path, wanted: Callable[[str], bool]) -> Iterator[Item]:
    opener = next((way for ending, way in _PACKED.items() if path.name.lower().endswith(ending)), None)
    size_bytes = path.stat().st_size
    with path.open("rb") if opener is None else opener(path) as file:
        heads = _Heads(file, _MOST_HEAD_BYTES)
        with tarfile.open(fileobj=heads, mode="r:") as archive:
            for number, member in enumerate(_members(archive, heads)):
                if opener and _is_bomb(archive.offset, number, size_bytes):
                    yield _trouble(
                        path,
                        RejectionReason.TOO_LARGE,
                        f"{path.name} unpacks to far more than pictures do; what comes from here on is not read.",
                    )
                    return
                if wanted(member.name) and not member.isdir():
                    yield _tarred(path, member, None if opener is None else file)


def _members(archive: tarfile.TarFile, heads: "_Heads") -> Iterator[tarfile.TarInfo]:
    """Each member in turn, and nothing kept of those before. Raises ReadError where one leads back to itself."""
    while (member := archive.next()) is not None:
        if archive.offset <= member.offset or member.size < 0:
            raise tarfile.ReadError("a member that ends before it begins")
        archive.members.clear()  # type: ignore[attr-defined]  # or it keeps what it knows of each for ever
        yield member
        heads.allow()


def _is_bomb(unpacked_bytes: int, members: int, size_bytes: int) -> bool:
    """Whether so much, up to the end of a member that is not read yet, cannot come from an archive of this size."""
    return (
        unpacked_bytes > max(HARMLESS_BYTES, MOST_EXPANSION * size_bytes)
        or members > _HARMLESS_MEMBERS + size_bytes // _FEWEST_MEMBER_BYTES
    )


def _tarred(path: Path, member: tarfile.TarInfo, stream: IO[bytes] | None) -> Item:
    name = Path(member.name).name
    problem = _problem_of_name(path, member.name)
    if problem is None and (not member.isreg() or member.issparse()):
        why = f"{name} is a link, a device or a file with gaps within {path.name}."
        problem = Problem(RejectionReason.NOT_AN_IMAGE, why)
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
    """What libraries are given to read: heads and tables of contents, none of them longer than any real one is."""

    def __init__(self, file: IO[bytes], most_bytes: int) -> None:
        self._file, self._most, self._left = file, most_bytes, most_bytes

    def allow(self) -> None:
        """Let as much be read again as at first."""
        self._left = self._most

    def read(self, size: int = -1, /) -> bytes:
        """Raises ReadError where more has been asked for than a head has."""
        found = self._file.read(self._left + 1 if size < 0 else min(size, self._left + 1))
        self._left -= len(found)
        if self._left < 0:
            raise tarfile.ReadError("a head is longer than any real one")
        return found

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
