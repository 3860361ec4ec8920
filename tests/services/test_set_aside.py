"""The logs that a restore has replaced, and what a damaged one leaves to do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import AccessRefusedError, CaseLogDamagedError
from skindesk.domain.people import Role
from skindesk.services.access import Door
from skindesk.services.backups import Backups
from skindesk.services.health import check_case_log
from skindesk.services.rescue import find_rescue
from skindesk.services.set_aside import erase_set_aside, logs_set_aside
from tests.services.test_backups import PASSPHRASE, Clock, backups, clock, drive, open_profile, save, workspace

__all__ = ["backups", "clock", "drive", "workspace"]


def test_a_log_that_was_set_aside_is_listed_and_erased_whole(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    workspace.close_case_log()
    old_log = backups.restore(drive).old_log
    somebody_elses = workspace.profile.root / "caselog.replaced-by-hand"
    somebody_elses.mkdir()
    (found,) = logs_set_aside(workspace.profile)
    assert found.folder == old_log
    assert found.size_bytes > 10_000
    erase_set_aside(workspace.profile, workspace.access, [found])
    assert logs_set_aside(workspace.profile) == ()
    assert somebody_elses.exists()
    assert workspace.casework.log.count() == 3


def test_only_an_administrator_erases_what_was_set_aside(backups: Backups, workspace: Workspace, drive: Path) -> None:
    backups.create(drive)
    workspace.close_case_log()
    backups.restore(drive)
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    ben = workspace.access.add_person("Ben", Role.CLINICIAN, "another passphrase")
    workspace.lock()
    workspace.access.sign_in(ben.person_id, "another passphrase")
    with pytest.raises(AccessRefusedError, match="As clinician"):
        erase_set_aside(workspace.profile, workspace.access, logs_set_aside(workspace.profile))
    assert len(logs_set_aside(workspace.profile)) == 1


def test_the_newest_verified_backup_is_offered_for_a_damaged_log(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    newest = backups.create(drive).written.snapshot
    save(workspace, 5)
    workspace.close_case_log()
    database = workspace.profile.log.database
    database.write_bytes(b"nonsense" * 1000)
    with pytest.raises(CaseLogDamagedError):
        workspace.casework  # noqa: B018 - opens the log
    rescue = find_rescue(workspace.profile, workspace.access, drive)
    assert rescue is not None
    assert (rescue.entry.snapshot, rescue.cases, rescue.people) == (newest, 3, ())
    assert rescue.changed_at is not None
    assert abs((datetime.now(UTC) - rescue.changed_at).total_seconds()) < 60
    assert database.read_bytes() == b"nonsense" * 1000


@pytest.mark.parametrize("left", [None, "{"])
def test_a_log_whose_key_is_gone_is_not_taken_for_a_new_one(
    workspace: Workspace, drive: Path, clock: Clock, left: str | None
) -> None:
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    workspace.access.add_person("Ben", Role.CLINICIAN, "another passphrase")
    Backups(workspace.profile, workspace.access, clock).create(drive)
    workspace.lock()
    keyring = workspace.profile.log.keyring
    keyring.unlink()
    if left is not None:
        keyring.write_text(left)
    again = open_profile(workspace.profile.root)
    with pytest.raises(CaseLogDamagedError):
        again.access.set_up_open()
    assert again.profile.log.database.exists()
    rescue = find_rescue(again.profile, again.access, drive)
    assert rescue is not None
    assert [person.name for person in rescue.people] == ["Ada", "Ben"]
    ada = rescue.people[0].person_id
    Backups(again.profile, again.access).restore(drive, unlock=lambda ring: ring.unlock(ada, PASSPHRASE))
    assert again.access.door is Door.LOCKED


def test_doctor_names_the_command_that_restores(backups: Backups, workspace: Workspace, drive: Path) -> None:
    backups.create(drive)
    workspace.close_case_log()
    workspace.profile.log.database.unlink()
    assert "restore the latest backup" in check_case_log(workspace.profile, workspace.access).advice
    workspace.profile.settings.write_text(f'{{"backup_folder": "{drive}"}}')
    check = check_case_log(workspace.profile, workspace.access)
    assert not check.sound
    assert f"backup restore {drive} --snapshot {backups.list(drive)[0].snapshot.name}" in check.advice
    assert "3 cases" in check.advice
