import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skindesk.bootstrap import open_workspace
from skindesk.domain.case import (
    CaseDraft,
    Confidence,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    Plan,
    ReviewDetails,
)
from skindesk.domain.contract import Modality
from skindesk.imaging.decode import read_picture_file
from skindesk.services.classify import answer_for
from tests.cli.conftest import Run


def save_case(profile: Path, picture: Path) -> int:
    workspace = open_workspace(profile)
    file = read_picture_file(picture)
    draft = CaseDraft(
        patient=PatientDetails("10482", "Müller", "Eva"),
        lesion=LesionDetails(description="left forearm"),
        pictures=(
            DraftPicture(
                PictureDetails(file.sha256, file.name, "image/jpeg", 600, 450, Modality.DERMOSCOPIC),
                file.content,
                answer_for(file, workspace.models.open()).answer.prediction,
            ),
        ),
        review=ReviewDetails("mel", Confidence.HIGH, Plan.BIOPSY, "changed since spring"),
        visited_at=datetime.now(UTC),
    )
    workspace.access.set_up_open()
    saved = workspace.casework.save_case(draft)
    workspace.close_case_log()
    return saved.case_id


def test_saved_case_is_listed_and_shown(skindesk: Run, profile: Path, examples: list[Path]) -> None:
    case_id = save_case(profile, examples[0])
    listed = skindesk("cases", "list", "muller")
    assert "MÜLLER, Eva" in listed.stdout
    shown = skindesk("cases", "show", case_id)
    assert "own impression: mel (confidence high, before seeing the network's answer); plan: biopsy" in shown.stdout
    assert examples[0].name in shown.stdout
    as_json = json.loads(skindesk("cases", "show", case_id, "--json").stdout)
    assert as_json["patient"]["details"]["identifier"] == "10482"
    assert len(as_json["visits"][0]["pictures"][0]["predictions"][0]["probabilities"]) == 7


def test_unknown_case_is_said(skindesk: Run) -> None:
    assert skindesk("people", "personal").returncode == 0
    done = skindesk("cases", "show", "99")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_search_without_a_match_lists_nobody(skindesk: Run, profile: Path, examples: list[Path]) -> None:
    save_case(profile, examples[0])
    assert "MÜLLER" not in skindesk("cases", "list", "smith").stdout


def test_search_for_bytes_that_are_no_text_lists_nobody(skindesk: Run, profile: Path, examples: list[Path]) -> None:
    save_case(profile, examples[0])
    done = skindesk("cases", "list", os.fsdecode(b"\xff"))
    assert done.returncode == 0
    assert "MÜLLER" not in done.stdout


def test_damaged_case_log_is_exit_code_3_and_is_not_overwritten(skindesk: Run, profile: Path) -> None:
    damaged = b"not a database, " * 100
    (profile / "caselog.sqlite3").write_bytes(damaged)
    done = skindesk("cases", "list")
    assert done.returncode == 3
    assert (profile / "caselog.sqlite3").read_bytes() == damaged


def test_models_are_listed_shown_and_verified(skindesk: Run) -> None:
    listed = {model["name"]: model for model in json.loads(skindesk("models", "list", "--json").stdout)}
    assert next(iter(listed)) == "dermoscopy-7"
    assert {name for name, model in listed.items() if not model["shipped"]} == {"colours-3@1.0.0"}
    table = skindesk("models", "list").stdout.splitlines()[1:]
    assert [line.split()[0] for line in table] == list(listed)
    assert all(model["modality"] in line for line, model in zip(table, listed.values(), strict=True))
    assert skindesk("models", "show", "dermoscopy-7").stdout.startswith("# ")
    verified = skindesk("models", "verify")
    assert verified.returncode == 0
    assert [line.split(": ")[:2] for line in verified.stdout.splitlines()] == [[name, "sound"] for name in listed]


def test_flipped_byte_fails_verification(skindesk: Run, profile: Path) -> None:
    network = profile / "models" / "colours-3" / "model.onnx"
    content = bytearray(network.read_bytes())
    content[100] ^= 1
    network.write_bytes(content)
    done = skindesk("models", "verify", "colours-3")
    assert done.returncode == 3
    assert "not the one its card describes" in done.stdout


def test_doctor_finds_nothing_on_a_sound_machine(skindesk: Run, profile: Path, examples: list[Path]) -> None:
    save_case(profile, examples[0])
    done = skindesk("doctor", "--full")
    assert done.returncode == 0, done.stdout
    assert "1 cases" in done.stdout


def test_doctor_names_a_lost_picture(skindesk: Run, profile: Path, examples: list[Path]) -> None:
    save_case(profile, examples[0])
    next(path for path in (profile / "caselog" / "images").rglob("*") if path.is_file()).unlink()
    done = skindesk("doctor", "--json")
    assert done.returncode == 3
    log = next(check for check in json.loads(done.stdout) if check["subject"] == "case log")
    assert log["sound"] is False
    assert log["advice"]


def test_doctor_takes_a_file_that_does_no_harm_for_no_trouble(
    skindesk: Run, profile: Path, examples: list[Path]
) -> None:
    save_case(profile, examples[0])
    (profile / "caselog" / "images" / "left-over.jpg").write_bytes(b"from an interrupted save")
    done = skindesk("doctor", "--full")
    assert done.returncode == 0, done.stdout
    assert "1 files that no case refers to" in done.stdout


def test_damaged_card_fails_verification(skindesk: Run, profile: Path) -> None:
    (profile / "models" / "colours-3" / "card.json").write_text("{")
    for command in (("models", "verify"), ("models", "verify", "colours-3"), ("models", "show", "colours-3")):
        done = skindesk(*command)
        assert done.returncode == 3
        assert "The card of model colours-3 cannot be read." in done.stdout + done.stderr


def test_damaged_golden_outputs_fail_verification(skindesk: Run, profile: Path) -> None:
    golden = profile / "models" / "colours-3" / "golden.npz"
    golden.write_bytes(golden.read_bytes()[:200])
    done = skindesk("models", "verify", "colours-3")
    assert done.returncode == 3
    assert "golden outputs of model colours-3 cannot be read" in done.stdout


@pytest.mark.parametrize("number", ["0", "-1", "one", "9" * 30])
def test_impossible_case_number_is_exit_code_2(skindesk: Run, number: str) -> None:
    done = skindesk("cases", "show", number)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_profile_that_cannot_be_a_folder_is_said(skindesk: Run, tmp_path: Path, examples: list[Path]) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "file").write_text("no folder")
    loop = skindesk("--profile", tmp_path / "a", "classify", examples[0])
    assert loop.returncode == 2
    assert loop.stderr.startswith("skindesk: The profile folder")
    for profile in (tmp_path / "file", tmp_path / ("a" * 300)):
        classified = skindesk("--profile", profile, "classify", examples[0])
        assert classified.returncode == 0
        assert "Traceback" not in classified.stderr
        listed = skindesk("--profile", profile, "cases", "list")
        assert listed.returncode == 3
        assert listed.stderr.count("\n") == 1
        assert skindesk("--profile", profile, "doctor").returncode in (0, 3)


def test_log_that_cannot_be_written_is_no_reason_to_stop(skindesk: Run, profile: Path) -> None:
    skindesk("people", "personal")
    shutil.rmtree(profile / "logs")
    (profile / "logs" / "skindesk.log").mkdir(parents=True)
    done = skindesk("cases", "list")
    assert (done.returncode, done.stderr) == (0, "")


def test_doctor_does_not_create_a_case_log(skindesk: Run, profile: Path) -> None:
    skindesk("doctor")
    assert not (profile / "caselog.sqlite3").exists()
