"""Keeps an eye on what is due while the case log is open: after each edit, at midnight, and every ten minutes."""

from datetime import date, datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from skindesk.bootstrap import Workspace
from skindesk.domain.worklist import WorklistCounts
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest

EVERY_MIN = 10
"""Somebody else may have worked with the log, or the computer may have slept over midnight."""
_AFTER_EDIT_MS = 100


class WorklistWatch(QObject):
    """Lives as long as the window. It works between `begin`, when the log is open, and `rest`."""

    counted = Signal(object)
    """The WorklistCounts of today."""
    changed = Signal()
    """The worklist may read otherwise now."""
    _edited = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._latest: Latest | None = None
        self._soon = QTimer(self, interval=_AFTER_EDIT_MS, singleShot=True)
        self._regular = QTimer(self, interval=EVERY_MIN * 60_000)
        self._midnight = QTimer(self, singleShot=True)
        self._edited.connect(self._soon.start)
        for timer in (self._soon, self._regular, self._midnight):
            timer.timeout.connect(self.look)

    def begin(self, background: Background) -> None:
        """The case log is open: look, and go on looking."""
        self._latest = Latest(background, self)
        self._regular.start()
        self.look()

    def rest(self) -> None:
        """The case log is about to be closed."""
        for timer in (self._soon, self._regular, self._midnight):
            timer.stop()
        if self._latest is not None:
            self._latest.forget()
        self._latest = None

    def look(self) -> None:
        """Count what is due today."""
        if self._latest is None:
            return
        self._midnight.start(_ms_until_midnight(datetime.now()))
        self._latest.ask(self._count, self.counted.emit, lambda error: None)
        self.changed.emit()

    def _count(self) -> WorklistCounts:
        casework = self._workspace.casework
        casework.editing.listen(self._hear)
        return casework.log.record.worklist_counts(date.today())

    def _hear(self) -> None:
        """An edit was made, on another thread."""
        self._edited.emit()


def _ms_until_midnight(now: datetime) -> int:
    """A second more, so that it is the next day for sure."""
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
    return round((midnight - now).total_seconds() * 1000) + 1000
