"""One picture of a batch: where it comes from, what is known of it beforehand, and how its bytes are read."""

import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.imaging.decode import PictureFile, picture_from_bytes, read_picture_file

_LOCAL_HEAD_BYTES = 30
_NAME_BYTES_AT = 26


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item cannot even be read: its row says so in its place."""

    reason: RejectionReason
    message: str


@dataclass(frozen=True, slots=True)
class Span:
    """Where a member lies in its archive, so that any thread or process can read it without the table of contents.

    `packed_bytes` from `offset` on hold `size_bytes`, deflated where `deflated`. `crc` is None where none is known.
    With `local_head`, a ZIP file's own head of the member comes first.
    """

    offset: int
    packed_bytes: int
    size_bytes: int
    deflated: bool = False
    crc: int | None = None
    local_head: bool = False


class Seen(NamedTuple):
    """A file as it was before it was read; another size or time makes it another file."""

    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Item:
    """A file, or `member` of the archive at `path`. Small, hashable, and fit to be sent to another process.

    `label`, `patient` and `lesion` are what a list or the name of a folder says of the picture. `content` is there
    only while an archive is read that can be read but once from its beginning on.
    """

    path: Path
    member: str = ""
    span: Span | None = None
    problem: Problem | None = None
    label: str = ""
    patient: str = ""
    lesion: str = ""
    content: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def shown(self) -> Path:
        """The path by which results name it; a member's is within its archive's, as file managers show it."""
        return self.path / self.member if self.member else self.path

    @property
    def key(self) -> str:
        """What tells it from every other item of a job."""
        return f"{self.path}\0{self.member}"

    def look(self) -> Seen | None:
        """The state of its file, or of the archive that it is in; None where that cannot be told."""
        try:
            status = self.path.stat()
        except (OSError, ValueError):  # no such file, or no such name
            return None
        return Seen(status.st_size, status.st_mtime_ns)

    def read(self) -> PictureFile:
        """Its bytes. Raises ImageRejectedError where it has a problem, is missing, unreadable, damaged or empty."""
        if self.problem is not None:
            raise ImageRejectedError(self.problem.reason, self.problem.message, "")
        if not self.member:
            return read_picture_file(self.path)
        name = Path(self.member).name
        if self.content is not None:
            return picture_from_bytes(name, self.content)
        if self.span is None:
            from skindesk.services.batch.archives import member_of_stream

            return picture_from_bytes(name, member_of_stream(self.path, self.member))
        return picture_from_bytes(name, _read_span(self.path, self.member, self.span))


def _read_span(path: Path, member: str, span: Span) -> bytes:
    """A member's bytes, never more than the archive says that it has."""
    try:
        with path.open("rb") as file:
            file.seek(span.offset)
            if span.local_head:
                head = file.read(_LOCAL_HEAD_BYTES)
                name_bytes = int.from_bytes(head[_NAME_BYTES_AT : _NAME_BYTES_AT + 2], "little")
                extra_bytes = int.from_bytes(head[_NAME_BYTES_AT + 2 : _NAME_BYTES_AT + 4], "little")
                file.seek(name_bytes + extra_bytes, 1)
            content = file.read(span.packed_bytes)
    except FileNotFoundError as error:
        raise ImageRejectedError(
            RejectionReason.MISSING, f"{path.name} does not exist any more.", "Check the path, or the drive."
        ) from error
    except OSError as error:
        raise ImageRejectedError(
            RejectionReason.NOT_READABLE,
            f"{path.name} cannot be read: {error.strerror or error}.",
            "Check the file's permissions and the drive.",
        ) from error
    if span.deflated:
        content = _inflated(content, path, member, span)
    if len(content) != span.size_bytes or (span.crc is not None and zlib.crc32(content) != span.crc):
        raise damaged_member(path, member)
    return content


def _inflated(content: bytes, path: Path, member: str, span: Span) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, span.size_bytes + 1)
    except zlib.error as error:
        raise damaged_member(path, member) from error


def damaged_member(path: Path, member: str) -> ImageRejectedError:
    """A member that is not what its archive says."""
    return ImageRejectedError(
        RejectionReason.DAMAGED, f"{Path(member).name} is damaged within {path.name}.", "Get the archive again."
    )
