import csv
import json
import math
import os
import signal
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from skindesk.domain.contract import Modality
from skindesk.system.paths import Profile, bundled
from skindesk.system.settings import Settings, save_settings
from tests.cli.conftest import Run
from tests.support.bad_inputs import write_bad_inputs
from tests.support.pictures import BLUE, RED, encoded, gradient, write_picture
from tests.support.tiny_bundle import tiny_contract, write_tiny_bundle


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


def stop_after(profile: Path, rows: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `classify`, and press Ctrl+C once it has announced some rows."""
    command = [sys.executable, "-m", "skindesk", "--profile", str(profile), "classify", *map(str, arguments), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        lines = [run.stdout.readline() for _ in range(rows)]
        run.send_signal(signal.SIGINT)
        lines += run.stdout  # not by `communicate`, which would pass over what is in the buffer
        errors = run.stderr.read()
        run.wait(timeout=120)
    return subprocess.CompletedProcess(command, run.returncode, "".join(lines), errors)


@pytest.fixture
def large_pictures(tmp_path: Path) -> Path:
    """A hundred pictures that take some time."""
    folder = tmp_path / "many"
    folder.mkdir()
    big = encoded(Image.fromarray(gradient(1500, 1000)), "PNG")
    for at in range(100):
        (folder / f"{at:02}.png").write_bytes(big)
    return folder


def test_interrupted_run_says_how_to_go_on_and_does_only_what_is_left(
    skindesk: Run, profile: Path, large_pictures: Path, tmp_path: Path
) -> None:
    out, network = tmp_path / "out.csv", ("--model", "colours-3")
    stopped = stop_after(profile, 2, large_pictures, "--out", out, *network, "--workers", 1)
    assert stopped.returncode == 130
    assert "skindesk: stopped" in stopped.stderr
    how = f"skindesk --profile {profile} classify --out {out} --model colours-3 --workers 1 --json --resume"
    assert f"Go on with: {how}\n" in stopped.stderr
    assert not out.exists()
    first = stopped.stdout.splitlines()
    assert 2 <= len(first) < 100
    done = skindesk("classify", "--resume", "--out", out, "--json", *network)
    assert done.returncode == 0, done.stderr
    assert f"{100 - len(first)} classified, 0 rejected, {len(first)} kept" in done.stderr
    assert len(done.stdout.splitlines()) == 100 - len(first)
    whole = tmp_path / "whole.csv"
    skindesk("classify", large_pictures, "--out", whole, *network)
    assert out.read_bytes() == whole.read_bytes()
    assert not out.with_name("out.csv.part").exists()


def test_watching_ends_with_a_complete_file(profile: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "filling", tmp_path / "out.csv"
    folder.mkdir()
    os.utime(write_picture(folder / "a.png"), ns=(1, 1))
    done = stop_after(profile, 1, folder, "--watch", "--out", out, "--model", "colours-3")
    assert done.returncode == 0, done.stderr
    assert len(out.read_text().splitlines()) == 2


def test_archives_lists_and_standard_input_are_sources(skindesk: Run, profile: Path, tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "a.png", RED)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(picture, "inner/b.png")
    (tmp_path / "list.csv").write_text("path\na.png\n", "utf-8")
    command = [sys.executable, "-m", "skindesk", "--profile", profile, "classify", "--json", "--model", "colours-3"]
    sources = [tmp_path / "all.zip", tmp_path / "list.csv", tmp_path / "*.png", "-"]
    named = write_picture(tmp_path / "c.jpg")
    done = subprocess.run([*command, *sources], input=f"{named}\n", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    paths = [json.loads(line)["path"] for line in done.stdout.splitlines()]
    assert paths == [str(tmp_path / "all.zip" / "inner/b.png"), str(picture), str(named)]


def test_name_that_is_no_utf8_is_classified_in_every_output(skindesk: Run, profile: Path, tmp_path: Path) -> None:
    odd = write_picture(tmp_path / os.fsdecode(b"caf\xe9.png"))
    out = tmp_path / "out.jsonl"
    assert skindesk("classify", tmp_path, "--out", out, "--model", "colours-3").returncode == 0
    assert json.loads(out.read_text("utf-8"))["path"] == str(odd)
    as_json = skindesk("classify", tmp_path, "--json", "--model", "colours-3")
    assert (as_json.returncode, json.loads(as_json.stdout)["path"]) == (0, str(odd))
    table = skindesk("classify", tmp_path, "--model", "colours-3")
    assert table.returncode == 0
    assert ".png: supported." in table.stdout


def test_json_is_utf8_in_any_locale(profile: Path, tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "Müller.png")
    command = [sys.executable, "-m", "skindesk", "--profile", profile, "classify", picture, "--json"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120, check=True)
    assert json.loads(done.stdout.decode("utf-8"))["path"] == str(picture)


def test_closed_output_is_no_bug(profile: Path, tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "a.png")
    for redirection in (">&-", "2>&-", ">&- 2>&-"):
        line = f'exec "$@" {redirection}'
        command = ["sh", "-c", line, "sh", sys.executable, "-m", "skindesk", "--profile", profile, "classify", picture]
        assert subprocess.run([*command, "--json"], timeout=120, capture_output=True).returncode == 0, redirection


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_takes_nothing_is_said(profile: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "skindesk", "--profile", profile, "classify", write_picture(tmp_path / "a.png")]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 2
    assert "skindesk: The results cannot be printed" in done.stderr
    assert "Traceback" not in done.stderr


def test_reader_that_leaves_early_ends_the_run_quietly_but_not_as_done(profile: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for at in range(300):
        write_picture(folder / f"{at:03}.png")
    out = tmp_path / "out.csv"
    command = [sys.executable, "-m", "skindesk", "--profile", profile, "classify", folder, "--json", "--out", out]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout is not None
    run.stdout.readline()
    run.stdout.close()
    _, errors = run.communicate(timeout=120)
    assert b"Traceback" not in errors
    assert b"Exception ignored" not in errors
    assert (run.returncode, out.exists()) == (141, False)


def test_unknown_model_is_exit_code_3(skindesk: Run, tmp_path: Path) -> None:
    done = skindesk("classify", write_picture(tmp_path / "a.png"), "--model", "none")
    assert done.returncode == 3
    assert done.stderr.startswith("skindesk: There is no model 'none'.")
    assert "Traceback" not in done.stderr


def test_impossible_output_is_exit_code_2(skindesk: Run, tmp_path: Path) -> None:
    done = skindesk("classify", write_picture(tmp_path / "a.png"), "--out", tmp_path / "out.xlsx")
    assert done.returncode == 2
    assert "neither .csv, .jsonl nor .parquet" in done.stderr


@pytest.mark.parametrize("workers", ["-1", "257", "many", "1.5"])
def test_impossible_number_of_workers_is_exit_code_2(skindesk: Run, tmp_path: Path, workers: str) -> None:
    done = skindesk("classify", write_picture(tmp_path / "a.png"), "--workers", workers)
    assert done.returncode == 2
    assert "must be a number from 0 to 256" in done.stderr


def test_resuming_nothing_is_exit_code_2(skindesk: Run, tmp_path: Path) -> None:
    done = skindesk("classify", write_picture(tmp_path / "a.png"), "--resume")
    assert done.returncode == 2
    assert "--out names none" in done.stderr


def shipped_networks() -> list[str]:
    return sorted(network.parent.name for network in bundled("models").glob("*/model.onnx"))


@pytest.mark.parametrize("model_id", shipped_networks())
def test_shipped_network_answers_every_example(
    skindesk: Run, examples: list[Path], tmp_path: Path, model_id: str
) -> None:
    out = tmp_path / "out.jsonl"
    assert skindesk("classify", *examples, "--out", out, "--model", model_id).returncode == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == len(examples) >= 7
    assert {row["model_id"] for row in rows} == {model_id}
    for row in rows:
        assert sum(value for name, value in row.items() if name.startswith("p_")) == pytest.approx(1, abs=1e-3)


def test_real_originals_all_classify(skindesk: Run, real_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert skindesk("classify", real_data / "ham10000_originals", "--out", out).returncode == 0
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 39
    assert {row["status"] for row in rows} == {"classified"}


def test_interrupted_run_is_not_overwritten_by_a_new_one(skindesk: Run, tmp_path: Path) -> None:
    part = tmp_path / "out.csv.part"
    part.write_text("a night's work")
    done = skindesk(
        "classify", write_picture(tmp_path / "a.png"), "--out", tmp_path / "out.csv", "--model", "colours-3"
    )
    assert done.returncode == 2
    assert "Delete it, or name another file" in done.stderr
    assert part.read_text() == "a night's work"


def test_folder_without_pictures_of_its_own_gets_a_hint(skindesk: Run, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    write_picture(tmp_path / "inner" / "a.png")
    done = skindesk("classify", tmp_path, "--model", "colours-3")
    assert "Use --recursive" in done.stderr


def test_clinics_own_mix_moves_the_answer_and_is_recorded(skindesk: Run, tmp_path: Path) -> None:
    file, out = tmp_path / "spring.toml", tmp_path / "out.jsonl"
    file.write_text("red = 1\ngreen = 98\nblue = 1\n")
    picture = write_picture(tmp_path / "a.png", RED)
    done = skindesk("classify", picture, "--model", "colours-3", "--prior", file, "--out", out)
    assert done.returncode == 0, done.stderr
    row = json.loads(out.read_text())
    weights = {code: math.exp(4 * value / 255) for code, value in zip(("red", "green", "blue"), RED, strict=True)}
    shifted = {code: weights[code] * w / t for code, w, t in (("red", 1, 0.2), ("green", 98, 0.5), ("blue", 1, 0.3))}
    assert row["p_green"] == pytest.approx(shifted["green"] / sum(shifted.values()), abs=1e-4)
    assert (row["class_mix"], row["class_mix_shares"]) == ("spring", "0.01;0.98;0.01")
    table = skindesk("classify", picture, "--model", "colours-3", "--prior", file)
    assert table.stdout.rstrip().endswith("class mix spring")


def test_balanced_mix_differs_from_the_archives_only_by_its_shares(skindesk: Run, tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "a.png", RED)
    rows = {
        mix: json.loads(skindesk("classify", picture, "--model", "colours-3", "--prior", mix, "--json").stdout)
        for mix in ("archive", "balanced")
    }
    ratio = (
        rows["balanced"]["p_red"]
        / rows["balanced"]["p_green"]
        / (rows["archive"]["p_red"] / rows["archive"]["p_green"])
    )
    assert ratio == pytest.approx(0.5 / 0.2, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("red = 1\ngreen = 1\n", "lacks blue"),
        ("red = 1\ngreen = 0\nblue = 1\n", "share of green"),
        ("red", "cannot be read"),
    ],
)
def test_impossible_class_mix_is_exit_code_2(skindesk: Run, tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "mix.toml").write_text(text)
    done = skindesk(
        "classify", write_picture(tmp_path / "a.png"), "--model", "colours-3", "--prior", tmp_path / "mix.toml"
    )
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_run_is_not_resumed_under_another_mix_nor_overwritten(
    skindesk: Run, profile: Path, large_pictures: Path, tmp_path: Path
) -> None:
    arguments = (large_pictures, "--out", tmp_path / "out.csv", "--model", "colours-3", "--workers", 1)
    stop_after(profile, 1, *arguments)
    for more, complaint in (
        (("--prior", "balanced", "--resume"), "another class mix (archive)"),
        ((), "Continue it with --resume"),
    ):
        done = skindesk("classify", *arguments, *more)
        assert done.returncode == 2
        assert complaint in done.stderr


def test_parquet_without_its_library_is_said_before_anything_is_done(skindesk: Run, tmp_path: Path) -> None:
    if find_spec("pyarrow"):
        pytest.skip("pyarrow is installed")
    done = skindesk("classify", write_picture(tmp_path / "a.png"), "--out", tmp_path / "out.parquet")
    assert done.returncode == 2
    assert "Install skindesk[parquet]" in done.stderr


def test_strange_picture_is_said_to_be_strange(skindesk: Run, tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "a.png", (255, 240, 240))
    done = skindesk("classify", picture, "--model", "colours-3")
    assert "abstained (unlike the training pictures)" in done.stdout
    row = json.loads(skindesk("classify", picture, "--model", "colours-3", "--json").stdout)
    assert (row["reason"], row["novelty"]) == ("unlike_training", pytest.approx(245 / 255, abs=1e-4))


@pytest.fixture
def clinical(profile: Path) -> str:
    """A network for clinical photographs beside the dermoscopic ones."""
    write_tiny_bundle(profile / "models", tiny_contract("clinical-6", modality=Modality.CLINICAL))
    return "clinical-6"


def test_kind_of_picture_chooses_the_network(skindesk: Run, clinical: str, tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "a.png")
    for chosen, model_id in (
        ((), "dermoscopy-7"),
        (("--modality", "dermoscopic"), "dermoscopy-7"),
        (("--modality", "clinical"), clinical),
        (("--model", clinical), clinical),
        (("--model", clinical, "--modality", "clinical"), clinical),
    ):
        row = json.loads(skindesk("classify", picture, *chosen, "--json").stdout)
        assert row["model_id"] == model_id, chosen


def test_network_and_kind_of_picture_that_contradict_each_other_are_exit_code_2(
    skindesk: Run, clinical: str, tmp_path: Path
) -> None:
    picture = write_picture(tmp_path / "a.png")
    for model_id, modality in ((clinical, "dermoscopic"), ("colours-3", "clinical")):
        done = skindesk("classify", picture, "--model", model_id, "--modality", modality)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"does not answer {modality} ones" in done.stderr
    assert skindesk("classify", picture, "--modality", "x-ray").returncode == 2


def test_settings_name_network_and_mix_of_each_kind(
    skindesk: Run, clinical: str, profile: Path, tmp_path: Path
) -> None:
    save_settings(Profile(profile), Settings(model_id="colours-3", clinical_class_mix="balanced"))
    picture = write_picture(tmp_path / "a.png")
    answers = [
        json.loads(skindesk("classify", picture, "--modality", modality, "--json").stdout)
        for modality in ("dermoscopic", "clinical")
    ]
    assert [(row["model_id"], row["class_mix"]) for row in answers] == [
        ("colours-3", "archive"),
        (clinical, "balanced"),
    ]


def test_labels_are_measured_on_the_terminal_in_a_file_and_on_the_page(skindesk: Run, tmp_path: Path) -> None:
    for name, colour in (("red", RED), ("blue", BLUE)):
        (tmp_path / "sorted" / name).mkdir(parents=True)
        for at in range(3):
            write_picture(tmp_path / "sorted" / name / f"{name}{at}.png", colour)
    (tmp_path / "truth.csv").write_text("file,label\n" + "".join(f"red{at},red\n" for at in range(3)), "utf-8")
    common = ("classify", tmp_path / "sorted", "--recursive", "--model", "colours-3", "--json")
    for labels, images in (("folders", 6), (tmp_path / "truth.csv", 3)):
        page, figures = tmp_path / "page.html", tmp_path / "figures.json"
        done = skindesk(*common, "--labels", labels, "--summary", page, "--evaluation", figures)
        assert done.returncode == 0, done.stderr
        assert f"{images} labelled pictures" in done.stderr
        assert "accuracy                    1.000 [1.000, 1.000]" in done.stderr
        assert json.loads(figures.read_text())["images"] == images
        assert "Against the labels" in page.read_text("utf-8")
        assert len(done.stdout.splitlines()) == 6


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--summary", "page.txt"), "ends in .html"),
        (("--summary", "nowhere/page.html"), "in a folder that there is"),
        (("--labels", "gone.csv"), "no table of labels"),
        (("--evaluation", "figures.json"), "Say so with --labels"),
        (("--out", "nowhere/out.csv"), "there is no folder"),
    ],
)
def test_what_could_not_be_written_in_the_end_is_said_at_once(
    skindesk: Run, tmp_path: Path, arguments: tuple[str, str], complaint: str
) -> None:
    done = skindesk("classify", write_picture(tmp_path / "a.png"), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr


def test_nothing_to_classify_is_exit_code_2(skindesk: Run) -> None:
    done = skindesk("classify")
    assert done.returncode == 2
    assert "There is nothing to classify" in done.stderr


def test_everything_else_may_go_first_and_order_does_not_matter(skindesk: Run, tmp_path: Path) -> None:
    for at in range(5):
        write_picture(tmp_path / f"{at}.png")
    done = skindesk("classify", tmp_path, "--unordered", "--low-priority", "--json", "--model", "colours-3")
    assert done.returncode == 0, done.stderr
    assert {Path(json.loads(line)["path"]).name for line in done.stdout.splitlines()} == {
        f"{at}.png" for at in range(5)
    }


def test_quality_gate_adds_its_flags(skindesk: Run, tmp_path: Path) -> None:
    pytest.importorskip("skindesk.imaging.quality.gate", reason="the quality gate is not in this tree")
    done = skindesk("classify", write_picture(tmp_path / "a.png"), "--quality", "--json", "--model", "colours-3")
    assert "no_skin" in json.loads(done.stdout)["quality_flags"].split(";")
