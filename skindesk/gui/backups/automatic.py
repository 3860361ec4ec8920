"""Makes the daily backup in the background, as long as the case log is open."""

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import CaseLogDamagedError, SkinDeskError
from skindesk.gui.background import Background
from skindesk.gui.widgets.words import sentence

if TYPE_CHECKING:
    from skindesk.services.backups import Created

_EVERY_MS = 3_600_000


class AutomaticBackup(QObject):
    """Looks at once and every hour whether a backup is due. `background` gives what works for the pages now."""

    made = Signal()
    """There is a new backup."""
    told = Signal(str)
    """There is none, or it has shown something; in sentences, once for each cause and not every hour."""
    damaged = Signal(object)
    """The case log has turned out to be damaged; with the CaseLogDamagedError."""

    def __init__(self, workspace: Workspace, background: Callable[[], Background], parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._busy = False
        self._open = False
        self._told: set[str] = set()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def watch(self) -> None:
        """The case log is open: look now, and from now on every hour."""
        self._open, self._busy = True, False
        self._timer.start()
        self.look()

    def rest(self) -> None:
        """The case log is about to be closed, with all that works for the pages."""
        self._open = False
        self._timer.stop()

    def look(self) -> None:
        """Make a backup where one is due."""
        if self._open and not self._busy:
            self._busy = True
            self._background().stream(self._make, self._made, self._ended, self._failed)

    def _make(self, emit: "Callable[[tuple[Created, int]], None]", stop: Event) -> None:
        """On a thread: the backup, and how many a change of the protection has left behind."""
        from skindesk.services.daily_backup import DailyBackup

        workspace = self._workspace
        daily = DailyBackup(workspace.profile, workspace.access, lambda: workspace.settings)
        created = daily.make_if_due(stop)
        if created is not None:
            emit((created, daily.left_behind()))

    def _made(self, made: "list[tuple[Created, int]]") -> None:
        created, left = made[-1]
        self._told.clear()
        self.made.emit()
        if created.written.lost_by_log:
            what = self.tr("The case log has lost {n} pictures.").format(n=created.written.lost_by_log)
            self._tell(SkinDeskError(what, self.tr("Restoring this backup brings back those that it still has.")))
        elif left:
            what = self.tr("Older backups that are not protected as this log is: {n}.").format(n=left)
            self._tell(SkinDeskError(what, self.tr("Remove them in Settings, Backups.")))

    def _ended(self) -> None:
        self._busy = False

    def _failed(self, error: Exception) -> None:
        self._busy = False
        if isinstance(error, CaseLogDamagedError):
            self.damaged.emit(error)
        else:
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        cause = error.what if isinstance(error, SkinDeskError) else str(error)
        if cause not in self._told:
            self._told.add(cause)
            self.told.emit(sentence(error))
