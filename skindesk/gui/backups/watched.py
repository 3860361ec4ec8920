"""Work on backups that says how far it is, and can be stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from skindesk.gui.background import Background
from skindesk.services.daily_backup import Stopped
from skindesk.storage.backups.writing import Progress

T = TypeVar("T")
Tell = Callable[[str], Progress]
"""Gives the progress of a stage by its words."""


@dataclass(frozen=True)
class Step:
    """How many pictures of how many a stage has done."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True)
class _Result(Generic[T]):
    value: T


class Watched(QObject):
    """One piece of work at a time. Each ends in exactly one of `finished`, `stopped` and `failed`."""

    stepped = Signal(object)
    finished = Signal(object)
    stopped = Signal()
    failed = Signal(object)

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._stop: Event | None = None
        self._result: _Result[object] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self._stop is not None

    def start(self, work: Callable[[Tell], object]) -> None:
        """Run `work` on a thread; it passes on the progress of its stages."""
        if not self.is_busy:
            self._result = None
            self._stop = self._background.stream(_stoppable(work), self._took, self._ended, self._failed)

    def stop(self) -> None:
        """Ask the work to stop at its next picture."""
        if self._stop is not None:
            self._stop.set()

    def _took(self, items: list[object]) -> None:
        for item in items:
            if isinstance(item, _Result):
                self._result = item
        if isinstance(items[-1], Step) and self.is_busy:
            self.stepped.emit(items[-1])

    def _ended(self) -> None:
        self._stop = None
        if self._result is None:
            self.stopped.emit()
        else:
            self.finished.emit(self._result.value)

    def _failed(self, error: Exception) -> None:
        self._stop = None
        self.failed.emit(error)


def _stoppable(work: Callable[[Tell], object]) -> Callable[[Callable[[object], None], Event], None]:
    def run(emit: Callable[[object], None], stop: Event) -> None:
        def tell(stage: str) -> Progress:
            def progress(done: int, total: int) -> None:
                if stop.is_set():
                    raise Stopped
                emit(Step(stage, done, total))

            return progress

        try:
            emit(_Result(work(tell)))
        except Stopped:
            return

    return run
