"""Where a lesion stands between its first picture and its final diagnosis."""

from enum import StrEnum


class LesionState(StrEnum):
    """What is to happen with a lesion next."""

    NEW = "new"
    """Recorded; nothing was decided that is still open."""
    WATCHED = "watched"
    """To be looked at again, by the date that was set."""
    BIOPSY_PENDING = "biopsy pending"
    """A biopsy or excision was decided, and its result is not there yet."""
    CLOSED = "closed"
    """The final diagnosis is known, or the lesion is gone; nothing is due any more."""
