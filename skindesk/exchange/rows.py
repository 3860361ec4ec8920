"""Classification outcomes as rows of CSV or JSON Lines, written so that an interrupted run can be continued."""

import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.outcome import Classified, Outcome

Row = dict[str, str | float | None]

_RANKS = 3
_FIXED_COLUMNS = (
    "path",
    "sha256",
    "status",
    "reason",
    "model_id",
    "model_version",
    *(f"label_{rank}" for rank in range(1, _RANKS + 1)),
    *(f"probability_{rank}" for rank in range(1, _RANKS + 1)),
    "malignant_sum",
    "novelty",
    "decision",
    "quality_flags",
)


def columns(codes: Sequence[str]) -> tuple[str, ...]:
    """The columns of a row, in order, for a network with these label codes."""
    return (*_FIXED_COLUMNS, *(f"p_{code}" for code in codes))


def to_row(outcome: Outcome, codes: Sequence[str]) -> Row:
    """One outcome as a row; what does not apply is None. `novelty` is empty: no network measures it yet."""
    row: Row = dict.fromkeys(columns(codes))
    row["path"] = str(outcome.path)
    if not isinstance(outcome, Classified):
        row.update(sha256=outcome.sha256 or None, status="rejected", reason=f"{outcome.reason}: {outcome.message}")
        return row
    prediction = outcome.prediction
    row.update(
        sha256=prediction.image_digest,
        status="classified",
        reason=str(prediction.abstention_reason) if prediction.abstention_reason else None,
        model_id=prediction.model.model_id,
        model_version=prediction.model.version,
        malignant_sum=_rounded(prediction.malignant_sum),
        decision=str(prediction.decision),
        quality_flags=";".join(outcome.quality_flags) or None,
    )
    for rank, entry in enumerate(prediction.ranked[:_RANKS], start=1):
        row[f"label_{rank}"] = entry.label.code
        row[f"probability_{rank}"] = _rounded(entry.probability)
    for label, probability in zip(prediction.labels, prediction.probabilities, strict=True):
        row[f"p_{label.code}"] = _rounded(probability)
    return row


class RowFile:
    """A result file that appears under its name when it is complete.

    Until then it grows as a neighbour ending in `.part`, which `resume` continues. Used as a context manager:
    leaving without an error completes the file, leaving with one keeps the part.
    """

    def __init__(self, path: Path, codes: Sequence[str], resume: bool = False) -> None:
        """Raises OutputUnavailableError for an unknown ending, an unwritable place, or a part of another network."""
        if path.suffix.lower() not in (".csv", ".jsonl"):
            raise OutputUnavailableError(f"{path.name} ends in neither .csv nor .jsonl.", "Name the file so.")
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._codes = tuple(codes)
        self._as_csv = path.suffix.lower() == ".csv"
        self.done_paths: frozenset[str] = frozenset()
        try:
            kept = self._kept_part() if resume else b""
            self._file = self._part.open("wb")
            if kept:
                self._file.write(kept)
            elif self._as_csv:
                self._file.write(_csv_line(columns(codes)))
        except OSError as error:
            raise self._unwritable(error) from error

    def write(self, outcome: Outcome) -> None:
        """Add one row. Raises OutputUnavailableError where the disk takes no more."""
        row = to_row(outcome, self._codes)
        line = _csv_line(list(row.values())) if self._as_csv else json_line(row).encode()
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            if kind is None:
                self._part.replace(self._path)
        except OSError as problem:
            raise self._unwritable(problem) from problem

    def _kept_part(self) -> bytes:
        """The whole lines of an interrupted run; a torn last line is done again."""
        if not self._part.exists():
            return b""
        content = self._part.read_bytes()
        content = content[: content.rfind(b"\n") + 1]
        text = content.decode("utf-8", errors="surrogateescape")
        rows: list[dict[str, str]] = []
        if self._as_csv:
            reader = csv.DictReader(io.StringIO(text, newline=""))
            if content and tuple(reader.fieldnames or ()) != columns(self._codes):
                raise OutputUnavailableError(
                    f"{self._part.name} was begun with another network.", "Delete it, or continue with that network."
                )
            rows = list(reader)
        else:
            rows = [json.loads(line) for line in text.splitlines()]
        self.done_paths = frozenset(row["path"] for row in rows)
        return content

    def _unwritable(self, error: OSError) -> OutputUnavailableError:
        return OutputUnavailableError(
            f"{self._path.name} cannot be written: {error.strerror or error}.", "Check the folder and the free space."
        )


def json_line(row: Row) -> str:
    """A row as one line of JSON, ending in a newline."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def _csv_line(values: Sequence[object]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(["" if value is None else value for value in values])
    return buffer.getvalue().encode("utf-8", errors="surrogateescape")


def _rounded(probability: float) -> float:
    return round(probability, 6)
