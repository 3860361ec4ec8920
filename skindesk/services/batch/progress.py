"""How far a run is: counts, the measured rate, and the time that is left."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

_OVER_S = 10.0
_SAMPLE_S = 0.2


@dataclass(frozen=True)
class Progress:
    """A moment of a run. `done` counts the results of this run, `rejected` those of them that were rejected.

    `kept` were done by an earlier run and still hold; `changed` of the done ones replace an earlier row whose file has
    changed. `total` is of all pictures, None while they are not counted. `rate_per_s` is over the last ten seconds,
    None before there are two moments to compare.
    """

    done: int
    rejected: int
    kept: int
    changed: int
    total: int | None
    rate_per_s: float | None

    @property
    def left_s(self) -> float | None:
        """How long the rest takes at this rate; None where the rest or the rate is not known."""
        if self.total is None or not self.rate_per_s:
            return None
        return max(0, self.total - self.kept - self.done) / self.rate_per_s


class Meter:
    """Counts results and measures their rate; what happens in a pause does not count."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.done = self.rejected = self.kept = self.changed = 0
        self.total: int | None = None
        self._samples: deque[tuple[float, int]] = deque([(clock(), 0)])

    def restart(self) -> None:
        """Forget the rate: the run has paused."""
        self._samples = deque([(self._clock(), self.done)])

    def look(self) -> Progress:
        """The run at this moment."""
        now = self._clock()
        if now - self._samples[-1][0] >= _SAMPLE_S:
            self._samples.append((now, self.done))
        while len(self._samples) > 2 and now - self._samples[1][0] >= _OVER_S:
            self._samples.popleft()
        since, done_then = self._samples[0]
        rate = (self.done - done_then) / (now - since) if now - since >= _SAMPLE_S else None
        return Progress(self.done, self.rejected, self.kept, self.changed, self.total, rate)
