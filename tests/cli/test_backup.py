"""Backing up and restoring from the command line."""

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skindesk.bootstrap import Workspace
from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails
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
        CaseDraft(
            PatientDetails("P-1"),
            LesionDetails(),
            (DraftPicture(picture, PICTURE),),
            None,
            visited_at,
        )
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


def test_the_chosen_folder_is_used_where_none_is_named(skindesk: Run, log: Path, drive: Path) -> None:
    assert "No backup folder is chosen" in skindesk("backup", "daily").stdout
    unchosen = skindesk("backup", "create")
    assert unchosen.returncode == 3
    assert "backup daily FOLDER" in unchosen.stderr
    assert skindesk("backup", "daily", drive / "unplugged").returncode == 3
    assert "every day" in skindesk("backup", "daily", drive).stdout
    assert skindesk("backup", "create").returncode == 0
    assert "Verified" not in skindesk("backup", "list").stderr
    assert "only when asked" in skindesk("backup", "daily", "--off").stdout
    assert "less than an hour ago" in skindesk("doctor").stdout


def test_an_erased_patient_is_taken_out_of_the_backups(skindesk: Run, log: Path, drive: Path) -> None:
    skindesk("backup", "create", drive)
    refused = skindesk("backup", "erase", "P-1", "--folder", drive, "--yes")
    assert refused.returncode == 3
    assert "Erase the patient from the case log first" in refused.stderr
    told = skindesk("cases", "erase", "P-1", "--yes")
    assert "`skindesk backup erase P-1`" in told.stdout
    assert "Nothing was changed." in skindesk("backup", "erase", "P-1", "--folder", drive).stdout
    erased = skindesk("backup", "erase", "P-1", "--folder", drive, "--yes")
    assert erased.returncode == 0, erased.stderr
    assert "2, removed" in erased.stdout
    assert [entry["cases"] for entry in json.loads(skindesk("backup", "list", drive, "--json").stdout)] == [0]
    assert not list(drive.glob("*/objects/*/*.sealed"))


def test_erasing_takes_the_backups_along_where_that_is_asked(skindesk: Run, log: Path, drive: Path) -> None:
    skindesk("backup", "create", drive)
    skindesk("backup", "restore", drive, "--yes")
    erased = skindesk("cases", "erase", "P-1", "--yes", "--also-backups", "--folder", drive)
    assert erased.returncode == 0, erased.stderr
    assert "1, removed" in erased.stdout
    assert "backup set-aside --erase" in erased.stdout
    assert "caselog.replaced-" in skindesk("backup", "set-aside").stdout
    assert "Erased: 1." in skindesk("backup", "set-aside", "--erase", "--yes").stdout
    assert not list(log.parent.glob("caselog.replaced-*"))


def test_backups_of_before_the_passphrase_are_told_and_removed(
    skindesk: Run, log: Path, drive: Path, tmp_path: Path
) -> None:
    skindesk("backup", "create", drive)
    (tmp_path / "passphrase.txt").write_text("correct horse battery\n")
    shown = skindesk("people", "protect", "Ada", "--new-passphrase-file", tmp_path / "passphrase.txt").stdout
    assert "backup remove --left-behind" in shown
    as_ada = ("--user", "Ada", "--passphrase-file", tmp_path / "passphrase.txt")
    assert skindesk(*as_ada, "backup", "create", drive).returncode == 0
    listed = skindesk(*as_ada, "backup", "list", drive).stdout
    assert "1 of them need no passphrase" in listed
    removed = skindesk(*as_ada, "backup", "remove", "--left-behind", "--folder", drive, "--yes")
    assert "Backups removed: 1." in removed.stdout
    assert len(json.loads(skindesk(*as_ada, "backup", "list", drive, "--json").stdout)) == 1


def test_doctor_gives_the_command_that_restores_a_damaged_log(skindesk: Run, log: Path, drive: Path) -> None:
    skindesk("backup", "daily", drive)
    skindesk("backup", "create")
    (log / "caselog.sqlite3").write_bytes(b"nonsense" * 1000)
    told = skindesk("doctor")
    assert told.returncode == 3
    command = told.stdout.split("log's place: skindesk ")[1].split(" (the damaged")[0]
    assert skindesk(*shlex.split(command), "--yes").returncode == 0
    assert "P-1" in skindesk("cases", "list").stdout
