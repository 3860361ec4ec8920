"""Looks at the watched folder again and again, on a thread for which nothing ever waits."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from skindesk.services.watching import FolderWatch, NewPicture
from skindesk.system.settings import Settings

EVERY_S = 2.0
_MOST_SHARE = 0.1
"""A look at a large folder or on a slow drive takes no more of the time than this."""
_POLL_MS = 250
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrivals:
    """The new pictures of a folder that nobody has opened yet, the newest first."""

    folder: Path
    pictures: tuple[NewPicture, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where they are."""
        return tuple(picture.path for picture in self.pictures)


class FolderWatcher(QObject):
    """Watches at most one folder. What was opened or passed over is remembered as long as it lives: make it last.

    It only reads the folder, instead of being told by the system of changes: network drives and cards do not tell,
    to ask for it can hang on a dead drive, and on Windows it would keep a card from being ejected.
    """

    changed = Signal(object)
    """The Arrivals that wait now; without pictures when there are none any more."""

    def __init__(self, parent: QObject | None = None, every_s: float = EVERY_S) -> None:
        super().__init__(parent)
        self._every_s = every_s
        self._folder: Path | None = None
        self._found: tuple[NewPicture, ...] = ()
        self._seen: set[NewPicture] = set()
        self._told: Arrivals | None = None
        self._stop = Event()
        self._looks: SimpleQueue[tuple[NewPicture, ...]] = SimpleQueue()
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._collect)

    @property
    def waiting(self) -> Arrivals | None:
        """What waits now; None where no folder is watched."""
        if self._folder is None:
            return None
        return Arrivals(self._folder, tuple(picture for picture in self._found if picture not in self._seen))

    def follow(self, folder: Path | None) -> None:
        """Watch this folder from now on, or none; a folder that is watched already goes on being watched."""
        if folder == self._folder:
            return
        self.stop()
        self._folder, self._found = folder, ()
        if folder is not None:
            self._stop, self._looks = Event(), SimpleQueue()
            self.destroyed.connect(self._stop.set)
            about = (FolderWatch(folder), self._looks, self._stop, self._every_s)
            Thread(target=_keep_looking, args=about, name="watched folder", daemon=True).start()
            self._timer.start()
        self._tell()

    def apply_settings(self, settings: Settings) -> None:
        """Watch the folder of the settings, at the start and whenever they have changed."""
        self.follow(None if settings.watched_folder is None else Path(settings.watched_folder))

    def opened(self, paths: Iterable[Path]) -> None:
        """These files were opened, from here or in any other way: they do not wait any more."""
        wanted = set(paths)
        self._seen.update(picture for picture in self._found if picture.path in wanted)
        self._tell()

    def pass_over(self) -> None:
        """The user does not want what waits now; what comes later is told again."""
        self._seen.update(self._found)
        self._tell()

    def stop(self) -> None:
        """Watch nothing any more, at once: a look that hangs on a dead drive is left to itself."""
        self._stop.set()
        self._timer.stop()
        self._folder = None

    def _collect(self) -> None:
        """Take what the thread has found of late."""
        try:
            while True:
                self._found = self._looks.get_nowait()
        except Empty:
            self._tell()

    def _tell(self) -> None:
        waiting = self.waiting
        if waiting != self._told:
            self._told = waiting
            self.changed.emit(waiting)


def _keep_looking(
    watch: FolderWatch, looks: "SimpleQueue[tuple[NewPicture, ...]]", stop: Event, every_s: float
) -> None:
    """On a thread, until it is to stop. A bug ends it, and the log tells."""
    try:
        while not stop.is_set():
            began_s = monotonic()
            looks.put(watch.look())
            stop.wait(max(every_s, (monotonic() - began_s) / _MOST_SHARE))
    except Exception:
        _log.exception("the watched folder is not looked at any more")
