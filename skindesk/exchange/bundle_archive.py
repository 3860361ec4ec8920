"""Takes a model bundle's files out of a folder or a ZIP file that came from elsewhere, and packs them into one."""

import os
import stat
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from skindesk.domain.errors import ModelUnavailableError, OutputUnavailableError
from skindesk.system.files import sync_folder

MOST_MEMBERS = 16
MOST_EXPANSION = 100
"""A network's weights hardly pack at all; what unpacks to more than this many times its size is made to fill a disk."""

_AGAIN = "Get it again from whoever made it, as a file of `skindesk models pack`."
_PIECE_BYTES = 1 << 20
_ENCRYPTED = 0x1
_END_BYTES, _END, _LONG_END = 22, b"PK\x05\x06", b"PK\x06\x07"
_LONG_END_BYTES = 20
_MOST_CONTENTS_BYTES = 1 << 16
_ZIP_ERRORS = (BadZipFile, RuntimeError, ValueError, OverflowError, EOFError, struct.error, zlib.error)
"""What zipfile raises on damaged input; NotImplementedError and UnicodeDecodeError are among them."""


def unpack(source: Path, into: Path, most_bytes: Mapping[str, int]) -> None:
    """Copy a bundle's files out of a folder or a ZIP file into a folder, durably.

    They are exactly those that `most_bytes` names, none longer than it says; in a ZIP file they may lie in one folder.
    Raises ModelUnavailableError where one is missing, too long or a link, where there is any other, or where the ZIP
    file is damaged, leads out of its folder, or unpacks to far more than it is, or where the disk refuses; what `into`
    holds then is no bundle.
    """
    if source.is_dir():
        _unpack_folder(source, into, most_bytes)
    elif source.is_file():
        _unpack_zip(source, into, most_bytes)
    else:
        raise ModelUnavailableError(f"There is no bundle {source}.", "Name a folder or a ZIP file.")
    with _writing():
        sync_folder(into)


def pack(folder: Path, extra: Mapping[str, bytes], names: Sequence[str], out: Path) -> None:
    """Write files of a folder, and some more by their content, into a new ZIP file, whole or not at all.

    Raises OutputUnavailableError where it exists or cannot be written.
    """
    if out.exists():
        raise OutputUnavailableError(f"{out} exists already.", "Name another file.")
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                    for each in names:
                        archive.write(folder / each, each)
                    for each, content in extra.items():
                        archive.writestr(each, content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(out)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(out.parent)
    except OSError as error:
        raise OutputUnavailableError(
            f"{out} cannot be written: {error.strerror or error}.", "Check the folder and the free space."
        ) from error


def _unpack_folder(source: Path, into: Path, most_bytes: Mapping[str, int]) -> None:
    with _reading(source):
        names = sorted(entry.name for entry in source.iterdir())
    _refuse_strangers(source, names, most_bytes)
    for name in names:
        with _reading(source), _regular_file(source / name) as file:
            _copy(source, name, file, into / name, most_bytes[name])


@contextmanager
def _regular_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that is neither a link nor a device, opened so that a pipe cannot hold up the program."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not stat.S_ISREG(path.lstat().st_mode):
        raise _no_file(path.parent, path.name)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _no_file(path.parent, path.name)
        yield file


def _unpack_zip(source: Path, into: Path, most_bytes: Mapping[str, int]) -> None:
    with _reading(source), source.open("rb") as file:
        _refuse_long_contents(source, file)
        with ZipFile(file) as archive:
            members = _files_within(source, archive.infolist(), most_bytes)
            _refuse_bomb(source, members.values())
            for name, member in members.items():
                with archive.open(member) as content:
                    _copy(source, name, content, into / name, most_bytes[name])


def _refuse_long_contents(source: Path, file: IO[bytes]) -> None:
    """zipfile reads the whole table of contents at once, however many members it names."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - _LONG_END_BYTES - _END_BYTES))
    tail = file.read()
    end = tail[-_END_BYTES:]
    if not end.startswith(_END) or end[-2:] != b"\0\0":
        raise _refused(source, "it is damaged or cut off, or no ZIP file at all")
    (contents_bytes,) = struct.unpack("<L", end[12:16])
    if contents_bytes > _MOST_CONTENTS_BYTES or tail[:-_END_BYTES].startswith(_LONG_END):
        raise _refused(source, f"it holds more than {MOST_MEMBERS} files")


def _files_within(source: Path, members: Sequence[ZipInfo], most_bytes: Mapping[str, int]) -> dict[str, ZipInfo]:
    """The members that are files, by their names without the one folder in which they may lie."""
    if len(members) > MOST_MEMBERS:
        raise _refused(source, f"it holds more than {MOST_MEMBERS} files")
    files: dict[str, ZipInfo] = {}
    places = set()
    for member in members:
        _refuse_oddity(source, member)
        *folders, name = member.orig_filename.split("/")
        if not name:
            continue
        places.add(tuple(folders))
        if name in files:
            raise _refused(source, f"it holds {name} twice")
        files[name] = member
    if len(places) > 1 or any(len(place) > 1 for place in places):
        raise _refused(source, "its files do not all lie in one folder")
    _refuse_strangers(source, sorted(files), most_bytes)
    for name, member in files.items():
        if member.file_size > most_bytes[name]:
            raise _too_long(source, name, most_bytes[name])
    return files


def _refuse_oddity(source: Path, member: ZipInfo) -> None:
    name = member.orig_filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    if name.startswith("/") or any(mark in name for mark in "\\:\0") or {"..", "."} & set(name.split("/")):
        raise _refused(source, f"the path {name!r} leads out of it")
    if kind not in (0, stat.S_IFDIR if name.endswith("/") else stat.S_IFREG):
        raise _no_file(source, name)
    if member.flag_bits & _ENCRYPTED:
        raise _refused(source, f"{name} is encrypted")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise _refused(source, f"{name} is packed in a way that SkinDesk does not read")


def _refuse_bomb(source: Path, members: Iterable[ZipInfo]) -> None:
    if sum(member.file_size for member in members) > MOST_EXPANSION * source.stat().st_size:
        raise _refused(source, f"it would unpack to more than {MOST_EXPANSION} times its size")


def _refuse_strangers(source: Path, names: Sequence[str], most_bytes: Mapping[str, int]) -> None:
    missing = [name for name in most_bytes if name not in names]
    strangers = [name for name in names if name not in most_bytes]
    if strangers:
        raise _refused(source, f"{strangers[0]!r} does not belong into a model bundle")
    if missing:
        raise _refused(source, f"it lacks {', '.join(missing)}")


def _copy(source: Path, name: str, content: IO[bytes], target: Path, most_bytes: int) -> None:
    """Copy no more than a file may have, whatever a table of contents says."""
    left = most_bytes
    with _writing():
        file = target.open("xb")
    with file:
        while piece := content.read(_PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise _too_long(source, name, most_bytes)
            with _writing():
                file.write(piece)
        with _writing():
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise not_kept(error) from error


def not_kept(error: OSError) -> ModelUnavailableError:
    """That the disk refuses a bundle."""
    return ModelUnavailableError(
        f"The bundle cannot be kept in the profile: {error.strerror or error}.",
        "Check the profile folder's permissions and free space.",
    )


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _refused(source, f"it cannot be read ({error.strerror or error})") from error
    except _ZIP_ERRORS as error:
        raise _refused(source, "it is damaged or cut off, or no ZIP file at all") from error


def _too_long(source: Path, name: str, most_bytes: int) -> ModelUnavailableError:
    return _refused(source, f"{name} is longer than the limit of {most_bytes / 1e6:,.1f} MB")


def _no_file(source: Path, name: str) -> ModelUnavailableError:
    return _refused(source, f"{name!r} is no plain file but a link, a folder or a device")


def _refused(source: Path, why: str) -> ModelUnavailableError:
    return ModelUnavailableError(f"{source.name} is no model bundle that can be installed: {why}.", _AGAIN)
