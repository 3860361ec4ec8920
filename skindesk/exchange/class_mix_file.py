"""Reads a clinic's own class mix from a small file: TOML `code = share`, or CSV with a code and a share a line."""

import csv
import io
import tomllib
from pathlib import Path

from skindesk.domain.errors import ClassMixError

ENDINGS = (".toml", ".csv")
_MOST_BYTES = 1 << 16


def read_weights(file: Path) -> dict[str, float]:
    """Label codes with their weights: shares, percentages or counts, as they stand in the file.

    A CSV file may begin with a line `code,share`. Raises ClassMixError where the file cannot be read, is of neither
    kind, or names a code twice.
    """
    if file.suffix.lower() not in ENDINGS:
        raise ClassMixError(f"The class mix {file.name} ends in neither .toml nor .csv.", "Name the file so.")
    try:
        content = file.read_bytes()[: _MOST_BYTES + 1]
        if len(content) > _MOST_BYTES:
            raise ValueError("it is longer than 64 kB")
        text = content.decode("utf-8-sig")
        return _from_toml(text) if file.suffix.lower() == ".toml" else _from_csv(text)
    except OSError as error:
        raise ClassMixError(
            f"The class mix {file.name} cannot be opened: {error.strerror or error}.", "Choose another file."
        ) from error
    except (ValueError, csv.Error) as error:
        raise ClassMixError(
            f"The class mix {file.name} cannot be read: {error}.", "Write a line for each label, such as `nv = 0.67`."
        ) from error


def _from_toml(text: str) -> dict[str, float]:
    weights = {}
    for code, weight in tomllib.loads(text).items():
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise ValueError(f"{code} is no number")
        weights[code] = float(weight)
    return weights


def _from_csv(text: str) -> dict[str, float]:
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text)) if any(row)]
    if rows and rows[0] == ["code", "share"]:
        del rows[0]
    weights: dict[str, float] = {}
    for row in rows:
        if len(row) != 2:
            raise ValueError(f"a line has {len(row)} cells instead of two")
        code, weight = row
        if code in weights:
            raise ValueError(f"{code} occurs twice")
        weights[code] = float(weight)
    return weights
