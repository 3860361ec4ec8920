"""Everything that a batch can be over, as items in a stable order: each is found only when it is asked for."""

import errno
import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from skindesk.domain.errors import RejectionReason
from skindesk.imaging.extensions import EXTENSIONS
from skindesk.imaging.formats.dicom_head import DICOM_MARK_END, is_dicom
from skindesk.services.batch.archives import archive_items, is_archive
from skindesk.services.batch.dicomdir import DICOMDIR, is_dicomdir, listed_in_dicomdir
from skindesk.services.batch.items import Item, Problem
from skindesk.services.batch.lists import is_list, listed_in_file

OTHER_PICTURE_EXTENSIONS = frozenset({".gif", ".avif", ".jp2", ".ico", ".tga", ".ppm", ".svg", ".psd", ".raw", ".dng"})
"""Endings of pictures that this program does not read; in a folder each gets a row that says so."""

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Search:
    """Where to look: folders, files, patterns such as `scans/*.jpg`, archives, lists and DICOMDIRs, in this order.

    `recursive` goes into sub-folders. With `label_by_folder`, the name of the folder that a picture is in is its label.
    Without `in_order` folders are not sorted, and of a folder of a million pictures the first is found at once.
    A source `-` stands for `listed`, paths that came from elsewhere.
    """

    sources: tuple[str, ...]
    recursive: bool = False
    in_order: bool = True
    listed: tuple[str, ...] = ()
    label_by_folder: bool = False

    @classmethod
    def over(cls, paths: Iterable[Path], recursive: bool = False) -> "Search":
        """A search in paths alone."""
        return cls(tuple(str(path) for path in paths), recursive)


def find_items(search: Search) -> Iterator[Item]:
    """Every item of a search. What cannot be read, such as a closed folder, is an item with a problem in its place.

    A folder's entries come sorted by name, its sub-folders in their places among them; folders are entered once
    however often they are linked to. What a folder's DICOMDIR lists comes first. A named archive, list or DICOMDIR
    gives what it holds in its own order; archives and lists within folders do not count.
    """
    for item in _found(search):
        yield _labelled(item) if search.label_by_folder else item


def _found(search: Search) -> Iterator[Item]:
    folders = _Folders(search)
    for source in search.sources:
        path = Path(source)
        if source == STANDARD_INPUT:
            yield from (Item(Path(each)) for each in search.listed)
        elif _is_folder(path):
            yield from folders.within(path)
        elif glob.has_magic(source) and not os.path.lexists(source):
            yield from _matching(source, search.recursive, folders)
        else:
            yield from _named(path)


def _named(path: Path) -> Iterator[Item]:
    """What a file gives that is named itself."""
    if is_archive(path):
        yield from archive_items(path, looks_like_a_picture)
    elif is_list(path):
        yield from listed_in_file(path)
    elif is_dicomdir(path):
        yield from listed_in_dicomdir(path)
    else:
        yield Item(path)


def _matching(pattern: str, recursive: bool, folders: "_Folders") -> Iterator[Item]:
    found = sorted(glob.iglob(pattern, recursive=recursive))  # noqa: PTH207 - Path.glob takes no absolute patterns
    if not found:
        problem = Problem(RejectionReason.MISSING, f"Nothing matches {pattern}. Check the pattern.")
        yield Item(Path(pattern), problem=problem)
    for each in map(Path, found):
        yield from folders.within(each) if _is_folder(each) else _named(each)


def looks_like_a_picture(name: str) -> bool:
    """Whether a file's name says that it is a picture, of a kind that is read or another."""
    return os.path.splitext(name)[1].lower() in EXTENSIONS | OTHER_PICTURE_EXTENSIONS  # noqa: PTH122 - ten times as fast


class _Folders:
    """Walks folders, none of them twice. Of a folder only names are held, since there may be a million."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._seen: set[tuple[int, int]] = set()
        self._known: set[Path] = set()
        """What a DICOMDIR has listed, and the DICOMDIR itself."""

    def within(self, folder: Path) -> Iterator[Item]:
        """The pictures of a folder; one stack and no recursion, since folders may lie as deep as they like."""
        opened = [self._entries(folder)]
        while opened:
            entry = next(opened[-1], None)
            if entry is None:
                opened.pop()
            elif isinstance(entry, Item):
                yield entry
            else:
                opened.append(self._entries(entry))

    def _entries(self, folder: Path) -> "Iterator[Item | Path]":
        """A folder's pictures and, where they are asked for, its folders; nothing of one that was seen before."""
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in self._seen:
                return
            self._seen.add((status.st_dev, status.st_ino))
            yield from self._listed(folder / DICOMDIR)
            with os.scandir(folder) as entries:
                names = (name for entry in entries if (name := self._wanted(entry)))
                for name in sorted(names) if self._search.in_order else names:
                    path = folder / name
                    if name.endswith(os.sep):
                        yield path
                    elif path not in self._known and (looks_like_a_picture(name) or _is_dicom(path)):
                        yield Item(path)
        except OSError as error:
            yield _unreadable_folder(folder, error)

    def _listed(self, dicomdir: Path) -> Iterator[Item]:
        """What a folder's table of contents lists; the rest of the folder follows."""
        if is_dicomdir(dicomdir):
            self._known.add(dicomdir)
            for item in listed_in_dicomdir(dicomdir):
                self._known.add(item.path)
                yield item

    def _wanted(self, entry: "os.DirEntry[str]") -> str:
        """The name of an entry that may count, a folder's with a separator at its end; else nothing."""
        if _leads_to_folder(entry):
            return entry.name + os.sep if self._search.recursive else ""
        return entry.name if looks_like_a_picture(entry.name) or _may_be_dicom(entry.name) else ""


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, no permission: reading it will say what it is
        return False


def _leads_to_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _may_be_dicom(name: str) -> bool:
    """Whether a name has no ending, or a number for one, as on a hospital's CD."""
    _, dot, ending = name.rpartition(".")
    return not dot or ending.isdecimal()


def _is_dicom(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return is_dicom(file.read(DICOM_MARK_END))
    except OSError:
        return False


def _labelled(item: Item) -> Item:
    return item if item.label or item.problem else replace(item, label=item.shown.parent.name)


def _unreadable_folder(folder: Path, error: OSError) -> Item:
    why = "permission denied" if error.errno in (errno.EACCES, errno.EPERM) else str(error.strerror or error)
    message = f"The folder {folder.name} cannot be read: {why}. Check its permissions."
    return Item(folder, problem=Problem(RejectionReason.NOT_READABLE, message))
