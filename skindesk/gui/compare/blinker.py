"""When the pictures change places: never so fast that flicker could do harm."""

from PySide6.QtCore import QObject, QTimer, Signal

LEAST_MS, MOST_MS, USUAL_MS = 340, 2000, 800
"""How long each picture stands. WCAG 2.3.1 allows three flashes, pairs of changes, a second; the shortest time allows
no more than three single changes."""


class Blinker(QObject):
    """Tells, in even steps, that the other picture is to be shown."""

    blinked = Signal(bool)
    """Whether the second of the two pictures is to be seen now."""
    paused_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shows_second = False
        self._timer = QTimer(self, interval=USUAL_MS)
        self._timer.timeout.connect(self.step)

    @property
    def running(self) -> bool:
        """Whether the pictures change by themselves."""
        return self._timer.isActive()

    @property
    def interval_ms(self) -> int:
        """How long each picture stands."""
        return self._timer.interval()

    def set_interval(self, interval_ms: int) -> None:
        """Change the pace, within the limits."""
        self._timer.setInterval(min(MOST_MS, max(LEAST_MS, interval_ms)))

    def start(self) -> None:
        """Begin, or go on."""
        self._timer.start()
        self.paused_changed.emit(False)

    def pause(self) -> None:
        """Let the picture that is seen stand."""
        self._timer.stop()
        self.paused_changed.emit(True)

    def step(self) -> None:
        """Show the other picture."""
        self.shows_second = not self.shows_second
        self.blinked.emit(self.shows_second)
