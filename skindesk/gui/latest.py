"""Asks questions in the background of which only the newest is still of interest."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

from skindesk.gui.background import Background

T = TypeVar("T")


class Latest:
    """One line of questions on behalf of a widget or model; the answer to an older one is dropped."""

    def __init__(self, background: Background, owner: QObject) -> None:
        self._background = background
        self._owner = owner
        self._newest = 0

    def ask(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Run `work` on a thread; `done` or `failed` follows unless another question comes first."""
        self.forget()
        self._background.start(
            work, partial(self._deliver, self._newest, done), partial(self._deliver, self._newest, failed)
        )

    def forget(self) -> None:
        """Drop the answer that is still on its way."""
        self._newest += 1

    def _deliver(self, number: int, wanted: Callable[[T], None], value: T) -> None:
        if number == self._newest and isValid(self._owner):
            wanted(value)
