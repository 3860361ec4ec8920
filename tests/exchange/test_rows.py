import csv
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from skindesk.domain.class_mix import archive_mix, balanced_mix
from skindesk.domain.errors import OutputUnavailableError, RejectionReason
from skindesk.domain.outcome import Classified, Outcome, Rejected
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


ODD_NAMES = [
    "a\rb.jpg",
    'a, "b"\nc.jpg',
    "line\u2028sep.jpg",
    "next\x85line.jpg",
    os.fsdecode(b"\xff\xfe.jpg"),
    "é😀.jpg",
]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_written_and_found_again(tmp_path: Path, name: str, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    interrupted_run(out, CODES, name, "two.jpg")
    with RowFile(out, CODES, resume=True) as file:
        assert file.done_paths == {name, "two.jpg"}


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_run_torn_anywhere_is_continued_to_the_same_file(tmp_path: Path, ending: str) -> None:
    names = ["one.jpg", 'a, "b"\nc.jpg', "three.jpg"]
    whole, out = tmp_path / f"whole.{ending}", tmp_path / f"out.{ending}"
    with RowFile(whole, CODES) as file:
        for name in names:
            file.write(rejected(name))
    content = whole.read_bytes()
    for length in range(len(content)):
        out.with_name(f"{out.name}.part").write_bytes(content[:length])
        with RowFile(out, CODES, resume=True) as file:
            for name in names:
                if name not in file.done_paths:
                    file.write(rejected(name))
        assert out.read_bytes() == content, length


def test_failed_run_keeps_an_earlier_result(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("earlier")
    interrupted_run(out, CODES, "one.jpg")
    assert out.read_text() == "earlier"


def test_part_of_another_network_is_not_continued(tmp_path: Path) -> None:
    interrupted_run(tmp_path / "out.csv", ("a", "b"), "one.jpg")
    with pytest.raises(OutputUnavailableError, match="another network"):
        RowFile(tmp_path / "out.csv", CODES, resume=True)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_part_of_another_version_is_not_continued(tmp_path: Path, classified: Classified, ending: str) -> None:
    out, ref = tmp_path / f"out.{ending}", classified.prediction.model
    with suppress(KeyboardInterrupt), RowFile(out, CODES, model=ref) as file:
        file.write(classified)
        raise KeyboardInterrupt
    with pytest.raises(OutputUnavailableError, match="another network"):
        RowFile(out, CODES, resume=True, model=replace(ref, version="2.0.0"))
    with RowFile(out, CODES, resume=True, model=ref) as file:
        assert file.done_paths == {str(classified.path)}


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_part_under_another_class_mix_is_not_continued(
    tmp_path: Path, tiny_classifier: Classifier, classified: Classified, ending: str
) -> None:
    out, archives = tmp_path / f"out.{ending}", archive_mix(tiny_classifier.contract)
    with suppress(KeyboardInterrupt), RowFile(out, CODES, mix=archives) as file:
        file.write(classified)
        raise KeyboardInterrupt
    for other in (balanced_mix(tiny_classifier.contract), replace(archives, shares=(0.3, 0.4, 0.3))):
        with pytest.raises(OutputUnavailableError, match=r"another class mix \(archive\)"):
            RowFile(out, CODES, resume=True, mix=other)
    with RowFile(out, CODES, resume=True, mix=archives) as file:
        assert file.done_paths == {str(classified.path)}


def test_row_says_how_strange_the_picture_was_and_which_mix_it_is_under(classified: Outcome) -> None:
    row = to_row(classified, CODES)
    assert row["novelty"] == pytest.approx(260 / 3 / 255, abs=1e-3)
    assert (row["class_mix"], row["class_mix_shares"]) == ("archive", "0.2;0.5;0.3")


@pytest.mark.parametrize("novelty", [None, float("nan"), float("inf")])
def test_novelty_that_is_no_number_is_left_out(classified: Classified, novelty: float | None) -> None:
    strange = replace(classified, prediction=replace(classified.prediction, novelty=novelty))
    assert to_row(strange, CODES)["novelty"] is None


def test_rows_that_a_power_cut_has_emptied_are_done_again(tmp_path: Path, classified: Classified) -> None:
    out, part = tmp_path / "out.csv", tmp_path / "out.csv.part"
    with RowFile(out, CODES) as file:
        file.write(classified)
    whole = out.replace(part).read_bytes()
    part.write_bytes(whole + bytes(600) + b",nv\n" + whole.splitlines(keepends=True)[-1])
    with RowFile(out, CODES, resume=True) as file:
        assert file.done_paths == {str(classified.path)}
    assert out.read_bytes() == whole


@pytest.mark.parametrize("content", [b"no JSON\n", b"[]\n", b"{}\n", b"3\n", b"\0\0\0\n"])
def test_part_that_is_no_result_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    part = tmp_path / "out.jsonl.part"
    part.write_bytes(content)
    with pytest.raises(OutputUnavailableError, match="is damaged"):
        RowFile(tmp_path / "out.jsonl", CODES, resume=True)
    assert part.read_bytes() == content


def test_folder_in_the_place_of_the_result_is_said_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(OutputUnavailableError, match="is a folder"):
        RowFile(tmp_path / "out.csv", CODES)


def test_unknown_ending_and_missing_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(OutputUnavailableError, match=r"neither \.csv nor \.jsonl"):
        RowFile(tmp_path / "out.xlsx", CODES)
    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        RowFile(tmp_path / "nowhere" / "out.csv", CODES)
