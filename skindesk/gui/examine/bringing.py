"""All ways in which pictures come to the Examine page: chosen, dropped, pasted, from a watched folder or a camera."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from skindesk.bootstrap import Workspace
from skindesk.gui.background import Background
from skindesk.gui.examine.examiner import Incoming
from skindesk.gui.examine.incoming import choose_files, files_in, reader_of_image, with_room
from skindesk.gui.incoming.arrivals_bar import ArrivalsBar
from skindesk.gui.incoming.camera_dialog import open_camera
from skindesk.gui.incoming.folder_watcher import FolderWatcher
from skindesk.imaging.decode import picture_from_bytes, read_picture_file


class Bringing(QObject):
    """Tells which pictures are to be opened, and whether they begin an examination or are added to the one there is.

    `count` says how many pictures the examination on the screen has.
    """

    begun = Signal(object)
    """These Incoming pictures are to be opened as those of a lesion, in the place of what is on the screen."""
    added = Signal(object)
    """These Incoming pictures are further ones of the same lesion."""
    remarked = Signal(str)
    """Something is to be said of what was brought."""

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        watcher: FolderWatcher,
        host: QWidget,
        count: Callable[[], int],
    ) -> None:
        super().__init__(host)
        self._workspace, self._background, self._watcher = workspace, background, watcher
        self._host, self._count = host, count
        self.arrivals = ArrivalsBar()
        watcher.changed.connect(self.arrivals.show_arrivals)
        self.arrivals.open_wanted.connect(self.open_files)
        self.arrivals.passed_over.connect(watcher.pass_over)
        self.arrivals.show_arrivals(watcher.waiting)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Begin with these files, as far as there is room."""
        taken, remark = with_room(paths)
        self._watcher.opened(taken)
        self.begun.emit([_of_file(path) for path in taken])
        if remark:
            self.remarked.emit(remark)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Add these files, as far as there is room; without an examination, begin with them."""
        if not self._count():
            self.open_files(paths)
            return
        taken, remark = with_room(paths, self._count())
        self._watcher.opened(taken)
        self.added.emit([_of_file(path) for path in taken])
        if remark:
            self.remarked.emit(remark)

    def choose(self) -> None:
        """Ask for the picture files of a lesion."""
        paths = choose_files(self._host)
        if paths:
            self.open_files(paths)

    def choose_more(self) -> None:
        """Ask for further pictures of the same lesion."""
        paths = choose_files(self._host)
        if paths:
            self.add_files(paths)

    def paste(self) -> None:
        """Take a picture or copied files from the clipboard."""
        if not self._take(QGuiApplication.clipboard().mimeData(), self.tr("pasted picture.png")):
            self.remarked.emit(self.tr("The clipboard holds no picture. Copy one, then press Ctrl+V."))

    def drop(self, data: QMimeData, as_further: bool) -> None:
        """Take what was dropped, as further pictures of the lesion where it fell on these."""
        paths = files_in(data)
        if as_further and paths:
            self.add_files(paths)
        else:
            self._take(data, self.tr("dropped picture.png"))

    def open_camera(self) -> None:
        """Look through a camera; what it takes is added to the examination, or begins one."""
        open_camera(self._workspace, self._background, self._host.window()).taken.connect(self._take_still)

    def _take(self, data: QMimeData, name: str) -> bool:
        """Open the files or the picture in dropped or copied data; False where there is neither."""
        paths = files_in(data)
        if paths:
            self.open_files(paths)
            return True
        read = reader_of_image(data, name)
        if read is not None:
            self.begun.emit([Incoming(name, read)])
        return read is not None

    def _take_still(self, name: str, content: bytes) -> None:
        incoming = [Incoming(name, partial(picture_from_bytes, name, content))]
        (self.added if self._count() else self.begun).emit(incoming)


def _of_file(path: Path) -> Incoming:
    return Incoming(path.name, partial(read_picture_file, path))
