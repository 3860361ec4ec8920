"""How fast a run goes and how long it will still take."""

from dataclasses import dataclass

_WARM_UP_S = 0.5
"""Before this a rate says more about the start than about the run."""


@dataclass(frozen=True)
class Pace:
    """`done` of `total` pictures after `elapsed_s` seconds."""

    done: int
    total: int
    elapsed_s: float

    @property
    def per_second(self) -> float | None:
        """Pictures a second since the start; None while it is too early to tell."""
        if self.done == 0 or self.elapsed_s < _WARM_UP_S:
            return None
        return self.done / self.elapsed_s

    @property
    def left_s(self) -> float | None:
        """Seconds until the end at this rate; None while it is too early to tell."""
        rate = self.per_second
        return None if rate is None else (self.total - self.done) / rate


def duration(seconds: float) -> str:
    """'45 s', '3 min 20 s' or '1 h 05 min'."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}\N{NO-BREAK SPACE}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}{rest:02}\N{NO-BREAK SPACE}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{minutes:02}\N{NO-BREAK SPACE}min"
