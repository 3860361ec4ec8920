"""Classification outcomes as rows of CSV, JSON Lines or Parquet, written whole or not at all."""

import csv
import io
import json
import math
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.outcome import Classified, Outcome
from skindesk.exchange.parquet import PARQUET, ParquetRows, Row, load_pyarrow
from skindesk.system.files import sync_folder

_RANKS = 3
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_FIXED_COLUMNS = (
    "path",
    "sha256",
    "status",
    "reason",
    "model_id",
    "model_version",
    "class_mix",
    "class_mix_shares",
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
    """One outcome as a row; what does not apply is None.

    `class_mix_shares` stand in the order of the columns `p_<code>`, separated by semicolons. `novelty` is None where
    the network does not measure it, or found no number.
    """
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
        class_mix=prediction.class_mix.name,
        class_mix_shares=_shares(prediction.class_mix),
        malignant_sum=_rounded(prediction.malignant_sum),
        novelty=_novelty(prediction.novelty),
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
    """A result file that appears under its name when it is complete: CSV, JSON Lines or Parquet, by its ending.

    Used as a context manager: leaving without an error completes the file and lets it survive a power cut; leaving
    with one leaves what was there before.
    """

    def __init__(self, path: Path, codes: Sequence[str], extra: Sequence[str] = ()) -> None:
        """`extra` are columns that follow all others. Raises OutputUnavailableError for an unknown ending or an
        unwritable place.
        """
        check_result_file(path)
        self._path = path
        self._codes = tuple(codes)
        self._temporary = path.with_name(f".{path.name}.new")
        try:
            self._file = self._temporary.open("wb")
        except OSError as error:
            raise self._unwritable(error) from error
        self._rows: _Rows = _KINDS[path.suffix.lower()](self._file, (*columns(codes), *extra))
        self._extra = tuple(extra)

    def write(self, outcome: Outcome, extra: Row | None = None) -> None:
        """Add one row; `extra` are the cells of its extra columns. Raises OutputUnavailableError where the disk takes
        no more.
        """
        try:
            added = {name: (extra or {}).get(name) for name in self._extra}
            self._rows.write(to_row(outcome, self._codes) | added)
        except OSError as error:
            raise self._unwritable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._rows.end()
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                self._temporary.replace(self._path)
                sync_folder(self._path.parent)
        except OSError as problem:
            raise self._unwritable(problem) from problem
        finally:
            with suppress(OSError):
                self._file.close()
            self._temporary.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> OutputUnavailableError:
        return OutputUnavailableError(
            f"{self._path.name} cannot be written: {error.strerror or error}.", "Check the folder and the free space."
        )


def check_result_file(path: Path) -> None:
    """Raise OutputUnavailableError where results cannot go to a file, before they are made."""
    ending = path.suffix.lower()
    if ending not in _KINDS:
        raise OutputUnavailableError(f"{path.name} ends in neither .csv, .jsonl nor .parquet.", "Name the file so.")
    if path.is_dir():
        raise OutputUnavailableError(f"{path.name} is a folder.", "Name a file.")
    if not path.parent.is_dir():
        raise OutputUnavailableError(f"{path.name} cannot be written: there is no folder {path.parent}.", "Make it.")
    if ending == PARQUET:
        load_pyarrow()


class _Rows(Protocol):
    """One kind of file, being written."""

    def write(self, row: Row) -> None: ...

    def end(self) -> None: ...


class _CsvRows:
    def __init__(self, file: BinaryIO, names: Sequence[str]) -> None:
        self._file = file
        file.write(_csv_line(names))

    def write(self, row: Row) -> None:
        self._file.write(_csv_line(list(row.values())))

    def end(self) -> None:
        """Each row is whole as it is."""


class _JsonRows:
    def __init__(self, file: BinaryIO, _names: Sequence[str]) -> None:
        self._file = file

    def write(self, row: Row) -> None:
        self._file.write(json_line(row).encode())

    def end(self) -> None:
        """Each row is whole as it is."""


_KINDS: dict[str, Callable[[BinaryIO, Sequence[str]], _Rows]] = {
    ".csv": _CsvRows,
    ".jsonl": _JsonRows,
    PARQUET: ParquetRows,
}


def json_line(row: Row) -> str:
    """A row as one line of JSON, ending in a newline. It can always be written as UTF-8.

    A file name's bytes that are no UTF-8 are escaped, and come back as Python's own `surrogateescape` has them.
    """
    line = json.dumps(row, ensure_ascii=False)
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n"


def _csv_line(values: Sequence[object]) -> bytes:
    # With both characters as its line end, Python 3.11's writer quotes a value that holds either of them.
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(["" if value is None else value for value in values])
    line = buffer.getvalue().removesuffix("\r\n") + "\n"
    return line.encode("utf-8", errors="surrogateescape")


def _shares(mix: ClassMix) -> str | None:
    return ";".join(f"{share:.6g}" for share in mix.shares) or None


def _novelty(novelty: float | None) -> float | None:
    """JSON has no word for what is no number."""
    return None if novelty is None or not math.isfinite(novelty) else round(novelty, 6)


def _rounded(probability: float) -> float:
    return round(probability, 6)
