"""Workstations with profiles of their own and one case log: setting up, signing in, and what only a file can do."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from skindesk.bootstrap import ON_A_SERVER, Workspace, open_demo, open_workspace
from skindesk.domain.errors import (
    AccessRefusedError,
    BackupUnavailableError,
    CaseLogUnavailableError,
    ProfileUnavailableError,
)
from skindesk.domain.people import Role
from skindesk.services.access import Access, Door
from skindesk.services.backups import Backups
from skindesk.services.health import check_backups, check_case_log
from skindesk.storage.keyring import Cost, load_keyring
from skindesk.system.paths import Profile, SharedLog
from skindesk.system.settings import Settings, save_settings
from tests.storage.conftest import MakeDraft

if TYPE_CHECKING:
    from tests.support.postgres_server import Server

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE, ANOTHER = "correct horse", "battery staple"
AtWorkstation = Callable[[str], Workspace]


@pytest.fixture
def at(shared: SharedLog, tmp_path: Path) -> Iterator[AtWorkstation]:
    """The workspace of a workstation by name, each with a profile of its own."""
    opened: list[Workspace] = []

    def workstation(name: str) -> Workspace:
        workspace = Workspace(Profile(tmp_path / name, shared), log_file=None)
        workspace._access = Access(workspace.profile, CHEAP)
        opened.append(workspace)
        return workspace

    yield workstation
    for workspace in opened:
        workspace.close_case_log()


def test_what_one_workstation_sets_up_and_saves_another_opens(at: AtWorkstation, make_draft: MakeDraft) -> None:
    first, second = at("first"), at("second")
    assert first.access.door is Door.NEW
    first.access.set_up_protected("Ada", PASSPHRASE)
    first.access.add_person("Ben", Role.CLINICIAN, ANOTHER)
    saved = first.casework.save_case(make_draft())

    assert second.access.door is Door.LOCKED
    _, ben = second.access.people()
    second.access.sign_in(ben.person_id, ANOTHER)
    assert second.casework.log.case(saved.case_id).patient == saved.patient
    assert second.casework.log.picture(make_draft().pictures[0].details.sha256) == b"picture"
    told = first.casework.log.audit_entries()
    assert {entry.person_id for entry in told} == {person.person_id for person in first.access.people()}
    assert first.casework.log.verify_audit() == ()
    assert ON_A_SERVER in second.warnings
    assert not any((workspace.profile.root / "caselog").exists() for workspace in (first, second))


def test_somebody_who_was_removed_stays_out_of_every_workstation_when_an_older_key_is_put_back(
    at: AtWorkstation,
) -> None:
    first, second = at("first"), at("second")
    first.access.set_up_protected("Ada", PASSPHRASE)
    ben = first.access.add_person("Ben", Role.CLINICIAN, ANOTHER)
    older = first.profile.log.keyring.read_bytes()
    first.access.remove_person(ben.person_id)
    first.profile.log.keyring.write_bytes(older)

    with pytest.raises(CaseLogUnavailableError, match="older one than it has known"):
        second.access.sign_in(ben.person_id, ANOTHER)


def test_a_log_on_the_server_whose_key_is_elsewhere_is_never_begun_anew(
    at: AtWorkstation, shared: SharedLog, tmp_path: Path, make_draft: MakeDraft
) -> None:
    first = at("first")
    first.access.set_up_open()
    first.casework.save_case(make_draft())

    other = Access(Profile(tmp_path / "second", replace(shared, folder=tmp_path / "elsewhere")), CHEAP)
    with pytest.raises(CaseLogUnavailableError, match="its key is not in the folder"):
        _ = other.door
    with pytest.raises(CaseLogUnavailableError):
        other.set_up_open()

    assert not (tmp_path / "elsewhere" / "caselog").exists()
    assert first.casework.log.count() == 1


def test_a_log_whose_database_is_gone_is_not_made_anew(
    at: AtWorkstation, shared: SharedLog, postgres: "Server", tmp_path: Path
) -> None:
    at("first").access.set_up_open()
    empty = replace(shared, server=postgres.address(postgres.new_database()))
    moved = Workspace(Profile(tmp_path / "second", empty), None)

    with pytest.raises(CaseLogUnavailableError, match="holds no case log, though"):
        _ = moved.casework
    assert not check_case_log(moved.profile, moved.access).sound


def test_a_setting_up_that_the_server_refuses_leaves_nothing(
    at: AtWorkstation, postgres: "Server", database: str
) -> None:
    with postgres.connect(database) as outsider:
        outsider.execute("CREATE TABLE invoice (id int)")
    first = at("first")

    with pytest.raises(CaseLogUnavailableError, match="holds other tables"):
        first.access.set_up_protected("Ada", PASSPHRASE)

    assert first.access.door is Door.NEW
    with postgres.connect(database) as outsider:
        outsider.execute("DROP TABLE invoice")
    first.access.set_up_protected("Ada", PASSPHRASE)
    assert first.casework.log.count() == 0


def test_what_a_crash_has_left_of_setting_up_is_finished_at_the_first_opening(at: AtWorkstation) -> None:
    first = at("first")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("skindesk.storage.case_log.open_case_log", lambda *_: pytest.fail("killed"))
        with pytest.raises(BaseException, match="killed"):
            first.access.set_up_open()

    second = at("second")
    assert second.access.door is Door.OPEN
    assert second.casework.log.count() == 0


def test_an_open_log_is_protected_under_its_own_key(at: AtWorkstation, make_draft: MakeDraft) -> None:
    first, second = at("first"), at("second")
    first.access.set_up_open()
    saved = first.casework.save_case(make_draft())
    log_id = load_keyring(first.profile.log.keyring).log_id
    first.close_case_log()

    recovery_key = first.access.set_up_protected("Ada", PASSPHRASE)

    (ada,) = second.access.people()
    assert second.access.door is Door.LOCKED
    assert load_keyring(first.profile.log.keyring).log_id == log_id
    second.access.recover(recovery_key, ada.person_id, ANOTHER)
    assert second.casework.log.case(saved.case_id).patient == saved.patient
    assert second.casework.log.verify_audit() == ()
    with pytest.raises(AccessRefusedError, match="cannot be changed"):
        second.access.change_key(ANOTHER)


def test_its_backups_are_the_servers(at: AtWorkstation, tmp_path: Path) -> None:
    first = at("first")
    first.access.set_up_open()
    backups = Backups(first.profile, first.access)
    (tmp_path / "backups").mkdir()

    for attempt in (backups.create, backups.create_if_due, backups.restore):
        with pytest.raises(BackupUnavailableError, match="lies on a server") as refused:
            attempt(tmp_path / "backups")
        assert "pg_dump" in refused.value.advice
    assert check_backups(first.profile, first.access).sound
    assert check_case_log(first.profile, first.access, full=True).sound


# How it is named


def test_the_command_line_works_on_it(shared: SharedLog, tmp_path: Path) -> None:
    def skindesk(*arguments: str) -> subprocess.CompletedProcess[str]:
        places = ("--profile", tmp_path / "first", "--database", shared.server, "--log-folder", shared.folder)
        return subprocess.run(
            [sys.executable, "-m", "skindesk", *map(str, places), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    Access(Profile(tmp_path / "first", shared), CHEAP).set_up_open()
    assert "case" in skindesk("doctor").stdout
    listed = skindesk("cases", "list", "--json")
    assert (listed.returncode, listed.stdout.strip(), listed.stderr) == (0, "", "")
    refused = skindesk("backup", "create", str(tmp_path / "backups"))
    assert (refused.returncode, "pg_dump" in refused.stderr) == (3, True)


def test_it_is_named_by_the_environment_or_the_settings(
    shared: SharedLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = Profile(tmp_path / "profile")
    save_settings(profile, Settings(database=shared.server, log_folder=str(shared.folder)))
    assert open_workspace(profile.root).profile.shared == shared

    monkeypatch.setenv("SKINDESK_DATABASE", "postgresql://localhost/other")
    monkeypatch.setenv("SKINDESK_LOG_FOLDER", str(tmp_path / "other"))
    other = SharedLog(tmp_path / "other", "postgresql://localhost/other")
    assert open_workspace(profile.root).profile.shared == other
    chosen = open_workspace(profile.root, shared.server, shared.folder)
    assert chosen.profile.shared == shared


@pytest.mark.parametrize("address", ["postgresql://ada:secret@db/log", "postgresql://ada@db/log?password=secret"])
def test_settings_that_hold_a_password_are_refused(address: str, tmp_path: Path) -> None:
    save_settings(Profile(tmp_path), Settings(database=address, log_folder=str(tmp_path / "shared")))

    with pytest.raises(ProfileUnavailableError, match="hold the password") as refused:
        open_workspace(tmp_path)

    assert "secret" not in str(refused.value)


def test_both_places_must_be_named_and_no_other_profile(tmp_path: Path) -> None:
    (tmp_path / "other" / "caselog").mkdir(parents=True)
    (tmp_path / "other" / "caselog" / "caselog.sqlite3").touch()

    with pytest.raises(ProfileUnavailableError, match="not the folder"):
        open_workspace(tmp_path / "profile", "postgresql://localhost/log")
    with pytest.raises(ProfileUnavailableError, match="not its database"):
        open_workspace(tmp_path / "profile", None, tmp_path / "shared")
    with pytest.raises(ProfileUnavailableError, match="a case log of its own"):
        open_workspace(tmp_path / "profile", "postgresql://localhost/log", tmp_path / "other")


def test_invented_patients_never_go_into_a_shared_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINDESK_DATABASE", "postgresql://127.0.0.1:1/log")
    monkeypatch.setenv("SKINDESK_LOG_FOLDER", str(tmp_path / "shared"))

    with open_demo(tmp_path / "demo") as demo:
        assert demo.profile.shared is None
        assert demo.profile.log.root.is_relative_to(tmp_path / "demo")
        assert demo.casework.log.count() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
