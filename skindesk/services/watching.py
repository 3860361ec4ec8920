"""Which pictures are new in a folder that a camera or a dermatoscope puts them into."""

import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from skindesk.imaging.extensions import EXTENSIONS
from skindesk.system.in_use import is_being_written

_TEMPORARY = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".filepart", "~")
"""How the name before the ending ends while some programs copy, as in `IMG_0412.part.jpg`."""
_CLOCK_NS = 2_000_000_000
"""FAT, on which most cards are, keeps times of modification to two seconds."""

_MANY, _ALL_EVERY = 1000, 5
"""In a folder of many pictures, every so many looks those that are known are asked whether they have changed."""


class NewPicture(NamedTuple):
    """A picture file as it was found. Another time of modification or another size makes it another picture.

    A tuple, since a look at a large folder makes and compares thousands of them.
    """

    modified_ns: int
    file: str
    size_bytes: int

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.file)


class FolderWatch:
    """A folder and those directly in it, as cameras fill them, since the watch began. Nothing in it is ever changed.

    A picture is new once it has come or changed, has looked the same twice, and nobody is writing it. Where the
    folder comes into sight, at the first look or because its drive is plugged in again, what is there already is
    new only if it is younger than the watch, or than all that was seen in the folder before, which holds by the
    clock of any camera.
    """

    def __init__(self, folder: Path, began_ns: int | None = None) -> None:
        self._folder = folder
        self._began_ns = (time.time_ns() if began_ns is None else began_ns) - _CLOCK_NS
        self._in_sight = False
        self._looks = 0
        self._found: set[NewPicture] = set()
        self._known: set[NewPicture] = set()
        """What was there before, and what has been told as new; it stays while the drive is away."""
        self._settling: set[NewPicture] = set()
        """What has looked like this once."""
        self._new: set[NewPicture] = set()

    def look(self) -> tuple[NewPicture, ...]:
        """All that is new and there now, the newest first; nothing while the folder cannot be read.

        Slow on a slow drive, and may never return on a dead one: for a thread that nobody waits for.
        """
        try:
            found = set(_pictures(self._folder, self._spared()))
        except OSError:
            self._in_sight = False
            self._settling.clear()
            return ()
        if not self._in_sight:
            self._take_stock(found)
            self._in_sight = True
        self._found = found
        coming = found - self._known
        complete = {picture for picture in coming & self._settling if _is_complete(picture)}
        self._settling = coming - complete
        self._known |= complete
        self._new = (self._new | complete) & found
        return tuple(sorted(self._new, reverse=True))

    def _spared(self) -> Mapping[str, NewPicture]:
        """Known pictures that are not asked for their time and size at this look, which takes most of its time."""
        self._looks += 1
        if len(self._found) < _MANY or self._looks % _ALL_EVERY == 0:
            return {}
        return {picture.file: picture for picture in self._found & self._known}

    def _take_stock(self, found: set[NewPicture]) -> None:
        """The folder has come into sight: what is not young was there before."""
        newest_ns = max((picture.modified_ns for picture in self._known), default=self._began_ns)
        since_ns = min(self._began_ns, newest_ns)
        self._known |= {picture for picture in found if picture.modified_ns <= since_ns}


def _pictures(folder: Path, spared: Mapping[str, NewPicture]) -> Iterator[NewPicture]:
    """The picture files of a folder and of those directly in it. Raises OSError where it cannot be read."""
    inner = []
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            inner.append(Path(entry.path))
        else:
            yield from _picture(entry, spared)
    for each in inner:
        with suppress(OSError):  # one that is closed to us does not hide the others
            for entry in _entries(each):
                yield from _picture(entry, spared)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from (entry for entry in entries if not entry.name.startswith((".", "~")))


def _picture(entry: os.DirEntry[str], spared: Mapping[str, NewPicture]) -> Iterator[NewPicture]:
    """A picture file; nothing for what is no picture, hidden, half copied or just gone."""
    if entry.path in spared:
        yield spared[entry.path]
        return
    stem, dot, ending = entry.name.lower().rpartition(".")
    if dot + ending not in EXTENSIONS or stem.endswith(_TEMPORARY):
        return
    with suppress(OSError):
        status = entry.stat(follow_symlinks=False)
        hidden = getattr(status, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_HIDDEN
        if stat.S_ISREG(status.st_mode) and not hidden:
            yield NewPicture(status.st_mtime_ns, entry.path, status.st_size)


def _is_complete(picture: NewPicture) -> bool:
    """Asks the file itself: Windows tells a folder's reader of a file's size only once it is closed."""
    try:
        status = picture.path.stat()
    except OSError:
        return False
    unchanged = (status.st_mtime_ns, status.st_size) == (picture.modified_ns, picture.size_bytes)
    return unchanged and picture.size_bytes > 0 and not is_being_written(picture.path)
