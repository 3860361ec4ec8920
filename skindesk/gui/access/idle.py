"""Notices when nobody has touched mouse or keyboard for a while."""

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
    }
)
_LONGEST_TICK_S = 1.0


class IdleWatch(QObject):
    """Watches the whole program, given as its application object, while it is asked to; costs nothing otherwise.

    It goes by the wall clock, which does not stand still while the computer sleeps, and by the monotonic one, which
    nobody can set back.
    """

    idle = Signal()
    """Nothing was touched for so long; once, until something is touched again."""
    gone = Signal()
    """Nor was it in the time of grace that followed; at once where the computer slept through both."""
    back = Signal()
    """Something was touched within the time of grace."""

    def __init__(self, program: QObject, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._after_s = self._grace_s = 0.0
        self._touched_at = (0.0, 0.0)
        self._told = False
        self._watching = False
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._look)

    def watch(self, after_s: float, grace_s: float = 0.0) -> None:
        """Watch from now on; never idle for 0."""
        self.rest()
        if after_s <= 0:
            return
        self._after_s, self._grace_s, self._touched_at, self._told = after_s, grace_s, _now(), False
        self._watching = True
        self._program.installEventFilter(self)
        self._clock.start(round(1000 * min(_LONGEST_TICK_S, after_s / 4)))

    def rest(self) -> None:
        """Watch no more."""
        self._program.removeEventFilter(self)
        self._watching = False
        self._clock.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take note of input, and let it pass."""
        if event.type() in _INPUT:
            self._touched()
        return False

    def _touched(self) -> None:
        self._look()  # the first touch after the computer slept comes before the clock's tick
        self._touched_at = _now()
        if self._told and self._watching:
            self._told = False
            self.back.emit()

    def _look(self) -> None:
        if not self._watching:
            return
        elapsed_s = max(now - then for now, then in zip(_now(), self._touched_at, strict=True))
        if elapsed_s >= self._after_s + self._grace_s:
            self.rest()
            self.gone.emit()
        elif elapsed_s >= self._after_s and not self._told:
            self._told = True
            self.idle.emit()


def _now() -> tuple[float, float]:
    return time.time(), time.monotonic()
