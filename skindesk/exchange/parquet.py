"""Rows as a Parquet file, for those who read results with pandas, DuckDB or Spark; needs the extra `parquet`."""

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any, BinaryIO

from skindesk.domain.errors import OutputUnavailableError

Row = dict[str, str | float | None]
PARQUET = ".parquet"

_ROWS_AT_ONCE = 8192
_NUMBER = re.compile("probability_[0-9]+|malignant_sum|novelty|p_.+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def load_pyarrow() -> tuple[Any, Any]:
    """pyarrow and its parquet module. Raises OutputUnavailableError where it is not installed."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise OutputUnavailableError(
            "Parquet files need the library pyarrow, which is not installed.",
            "Install skindesk[parquet], or name a .csv or .jsonl file.",
        ) from error


class ParquetRows:
    """A Parquet file being written, some thousand rows at a time; texts are strings and figures doubles.

    What is no Unicode in a file's name is replaced, since Parquet has no place for it.
    """

    def __init__(self, file: BinaryIO, names: Sequence[str]) -> None:
        arrow, parquet = load_pyarrow()
        self._tables = arrow.Table
        fields = [(name, arrow.float64() if _NUMBER.fullmatch(name) else arrow.string()) for name in names]
        self._schema = arrow.schema(fields)
        self._writer = parquet.ParquetWriter(file, self._schema)
        self._waiting: list[Row] = []

    def write(self, row: Row) -> None:
        """Add one row."""
        self._waiting.append({name: _unicode(value) for name, value in row.items()})
        if len(self._waiting) >= _ROWS_AT_ONCE:
            self._pass_on()

    def end(self) -> None:
        """Write what is left, and the file's end."""
        self._pass_on()
        self._writer.close()

    def _pass_on(self) -> None:
        if self._waiting:
            self._writer.write_table(self._tables.from_pylist(self._waiting, schema=self._schema))
            self._waiting = []


def _unicode(value: str | float | None) -> str | float | None:
    return _LONE_SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value
