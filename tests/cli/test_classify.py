import csv
import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.support.bad_inputs import write_bad_inputs
from tests.support.pictures import BLUE, RED, write_picture


def test_table_names_picture_differential_and_sum(skindesk: Run, tmp_path: Path) -> None:
    done = skindesk("classify", write_picture(tmp_path / "a.png", RED), "--model", "colours-3")
    assert done.returncode == 0
    assert "a.png: supported. Red 88%, Green 6%, Blue 6%; malignant or premalignant in sum 94%" in done.stdout
    assert "1 classified, 0 rejected" in done.stderr


def test_bad_inputs_give_exit_code_1_and_a_row_each(skindesk: Run, tmp_path: Path) -> None:
    expected = write_bad_inputs(tmp_path / "mixed")
    out = tmp_path / "out.csv"
    done = skindesk("classify", tmp_path / "mixed", tmp_path / "gone.jpg", "--model", "colours-3", "--out", out)
    assert done.returncode == 1, done.stderr
    with out.open(newline="", encoding="utf-8") as file:
        rows = {Path(row["path"]).name: row for row in csv.DictReader(file)}
    assert rows.keys() == {*expected, "gone.jpg"}
    assert {name for name, row in rows.items() if row["status"] == "classified"} == {
        n for n, ok in expected.items() if ok
    }
    assert all(row["reason"].endswith(".") for row in rows.values() if row["status"] == "rejected")


def test_json_leaves_nothing_else_on_stdout(skindesk: Run, tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", BLUE)
    (tmp_path / "b.jpg").write_bytes(b"text")
    done = skindesk("classify", tmp_path, "--json", "--model", "colours-3")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["status"] for row in rows] == ["classified", "rejected"]
    assert rows[0]["label_1"] == "blue"
    assert done.returncode == 1


def test_resume_does_only_what_is_left(skindesk: Run, tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "c.png"):
        write_picture(tmp_path / name)
    out = tmp_path / "out.csv"
    skindesk("classify", tmp_path, "--out", out, "--model", "colours-3")
    whole = out.read_text()
    lines = whole.splitlines(keepends=True)
    out.with_name("out.csv.part").write_text("".join(lines[:2]) + lines[2][:20])
    out.unlink()
    done = skindesk("classify", tmp_path, "--out", out, "--resume", "--model", "colours-3")
    assert "2 classified" in done.stderr
    assert out.read_text() == whole


def test_unknown_model_is_exit_code_3(skindesk: Run, tmp_path: Path) -> None:
    done = skindesk("classify", write_picture(tmp_path / "a.png"), "--model", "none")
    assert done.returncode == 3
    assert done.stderr.startswith("skindesk: There is no model 'none'.")
    assert "Traceback" not in done.stderr


def test_impossible_output_is_exit_code_2(skindesk: Run, tmp_path: Path) -> None:
    done = skindesk("classify", write_picture(tmp_path / "a.png"), "--out", tmp_path / "out.xlsx")
    assert done.returncode == 2
    assert "neither .csv nor .jsonl" in done.stderr


def test_shipped_network_answers_every_example(skindesk: Run, examples: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert skindesk("classify", *examples, "--out", out).returncode == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == len(examples) >= 7
    assert {row["model_id"] for row in rows} == {"dermoscopy-7"}


def test_real_originals_all_classify(skindesk: Run, real_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert skindesk("classify", real_data / "ham10000_originals", "--out", out).returncode == 0
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 39
    assert {row["status"] for row in rows} == {"classified"}
