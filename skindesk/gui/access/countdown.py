"""A button that has to wait, and says for how long."""

import math
import time

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QPushButton

_TICK_MS = 250


class Countdown(QObject):
    """Keeps a button disabled for some seconds; its text counts them."""

    def __init__(self, button: QPushButton, text: str) -> None:
        super().__init__(button)
        self._button, self._text = button, text
        self._until_s = 0.0
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(self._tick)
        self.start(0)

    def start(self, seconds: float) -> None:
        """Wait so long; not at all for 0."""
        self._until_s = time.monotonic() + seconds
        self._clock.start()
        self._tick()

    def _tick(self) -> None:
        left_s = math.ceil(self._until_s - time.monotonic())
        waiting = left_s > 0
        if not waiting:
            self._clock.stop()
        words = QCoreApplication.translate("Countdown", "Try again in {seconds} s").format(seconds=left_s)
        self._button.setText(words if waiting else self._text)
        self._button.setAccessibleName(self._button.text())
        self._button.setEnabled(not waiting)
