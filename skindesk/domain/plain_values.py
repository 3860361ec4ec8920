"""Frozen dataclasses as plain JSON values, and back; what a class holds is read off its fields."""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from skindesk.domain.errors import SkinDeskError

T = TypeVar("T")
_LARGEST = 2**63
"""What a database's whole numbers stay below."""


class MalformedError(ValueError):
    """A plain value that is not of the kind it should be; says where in the whole it stands, and what is wrong."""


def to_plain(value: object) -> Any:
    """A dataclass of numbers, texts, times, enumerations, tuples and further dataclasses as dicts and lists.

    Times become ISO 8601 in UTC; a float that is no number becomes its name, for which JSON has no word.
    """
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {entry.name: to_plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(kind: type[T], plain: object, *, complete: bool = True) -> T:
    """The dataclass that `to_plain` made plain. Raises MalformedError.

    Unless the fields have to be `complete`, a missing one takes its default. An unknown one is always refused.
    """
    value: T = _read(kind, plain, "", complete)
    return value


def _read(kind: Any, plain: Any, place: str, complete: bool) -> Any:
    if isinstance(kind, UnionType):
        (other,) = (each for each in get_args(kind) if each is not NoneType)
        return None if plain is None else _read(other, plain, place, complete)
    if get_origin(kind) is tuple:
        return _read_tuple(get_args(kind), plain, place, complete)
    if is_dataclass(kind):
        return _read_dataclass(kind, plain, place, complete)
    try:
        return _read_enum(kind, plain) if issubclass(kind, Enum) else _SCALARS[kind](plain)
    except (ValueError, OverflowError) as error:
        raise MalformedError(f"{place} {error}") from error


def _read_tuple(kinds: tuple[Any, ...], plain: Any, place: str, complete: bool) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        raise MalformedError(f"{place} is no list")
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(plain)
    if len(plain) != len(kinds):
        raise MalformedError(f"{place} holds {len(plain)} values instead of {len(kinds)}")
    return tuple(
        _read(kind, item, f"{place}[{at}]", complete) for at, (kind, item) in enumerate(zip(kinds, plain, strict=True))
    )


def _read_dataclass(kind: Any, plain: Any, place: str, complete: bool) -> Any:
    if not isinstance(plain, dict):
        raise MalformedError(f"{place or 'it'} is no object")
    hints, prefix = _hints(kind), f"{place}." if place else ""
    unknown = sorted(plain.keys() - hints.keys())
    if unknown:
        raise MalformedError(f"{prefix}{unknown[0]} is unknown")
    missing = [
        entry.name for entry in fields(kind) if entry.name not in plain and (complete or not _has_default(entry))
    ]
    if missing:
        raise MalformedError(f"{prefix}{missing[0]} is missing")
    values = {name: _read(hints[name], item, prefix + name, complete) for name, item in plain.items()}
    try:
        return kind(**values)
    except SkinDeskError as error:
        raise MalformedError(f"{place} cannot be used: {error.what}") from error
    except ValueError as error:
        raise MalformedError(f"{place} cannot be used: {error}") from error


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _has_default(entry: Field[Any]) -> bool:
    return entry.default is not MISSING or entry.default_factory is not MISSING


def _read_enum(kind: type[Enum], plain: Any) -> Enum:
    try:
        return kind(plain)
    except ValueError as error:
        raise ValueError(f"is none of {', '.join(str(each.value) for each in kind)}") from error


def _read_text(plain: Any) -> str:
    if not isinstance(plain, str):
        raise ValueError("is no text")
    try:
        plain.encode()
    except UnicodeEncodeError as error:
        raise ValueError("is no readable text") from error
    return plain


def _read_bool(plain: Any) -> bool:
    if not isinstance(plain, bool):
        raise ValueError("is neither true nor false")
    return plain


def _read_int(plain: Any) -> int:
    if not isinstance(plain, int) or isinstance(plain, bool) or not -_LARGEST <= plain < _LARGEST:
        raise ValueError("is no whole number")
    return plain


def _read_float(plain: Any) -> float:
    if isinstance(plain, bool) or not (isinstance(plain, int | float) or plain in _NO_NUMBERS):
        raise ValueError("is no number")
    return float(plain)


def _read_time(plain: Any) -> datetime:
    time = _parsed(datetime.fromisoformat, plain, "is no time")
    if time.tzinfo is None:
        raise ValueError("is a time without a zone")
    return time.astimezone(UTC)


def _read_date(plain: Any) -> date:
    return _parsed(date.fromisoformat, plain, "is no date")


def _parsed(parse: Callable[[str], T], plain: Any, trouble: str) -> T:
    try:
        return parse(_read_text(plain))
    except ValueError as error:
        raise ValueError(trouble) from error


_NO_NUMBERS = ("nan", "inf", "-inf")
_SCALARS: Mapping[type, Callable[[Any], object]] = {
    str: _read_text,
    bool: _read_bool,
    int: _read_int,
    float: _read_float,
    datetime: _read_time,
    date: _read_date,
}
