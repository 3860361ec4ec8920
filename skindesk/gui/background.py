"""Runs slow work off the GUI thread and brings its end back onto it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Event, Lock
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal
from shiboken6 import isValid

from skindesk.domain.errors import SkinDeskError

_log = logging.getLogger(__name__)

T = TypeVar("T")
Failed = Callable[[Exception], None]
"""What to do with a failure: a SkinDeskError where the trouble was expected, any other exception for a bug."""

DELIVERY_INTERVAL_MS = 100
_LEAST_THREADS = 4
"""Enough that a running batch leaves room for a save and a search, even on two cores."""


@dataclass(frozen=True)
class _End:
    """How a piece of work ended, with the callback that wants to know."""

    deliver: Callable[[Any], None]
    value: Any
    before: Callable[[], None] | None = None


class Background(QObject):
    """A pool of threads for one window; each started work ends in exactly one call on the GUI thread.

    Create it on the GUI thread and `close` it with its window. A callback that is a method of a widget, or a
    partial of one, is not called once the widget has been deleted; of other callables nobody can know.
    """

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(max(_LEAST_THREADS, self._pool.maxThreadCount()))
        self._stops: set[Event] = set()
        self._closed = False
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self, work: Callable[[], T], done: Callable[[T], None], failed: Failed) -> None:
        """Run `work` on a thread, then `done` with its result or `failed` with its exception on the GUI thread."""
        if not self._closed:
            self._pool.start(partial(self._run, work, done, failed, None))

    def stream(
        self,
        work: Callable[[Callable[[T], None], Event], None],
        item: Callable[[list[T]], None],
        done: Callable[[], None],
        failed: Failed,
    ) -> Event:
        """Run `work(emit, stop)` on a thread; what it emits reaches `item` in lists, at most ten times a second.

        All items are delivered before `done` or `failed`. Setting the returned event asks the work to stop; it
        then ends in `done`.
        """
        stop = Event()
        items = _Items(item, self)
        self._stops.add(stop)

        def ended() -> None:
            self._stops.discard(stop)
            items.finish()

        def finished(_result: None) -> None:
            done()

        if not self._closed:
            self._pool.start(partial(self._run, partial(work, items.add, stop), finished, failed, ended))
        return stop

    def close(self) -> None:
        """Ask streams to stop, wait for all that has been started, and deliver nothing more."""
        self.stop()
        self.wait()

    def stop(self) -> None:
        """Ask streams to stop, start and deliver nothing more; what has been started may still be under way."""
        self._closed = True
        for stop in self._stops:
            stop.set()

    def wait(self) -> None:
        """Wait, on any thread, for all that has been started."""
        self._pool.waitForDone()

    def _run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Failed, before: Callable[[], None] | None
    ) -> None:
        try:
            end = _End(done, work(), before)
        except SkinDeskError as error:
            end = _End(failed, error, before)
        except Exception as error:
            _log.exception("unexpected failure in the background")
            end = _End(failed, error, before)
        self._ended.emit(end)

    def _deliver(self, end: _End) -> None:
        if end.before is not None:
            end.before()
        if not self._closed and _is_there(end.deliver):
            end.deliver(end.value)


class _Items(QObject, Generic[T]):
    """Gathers what a thread emits and hands it over on the GUI thread, ten times a second."""

    def __init__(self, item: Callable[[list[T]], None], parent: QObject) -> None:
        super().__init__(parent)
        self._item = item
        self._waiting: list[T] = []
        self._lock = Lock()
        self._timer = QTimer(self, interval=DELIVERY_INTERVAL_MS)
        self._timer.timeout.connect(self._hand_over)
        self._timer.start()

    def add(self, value: T) -> None:
        """Take one item, from any thread."""
        with self._lock:
            self._waiting.append(value)

    def finish(self) -> None:
        """Hand over what is left and go away."""
        self._timer.stop()
        self._hand_over()
        self.deleteLater()

    def _hand_over(self) -> None:
        with self._lock:
            items, self._waiting = self._waiting, []
        if items and _is_there(self._item):
            self._item(items)


def _is_there(callback: Callable[..., None]) -> bool:
    """Whether the widget whose method this is, or is a partial of, still exists."""
    while isinstance(callback, partial):
        callback = callback.func
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
