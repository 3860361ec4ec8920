"""The README tells what was measured."""

import json

from tests.benchmarks.readme import FIGURES, README, tables


def test_the_tables_of_speed_are_those_of_the_figures() -> None:
    assert tables(json.loads(FIGURES.read_text("utf-8"))) in README.read_text("utf-8")
