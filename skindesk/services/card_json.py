"""Reads a network's card, which anybody may have written: what is missing or of another kind reads as empty."""

import math
from collections.abc import Mapping
from typing import Any


def object_in(holder: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """The object found by going down these names; empty where the way ends."""
    for name in names:
        found = holder.get(name)
        holder = found if isinstance(found, dict) else {}
    return holder


def objects_in(holder: Mapping[str, Any], *names: str) -> dict[str, Mapping[str, Any]]:
    """The objects by name that the object found there holds."""
    return {name: value for name, value in object_in(holder, *names).items() if isinstance(value, dict)}


def texts_in(holder: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The items of a list as text."""
    found = holder.get(name)
    return tuple(str(item) for item in found) if isinstance(found, list) else ()


def count_in(holder: Mapping[str, Any], name: str) -> int:
    """A whole number; 0 where there is none."""
    found = holder.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def interval_in(holder: Mapping[str, Any], name: str) -> tuple[float, float, float] | None:
    """A figure with the ends of its interval: value, low, high."""
    ends = [object_in(holder, name).get(end) for end in ("value", "low", "high")]
    numbers = [float(end) for end in ends if isinstance(end, int | float) and math.isfinite(end)]
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
