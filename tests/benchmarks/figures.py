"""How the benchmarks print and check what they measured."""

import sys
from collections.abc import Mapping

Figures = dict[str, float]
"""Figures by name; the name ends with the unit, or says what the ratio is to."""


def print_figures(title: str, figures: Mapping[str, str | float]) -> None:
    """A table under its title."""
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:<40}{_in_words(value)}")


def check(holds: bool, what: str) -> None:
    """Ends the benchmark with an error where a bar is missed."""
    if not holds:
        sys.exit(f"error: {what}")


def _in_words(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}"
    return value if isinstance(value, str) else f"{value:,}"
