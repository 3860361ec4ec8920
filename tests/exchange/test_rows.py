import csv
import json
from contextlib import suppress
from pathlib import Path

import pytest

from skindesk.domain.errors import OutputUnavailableError, RejectionReason
from skindesk.domain.outcome import Outcome, Rejected
from skindesk.exchange.rows import RowFile, columns, to_row
from skindesk.inference.classifier import Classifier
from skindesk.services.classify import classify_file
from tests.support.pictures import RED, write_picture

CODES = ("red", "green", "blue")


@pytest.fixture
def classified(tiny_classifier: Classifier, tmp_path: Path) -> Outcome:
    return classify_file(write_picture(tmp_path / "red.png", RED), tiny_classifier)


def rejected(name: str = "bad.jpg") -> Rejected:
    return Rejected(Path(name), RejectionReason.DAMAGED, f"{name} is damaged. Copy it again.", "abc")


def interrupted_run(out: Path, codes: tuple[str, ...], *names: str) -> None:
    """Write some rows, then be stopped by the user."""
    with suppress(KeyboardInterrupt), RowFile(out, codes) as file:
        for name in names:
            file.write(rejected(name))
        raise KeyboardInterrupt


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


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_interrupted_run_is_continued_after_its_last_whole_row(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    interrupted_run(out, CODES, "one.jpg", "two.jpg")
    part = out.with_name(f"{out.name}.part")
    part.write_bytes(part.read_bytes()[:-10])  # as a power cut leaves it
    with RowFile(out, CODES, resume=True) as file:
        assert file.done_paths == {"one.jpg"}
        file.write(rejected("two.jpg"))
    text = out.read_text()
    assert text.count("one.jpg is damaged") == text.count("two.jpg is damaged") == 1
    assert not part.exists()


def test_failed_run_keeps_an_earlier_result(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("earlier")
    interrupted_run(out, CODES, "one.jpg")
    assert out.read_text() == "earlier"


def test_part_of_another_network_is_not_continued(tmp_path: Path) -> None:
    interrupted_run(tmp_path / "out.csv", ("a", "b"), "one.jpg")
    with pytest.raises(OutputUnavailableError, match="another network"):
        RowFile(tmp_path / "out.csv", CODES, resume=True)


def test_unknown_ending_and_missing_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(OutputUnavailableError, match=r"neither \.csv nor \.jsonl"):
        RowFile(tmp_path / "out.xlsx", CODES)
    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        RowFile(tmp_path / "nowhere" / "out.csv", CODES)
