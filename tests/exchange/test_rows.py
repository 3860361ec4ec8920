import csv
import json
import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from skindesk.domain.errors import OutputUnavailableError, RejectionReason
from skindesk.domain.outcome import Classified, Outcome, Rejected
from skindesk.exchange.rows import RowFile, columns, to_row
from skindesk.inference.classifier import Classifier
from tests.support.classified import classify_file
from tests.support.pictures import RED, write_picture

CODES = ("red", "green", "blue")


@pytest.fixture
def classified(tiny_classifier: Classifier, tmp_path: Path) -> Outcome:
    return classify_file(write_picture(tmp_path / "red.png", RED), tiny_classifier)


def rejected(name: str = "bad.jpg") -> Rejected:
    return Rejected(Path(name), RejectionReason.DAMAGED, f"{name} is damaged. Copy it again.", "abc")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_row_of_a_classified_file_holds_every_probability(classified: Outcome) -> None:
    row = to_row(classified, CODES)
    assert tuple(row) == columns(CODES)
    assert (row["status"], row["label_1"], row["decision"]) == ("classified", "red", "supported")
    assert sum(float(row[f"p_{code}"] or 0) for code in CODES) == pytest.approx(1, abs=1e-5)
    assert row["malignant_sum"] == pytest.approx(float(row["p_red"] or 0) + float(row["p_blue"] or 0), abs=1e-5)


def test_row_of_a_rejected_file_says_why() -> None:
    row = to_row(rejected(), CODES)
    assert row["status"] == "rejected"
    assert row["reason"] == "damaged: bad.jpg is damaged. Copy it again."
    assert row["label_1"] is None


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_file_appears_only_when_it_is_complete(tmp_path: Path, classified: Outcome, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    with RowFile(out, CODES) as file:
        file.write(classified)
        assert not out.exists()
    assert out.exists()
    assert [path.name for path in tmp_path.glob("out*")] == [out.name]


def test_csv_and_json_lines_say_the_same(tmp_path: Path, classified: Outcome) -> None:
    for name in ("out.csv", "out.jsonl"):
        with RowFile(tmp_path / name, CODES) as file:
            file.write(classified)
            file.write(rejected())
    as_json = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    as_csv = read(tmp_path / "out.csv")
    assert [{key: "" if value is None else str(value) for key, value in row.items()} for row in as_json] == as_csv


def test_names_with_commas_quotes_and_line_breaks_survive(tmp_path: Path) -> None:
    name = 'a, "b"\nc.jpg'
    with RowFile(tmp_path / "out.csv", CODES) as file:
        file.write(rejected(name))
    assert read(tmp_path / "out.csv")[0]["path"] == name


ODD_NAMES = [
    "a\rb.jpg",
    'a, "b"\nc.jpg',
    "line\u2028sep.jpg",
    "next\x85line.jpg",
    os.fsdecode(b"\xff\xfe.jpg"),
    "é😀.jpg",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_written_and_found_again(tmp_path: Path, name: str) -> None:
    for ending in ("csv", "jsonl"):
        with RowFile(tmp_path / f"out.{ending}", CODES) as file:
            file.write(rejected(name))
    with (tmp_path / "out.csv").open(encoding="utf-8", errors="surrogateescape", newline="") as read_back:
        assert [row["path"] for row in csv.DictReader(read_back)] == [name]
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8"))["path"] == name


def test_failed_run_keeps_an_earlier_result_and_leaves_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("earlier")
    with suppress(KeyboardInterrupt), RowFile(out, CODES) as file:
        file.write(rejected())
        raise KeyboardInterrupt
    assert out.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [out]


def test_row_says_how_strange_the_picture_was_and_which_mix_it_is_under(classified: Outcome) -> None:
    row = to_row(classified, CODES)
    assert row["novelty"] == pytest.approx(260 / 3 / 255, abs=1e-3)
    assert (row["class_mix"], row["class_mix_shares"]) == ("archive", "0.2;0.5;0.3")


@pytest.mark.parametrize("novelty", [None, float("nan"), float("inf")])
def test_novelty_that_is_no_number_is_left_out(classified: Classified, novelty: float | None) -> None:
    strange = replace(classified, prediction=replace(classified.prediction, novelty=novelty))
    assert to_row(strange, CODES)["novelty"] is None


def test_folder_in_the_place_of_the_result_is_said_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(OutputUnavailableError, match="is a folder"):
        RowFile(tmp_path / "out.csv", CODES)


def test_unknown_ending_and_missing_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(OutputUnavailableError, match=r"neither \.csv, \.jsonl nor \.parquet"):
        RowFile(tmp_path / "out.xlsx", CODES)
    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        RowFile(tmp_path / "nowhere" / "out.csv", CODES)


def test_parquet_has_the_rows_with_figures_as_numbers(
    tmp_path: Path, classified: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.exchange.parquet._ROWS_AT_ONCE", 2)
    with RowFile(tmp_path / "out.parquet", CODES) as file:
        for outcome in (classified, rejected(), rejected(os.fsdecode(b"\xff.jpg"))):
            file.write(outcome)
    table = parquet.read_table(tmp_path / "out.parquet")
    assert tuple(table.column_names) == columns(CODES)
    assert {str(table.schema.field(name).type) for name in ("malignant_sum", "probability_1")} == {"double"}
    first, second, third = table.to_pylist()
    assert [first, second] == [dict(to_row(classified, CODES)), dict(to_row(rejected(), CODES))]
    assert third["path"] == "\ufffd.jpg"


def test_parquet_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(OutputUnavailableError, match=r"Install skindesk\[parquet\]"):
        RowFile(tmp_path / "out.parquet", CODES)
    assert list(tmp_path.iterdir()) == []
