"""How long the window's own thread is busy at a time."""

import time

from PySide6.QtCore import QTimer


class Watchdog:
    """Notes how long each turn of the event loop takes."""

    def __init__(self) -> None:
        self.turns_s: list[float] = []
        self.worked_s: list[float] = []
        self._last_s, self._last_worked_s = time.perf_counter(), time.thread_time()
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def forget(self) -> None:
        """Begin anew."""
        self.turns_s.clear()
        self.worked_s.clear()
        self._last_s, self._last_worked_s = time.perf_counter(), time.thread_time()

    def _turn(self) -> None:
        now_s, worked_s = time.perf_counter(), time.thread_time()
        self.turns_s.append(now_s - self._last_s)
        self.worked_s.append(worked_s - self._last_worked_s)
        self._last_s, self._last_worked_s = now_s, worked_s
