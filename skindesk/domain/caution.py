"""Something that the user is to be warned of, though the work goes on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caution:
    """What is the matter, and what to do about it. As text it is both."""

    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"
