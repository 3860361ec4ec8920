"""Backing up and restoring from the command line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skindesk.bootstrap import Workspace
from skindesk.domain.case import CaseDraft, LesionDetails, PatientDetails, PictureDetails
from skindesk.domain.contract import Modality
from skindesk.storage.image_store import digest_of
from skindesk.system.paths import Profile
from tests.cli.conftest import Run

PICTURE = b"\xff\xd8\xff\xe0 a picture" * 50


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    (tmp_path / "drive").mkdir()
    return tmp_path / "drive"


@pytest.fixture
def log(profile: Path) -> Path:
    """The folder of a case log with one case that needs no passphrase."""
    workspace = Workspace(Profile(profile), log_file=None)
    workspace.access.set_up_open()
    save_case(workspace)
    workspace.close_case_log()
    return workspace.profile.log.root


def save_case(workspace: Workspace) -> None:
    picture = PictureDetails(digest_of(PICTURE), "lesion.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC)
    visited_at = datetime(2026, 3, 14, 12, tzinfo=UTC)
    workspace.casework.save_case(
        CaseDraft(PatientDetails("P-1"), LesionDetails(), picture, PICTURE, None, None, visited_at)
    )


def test_a_log_that_is_gone_comes_back_from_its_backup(skindesk: Run, log: Path, drive: Path) -> None:
    created = skindesk("backup", "create", drive)
    assert created.returncode == 0, created.stderr
    assert "1 cases, 1 pictures" in created.stdout
    assert "Verified" in created.stdout
    assert skindesk("backup", "verify", drive).returncode == 0
    assert "proven" in skindesk("backup", "drill", drive).stdout
    (listed,) = json.loads(skindesk("backup", "list", drive, "--json").stdout)
    assert (listed["cases"], listed["pictures"], listed["damaged"], listed["own_key"]) == (1, 1, False, True)
    assert listed["verified_at"]
    assert listed["proven_at"]
    assert listed["name"] in skindesk("backup", "list", drive).stdout
    (log / "caselog.sqlite3").write_bytes(b"nonsense" * 1000)
    assert skindesk("cases", "list").returncode == 3
    restored = skindesk("backup", "restore", drive, "--yes")
    assert restored.returncode == 0, restored.stderr
    assert "caselog.replaced-" in restored.stdout
    assert "P-1" in skindesk("cases", "list").stdout


def test_restoring_asks_first(skindesk: Run, log: Path, drive: Path) -> None:
    skindesk("backup", "create", drive)
    assert "Nothing was changed." in skindesk("backup", "restore", drive).stdout
    assert not list(log.parent.glob("caselog.replaced-*"))


def test_a_damaged_backup_is_told(skindesk: Run, log: Path, drive: Path) -> None:
    skindesk("backup", "create", drive)
    (picture,) = drive.glob("*/objects/*/*.sealed")
    picture.write_bytes(b"nonsense")
    verified = skindesk("backup", "verify", drive)
    assert verified.returncode == 3
    assert "missing or damaged" in verified.stderr
    (manifest,) = drive.glob("*/snapshots/*/manifest.json")
    manifest.write_bytes(b"{")
    assert "damaged" in skindesk("backup", "list", drive).stdout
    assert skindesk("backup", "restore", drive, "--yes").returncode == 3


def test_a_picture_that_the_log_has_lost_is_told(skindesk: Run, log: Path, drive: Path) -> None:
    (picture,) = log.glob("images/*/*.sealed")
    picture.unlink()
    created = skindesk("backup", "create", drive)
    assert created.returncode == 1
    assert "has lost 1 pictures, of which the backups still hold 0" in created.stderr


def test_a_missing_folder_is_said_in_one_sentence(skindesk: Run, log: Path, tmp_path: Path) -> None:
    for action in ("create", "restore"):
        done = skindesk("backup", action, tmp_path / "unplugged")
        assert done.returncode == 3
        assert done.stderr.startswith("skindesk: ")
        assert "Connect" in done.stderr


def test_a_protected_backup_opens_on_a_new_computer_with_a_passphrase(
    skindesk: Run, drive: Path, tmp_path: Path
) -> None:
    (tmp_path / "passphrase.txt").write_text("correct horse battery\n")
    shown = skindesk("people", "protect", "Ada", "--new-passphrase-file", tmp_path / "passphrase.txt").stdout
    (tmp_path / "recovery.txt").write_text(shown.split("Recovery key: ")[1].split("\n")[0])
    as_ada = ("--user", "ada", "--passphrase-file", tmp_path / "passphrase.txt")
    assert skindesk(*as_ada, "cases", "list").returncode == 0
    assert skindesk("backup", "create", drive).returncode == 3
    assert skindesk(*as_ada, "backup", "create", drive).returncode == 0
    assert "under another key" in skindesk("backup", "list", drive).stdout

    new = ("--profile", tmp_path / "new")
    refused = skindesk(*new, "backup", "restore", drive, "--yes")
    assert refused.returncode == 3
    assert "--user: Ada" in refused.stderr
    recovered = ("--recovery-key-file", tmp_path / "recovery.txt")
    assert skindesk(*new, "backup", "verify", drive, *recovered).returncode == 0
    assert skindesk(*new, *as_ada, "backup", "restore", drive, "--yes").returncode == 0
    assert skindesk(*new, *as_ada, "cases", "list").returncode == 0
