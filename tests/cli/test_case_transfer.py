"""`cases export | import` as a user gives them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from skindesk.bootstrap import open_workspace
from skindesk.cli.main import main
from skindesk.domain.case import Case, PatientDetails
from skindesk.domain.people import Role
from tests.cli.conftest import Run
from tests.support.case_files import members_of, with_manifest, write_case_file
from tests.support.whole_cases import whole_case

CASES = (whole_case(1, 1), whole_case(1, 2), whole_case(2, 1))
COUNTED = "1 case, 2 visits, 4 pictures, 8 predictions, 4 reviews, 2 final diagnoses"
PASSPHRASE = "correct horse battery"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_case_file(tmp_path / "cases.zip", *CASES)


@pytest.fixture
def own_log(profile: Path) -> Path:
    """A profile whose log needs no passphrase."""
    open_workspace(profile).access.set_up_open()
    return profile


def rows(text: str) -> list[list[str]]:
    return [[cell for cell in line.split("  ") if cell] for line in text.splitlines()[1:]]


def test_cases_are_taken_from_one_workstation_to_another(skindesk: Run, own_log: Path, file: Path) -> None:
    taken = skindesk("cases", "import", file)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert [[cell.strip() for cell in row] for row in rows(taken.stdout)] == [
        [case, patient, lesion, "imported", here, COUNTED]
        for case, patient, lesion, here in (
            ("11", "P-1", "L1", "1"),
            ("12", "P-1", "L2", "2"),
            ("21", "P-2", "L1", "3"),
        )
    ]
    out = own_log / "out.zip"
    given = skindesk("cases", "export", "--out", out, "--all")
    assert given.returncode == 0
    written = "2 patients, 3 cases, 6 visits, 12 pictures, 24 predictions, 12 reviews, 6 final diagnoses"
    assert given.stdout == f"Written to {out}: {written}.\n"
    assert f"{out} is not encrypted: your account, administrators" in given.stderr
    assert "can read these patients" in given.stderr
    again = skindesk("cases", "import", out, "--json")
    results = [json.loads(line) for line in again.stdout.splitlines()]
    assert {result["outcome"] for result in results} == {"already there"}
    assert again.returncode == 0


def test_a_dry_run_says_that_nothing_was_written(skindesk: Run, own_log: Path, file: Path) -> None:
    done = skindesk("cases", "import", file, "--dry-run")
    assert done.returncode == 0
    assert "nothing was written" in done.stderr
    assert done.stdout.count("imported") == 3
    assert "P-1" not in skindesk("cases", "list").stdout


def test_a_conflict_is_a_row_and_exit_code_1(
    own_log: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--profile", str(own_log), "cases", "import", str(file)]) == 0
    strangers = write_case_file(tmp_path / "other.zip", _named(whole_case(2, 1), "P-1"), whole_case(3, 1))
    capsys.readouterr()
    assert main(["--profile", str(own_log), "cases", "import", str(strangers)]) == 1
    refused, imported = rows(capsys.readouterr().out)
    assert refused[3].strip() == "refused"
    words = "The identifier P-1 is taken here by somebody with another family name, given name and birth date."
    assert refused[-1].strip() == words
    assert imported[3].strip() == "imported"


def test_a_file_that_is_not_sound_is_exit_code_2_and_one_sentence(
    own_log: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--profile", str(own_log), "cases", "import", str(with_manifest(file, format_version=99))]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("skindesk: cases.zip: it has the format version 99")


def test_what_is_chosen_is_exported(own_log: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command, out = ["--profile", str(own_log), "cases"], own_log / "out.zip"
    assert main([*command, "import", str(file)]) == 0
    assert main([*command, "export", "--out", str(out), "--patient", "p-2"]) == 0
    assert b'"P-1"' not in members_of(out)["cases.jsonl"]
    assert main([*command, "export", "--out", str(out), "text"]) == 2
    assert main([*command, "export", "--out", str(out), "--force", "text"]) == 0
    assert len(members_of(out)["cases.jsonl"].splitlines()) == 3
    assert main([*command, "export", "--out", str(out), "--force", "nobody"]) == 2
    assert main([*command, "export", "--out", str(out), "--force", ""]) == 2
    assert "Say whom to export, or add --all." in capsys.readouterr().err
    for wrong in ([], ["text", "--all"], ["--all", "--patient", "P-1"]):
        with pytest.raises(SystemExit) as ended:
            main([*command, "export", "--out", str(out), *wrong])
        assert ended.value.code == 2


def test_a_lost_picture_is_named_and_exit_code_1(own_log: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--profile", str(own_log), "cases"]
    assert main([*command, "import", str(file)]) == 0
    next((own_log / "caselog" / "images").rglob("*.sealed")).unlink()
    assert main([*command, "export", "--out", str(own_log / "out.zip"), "--all"]) == 1
    said = capsys.readouterr()
    assert "2 cases" in said.out
    assert "was left out. A picture is missing" in said.err


def test_a_patient_without_a_lesion_is_told_of_and_exit_code_1(
    own_log: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command, out = ["--profile", str(own_log), "cases"], str(own_log / "out.zip")
    assert main([*command, "import", str(file)]) == 0
    workspace = open_workspace(own_log)
    workspace.casework.editing.add_patient(PatientDetails("P-9"))
    workspace.close_case_log()
    assert main([*command, "export", "--out", out, "--all"]) == 1
    assert "skindesk: 1 patient has no lesion yet, and could not be taken along." in capsys.readouterr().err
    assert main([*command, "export", "--out", out, "--force", "--patient", "P-1", "P-2"]) == 0


def test_an_assistant_may_not_export(skindesk: Run, profile: Path, tmp_path: Path) -> None:
    access = open_workspace(profile).access
    access.set_up_protected("Ada", PASSPHRASE)
    access.add_person("Ben", Role.ASSISTANT, PASSPHRASE)
    (tmp_path / "secret").write_text(PASSPHRASE)
    done = skindesk(
        "--user", "Ben", "--passphrase-file", tmp_path / "secret",
        "cases", "export", "--out", tmp_path / "out.zip", "--all",
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.startswith("skindesk: As assistant you may not do this.")
    assert not (tmp_path / "out.zip").exists()


def _named(case: Case, identifier: str) -> Case:
    return replace(case, patient=replace(case.patient, details=replace(case.patient.details, identifier=identifier)))
