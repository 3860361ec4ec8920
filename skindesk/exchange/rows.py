"""Classification outcomes as rows of CSV or JSON Lines, written so that an interrupted run can be continued."""

import csv
import io
import json
import math
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.outcome import Classified, Outcome
from skindesk.domain.prediction import ModelRef
from skindesk.system.files import sync_folder

Row = dict[str, str | float | None]

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
    """A result file that appears under its name when it is complete.

    Until then it grows as a neighbour ending in `.part`, which `resume` continues. Used as a context manager:
    leaving without an error completes the file, leaving with one keeps the part.
    """

    def __init__(
        self,
        path: Path,
        codes: Sequence[str],
        resume: bool = False,
        model: ModelRef | None = None,
        mix: ClassMix | None = None,
    ) -> None:
        """Raises OutputUnavailableError for an unknown ending, an unwritable place, or a part of another network.

        With `model` and `mix`, a part that holds answers of any other network, version or class mix is refused too.
        """
        if path.suffix.lower() not in (".csv", ".jsonl"):
            raise OutputUnavailableError(f"{path.name} ends in neither .csv nor .jsonl.", "Name the file so.")
        if path.is_dir():
            raise OutputUnavailableError(f"{path.name} is a folder.", "Name a file.")
        self._path = path
        self._part = _part_of(path)
        self._codes = tuple(codes)
        self._model = model
        self._mix = None if mix is None else (mix.name, _shares(mix))
        self._as_csv = path.suffix.lower() == ".csv"
        self.done_paths: frozenset[str] = frozenset()
        try:
            self._file = self._continued() if resume and self._part.exists() else self._part.open("wb")
            if self._as_csv and not self._file.tell():
                self._file.write(_csv_line(columns(codes)))
                self._file.flush()
                os.fsync(self._file.fileno())
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
                sync_folder(self._path.parent)
        except OSError as problem:
            raise self._unwritable(problem) from problem

    def _continued(self) -> BinaryIO:
        """The part of an interrupted run, open behind its last whole row; a torn last row is done again."""
        file = self._part.open("r+b")
        try:
            kept_bytes, done = 0, set()
            for record in _whole_records(file, self._as_csv):
                if kept_bytes or not self._as_csv:
                    done.add(self._path_in(record))
                elif record != _csv_line(columns(self._codes)):
                    raise self._of_another_network()
                kept_bytes += len(record)
            self.done_paths = frozenset(done)
            file.seek(kept_bytes)
            file.truncate()
        except BaseException:
            file.close()
            raise
        return file

    def _path_in(self, record: bytes) -> str:
        """Which path a kept row is of. Raises OutputUnavailableError where this run could not have written it."""
        try:
            row = self._parse(record)
            path, model = str(row["path"]), (row["model_id"], row["model_version"])
            mix = (row.get("class_mix"), row.get("class_mix_shares"))
        except (ValueError, TypeError, KeyError, StopIteration, csv.Error) as error:
            raise OutputUnavailableError(
                f"{self._part.name} is damaged.", "Delete it, or start again without --resume."
            ) from error
        wanted = self._model
        if tuple(row) != columns(self._codes) or (wanted and model[0] and model != (wanted.model_id, wanted.version)):
            raise self._of_another_network()
        if self._mix and model[0] and mix != self._mix:
            raise OutputUnavailableError(
                f"{self._part.name} was begun under another class mix ({mix[0]}).",
                "Delete it, or continue under that mix.",
            )
        return path

    def _parse(self, record: bytes) -> dict[str, Any]:
        text = record.decode("utf-8", errors="surrogateescape")
        if not self._as_csv:
            return dict(json.loads(text))
        return dict(zip(columns(self._codes), next(csv.reader(io.StringIO(text, newline=""))), strict=True))

    def _of_another_network(self) -> OutputUnavailableError:
        return OutputUnavailableError(
            f"{self._part.name} was begun with another network.", "Delete it, or continue with that network."
        )

    def _unwritable(self, error: OSError) -> OutputUnavailableError:
        return OutputUnavailableError(
            f"{self._path.name} cannot be written: {error.strerror or error}.", "Check the folder and the free space."
        )


def refuse_to_overwrite_part(path: Path) -> None:
    """Raise OutputUnavailableError where an interrupted run for this result file could still be continued."""
    part = _part_of(path)
    if part.exists():
        raise OutputUnavailableError(
            f"{part.name} holds the rows of an interrupted run.", "Continue it with --resume, or delete it."
        )


def json_line(row: Row) -> str:
    """A row as one line of JSON, ending in a newline. It can always be written as UTF-8.

    A file name's bytes that are no UTF-8 are escaped, and come back as Python's own `surrogateescape` has them.
    """
    line = json.dumps(row, ensure_ascii=False)
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n"


def _part_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _csv_line(values: Sequence[object]) -> bytes:
    # With both characters as its line end, Python 3.11's writer quotes a value that holds either of them.
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(["" if value is None else value for value in values])
    line = buffer.getvalue().removesuffix("\r\n") + "\n"
    return line.encode("utf-8", errors="surrogateescape")


def _whole_records(file: BinaryIO, as_csv: bool) -> Iterator[bytes]:
    """A part's rows with their line ends; a CSV row goes on while a quotation mark is open. A torn one is left out.

    A power cut can leave zeros where rows were not on the disk yet; what comes from there on is torn as well. The
    first line always is on the disk.
    """
    record = b""
    for line in file:
        if b"\0" in line and file.tell() > len(line):
            return
        record += line
        if line.endswith(b"\n") and not (as_csv and record.count(b'"') % 2):
            yield record
            record = b""


def _shares(mix: ClassMix) -> str | None:
    return ";".join(f"{share:.6g}" for share in mix.shares) or None


def _novelty(novelty: float | None) -> float | None:
    """JSON has no word for what is no number."""
    return None if novelty is None or not math.isfinite(novelty) else round(novelty, 6)


def _rounded(probability: float) -> float:
    return round(probability, 6)
