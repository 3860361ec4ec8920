"""How class maps and combinations are read from TOML: parsed once, with every mistake named."""

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from skindesk.domain.labels import Label, MalignancyGroup
from training.errors import TrainingError

Table = dict[str, Any]


def read_toml(path: Path) -> Table:
    """A TOML file's table. Raises TrainingError where it cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {error.strerror}.", "Check the data set's name.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path} is not valid TOML: {error}.") from error


def check_keys(table: Table, needed: Collection[str], optional: Collection[str], where: str) -> None:
    """Raises TrainingError where a table lacks a key or has one that nobody reads."""
    missing, unknown = set(needed) - set(table), set(table) - set(needed) - set(optional)
    if missing:
        raise TrainingError(f"{where} lacks {', '.join(sorted(missing))}.")
    if unknown:
        raise TrainingError(f"{where} has unknown keys: {', '.join(sorted(unknown))}.")


def text(table: Table, key: str, where: str) -> str:
    """A key's text; "" where it is absent. Raises TrainingError for anything else."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise TrainingError(f"{where}: {key} cannot be {value!r}.", "Write text.")
    return value


def texts(table: Table, key: str, where: str) -> tuple[str, ...]:
    """A key's list of texts; empty where it is absent. Raises TrainingError for anything else."""
    values = table.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TrainingError(f"{where}: {key} cannot be {values!r}.", "Write a list of texts.")
    return tuple(values)


def tables(table: Table, key: str, where: str) -> list[Table]:
    """A key's list of at least one table. Raises TrainingError for anything else."""
    values = table.get(key)
    if not isinstance(values, list) or not values or not all(isinstance(value, dict) for value in values):
        raise TrainingError(f"{where} needs a list of tables [[{key}]].")
    return values


def label_of(table: Table, where: str) -> Label:
    """The label that a table describes by code, name, group, icd10 and icd11. Raises TrainingError."""
    group = text(table, "group", where)
    if group not in tuple(MalignancyGroup):
        raise TrainingError(f"{where}: group cannot be {group!r}.", f"Use one of {', '.join(MalignancyGroup)}.")
    code, name, icd10, icd11 = (text(table, key, where) for key in ("code", "name", "icd10", "icd11"))
    if not code or not name:
        raise TrainingError(f"{where} has a label without code or name.")
    return Label(code, name, MalignancyGroup(group), icd10, icd11)


def check_once(labels: Collection[Label], where: str) -> None:
    """Raises TrainingError where two labels share a code."""
    codes = [label.code for label in labels]
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        raise TrainingError(f"{where} describes {', '.join(sorted(twice))} more than once.")
