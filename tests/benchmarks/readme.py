"""The README's tables of speed, made of what was measured for them: `python -m tests.benchmarks.readme`."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "resources" / "readme" / "benchmark.json"
README = ROOT / "README.md"

_PLACE = re.compile(r"(?<=<!-- speed -->\n).*(?=<!-- end of speed -->)", re.DOTALL)
_OTHERS = ("limit", "network alone", "plain loop", "Keras script")


def write() -> None:
    """Put the tables into their place in the README."""
    figures = json.loads(FIGURES.read_text("utf-8"))
    README.write_text(_PLACE.sub(lambda _: tables(figures), README.read_text("utf-8")), encoding="utf-8")


def tables(figures: Mapping[str, Any]) -> str:
    """The figures as Markdown."""
    return f"\n{figures['machine']}.\n\n{_engine(figures)}\n{_memory(figures)}\n{_waits(figures)}\n"


def _engine(figures: Mapping[str, Any]) -> str:
    heads = ("Pictures, network", "Images/s", *(f"Times {name}" for name in _OTHERS))
    rows = [
        (title, f"{each['engine (images/s)']:.1f}", *(_times(each.get(f"engine / {name}")) for name in _OTHERS))
        for title, each in figures.items()
        if isinstance(each, dict) and "engine (images/s)" in each
    ]
    return _table(heads, rows)


def _memory(figures: Mapping[str, Any]) -> str:
    columns = ("resident at row 1,000 (MB)", "resident at row 10,000 (MB)", "images/s, start and end included")
    rows = [
        (title, *(f"{each[column]:.0f}" for column in columns))
        for title, each in figures.items()
        if isinstance(each, dict) and columns[0] in each
    ]
    return _table(("One run", *(column[0].upper() + column[1:] for column in columns)), rows)


def _waits(figures: Mapping[str, Any]) -> str:
    waits = {**figures["Start"], **figures["Examine"]}
    return _table(
        ("From a start, or a drop on Examine, to", "Milliseconds"), [(of, f"{ms:.0f}") for of, ms in waits.items()]
    )


def _times(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    write()
