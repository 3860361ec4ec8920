"""`skindesk report` as a user gives it."""

import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from skindesk.bootstrap import open_workspace
from skindesk.cli.main import main
from skindesk.domain.audit import AuditAction
from skindesk.domain.people import Role
from tests.cli.conftest import Run
from tests.support.report_cases import save_followed_lesion

PASSPHRASE = "correct horse battery"


@pytest.fixture
def case_id(profile: Path) -> int:
    workspace = open_workspace(profile)
    workspace.access.set_up_open()
    number = save_followed_lesion(workspace)
    workspace.close_case_log()
    return number


def first_page(file: Path) -> tuple[tuple[int, ...], str]:
    document = pypdfium2.PdfDocument(file.read_bytes())
    try:
        return tuple(round(side) for side in document[0].get_size()), document[0].get_textpage().get_text_range()
    finally:
        document.close()


def test_a_report_is_written_and_told(skindesk: Run, profile: Path, case_id: int, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    done = skindesk("report", case_id, "--out", out)
    assert done.returncode == 0
    assert done.stdout == f"Written to {out}.\n"
    assert f"{out} is not encrypted" in done.stderr
    size, text = first_page(out)
    assert size == (595, 842)
    assert "MÜLLER-ŁUKASIEWICZ, Žofie" in text
    log = open_workspace(profile).casework.log
    assert log.audit_entries(limit=1)[0].action == AuditAction.PATIENT_EXPORTED
    log.close()


def test_the_other_paper_and_an_existing_file(
    profile: Path, case_id: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.pdf"
    command = ["--profile", str(profile), "report", str(case_id), "--out", str(out)]
    assert main([*command, "--paper", "letter"]) == 0
    assert first_page(out)[0] == (612, 792)
    assert main(command) == 2
    assert "report.pdf exists already. Name another file, or add --force." in capsys.readouterr().err
    assert first_page(out)[0] == (612, 792)
    assert main([*command, "--force"]) == 0
    assert first_page(out)[0] == (595, 842)


def test_what_is_missing_is_said_and_exit_code_1(
    profile: Path, case_id: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    next((profile / "caselog" / "images").rglob("*.sealed")).unlink()
    command = ["--profile", str(profile), "report", str(case_id), "--out", str(tmp_path / "report.pdf")]
    assert main(command) == 1
    assert "A picture is not shown." in capsys.readouterr().err
    assert (tmp_path / "report.pdf").exists()


def test_an_unknown_case_is_said(profile: Path, case_id: int, tmp_path: Path) -> None:
    assert main(["--profile", str(profile), "report", "99", "--out", str(tmp_path / "report.pdf")]) == 2
    assert not (tmp_path / "report.pdf").exists()


def test_an_assistant_gets_no_report(skindesk: Run, profile: Path, case_id: int, tmp_path: Path) -> None:
    access = open_workspace(profile).access
    access.set_up_protected("Ada", PASSPHRASE)
    access.add_person("Ben", Role.ASSISTANT, PASSPHRASE)
    (tmp_path / "secret").write_text(PASSPHRASE)
    out = tmp_path / "report.pdf"
    done = skindesk("--user", "Ben", "--passphrase-file", tmp_path / "secret", "report", case_id, "--out", out)
    assert done.returncode == 3
    assert done.stderr.startswith("skindesk: As assistant you may not do this.")
    assert not out.exists()


def test_a_report_needs_no_window() -> None:
    code = "import skindesk.services.reports, sys; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "reportlab" in loaded
    assert "PySide6" not in loaded
