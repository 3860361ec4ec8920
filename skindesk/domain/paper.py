"""The sizes of paper that a report is laid out for."""

from enum import StrEnum


class Paper(StrEnum):
    """A size of paper, upright."""

    A4 = "a4"
    LETTER = "letter"
