"""Backing up, verifying, thinning, restoring, drilling, and erasing from backups."""

import errno
import os
import random
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import portalocker
import pytest

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction
from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.contract import Modality
from skindesk.domain.errors import (
    AccessRefusedError,
    BackupInUseError,
    BackupUnavailableError,
    CaseLogUnavailableError,
    SkinDeskError,
)
from skindesk.domain.people import Role
from skindesk.services.access import Access, Door
from skindesk.services.backups import Backups, due
from skindesk.storage.backups import words, writing
from skindesk.storage.backups.checking import FlawKind
from skindesk.storage.backups.erasing import Traces
from skindesk.storage.backups.place import Place, place_of
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.image_store import digest_of
from skindesk.storage.keyring import Cost, Keyring
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder, Profile

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "correct horse battery"
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Clock:
    """A clock that is put forward by hand, and a little by every look at it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A profile with three cases, open and without a passphrase."""
    opened = open_profile(tmp_path / "profile")
    opened.access.set_up_open()
    for number in range(3):
        save(opened, number)
    yield opened
    opened.close_case_log()


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    (tmp_path / "drive").mkdir()
    return tmp_path / "drive"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backups(workspace: Workspace, clock: Clock) -> Backups:
    return Backups(workspace.profile, workspace.access, clock)


def open_profile(root: Path) -> Workspace:
    opened = Workspace(Profile(root), log_file=None)
    opened._access = Access(opened.profile, CHEAP)
    return opened


def picture_of(number: int) -> bytes:
    return b"\xff\xd8\xff\xe0 a picture of Zebediah " + str(number).encode() * 500


def draft(number: int) -> CaseDraft:
    content = picture_of(number)
    return CaseDraft(
        patient=PatientDetails(f"P-{number}", family_name="Zebediah"),
        lesion=LesionDetails(description="secretive spot"),
        pictures=(
            DraftPicture(
                PictureDetails(digest_of(content), "zebediah.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC),
                content,
            ),
        ),
        review=None,
        visited_at=NOON,
    )


def save(workspace: Workspace, number: int) -> None:
    workspace.casework.save_case(draft(number))


def place(workspace: Workspace, drive: Path) -> Place:
    (found,) = drive.iterdir()
    assert found.name.startswith("SkinDesk-")
    return Place(found)


def rows(log: LogFolder, key: DataKey) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the index of words, which is made anew."""
    with closing(DatabaseFile(log.database, key.database).connect()) as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'case_text%'"
        tables = [name for (name,) in connection.execute(names)]
        return {table: sorted(connection.execute(f'SELECT * FROM "{table}"'), key=repr) for table in tables}


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << (at % 8)
    path.write_bytes(content)


def refuse(ring: Keyring) -> DataKey:
    raise AssertionError("nobody was to be asked")


# Creating


def test_a_backup_is_verified_and_listed(backups: Backups, drive: Path) -> None:
    created = backups.create(drive)
    assert created.flaws == ()
    (entry,) = backups.list(drive)
    assert entry.manifest is not None
    assert (entry.manifest.cases, entry.manifest.pictures, entry.manifest.lost) == (3, 3, ())
    assert entry.trust.verified_at is not None
    assert entry.own
    assert backups.newest_verified(drive) == entry


def test_nothing_can_be_read_in_the_folder(backups: Backups, drive: Path) -> None:
    backups.create(drive)
    backups.drill(drive)
    traces = (
        b"Zebediah",
        b"zebediah",
        b"secretive",
        b"\xff\xd8\xff\xe0",
        b"SQLite format 3",
        digest_of(picture_of(1)).encode(),
    )
    assert [name for name, content in files(drive).items() if any(trace in content for trace in traces)] == []


def test_a_second_backup_writes_only_what_is_new(backups: Backups, workspace: Workspace, drive: Path) -> None:
    backups.create(drive)
    before = files(place(workspace, drive).objects)
    save(workspace, 3)
    second = backups.create(drive)
    after = files(place(workspace, drive).objects)
    assert before.items() < after.items()
    assert len(after) == 4
    assert second.written.manifest.cases == 4


def test_a_picture_the_log_has_lost_is_told_and_kept_where_an_older_backup_has_it(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    save(workspace, 3)
    for path in (path for path in workspace.profile.log.images.rglob("*") if path.is_file()):
        flip(path, 100)
    created = backups.create(drive)
    assert created.flaws == ()
    assert created.written.lost_by_log == 4
    assert created.written.lost == 1
    assert backups.drill(drive).flaws == ()


def test_a_damaged_object_is_replaced_by_the_logs_own_file(backups: Backups, workspace: Workspace, drive: Path) -> None:
    first = backups.create(drive).written.snapshot
    for path in (path for path in place(workspace, drive).objects.rglob("*") if path.is_file()):
        flip(path, 60)
    assert len(backups.verify(drive).flaws) == 3
    assert backups.list(drive)[0].trust.verified_at is None
    assert backups.create(drive).flaws == ()
    assert backups.verify(drive, first.name).flaws == ()


def test_a_folder_that_is_not_there_is_not_created(backups: Backups, tmp_path: Path) -> None:
    with pytest.raises(BackupUnavailableError, match="Connect its drive"):
        backups.create(tmp_path / "unplugged")
    assert not (tmp_path / "unplugged").exists()


def test_a_folder_inside_the_case_log_is_refused(backups: Backups, workspace: Workspace) -> None:
    with pytest.raises(BackupUnavailableError, match="lost with it"):
        backups.create(workspace.profile.log.root)


def test_a_damaged_case_log_is_not_backed_up_over_good_backups(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    workspace.close_case_log()
    damaged = workspace.profile.log.database
    damaged.write_bytes(damaged.read_bytes()[:4096] + bytes(damaged.stat().st_size - 4096))
    with pytest.raises(CaseLogUnavailableError):
        backups.create(drive)
    assert len(backups.list(drive)) == 1
    damaged.unlink()
    with pytest.raises(BackupUnavailableError, match="no database"):
        backups.create(drive)


def test_whoever_has_not_signed_in_makes_no_backup(backups: Backups, workspace: Workspace, drive: Path) -> None:
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    workspace.lock()
    with pytest.raises(AccessRefusedError, match="locked"):
        backups.create(drive)


def test_a_stop_leaves_no_half_backup(backups: Backups, drive: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backups.create(drive, stop)
    assert backups.list(drive) == ()
    assert backups.create(drive).flaws == ()


def test_two_programs_do_not_write_at_once(backups: Backups, workspace: Workspace, drive: Path) -> None:
    backups.create(drive)
    with place(workspace, drive).changing():
        for work in (backups.create, backups.verify, backups.drill):
            with pytest.raises(BackupUnavailableError, match="already"):
                work(drive)


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EIO])
def test_a_drive_that_fails_at_any_write_leaves_no_half_backup(
    backups: Backups, workspace: Workspace, drive: Path, monkeypatch: pytest.MonkeyPatch, trouble: int
) -> None:
    backups.create(drive)
    save(workspace, 3)
    really, syncs = os.fsync, [0]

    def failing_at(last: int) -> Callable[[int], None]:
        def fsync(handle: int) -> None:
            syncs[0] += 1
            if syncs[0] >= last:
                raise OSError(trouble, os.strerror(trouble))
            really(handle)

        return fsync

    refusals: list[SkinDeskError] = []
    for last in range(1, 100):
        syncs[0] = 0
        monkeypatch.setattr(os, "fsync", failing_at(last))
        names = {entry.snapshot.name for entry in backups.list(drive)}
        try:
            backups.create(drive)
            break
        except SkinDeskError as error:
            refusals.append(error)
        monkeypatch.setattr(os, "fsync", really)
        for entry in backups.list(drive):
            if entry.snapshot.name not in names:
                assert backups.verify(drive, entry.snapshot.name).flaws == ()
    assert len(refusals) > 8
    assert all(refusal.advice for refusal in refusals)
    monkeypatch.setattr(os, "fsync", really)
    assert backups.create(drive).flaws == ()


def test_a_full_drive_is_told_as_such_by_the_database_too(backups: Backups, drive: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(BackupUnavailableError, match="drive that holds the backups"):
            backups.create(drive)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert backups.list(drive) == ()
    assert backups.create(drive).flaws == ()


# Thinning


def test_older_backups_are_thinned_out_with_their_pictures(
    backups: Backups, workspace: Workspace, drive: Path, clock: Clock
) -> None:
    for _ in range(11):
        backups.create(drive)
    clock.now += timedelta(days=3)
    created = backups.create(drive)
    assert len(created.thinned) == 2
    assert len(backups.list(drive)) == 10
    left_over = place(workspace, drive).objects / "ab" / ".abcdef.sealed.x1"
    left_over.parent.mkdir(exist_ok=True)
    left_over.write_bytes(b"half")
    backups.create(drive)
    assert not left_over.exists()
    assert len(files(place(workspace, drive).objects)) == 3


def test_pictures_stay_while_a_manifest_cannot_be_trusted(
    backups: Backups, workspace: Workspace, drive: Path, clock: Clock
) -> None:
    damaged = backups.create(drive).written.snapshot
    flip(damaged.manifest, 200)
    stray = place(workspace, drive).objects / "ab" / "abcdef.sealed"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"perhaps the damaged backup's")
    assert backups.create(drive).flaws == ()
    assert stray.exists()


# Verifying


def test_every_flipped_byte_is_found_or_harmless(backups: Backups, workspace: Workspace, drive: Path) -> None:
    snapshot = backups.create(drive).written.snapshot
    workspace.close_case_log()
    good = rows(workspace.profile.log, workspace.access.key)
    backups.create(drive)
    chance = random.Random(11)
    whole = [path for path in place(workspace, drive).root.rglob("*") if path.is_file() and path.stat().st_size]
    found = harmless = 0
    for _ in range(120):
        path = chance.choice(whole)
        before = path.read_bytes()
        flip(path, chance.randrange(len(before)))
        if backups.verify(drive, snapshot.name, refuse).flaws:
            found += 1
        else:
            harmless += 1
            backups.restore(drive, snapshot.name, refuse)
            assert rows(workspace.profile.log, workspace.access.key) == good
        path.write_bytes(before)
    assert found > 30
    assert found + harmless == 120


def test_a_backup_under_another_name_is_not_taken_for_a_younger_one(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    snapshot = backups.create(drive).written.snapshot
    renamed = snapshot.place.snapshot(NOON + timedelta(days=9))
    snapshot.folder.rename(renamed.folder)
    workspace.close_case_log()
    assert [flaw.kind for flaw in backups.verify(drive).flaws] == [FlawKind.MANIFEST_DAMAGED]
    with pytest.raises(BackupUnavailableError):
        backups.restore(drive, renamed.name)


def test_a_drive_that_cannot_be_written_can_be_verified(
    backups: Backups, workspace: Workspace, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups.create(drive)

    def read_only(path: Path, *_: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr("skindesk.storage.backups.manifest.write_durably", read_only)
    assert backups.verify(drive).flaws == ()


# Restoring


def test_what_is_restored_equals_what_was_backed_up(backups: Backups, workspace: Workspace, drive: Path) -> None:
    workspace.close_case_log()
    log, key = workspace.profile.log, workspace.access.key
    before, pictures = rows(log, key), files(log.images)
    backups.create(drive)
    save(workspace, 9)
    workspace.close_case_log()
    restored = backups.restore(drive, unlock=refuse)
    assert rows(log, workspace.access.key) == before
    assert files(log.images) == pictures
    assert workspace.casework.log.count(CaseFilter("p-1")) == 1
    assert restored.old_log is not None
    assert len(rows(LogFolder(restored.old_log), key)["patient"]) == 4
    assert workspace.casework.log.picture(digest_of(picture_of(2))) == picture_of(2)
    assert workspace.casework.log.check(full=True) == ()


def test_the_audit_goes_on_after_restoring_and_knows_of_it(backups: Backups, workspace: Workspace, drive: Path) -> None:
    head = workspace.casework.log.audit_head()
    created = backups.create(drive)
    assert head is not None
    assert created.written.manifest.audit_head == head.mac
    save(workspace, 3)
    workspace.close_case_log()
    backups.restore(drive)
    log = workspace.casework.log
    assert log.verify_audit() == ()
    assert AuditAction.RESTORED in [entry.action for entry in log.audit_entries()]


def test_the_audit_knows_of_a_backup(backups: Backups, workspace: Workspace, drive: Path) -> None:
    backups.create(drive)
    workspace.close_case_log()
    assert AuditAction.BACKED_UP in [entry.action for entry in workspace.casework.log.audit_entries()]


def test_who_was_removed_stays_out_after_restoring(backups: Backups, workspace: Workspace, drive: Path) -> None:
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    ben = workspace.access.add_person("Ben", Role.CLINICIAN, "another passphrase")
    backups.create(drive)
    workspace.access.remove_person(ben.person_id)
    workspace.close_case_log()
    backups.restore(drive)
    assert [person.name for person in workspace.access.people()] == ["Ada"]
    workspace.access.sign_in(workspace.access.people()[0].person_id, PASSPHRASE)
    assert workspace.casework.log.count() == 3


def test_nothing_is_restored_while_the_log_is_open(backups: Backups, workspace: Workspace, drive: Path) -> None:
    backups.create(drive)
    assert workspace.casework.log.count() == 3
    with pytest.raises(CaseLogUnavailableError, match="in use"):
        backups.restore(drive)


def test_a_damaged_database_is_set_aside_and_the_newest_verified_backup_offered(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    good = backups.create(drive).written.snapshot
    bad = backups.create(drive).written.snapshot
    flip(bad.files.database, 5000)
    assert backups.verify(drive).flaws
    workspace.close_case_log()
    damaged = workspace.profile.log.database
    damaged.write_bytes(b"nonsense" * 1000)
    with pytest.raises(CaseLogUnavailableError):
        _ = workspace.casework
    offered = backups.newest_verified(drive)
    assert offered is not None
    assert offered.snapshot == good
    restored = backups.restore(drive)
    assert restored.snapshot == good
    assert restored.old_log is not None
    assert (restored.old_log / damaged.name).read_bytes() == b"nonsense" * 1000
    assert workspace.casework.log.count() == 3


def test_a_damaged_backup_is_not_restored(backups: Backups, workspace: Workspace, drive: Path) -> None:
    snapshot = backups.create(drive).written.snapshot
    flip(snapshot.files.database, 5000)
    workspace.close_case_log()
    before = files(workspace.profile.log.root)
    with pytest.raises(BackupUnavailableError, match="Nothing was restored"):
        backups.restore(drive)
    assert files(workspace.profile.log.root) == before
    assert not workspace.profile.root.joinpath("caselog.new").exists()


def test_a_backup_with_a_lost_picture_is_restored_only_where_that_is_accepted(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    workspace.close_case_log()
    path = next(path for path in place(workspace, drive).objects.rglob("*") if path.is_file())
    path.unlink()
    shutil.rmtree(workspace.profile.log.images)
    with pytest.raises(BackupUnavailableError, match="accept the loss"):
        backups.restore(drive)
    restored = backups.restore(drive, accept_losses=True)
    assert [flaw.kind for flaw in restored.flaws] == [FlawKind.PICTURE_DAMAGED]
    assert len(workspace.casework.log.check(full=True)) == 1


def test_a_picture_that_only_the_replaced_log_still_has_is_taken_from_there(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    workspace.close_case_log()
    shutil.rmtree(place(workspace, drive).objects)
    assert backups.restore(drive).flaws == ()
    assert workspace.casework.log.check(full=True) == ()


def test_a_full_disk_leaves_the_log_as_it_was(
    backups: Backups, workspace: Workspace, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups.create(drive)
    workspace.close_case_log()
    before = files(workspace.profile.log.root)

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr("skindesk.storage.backups.restoring.sync_file", full)
        with pytest.raises(CaseLogUnavailableError, match="disk that holds the case log is full"):
            backups.restore(drive)
    assert files(workspace.profile.log.root) == before
    assert backups.restore(drive).flaws == ()


def test_a_protected_backup_is_restored_on_a_new_computer_by_passphrase_or_recovery_key(
    workspace: Workspace, drive: Path, clock: Clock, tmp_path: Path
) -> None:
    workspace.close_case_log()
    recovery_key = workspace.access.set_up_protected("Ada", PASSPHRASE)
    Backups(workspace.profile, workspace.access, clock).create(drive)

    def by_passphrase(ring: Keyring) -> DataKey:
        return ring.unlock(ring.people[0].person_id, PASSPHRASE)

    for name, unlock in (("one", by_passphrase), ("two", lambda ring: ring.unlock_by_recovery(recovery_key))):
        fresh = open_profile(tmp_path / name)
        elsewhere = Backups(fresh.profile, fresh.access, clock)
        assert [entry.own for entry in elsewhere.list(drive)] == [False]
        with pytest.raises(AccessRefusedError):
            elsewhere.restore(drive)
        assert fresh.access.door is Door.NEW
        assert elsewhere.restore(drive, unlock=unlock).old_log is None
        assert fresh.access.door is Door.LOCKED
        fresh.access.sign_in(fresh.access.people()[0].person_id, PASSPHRASE)
        assert fresh.casework.log.count() == 3
        fresh.close_case_log()


def test_a_backup_of_before_the_key_was_changed_is_checked_and_restored_with_its_own_passphrase(
    workspace: Workspace, drive: Path, clock: Clock
) -> None:
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    backups = Backups(workspace.profile, workspace.access, clock)
    old = backups.create(drive).written.snapshot
    workspace.access.change_key(PASSPHRASE)
    new = backups.create(drive).written.snapshot
    assert {entry.snapshot.name: entry.own for entry in backups.list(drive)} == {old.name: False, new.name: True}
    unlock: Callable[[Keyring], DataKey] = lambda ring: ring.unlock(ring.people[0].person_id, PASSPHRASE)  # noqa: E731
    assert backups.verify(drive, old.name, unlock).flaws == ()
    assert len(files(place(workspace, drive).objects)) == 6
    with pytest.raises(AccessRefusedError):
        backups.restore(drive, old.name)
    assert backups.restore(drive, old.name, unlock).flaws == ()
    assert workspace.access.door is Door.LOCKED


def test_only_an_administrator_restores(workspace: Workspace, drive: Path, clock: Clock) -> None:
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    ben = workspace.access.add_person("Ben", Role.CLINICIAN, "another passphrase")
    workspace.lock()
    backups = Backups(workspace.profile, workspace.access, clock)
    with pytest.raises(AccessRefusedError, match="locked"):
        backups.restore(drive)
    workspace.access.sign_in(ben.person_id, "another passphrase")
    assert backups.create(drive).flaws == ()
    with pytest.raises(AccessRefusedError, match="As clinician"):
        backups.restore(drive)


def test_a_damaged_key_file_does_not_bar_the_way_to_the_backup(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    workspace.close_case_log()
    workspace.profile.log.keyring.write_text("{")
    again = open_profile(workspace.profile.root)
    Backups(again.profile, again.access).restore(drive)
    assert again.casework.log.count() == 3
    again.close_case_log()


def test_there_is_nothing_to_restore_in_an_empty_folder(backups: Backups, workspace: Workspace, drive: Path) -> None:
    workspace.close_case_log()
    with pytest.raises(BackupUnavailableError, match="no backup"):
        backups.restore(drive)
    backups.create(drive)
    with pytest.raises(BackupUnavailableError, match="no backup 20"):
        backups.restore(drive, "20200101T000000000000Z")


# Drill


def test_a_drill_proves_the_newest_backup_and_leaves_nothing(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    live, before = files(workspace.profile.log.images), set(files(drive))
    assert backups.drill(drive).flaws == ()
    assert backups.list(drive)[0].trust.proven_at is not None
    assert set(files(drive)) == before
    assert files(workspace.profile.log.images) == live


def test_a_drill_finds_what_is_missing(backups: Backups, workspace: Workspace, drive: Path) -> None:
    backups.create(drive)
    backups.drill(drive)
    next(path for path in place(workspace, drive).objects.rglob("*") if path.is_file()).unlink()
    assert len(backups.drill(drive).flaws) == 1
    assert backups.list(drive)[0].trust.proven_at is None


# Erasing


def test_an_erased_patient_is_in_no_backup_any_more(backups: Backups, workspace: Workspace, drive: Path) -> None:
    backups.create(drive)
    with pytest.raises(BackupUnavailableError, match="Erase the patient from the case log first"):
        backups.erase_from(drive, Traces("P-1"))
    erase(workspace, 2)
    erased = backups.erase_from(drive, Traces("P-1"))
    assert len(erased.removed) == 2
    assert [entry.snapshot for entry in backups.list(drive)] == [erased.created.written.snapshot]
    assert len(files(place(workspace, drive).objects)) == 2
    assert backups.drill(drive).flaws == ()


def test_backups_from_before_the_patient_came_stay(backups: Backups, workspace: Workspace, drive: Path) -> None:
    before = backups.create(drive).written.snapshot
    save(workspace, 3)
    held = backups.create(drive).written.snapshot
    erase(workspace, 4)
    erased = backups.erase_from(drive, Traces("P-3"))
    assert erased.removed == (held,)
    assert before in {entry.snapshot for entry in backups.list(drive)}
    assert backups.verify(drive, before.name).flaws == ()


def test_backups_of_before_the_passphrase_may_hold_anybody_and_other_logs_are_told(
    backups: Backups, workspace: Workspace, drive: Path, clock: Clock, tmp_path: Path
) -> None:
    before = backups.create(drive).written.snapshot
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    somebody_elses = open_profile(tmp_path / "other")
    somebody_elses.access.set_up_open()
    other = Backups(somebody_elses.profile, somebody_elses.access, clock).create(drive).written.snapshot
    erase(workspace, 1)
    erased = backups.erase_from(drive, Traces("P-0"))
    assert erased.removed == (before,)
    assert erased.elsewhere == (other.place.root,)
    assert other in {entry.snapshot for entry in backups.list(drive)}


def erase(workspace: Workspace, patient_id: int) -> None:
    """Take a patient out of the database as an erasure does; the picture stays behind, which does no harm here."""
    workspace.close_case_log()
    database = DatabaseFile(workspace.profile.log.database, workspace.access.key.database)
    with closing(database.connect()) as connection:
        for table, where in (
            (
                "image",
                "visit_id IN (SELECT visit.id FROM visit JOIN lesion ON lesion.id = lesion_id WHERE patient_id = ?)",
            ),
            ("visit", "lesion_id IN (SELECT id FROM lesion WHERE patient_id = ?)"),
            ("lesion", "patient_id = ?"),
            ("patient_word", "patient_id = ?"),
            ("patient", "id = ?"),
        ):
            connection.execute(f"DELETE FROM {table} WHERE {where}", (patient_id,))
        connection.commit()


# When


def test_a_backup_is_due_once_a_day() -> None:
    noon = datetime(2026, 3, 14, 12).astimezone()
    assert due(noon, None)
    assert not due(noon, noon - timedelta(hours=3))
    assert due(noon, noon - timedelta(hours=13))


def test_the_copied_names_are_those_of_the_case_logs_folder(workspace: Workspace, drive: Path) -> None:
    beside = {path.name for path in writing.files_beside(workspace.profile.log)}
    workspace.close_case_log()
    kept = {path.name for path in workspace.profile.log.root.iterdir() if path.is_file()}
    assert kept <= beside | {workspace.profile.log.database.name}
    assert place_of(drive, "abc").root == drive / "SkinDesk-abc"


# What a change of the protection leaves behind


def test_backups_that_a_passphrase_or_new_key_does_not_protect_are_found_and_removed(
    workspace: Workspace, drive: Path, clock: Clock
) -> None:
    backups = Backups(workspace.profile, workspace.access, clock)
    opened = backups.create(drive).written.snapshot
    assert backups.left_behind(drive).names == ()
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    protected = backups.create(drive).written.snapshot
    assert backups.left_behind(drive).names == (opened.name,)
    workspace.access.change_key(PASSPHRASE)
    left = backups.left_behind(drive)
    assert [entry.snapshot for entry in left.open_to_all] == [opened]
    assert [entry.snapshot for entry in left.old_key] == [protected]
    fresh = backups.create(drive).written.snapshot
    assert set(backups.remove(drive, left.names)) == {opened, protected}
    assert [entry.snapshot for entry in backups.list(drive)] == [fresh]
    assert not list(opened.place.objects.rglob("*.sealed"))
    assert backups.drill(drive).flaws == ()


def test_the_only_verified_backup_is_not_removed(backups: Backups, drive: Path) -> None:
    only = backups.create(drive).written.snapshot
    with pytest.raises(AccessRefusedError, match="only verified backup"):
        backups.remove(drive, [only.name])
    backups.create(drive)
    assert backups.remove(drive, [only.name]) == (only,)


def test_only_an_administrator_removes_backups(workspace: Workspace, drive: Path, clock: Clock) -> None:
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    ben = workspace.access.add_person("Ben", Role.CLINICIAN, "another passphrase")
    workspace.lock()
    workspace.access.sign_in(ben.person_id, "another passphrase")
    backups = Backups(workspace.profile, workspace.access, clock)
    made = [backups.create(drive).written.snapshot.name for _ in range(2)]
    with pytest.raises(AccessRefusedError, match="As clinician"):
        backups.remove(drive, made[:1])


def test_backups_of_another_log_in_the_same_folder_are_left_alone(
    backups: Backups, workspace: Workspace, drive: Path, clock: Clock, tmp_path: Path
) -> None:
    somebody_elses = open_profile(tmp_path / "other")
    somebody_elses.access.set_up_open()
    Backups(somebody_elses.profile, somebody_elses.access, clock).create(drive)
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    backups.create(drive)
    assert backups.left_behind(drive).names == ()


# Whose drive it is


def test_a_backup_drive_that_fails_while_restoring_is_blamed_itself(
    backups: Backups, workspace: Workspace, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups.create(drive)
    workspace.close_case_log()

    def fail(file: object) -> bytes:
        with words.in_backup_words():
            raise OSError(errno.EIO, "input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("skindesk.storage.backups.restoring._read", fail)
        with pytest.raises(BackupUnavailableError, match="drive that holds the backups reported an error"):
            backups.restore(drive)
    assert workspace.casework.log.count() == 3


def test_a_drive_that_is_unplugged_while_restoring_is_told_as_such(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    workspace.close_case_log()
    shutil.rmtree(workspace.profile.log.images)

    def unplug(done: int, _total: int) -> None:
        if done == 1:
            drive.rename(drive.with_name("unplugged"))

    with pytest.raises(BackupUnavailableError, match="backup folder cannot be found"):
        backups.restore(drive, progress=unplug)
    assert not workspace.profile.root.joinpath("caselog.new").exists()


@pytest.mark.parametrize("what", ["keyring.json", "audit-head"])
def test_a_profile_that_fails_while_backing_up_is_blamed_itself(
    backups: Backups, drive: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    read = Path.read_bytes

    def fail(path: Path) -> bytes:
        if path.name == what and "caselog" in path.parts:
            raise OSError(errno.EIO, "input/output error")
        return read(path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", fail)
        with pytest.raises(CaseLogUnavailableError, match="disk that holds the case log"):
            backups.create(drive)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [(portalocker.AlreadyLocked(), "already"), (portalocker.LockException("no locks here"), "cannot lock files")],
)
def test_a_folder_in_use_and_a_drive_without_locks_are_told_apart(
    backups: Backups, drive: Path, monkeypatch: pytest.MonkeyPatch, refusal: Exception, said: str
) -> None:
    lock = portalocker.lock

    def refuse_there(file: Any, flags: portalocker.LockFlags) -> None:
        if "drive" in str(file.name):
            raise refusal
        lock(file, flags)

    monkeypatch.setattr(portalocker, "lock", refuse_there)
    with pytest.raises(BackupUnavailableError, match=said) as told:
        backups.create(drive)
    assert isinstance(told.value, BackupInUseError) == (said == "already")


# Erasing, further


def test_a_patient_is_found_in_backups_whatever_identifier_was_corrected_since(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    log = workspace.casework.log
    first = backups.create(drive).written.snapshot
    patient = log.patient_by_identifier("P-1")
    assert patient is not None
    log.correct_patient(patient.patient_id, replace(patient.details, identifier="P-99"))
    second = backups.create(drive).written.snapshot
    workspace.casework.erase_patient(patient.patient_id)
    assert set(backups.erase_from(drive, Traces("P-99")).removed) == {first, second}


def test_a_patient_who_was_entered_again_with_the_same_picture_keeps_the_new_backups(
    backups: Backups, workspace: Workspace, drive: Path
) -> None:
    backups.create(drive)
    patient = workspace.casework.log.patient_by_identifier("P-1")
    assert patient is not None
    erased = workspace.casework.erase_patient(patient.patient_id)
    workspace.casework.save_case(replace(draft(1), patient=PatientDetails("P-2b")))
    traces = Traces("P-1", frozenset([erased.patient_id]), frozenset(erased.pictures))
    done = backups.erase_from(drive, traces)
    assert len(done.removed) == 1
    assert [entry.snapshot for entry in backups.list(drive)] == [done.created.written.snapshot]
