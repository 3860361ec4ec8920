"""The backup that is made by itself, and what is said of the newest one."""

import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import BackupUnavailableError, CaseLogDamagedError
from skindesk.services.backups import Backups
from skindesk.services.daily_backup import DailyBackup
from skindesk.services.health import check_backups
from skindesk.storage.backups.place import place_of
from skindesk.storage.keyring import load_keyring
from skindesk.system.settings import Settings
from tests.services.test_backups import NOON, PASSPHRASE, Clock, backups, clock, drive, flip, save, workspace

__all__ = ["backups", "clock", "drive", "workspace"]


@pytest.fixture
def settings(drive: Path) -> list[Settings]:
    """The last of them counts."""
    return [Settings(backup_folder=str(drive))]


@pytest.fixture
def daily(workspace: Workspace, settings: list[Settings], clock: Clock) -> DailyBackup:
    return DailyBackup(workspace.profile, workspace.access, lambda: settings[-1], clock)


def count(backups: Backups, drive: Path) -> int:
    return len(backups.list(drive))


def make(daily: DailyBackup) -> bool:
    return daily.make_if_due(threading.Event()) is not None


def test_one_is_made_each_day_and_no_more(daily: DailyBackup, backups: Backups, drive: Path, clock: Clock) -> None:
    assert make(daily)
    assert not make(daily)
    clock.now += timedelta(hours=3)
    assert not make(daily)
    clock.now += timedelta(days=1)
    assert make(daily)
    assert [entry.verified for entry in backups.list(drive)] == [True, True]


@pytest.mark.parametrize("choice", [{"backup_folder": None}, {"backup_daily": False}])
def test_none_is_made_where_none_is_wanted(
    daily: DailyBackup, settings: list[Settings], drive: Path, choice: dict[str, bool | None]
) -> None:
    settings.append(replace(settings[-1], **choice))  # type: ignore[arg-type]  # one choice or the other
    assert not make(daily)
    assert list(drive.iterdir()) == []


def test_a_backup_that_a_clock_ahead_has_dated_into_the_future_does_not_stand_for_todays(
    daily: DailyBackup, backups: Backups, drive: Path, clock: Clock
) -> None:
    clock.now += timedelta(days=4000)
    assert make(daily)
    clock.now = NOON
    assert make(daily)
    assert not make(daily)
    offered = backups.newest_verified(drive)
    assert offered is not None
    assert offered.snapshot.made_at.year == NOON.year


def test_two_programs_make_one(daily: DailyBackup, workspace: Workspace, drive: Path, backups: Backups) -> None:
    ring = load_keyring(workspace.profile.log.keyring)
    assert ring is not None
    place = place_of(drive, ring.log_id)
    with place.changing():
        assert not make(daily)
    assert make(daily)
    assert not make(daily)
    assert count(backups, drive) == 1


def test_a_drive_that_is_away_is_told_with_the_age_of_the_newest_and_tried_again(
    daily: DailyBackup, drive: Path, clock: Clock
) -> None:
    assert make(daily)
    clock.now += timedelta(days=2, minutes=1)
    away = drive.rename(drive.with_name("away"))
    with pytest.raises(BackupUnavailableError, match="cannot be found") as told:
        make(daily)
    assert "2 days ago" in told.value.advice
    assert "tries again" in told.value.advice
    away.rename(drive)
    assert make(daily)


def test_a_stop_leaves_no_backup_and_the_next_time_makes_one(
    daily: DailyBackup, backups: Backups, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    stop.set()
    assert daily.make_if_due(stop) is None
    asked = iter([False])

    class Midway(threading.Event):
        """Asks to stop once the work has begun."""

        def is_set(self) -> bool:
            return next(asked, True)

        def wait(self, timeout: float | None = None) -> bool:
            return True

    assert daily.make_if_due(Midway()) is None
    assert count(backups, drive) == 0
    assert make(daily)


def test_a_stop_while_verifying_leaves_no_backup(backups: Backups, drive: Path) -> None:
    class Stop(Exception):
        pass

    def stop(_done: int, _total: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        backups.create(drive, checking=stop)
    assert count(backups, drive) == 0


def test_a_damaged_case_log_is_told_as_such(daily: DailyBackup, workspace: Workspace) -> None:
    assert workspace.casework.log.count() == 3
    workspace.close_case_log()
    database = workspace.profile.log.database
    for at in range(5000, database.stat().st_size, 4096):
        flip(database, at)
    with pytest.raises(CaseLogDamagedError):
        make(daily)


def test_a_locked_log_is_not_backed_up_and_says_what_was_noted(
    daily: DailyBackup, workspace: Workspace, drive: Path, clock: Clock
) -> None:
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    assert daily.newest().made_at is None
    assert make(daily)
    made_at = daily.newest().made_at
    workspace.lock()
    assert not make(daily)
    assert daily.newest().made_at == made_at


def test_after_the_key_has_changed_there_is_no_backup_until_one_is_made(
    daily: DailyBackup, workspace: Workspace
) -> None:
    assert make(daily)
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    assert daily.newest().made_at is None
    assert make(daily)


def test_doctor_says_the_age_and_what_to_do(workspace: Workspace, drive: Path) -> None:
    assert check_backups(workspace.profile, workspace.access).sound
    workspace.change_settings(replace(workspace.settings, backup_folder=str(drive)))
    none_yet = check_backups(workspace.profile, workspace.access)
    assert not none_yet.sound
    assert "no verified backup" in none_yet.finding
    long_ago = Clock()
    long_ago.now = datetime.now(UTC) - timedelta(days=9, hours=1)
    Backups(workspace.profile, workspace.access, long_ago).create(drive)
    assert "9 days ago" in check_backups(workspace.profile, workspace.access).finding
    Backups(workspace.profile, workspace.access).create(drive)
    assert check_backups(workspace.profile, workspace.access).sound
    shutil.rmtree(drive)
    assert "less than an hour ago" in check_backups(workspace.profile, workspace.access).finding


def test_what_is_saved_meanwhile_is_in_the_next_one(daily: DailyBackup, workspace: Workspace, clock: Clock) -> None:
    assert make(daily)
    save(workspace, 7)
    clock.now += timedelta(days=1)
    created = daily.make_if_due(threading.Event())
    assert created is not None
    assert created.written.manifest.cases == 4


def test_a_note_that_cannot_be_read_counts_for_nothing(workspace: Workspace, daily: DailyBackup, drive: Path) -> None:
    assert make(daily)
    shutil.rmtree(drive)
    workspace.profile.last_backup.write_text("{")
    assert daily.newest().made_at is None
