"""Setting up, signing in, locking, and who may do what."""

import errno
import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from skindesk.bootstrap import Workspace
from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails, ReviewDetails
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.contract import Modality
from skindesk.domain.errors import AccessRefusedError, CaseLogUnavailableError
from skindesk.domain.final_diagnosis import Attachment, ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.people import Permission, Role
from skindesk.services.access import Access, Door
from skindesk.services.health import check_remains
from skindesk.storage.case_log import open_case_log
from skindesk.storage.generation import known_generation
from skindesk.storage.image_store import digest_of
from skindesk.storage.keyring import Cost, new_keyring
from skindesk.storage.occupancy import working_with
from skindesk.storage.sign_ins import SignIns
from skindesk.system.paths import Profile

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "correct horse battery"
PICTURE = b"\xff\xd8\xff\xe0 a picture of Zebediah" * 50


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    opened = Workspace(Profile(tmp_path / "profile"), log_file=None)
    opened._access = Access(opened.profile, CHEAP)
    return opened


def draft(identifier: str = "P-1", review: ReviewDetails | None = None) -> CaseDraft:
    return CaseDraft(
        patient=PatientDetails(identifier, family_name="Zebediah"),
        lesion=LesionDetails(description="secretive spot"),
        pictures=(
            DraftPicture(
                PictureDetails(digest_of(PICTURE), "zebediah.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC),
                PICTURE,
            ),
        ),
        review=review,
        visited_at=datetime(2026, 3, 14, 12, tzinfo=UTC),
    )


def readable(folder: Path) -> list[Path]:
    """Files below a folder in which the patient or the picture can be read."""
    traces = (b"Zebediah", b"zebediah", b"secretive", b"\xff\xd8\xff\xe0", b"SQLite format 3")
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if any(trace in path.read_bytes() for trace in traces)]


def protected(workspace: Workspace) -> str:
    return workspace.access.set_up_protected("Ada", PASSPHRASE)


def ada(workspace: Workspace) -> str:
    return workspace.access.people()[0].person_id


def test_a_new_profile_has_to_be_set_up_before_cases_are_kept(workspace: Workspace) -> None:
    assert workspace.access.door is Door.NEW
    with pytest.raises(AccessRefusedError, match="no case log yet"):
        _ = workspace.casework
    workspace.access.set_up_open()
    assert workspace.access.door is Door.OPEN
    workspace.casework.save_case(draft())
    assert workspace.casework.log.count() == 1
    with pytest.raises(AccessRefusedError, match="set up already"):
        workspace.access.set_up_open()


def test_nothing_of_a_protected_log_can_be_read(workspace: Workspace) -> None:
    protected(workspace)
    saved = workspace.casework.save_case(draft())
    workspace.lock()
    assert workspace.access.door is Door.LOCKED
    assert readable(workspace.profile.root) == []
    with pytest.raises(AccessRefusedError, match="locked"):
        _ = workspace.casework
    with pytest.raises(AccessRefusedError, match="not right"):
        workspace.access.sign_in(ada(workspace), "wrong passphrase")
    assert workspace.access.sign_in(ada(workspace), PASSPHRASE).name == "Ada"
    log = workspace.casework.log
    assert log.case(saved.case_id).patient.details.family_name == "Zebediah"
    assert log.picture(digest_of(PICTURE)) == PICTURE
    workspace.close_case_log()


def test_protecting_an_open_log_encrypts_it_under_a_new_key(workspace: Workspace) -> None:
    workspace.access.set_up_open()
    workspace.casework.save_case(draft())
    old = workspace.access.key.secret
    with pytest.raises(CaseLogUnavailableError, match="in use"):
        protected(workspace)
    workspace.close_case_log()
    protected(workspace)
    assert workspace.access.key.secret != old
    assert workspace.casework.log.count() == 1
    assert workspace.casework.log.check(full=True) == ()
    workspace.close_case_log()


@pytest.mark.parametrize("protect", [True, False])
def test_a_log_of_the_first_version_is_sealed(workspace: Workspace, protect: bool) -> None:
    first = open_case_log(workspace.profile.unsealed_log, None)
    first.save(draft())
    first.close()
    assert len(readable(workspace.profile.root)) >= 2
    assert workspace.access.door is Door.UNSEALED
    if protect:
        protected(workspace)
    else:
        workspace.access.set_up_open()
    assert readable(workspace.profile.root) == []
    assert workspace.casework.log.count() == 1
    assert workspace.casework.log.picture(digest_of(PICTURE)) == PICTURE
    assert workspace.casework.log.check(full=True) == ()
    workspace.close_case_log()
    assert not workspace.profile.unsealed_log.database.exists()


def test_sealing_that_is_interrupted_before_the_end_loses_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_case_log(workspace.profile.unsealed_log, None)
    first.save(draft())
    first.close()

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("skindesk.services.relocating.finish_replacing", fail)
        with pytest.raises(KeyboardInterrupt):
            protected(workspace)
    assert Access(workspace.profile, CHEAP).door is Door.UNSEALED
    with monkeypatch.context() as patched:
        patched.setattr("skindesk.services.relocating.remove_unsealed", fail)
        with pytest.raises(KeyboardInterrupt):
            protected(workspace)
    again = Workspace(workspace.profile, None)
    assert again.access.door is Door.LOCKED
    assert readable(workspace.profile.root) == []
    again.access.sign_in(ada(again), PASSPHRASE)
    assert again.casework.log.count() == 1
    again.close_case_log()


def fail(sign_ins: SignIns, now: datetime) -> None:
    with pytest.raises(AccessRefusedError, match="not right"), sign_ins.attempt("ada", now):
        raise AccessRefusedError("The passphrase is not right.")


def refuse_by_the_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def refuse_by_the_crash(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("way", ["new", "of the first version", "open", "protected"])
def test_a_full_disk_leaves_no_half_of_a_new_log(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    if way == "of the first version":
        first = open_case_log(workspace.profile.unsealed_log, None)
        first.save(draft())
        first.close()
    elif way == "open":
        workspace.access.set_up_open()
    elif way == "protected":
        protected(workspace)
    before = {path for path in workspace.profile.root.rglob("*") if path.is_file()}
    monkeypatch.setattr("skindesk.storage.keyring.write_durably", refuse_by_the_disk)
    with pytest.raises(CaseLogUnavailableError, match="full"):
        workspace.access.change_key(PASSPHRASE) if way == "protected" else protected(workspace)
    after = {path for path in workspace.profile.root.rglob("*") if path.is_file()}
    assert {path.name for path in after - before} <= {"keyring.lock", "caselog.lock", "sign-ins.lock"}
    assert before <= after
    assert not workspace.profile.log.root.with_name("caselog.new").exists()


def test_plain_files_that_cannot_be_removed_keep_nobody_out_of_the_sealed_log(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_case_log(workspace.profile.unsealed_log, None)
    first.save(draft())
    first.close()
    with monkeypatch.context() as patched:
        patched.setattr("skindesk.storage.replacing.sync_folder", refuse_by_the_disk)
        patched.setattr(
            "skindesk.services.relocating.finish_replacing",
            lambda here, _: here.root.with_name("caselog.new").replace(here.root),
        )
        protected(workspace)
        (caution,) = workspace.warnings
        assert "not encrypted, could not be removed yet" in caution.what
        again = Workspace(workspace.profile, None)
        again.access.sign_in(ada(again), PASSPHRASE)
        assert again.casework.log.count() == 1
        assert again.warnings == (caution,)
        again.close_case_log()
    last = Workspace(workspace.profile, None)
    assert last.access.door is Door.LOCKED
    assert last.warnings == ()
    assert readable(workspace.profile.root) == []


def test_what_a_crash_has_left_keeps_nobody_out_of_a_log_that_is_in_its_place(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    protected(workspace)
    left = workspace.profile.log.root.with_name("caselog.old")
    left.mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", refuse_by_the_disk)
        again = Workspace(workspace.profile, None)
        assert again.access.door is Door.LOCKED
        (caution,) = again.warnings
        assert "could not be removed yet. The disk" in caution.what
        (check,) = check_remains(again.access)
        assert (check.sound, check.finding) == (False, caution.what)
    assert Workspace(workspace.profile, None).access.door is Door.LOCKED
    assert not left.exists()


def test_what_a_crash_has_left_waits_without_a_word_for_the_other_program_to_end(workspace: Workspace) -> None:
    protected(workspace)
    workspace.lock()
    left = workspace.profile.log.root.with_name("caselog.old")
    left.mkdir()
    with working_with(workspace.profile.log_lock):
        assert workspace.access.door is Door.LOCKED
        assert workspace.warnings == ()
    assert workspace.access.door is Door.LOCKED
    assert not left.exists()


def test_a_log_that_is_still_to_be_put_back_is_not_taken_for_a_new_one(workspace: Workspace) -> None:
    protected(workspace)
    workspace.profile.log.root.rename(workspace.profile.log.root.with_name("caselog.old"))
    with working_with(workspace.profile.log_lock), pytest.raises(CaseLogUnavailableError, match="in use"):
        _ = Workspace(workspace.profile, None).access.door
    assert Workspace(workspace.profile, None).access.door is Door.LOCKED


def test_wrong_passphrases_make_the_next_wait_longer(tmp_path: Path) -> None:
    sign_ins, now = SignIns(tmp_path / "sign-ins.json"), datetime(2026, 3, 14, tzinfo=UTC)
    waits = []
    for _ in range(12):
        fail(sign_ins, now)
        waits.append(SignIns(tmp_path / "sign-ins.json").wait_s("ada", now))
        now += timedelta(seconds=waits[-1])
    assert waits == [0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert sign_ins.wait_s("ada", now) == 0
    assert sign_ins.wait_s("ada", now - timedelta(seconds=1)) == 1
    assert sign_ins.wait_s("ben", now - timedelta(seconds=1)) == 0
    with pytest.raises(AccessRefusedError, match="too many"), sign_ins.attempt("ada", now - timedelta(seconds=1)):
        pytest.fail("tried too soon")
    with sign_ins.attempt("ada", now):
        pass
    fail(sign_ins, now)
    assert sign_ins.wait_s("ada", now) == 0


@pytest.mark.parametrize(
    "entry",
    [
        {"in_a_row": 12, "last_at": "9999-12-31T23:59:59+00:00"},
        {"in_a_row": 12, "last_at": "2026-03-14T00:00:00"},
        {"in_a_row": 12, "last_at": "yesterday"},
        {"in_a_row": 12, "last_at": 17},
        {"in_a_row": 12},
        {"in_a_row": -(10**9), "last_at": "2026-03-14T00:00:00+00:00"},
        {"in_a_row": 10**9, "last_at": "2026-03-14T00:00:00+00:00"},
        {"in_a_row": "many", "last_at": None, "more": 1},
        {},
        None,
        [1],
    ],
    ids=str,
)
def test_an_unusable_entry_locks_nobody_out_for_ever_and_spares_nobody_the_wait(tmp_path: Path, entry: object) -> None:
    sign_ins, now = SignIns(tmp_path / "sign-ins.json"), datetime(2026, 3, 14, tzinfo=UTC)
    (tmp_path / "sign-ins.json").write_text(json.dumps({"ada": entry, "ben": {}}))
    assert 0 < sign_ins.wait_s("ada", now) <= 300
    later = now + timedelta(seconds=300)
    assert sign_ins.wait_s("ada", later) == 0
    fail(sign_ins, later)
    assert sign_ins.wait_s("ada", later) > 0


@pytest.mark.parametrize("content", [b"", b"[]", b"[" * 100_000, b"\xff", b'"x"', b'{"ada": 1'])
def test_a_damaged_list_of_failures_stops_nobody_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    file, now = tmp_path / "sign-ins.json", datetime(2026, 3, 14, tzinfo=UTC)
    file.write_bytes(content)
    sign_ins = SignIns(file)
    assert sign_ins.wait_s("ada", now) == 0
    for _ in range(3):
        fail(sign_ins, now)
    assert sign_ins.wait_s("ada", now) == 2


def test_wrong_passphrases_are_counted_where_the_audit_cannot_be_told(workspace: Workspace) -> None:
    protected(workspace)
    workspace.lock()
    workspace.profile.untold.unlink()
    workspace.profile.untold.mkdir()
    for _ in range(3):
        with pytest.raises(AccessRefusedError, match="not right"):
            workspace.access.sign_in(ada(workspace), "wrong passphrase")
    with pytest.raises(AccessRefusedError, match="too many"):
        workspace.access.sign_in(ada(workspace), PASSPHRASE)


def test_a_failure_dated_ahead_by_a_wrong_clock_is_forgiven_by_the_right_one(workspace: Workspace) -> None:
    protected(workspace)
    workspace.lock()
    ahead = {"in_a_row": 9, "last_at": "2126-01-01T00:00:00+00:00"}
    workspace.profile.sign_ins.write_text(json.dumps({ada(workspace): ahead}))
    with pytest.raises(AccessRefusedError, match="too many"):
        workspace.access.sign_in(ada(workspace), PASSPHRASE)
    told = json.loads(workspace.profile.sign_ins.read_text())[ada(workspace)]["last_at"]
    assert abs(datetime.now(UTC) - datetime.fromisoformat(told)) < timedelta(minutes=1)


def test_programs_that_guess_at_once_are_counted_one_after_the_other(tmp_path: Path) -> None:
    file, now = tmp_path / "sign-ins.json", datetime(2026, 3, 14, tzinfo=UTC)
    tried: list[int] = []

    def guess(number: int) -> None:
        with suppress(AccessRefusedError), SignIns(file).attempt("ada", now):
            tried.append(number)
            time.sleep(0.01)
            raise AccessRefusedError("The passphrase is not right.")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, range(8)))
    assert len(tried) == 3


def test_too_many_wrong_attempts_are_told_to_wait_even_with_the_right_passphrase(workspace: Workspace) -> None:
    protected(workspace)
    workspace.lock()
    for _ in range(3):
        with pytest.raises(AccessRefusedError, match="not right"):
            workspace.access.sign_in(ada(workspace), "wrong passphrase")
    with pytest.raises(AccessRefusedError, match="too many"):
        workspace.access.sign_in(ada(workspace), PASSPHRASE)
    time.sleep(2.1)
    workspace.access.sign_in(ada(workspace), PASSPHRASE)


def test_the_recovery_key_gives_a_new_passphrase_and_is_used_up(workspace: Workspace) -> None:
    recovery_key = protected(workspace)
    workspace.lock()
    following = workspace.access.recover(recovery_key, ada(workspace), "a new passphrase")
    assert workspace.access.door is Door.SIGNED_IN
    workspace.lock()
    workspace.access.sign_in(ada(workspace), "a new passphrase")
    workspace.lock()
    with pytest.raises(AccessRefusedError):
        workspace.access.recover(recovery_key, ada(workspace), "yet another one")
    workspace.access.recover(following, ada(workspace), "yet another one")


def test_a_passphrase_is_changed_without_encrypting_anew(workspace: Workspace) -> None:
    protected(workspace)
    before = workspace.access.key.secret
    with pytest.raises(AccessRefusedError, match="not right"):
        workspace.access.change_passphrase("wrong passphrase", "a new passphrase")
    workspace.access.change_passphrase(PASSPHRASE, "a new passphrase")
    workspace.lock()
    workspace.access.sign_in(ada(workspace), "a new passphrase")
    assert workspace.access.key.secret == before


def test_roles_limit_what_people_do(workspace: Workspace) -> None:
    protected(workspace)
    access = workspace.access
    ben = access.add_person("Ben", Role.ASSISTANT, "another passphrase")
    workspace.lock()
    access.sign_in(ben.person_id, "another passphrase")
    workspace.casework.save_case(draft())
    with pytest.raises(AccessRefusedError, match="As assistant"):
        workspace.casework.save_case(draft("P-2", ReviewDetails("nv")))
    for refused in (
        lambda: access.add_person("Eve", Role.ADMINISTRATOR, "another passphrase"),
        lambda: access.give_role(ben.person_id, Role.ADMINISTRATOR),
        lambda: access.remove_person(ada(workspace)),
        lambda: access.new_recovery_key("another passphrase"),
        lambda: access.change_key("another passphrase"),
    ):
        with pytest.raises(AccessRefusedError, match="As assistant"):
            refused()
    with pytest.raises(AccessRefusedError):
        access.require(Permission.EXPORT)
    workspace.close_case_log()


def test_a_new_recovery_key_and_a_new_data_key_ask_for_the_passphrase_again(workspace: Workspace) -> None:
    recovery_key = protected(workspace)
    for refused in (workspace.access.new_recovery_key, workspace.access.change_key):
        with pytest.raises(AccessRefusedError, match="not right"):
            refused("somebody else's passphrase")
    with pytest.raises(AccessRefusedError, match="not right"):
        workspace.access.new_recovery_key("somebody else's passphrase")
    with pytest.raises(AccessRefusedError, match="too many"):
        workspace.access.new_recovery_key(PASSPHRASE)
    workspace.profile.sign_ins.unlink()
    following = workspace.access.new_recovery_key(PASSPHRASE)
    with pytest.raises(AccessRefusedError, match="not right"):
        workspace.access.recover(recovery_key, ada(workspace), "a new passphrase")
    workspace.access.recover(following, ada(workspace), "a new passphrase")


def with_ben(workspace: Workspace, role: Role) -> tuple[str, str]:
    """Ben is let in and removed again; his id, and the keyring that he has kept."""
    ben = workspace.access.add_person("Ben", role, "another passphrase")
    kept = workspace.profile.log.keyring.read_text()
    workspace.access.remove_person(ben.person_id)
    return ben.person_id, kept


@pytest.mark.parametrize("open_then", [True, False])
@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.ADMINISTRATOR])
def test_a_keyring_from_before_somebody_was_removed_lets_nobody_in(
    workspace: Workspace, role: Role, open_then: bool
) -> None:
    recovery_key = protected(workspace)
    if open_then:
        workspace.casework.save_case(draft())
    ben, kept = with_ben(workspace, role)
    newest = workspace.profile.log.keyring.read_text()
    workspace.lock()
    workspace.profile.log.keyring.write_text(kept)
    for person_id, passphrase in ((ben, "another passphrase"), (ada(workspace), PASSPHRASE)):
        with pytest.raises(CaseLogUnavailableError, match="an older one"):
            workspace.access.sign_in(person_id, passphrase)
        assert workspace.access.door is Door.LOCKED
    workspace.profile.log.keyring.write_text(newest)
    workspace.access.sign_in(ada(workspace), PASSPHRASE)
    workspace.lock()
    workspace.profile.log.keyring.write_text(kept)
    workspace.access.recover(recovery_key, ada(workspace), PASSPHRASE)
    workspace.access.remove_person(ben)
    workspace.lock()
    workspace.access.sign_in(ada(workspace), PASSPHRASE)
    assert workspace.casework.log.count() == open_then
    workspace.close_case_log()


def test_somebody_who_is_signed_in_cannot_go_on_with_an_older_keyring(workspace: Workspace) -> None:
    protected(workspace)
    _, kept = with_ben(workspace, Role.ASSISTANT)
    workspace.profile.log.keyring.write_text(kept)
    with pytest.raises(CaseLogUnavailableError, match="an older one"):
        workspace.access.add_person("Eve", Role.CLINICIAN, "another passphrase")
    with pytest.raises(CaseLogUnavailableError, match="an older one"):
        workspace.access.change_passphrase(PASSPHRASE, "a new passphrase")


def test_a_generation_changed_in_the_file_is_found(workspace: Workspace) -> None:
    protected(workspace)
    _, kept = with_ben(workspace, Role.ASSISTANT)
    raw = json.loads(kept)
    workspace.lock()
    workspace.profile.log.keyring.write_text(json.dumps({**raw, "generation": raw["generation"] + 5}))
    with pytest.raises(CaseLogUnavailableError, match="changed outside"):
        workspace.access.sign_in(ada(workspace), PASSPHRASE)


def test_a_crash_before_the_log_knows_of_the_new_list_locks_nobody_out(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    protected(workspace)
    with_ben(workspace, Role.ASSISTANT)
    with monkeypatch.context() as patched:
        patched.setattr("skindesk.storage.generation.note_generation", refuse_by_the_crash)
        with pytest.raises(KeyboardInterrupt):
            workspace.access.add_person("Ben", Role.CLINICIAN, "another passphrase")
    again = Workspace(workspace.profile, None)
    again.access.sign_in(ada(again), PASSPHRASE)
    assert [person.name for person in again.access.people()] == ["Ada", "Ben"]
    kept = workspace.profile.log.keyring.read_text()
    assert known_generation(workspace.profile.log, again.access.key) == json.loads(kept)["generation"]


@pytest.mark.parametrize("damage", [None, b"", b"no database"])
def test_a_damaged_database_keeps_nobody_from_signing_in_to_restore_one(
    workspace: Workspace, damage: bytes | None
) -> None:
    protected(workspace)
    workspace.lock()
    workspace.profile.log.database.unlink()
    if damage is not None:
        workspace.profile.log.database.write_bytes(damage)
    workspace.access.sign_in(ada(workspace), PASSPHRASE)
    assert workspace.access.door is Door.SIGNED_IN


def test_nobody_removes_themselves_or_the_last_administrator(workspace: Workspace) -> None:
    protected(workspace)
    with pytest.raises(AccessRefusedError, match="yourself"):
        workspace.access.remove_person(ada(workspace))
    with pytest.raises(AccessRefusedError, match="last administrator"):
        workspace.access.give_role(ada(workspace), Role.CLINICIAN)


def test_the_key_is_changed_for_everything_and_everybody(workspace: Workspace) -> None:
    protected(workspace)
    ben = workspace.access.add_person("Ben", Role.CLINICIAN, "another passphrase")
    case_id = workspace.casework.save_case(draft()).case_id
    letter = Attachment(digest_of(b"letter"), "letter.pdf", "application/pdf")
    found = ("nv", MalignancyGroup.BENIGN, ConfirmedBy.HISTOPATHOLOGY, date(2026, 3, 20), "no atypia", letter)
    workspace.casework.editing.diagnose(case_id, FinalDiagnosisDetails(*found), b"letter")
    workspace.close_case_log()
    old = workspace.access.key
    workspace.access.change_key(PASSPHRASE)
    log = workspace.casework.log
    assert (log.picture(digest_of(PICTURE)), log.picture(letter.sha256)) == (PICTURE, b"letter")
    assert log.count(CaseFilter("atypia")) == 1
    workspace.lock()
    with pytest.raises(AccessRefusedError, match="nobody"):
        workspace.access.sign_in(ben.person_id, "another passphrase")
    with pytest.raises(CaseLogUnavailableError):
        open_case_log(workspace.profile.log, old)


def test_a_log_that_is_being_replaced_is_not_opened(workspace: Workspace) -> None:
    from skindesk.storage.occupancy import alone_with

    workspace.access.set_up_open()
    with alone_with(workspace.profile.log_lock), pytest.raises(CaseLogUnavailableError, match="in use"):
        _ = workspace.casework
    with working_with(workspace.profile.log_lock):
        assert workspace.casework.log.count() == 0
    workspace.close_case_log()


@pytest.mark.parametrize("left", [None, b""], ids=["missing", "empty"])
def test_a_log_whose_database_is_gone_is_not_opened_as_if_empty(workspace: Workspace, left: bytes | None) -> None:
    workspace.access.set_up_open()
    workspace.casework.save_case(draft())
    workspace.close_case_log()
    workspace.profile.log.database.unlink()
    if left is not None:
        workspace.profile.log.database.write_bytes(left)
    with pytest.raises(CaseLogUnavailableError, match="missing") as refused:
        _ = workspace.casework
    assert "restore the latest backup" in refused.value.advice
    assert not left or workspace.profile.log.database.read_bytes() == left


def test_a_log_that_its_key_does_not_open_is_not_called_somebody_elses(workspace: Workspace) -> None:
    workspace.access.set_up_open()
    content = bytearray(workspace.profile.log.database.read_bytes())
    content[100] ^= 1
    workspace.profile.log.database.write_bytes(content)
    with pytest.raises(CaseLogUnavailableError, match="cannot be opened with its key") as refused:
        _ = workspace.casework
    assert "restore the latest backup" in refused.value.advice


def test_an_old_key_is_not_put_back_by_a_program_that_has_not_heard_of_the_new_one(workspace: Workspace) -> None:
    protected(workspace)
    other = Access(workspace.profile, CHEAP)
    other.sign_in(ada(workspace), PASSPHRASE)
    workspace.access.change_key(PASSPHRASE)
    for refused in (
        lambda: other.add_person("Ben", Role.CLINICIAN, "another passphrase"),
        lambda: other.new_recovery_key(PASSPHRASE),
        lambda: other.change_key(PASSPHRASE),
    ):
        with pytest.raises(CaseLogUnavailableError, match="changed outside"):
            refused()
    other.change_passphrase(PASSPHRASE, "a new passphrase")
    workspace.lock()
    workspace.access.sign_in(ada(workspace), "a new passphrase")
    assert workspace.casework.log.count() == 0
    workspace.close_case_log()


def test_a_role_changed_outside_is_not_vouched_for_by_the_next_change(workspace: Workspace) -> None:
    protected(workspace)
    workspace.access.add_person("Ben", Role.ASSISTANT, "another passphrase")
    ring = workspace.profile.log.keyring
    ring.write_text(ring.read_text().replace('"assistant"', '"administrator"'))
    with pytest.raises(CaseLogUnavailableError, match="changed outside"):
        workspace.access.add_person("Eve", Role.CLINICIAN, "another passphrase")


def test_another_ring_in_the_place_makes_nobody_more_than_they_are(workspace: Workspace) -> None:
    protected(workspace)
    ben = workspace.access.add_person("Ben", Role.ASSISTANT, "another passphrase")
    workspace.lock()
    workspace.access.sign_in(ben.person_id, "another passphrase")
    new_keyring().save(workspace.profile.log.keyring)
    assert workspace.access.person == ben
    with pytest.raises(AccessRefusedError, match="set up already"):
        workspace.access.set_up_protected("Ben", PASSPHRASE)


def test_an_administrator_who_is_one_no_more_administers_nothing(workspace: Workspace) -> None:
    protected(workspace)
    ben = workspace.access.add_person("Ben", Role.ADMINISTRATOR, "another passphrase")
    other = Access(workspace.profile, CHEAP)
    other.sign_in(ben.person_id, "another passphrase")
    workspace.access.give_role(ben.person_id, Role.ASSISTANT)
    with pytest.raises(AccessRefusedError, match="As assistant"):
        other.add_person("Eve", Role.ADMINISTRATOR, "another passphrase")


def test_sealing_removes_no_file_that_is_not_the_logs(workspace: Workspace) -> None:
    first = open_case_log(workspace.profile.unsealed_log, None)
    first.save(draft())
    first.close()
    own = [workspace.profile.root / "images" / "holiday.jpg", workspace.profile.root / "backups" / "letters" / "a.txt"]
    for path in own:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    protected(workspace)
    assert all(path.read_text() == "mine" for path in own)
    assert readable(workspace.profile.root) == []


def test_no_patient_is_named_in_an_errors_words(workspace: Workspace) -> None:
    workspace.access.set_up_open()
    engine = workspace.casework.log._engine
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE once (name TEXT UNIQUE)"))
        connection.execute(text("INSERT INTO once VALUES (:name)"), {"name": "Zebediah"})
    with pytest.raises(IntegrityError) as failed, engine.begin() as connection:
        connection.execute(text("INSERT INTO once VALUES (:name)"), {"name": "Zebediah"})
    assert "Zebediah" not in str(failed.value)
    workspace.close_case_log()


def test_damaged_pictures_are_kept_with_the_old_log_when_the_key_changes(workspace: Workspace) -> None:
    protected(workspace)
    workspace.casework.save_case(draft())
    workspace.close_case_log()
    (picture,) = workspace.profile.log.images.glob("*/*.sealed")
    picture.write_bytes(picture.read_bytes()[:-1])
    workspace.access.change_key(PASSPHRASE)
    (kept,) = workspace.profile.root.glob("caselog.replaced-*")
    assert (kept / picture.relative_to(workspace.profile.log.root)).exists()
    (caution,) = workspace.warnings
    assert caution.what.startswith("1 damaged picture could not be taken along")
    assert str(kept) in caution.advice
    assert workspace.casework.log.count() == 1
    workspace.close_case_log()


def test_a_log_without_its_database_is_not_replaced_by_an_empty_one(workspace: Workspace) -> None:
    workspace.access.set_up_open()
    workspace.casework.save_case(draft())
    workspace.close_case_log()
    workspace.profile.log.database.unlink()
    with pytest.raises(CaseLogUnavailableError, match="missing"):
        protected(workspace)
    assert len(list(workspace.profile.log.images.glob("*/*.sealed"))) == 1
