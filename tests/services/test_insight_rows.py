"""The figures as a CSV file."""

import csv
from pathlib import Path

import pytest

from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.insights import Dimension, Reader
from skindesk.services.insight_rows import COLUMNS, write_rows
from skindesk.services.insights import Insight
from tests.support.closed_clinic import closed_clinic


def test_the_file_holds_every_figure_of_the_whole_and_of_each_subgroup(tmp_path: Path) -> None:
    insight = Insight(closed_clinic(120))
    whole, subgroups = insight.whole(), insight.by(Dimension.AGE)
    file = tmp_path / "figures.csv"

    count = write_rows(file, whole, subgroups)

    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert (len(rows), tuple(rows[0])) == (count, COLUMNS)
    (found,) = [
        row
        for row in rows
        if (row["subgroup"], row["reader"], row["figure"]) == ("", Reader.NETWORK.value, "sensitivity")
    ]
    expected = whole.detection(Reader.NETWORK).sensitivity
    assert expected.interval is not None
    assert (int(found["count"]), int(found["of"])) == (expected.count, expected.total)
    assert float(found["low_95"]) == pytest.approx(expected.interval.low, abs=1e-6)
    assert {row["subgroup"] for row in rows} == {"", *(each.name for each in subgroups)}


def test_of_too_few_cases_only_counts_are_written(tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    write_rows(file, Insight(closed_clinic(4)).whole(), ())
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row for row in rows if row["value"] and "McNemar" not in row["figure"]] == []
    assert any(row["note"] == "too few cases for a share" and row["of"] for row in rows)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OutputUnavailableError, match=r"figures\.csv cannot be written"):
        write_rows(tmp_path / "file" / "figures.csv", Insight([]).whole(), ())
