"""How many pictures make a chunk that is worth a task."""

CHUNK_S = 0.5
"""How long a chunk takes: a task costs about ten milliseconds of processor time, and stopping waits for those begun."""
FIRST_ITEMS, MOST_ITEMS = 4, 256
_WEIGHT = 0.3


class Pace:
    """Follows how long a picture takes on the workers."""

    def __init__(self) -> None:
        self._item_s: float | None = None

    @property
    def items(self) -> int:
        """How many pictures take about CHUNK_S."""
        if self._item_s is None:
            return FIRST_ITEMS
        return max(1, min(MOST_ITEMS, round(CHUNK_S / max(self._item_s, 1e-6))))

    def note(self, items: int, took_s: float) -> None:
        """A chunk of so many has taken so long."""
        item_s = took_s / items
        self._item_s = item_s if self._item_s is None else (1 - _WEIGHT) * self._item_s + _WEIGHT * item_s
