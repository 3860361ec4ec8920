"""Turns the event loop for benchmarks of the window, and tells what the process holds."""

import time
from collections.abc import Callable

import psutil
from PySide6.QtWidgets import QApplication

from tests.benchmarks.figures import check

_PATIENCE_S = 120


def until(holds: Callable[[], bool], trouble: str) -> None:
    """Turn until something holds; ends the benchmark with the trouble where it never does."""
    patience_s = time.perf_counter() + _PATIENCE_S
    while not holds():
        QApplication.processEvents()
        check(time.perf_counter() < patience_s, trouble)


def turn(times: int) -> None:
    """Turn so many times."""
    for _ in range(times):
        QApplication.processEvents()


def resident_mb() -> float:
    """Megabytes of this process in memory."""
    return float(psutil.Process().memory_info().rss / 1e6)
