"""Writes a run's rows to a file, as the command line does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from skindesk.domain.outcome import Outcome
from skindesk.exchange.rows import RowFile


@dataclass(frozen=True)
class Exported:
    """Where the rows went, and how many."""

    path: Path
    rows: int


def export(outcomes: Sequence[Outcome], codes: Sequence[str], path: Path) -> Exported:
    """Write one row an outcome, CSV or JSON Lines by the file's ending. Raises OutputUnavailableError."""
    with RowFile(path, codes) as file:
        for outcome in outcomes:
            file.write(outcome)
    return Exported(path, len(outcomes))
