"""What the audit is told, what it keeps of a correction, and that tampering is found."""

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from skindesk.domain.audit import AuditAction, AuditEvent, AuditFault, AuditHead, Subject
from skindesk.domain.case import CaseDraft, LesionDetails, PatientDetails, ReviewDetails, Sex, Site
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.errors import CaseLogUnavailableError, InvalidCaseError
from skindesk.domain.people import Person, Role
from skindesk.domain.prediction import Prediction
from skindesk.domain.quality import QualityIssue
from skindesk.storage import audit_head_file, case_log
from skindesk.storage.audit_queue import AuditQueue
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.integrity import FindingKind
from skindesk.storage.resealing import reseal
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder, Profile
from tests.support.tampering import KEY, findings_of, tamper_at_random, write_log

ADA = Person("ada", "Ada", Role.ADMINISTRATOR)
MUELLER = PatientDetails("P-17", "Müller", "Änne", sex=Sex.FEMALE)
MakeDraft = Callable[..., CaseDraft]
MakePrediction = Callable[..., Prediction]


@pytest.fixture
def log(profile: Profile) -> Iterator[CaseLog]:
    """A new encrypted log, at which Ada works."""
    opened = open_case_log(profile.log, KEY, lambda: ADA)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> LogFolder:
    """A closed log with a whole audit, to be copied."""
    folder = LogFolder(tmp_path_factory.mktemp("audit") / "written")
    write_log(folder, patients=4)
    return folder


@pytest.fixture
def folder(written: LogFolder, tmp_path: Path) -> LogFolder:
    """A closed log with a whole audit."""
    return LogFolder(shutil.copytree(written.root, tmp_path / "written"))


def told(log: CaseLog) -> list[tuple[str, str, int | None]]:
    """Action, subject's id and patient of every entry, oldest first."""
    entries = reversed(log.audit_entries(limit=1000))
    return [(entry.action, entry.subject_id, entry.patient_id) for entry in entries]


def change(folder: LogFolder, *statements: str) -> None:
    """Change a closed log's database as somebody does who has its key."""
    with closing(DatabaseFile(folder.database, KEY.database).connect()) as connection, connection:
        for trigger in ("update", "delete"):
            connection.execute(f"DROP TRIGGER audit_entry_no_{trigger}")
        for statement in statements:
            connection.execute(statement)


def faults(folder: LogFolder, known: AuditHead | None = None) -> list[AuditFault]:
    return [finding.fault for finding in findings_of(folder, known)]


# What is told


def test_everything_new_in_a_save_is_told_once(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    draft = make_draft(MUELLER, prediction=make_prediction(), review=ReviewDetails("nv"))
    saved = log.save(draft)
    log.save(replace(draft, patient=saved.patient_id, lesion=saved.case_id))
    log.append_prediction(saved.image_ids[0], make_prediction(version="2", created_at=datetime.now(UTC)))
    (picture,) = draft.pictures
    remarked = replace(picture, details=replace(picture.details, quality=(QualityIssue.HAIR,)))
    log.save(replace(draft, patient=saved.patient_id, lesion=saved.case_id, pictures=(remarked,)))
    assert told(log) == [
        ("audit begun", "", None),
        ("patient added", "1", 1),
        ("lesion added", "1", 1),
        ("picture added", "1", 1),
        ("prediction added", "1", 1),
        ("review added", "1", 1),
        ("prediction added", "1", 1),
        ("picture examined again", "1", 1),
    ]
    assert {entry.person_id for entry in log.audit_entries()} == {"ada"}
    assert log.verify_audit() == ()


def test_what_is_refused_is_not_told(log: CaseLog, make_draft: MakeDraft) -> None:
    log.save(make_draft("P-1"))
    before = log.audit_head()
    with pytest.raises(InvalidCaseError):
        log.save(make_draft("p-1"))
    assert log.audit_head() == before


def test_a_view_is_told_once_in_five_minutes_and_a_search_is_not(
    log: CaseLog, make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = log.save(make_draft(MUELLER))
    log.page(CaseFilter("müller"))
    log.patients("müller")
    assert log.cases_of(99) == ()
    assert "patient viewed" not in str(told(log))
    log.cases_of(saved.patient_id)
    log.case(saved.case_id)
    assert told(log)[4:] == [("patient viewed", "1", 1)]
    monkeypatch.setattr(case_log, "VIEW_TOLD_FOR_S", 0.0)
    log.case(saved.case_id)
    assert told(log)[4:] == [("patient viewed", "1", 1)] * 2


def test_what_cannot_be_told_is_not_shown(log: CaseLog, make_draft: MakeDraft) -> None:
    saved = log.save(make_draft(MUELLER))
    with log._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=1")
    with pytest.raises(CaseLogUnavailableError, match="cannot be written"):
        log.case(saved.case_id)


def test_a_log_without_a_key_has_no_audit(profile: Profile, make_draft: MakeDraft) -> None:
    with closing(open_case_log(profile.log, None)) as plain:
        plain.case(plain.save(make_draft()).case_id)
        assert (plain.audit_entries(), plain.audit_head(), plain.verify_audit()) == ((), None, ())
    assert not profile.log.audit_head.exists()


def signed_in(number: int) -> AuditEvent:
    at = datetime(2026, 3, 14, tzinfo=UTC) + timedelta(seconds=number)
    return AuditEvent(AuditAction.SIGNED_IN, Subject.PERSON, "ada", person_id=str(number), at=at)


def test_events_wait_in_their_queue_until_they_are_told(tmp_path: Path) -> None:
    queue = AuditQueue(tmp_path / "untold.jsonl")
    queue.add(signed_in(1))
    with suppress(CaseLogUnavailableError), queue.waiting() as events:
        assert events == (signed_in(1),)
        raise CaseLogUnavailableError("The disk is full.")
    queue.add(signed_in(2))
    with AuditQueue(tmp_path / "untold.jsonl").waiting() as events:
        assert events == (signed_in(1), signed_in(2))
    with queue.waiting() as events:
        assert events == ()


@pytest.mark.parametrize("torn", [b'{"action": "signed in", "sub', b"\0" * 40, b"\xff\xfe"])
def test_a_torn_line_costs_no_other_and_is_told(tmp_path: Path, torn: bytes) -> None:
    queue = AuditQueue(tmp_path / "untold.jsonl")
    queue.add(signed_in(1))
    with (tmp_path / "untold.jsonl").open("ab") as file:
        file.write(torn)  # cut off by a power cut
    queue.add(signed_in(2))
    with queue.waiting() as events:
        assert events[:2] == (signed_in(1), signed_in(2))
        (told,) = events[2:]
    assert (told.action, told.detail) == (AuditAction.UNREADABLE, {"count": 1})


def test_programs_that_add_and_tell_at_once_lose_and_repeat_nothing(tmp_path: Path) -> None:
    told: list[AuditEvent] = []

    def add(writer: int) -> None:
        for number in range(20):
            AuditQueue(tmp_path / "untold.jsonl").add(signed_in(100 * writer + number))

    def tell(_teller: int) -> None:
        for _ in range(10):
            with AuditQueue(tmp_path / "untold.jsonl").waiting() as events:
                told.extend(events)

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(work, number) for number in range(4) for work in (add, tell)]
    assert [future.result() for future in done] == [None] * 8
    tell(0)
    assert sorted(told, key=str) == sorted((signed_in(100 * w + n) for w in range(4) for n in range(20)), key=str)


def test_what_a_full_disk_takes_only_half_of_is_refused_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = AuditQueue(tmp_path / "untold.jsonl")
    queue.add(signed_in(1))
    before = (tmp_path / "untold.jsonl").read_bytes()

    class Full(io.FileIO):
        def write(self, content: Any) -> int:
            return super().write(content[: len(content) // 2])

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", lambda path, mode, **_: Full(path, mode.replace("b", "")))
        with pytest.raises(CaseLogUnavailableError, match="full"):
            queue.add(signed_in(2))
    assert (tmp_path / "untold.jsonl").read_bytes() == before


# Corrections


def test_a_correction_keeps_the_old_value_and_renews_the_search(log: CaseLog, make_draft: MakeDraft) -> None:
    saved = log.save(make_draft(MUELLER))
    corrected = log.correct_patient(saved.patient_id, replace(MUELLER, family_name="Meyer", identifier="P-71"))
    assert corrected.details.family_name == "Meyer"
    assert (log.count(CaseFilter("müller")), log.count(CaseFilter("p-17")), log.count(CaseFilter("meyer p-71"))) == (
        0,
        0,
        1,
    )
    (entry,) = log.audit_entries(limit=1)
    assert (entry.action, entry.person_id, entry.patient_id) == ("patient corrected", "ada", saved.patient_id)
    assert json.loads(entry.detail or "") == {
        "identifier": {"old": "P-17", "new": "P-71"},
        "family_name": {"old": "Müller", "new": "Meyer"},
    }
    lesion = log.correct_lesion(saved.case_id, LesionDetails(Site.HEAD_NECK, "left cheek"))
    assert log.case(saved.case_id).lesion == lesion
    (_, entry) = log.audit_entries(limit=2)
    assert json.loads(entry.detail or "")["site"] == {"old": "upper extremity", "new": "head/neck"}
    assert log.verify_audit() == ()


def test_a_correction_that_changes_nothing_is_not_told(log: CaseLog, make_draft: MakeDraft) -> None:
    draft = make_draft(MUELLER)
    saved = log.save(draft)
    before = log.audit_head()
    log.correct_patient(saved.patient_id, MUELLER)
    log.correct_lesion(saved.case_id, LesionDetails(Site.UPPER_EXTREMITY, " left forearm "))
    assert log.audit_head() == before


def test_a_correction_is_refused_where_there_is_nothing_to_correct(log: CaseLog, make_draft: MakeDraft) -> None:
    log.save(make_draft("P-1"))
    saved = log.save(make_draft("P-2"))
    for refused in (
        lambda: log.correct_patient(saved.patient_id, PatientDetails("p-1")),
        lambda: log.correct_patient(99, MUELLER),
        lambda: log.correct_lesion(99, LesionDetails()),
    ):
        with pytest.raises(InvalidCaseError):
            refused()
    assert log.correct_patient(saved.patient_id, PatientDetails("p-2")).details.identifier == "p-2"


# Tampering


def test_random_edits_deletions_swaps_and_truncations_are_all_found(folder: LogFolder) -> None:
    assert findings_of(folder) == ()
    done, unfound = tamper_at_random(folder, 400)
    assert unfound == []
    assert len(done) == 9
    assert findings_of(folder) == ()


def test_the_database_refuses_to_change_or_delete_an_entry(folder: LogFolder) -> None:
    database = DatabaseFile(folder.database, KEY.database)
    for statement in ("UPDATE audit_entry SET person_id = 'eve'", "DELETE FROM audit_entry"):
        with closing(database.connect()) as connection, pytest.raises(Exception, match="kept as it was made"):
            connection.execute(statement)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit_entry SET person_id = 'eve' WHERE seq = 5"], AuditFault.ENTRY_CHANGED),
        (["DELETE FROM audit_entry WHERE seq = 5"], AuditFault.ENTRIES_MISSING),
        (["DELETE FROM audit_detail WHERE seq > 20", "DELETE FROM audit_entry WHERE seq > 20"], AuditFault.PUT_BACK),
        (["DELETE FROM audit_head"], AuditFault.HEAD_MISSING),
        (["DELETE FROM audit_detail", "DELETE FROM audit_entry", "DELETE FROM audit_head"], AuditFault.PUT_BACK),
        (["DELETE FROM audit_detail"], AuditFault.DETAIL_MISSING),
        (["UPDATE audit_detail SET content = '{}'"], AuditFault.DETAIL_CHANGED),
    ],
    ids=["edit", "deletion", "truncation", "end removed", "emptied", "details removed", "details edited"],
)
def test_what_was_found_is_still_found_after_more_work(
    folder: LogFolder, make_draft: MakeDraft, statements: list[str], found: AuditFault
) -> None:
    change(folder, *statements)
    assert found in faults(folder)
    with closing(open_case_log(folder, KEY)) as log:
        for number in range(5):
            log.save(make_draft(f"Q-{number}"))
        assert FindingKind.AUDIT_BROKEN in [finding.kind for finding in log.check(full=True)]
    assert {found, AuditFault.HEAD_CHANGED} & set(faults(folder))  # an end that was removed is never sealed again


def test_a_database_put_back_to_an_older_state_is_found(folder: LogFolder, make_draft: MakeDraft) -> None:
    older = folder.database.read_bytes()
    with closing(open_case_log(folder, KEY)) as log:
        log.save(make_draft("Q-1"))
        kept = log.audit_head()
    folder.database.write_bytes(older)
    assert faults(folder) == [AuditFault.PUT_BACK]
    with closing(open_case_log(folder, KEY)) as log:
        for number in range(5):
            log.save(make_draft(f"Q-{number}"))
    assert faults(folder) == [AuditFault.PUT_BACK]
    assert faults(folder, kept) == [AuditFault.PUT_BACK] * 2


def test_a_head_that_was_kept_elsewhere_finds_a_whole_folder_put_back(
    folder: LogFolder, tmp_path: Path, make_draft: MakeDraft
) -> None:
    shutil.copytree(folder.root, tmp_path / "older")
    with closing(open_case_log(folder, KEY)) as log:
        log.save(make_draft("Q-1"))
        kept = log.audit_head()
    assert faults(folder, kept) == []
    assert faults(LogFolder(tmp_path / "older")) == []
    assert faults(LogFolder(tmp_path / "older"), kept) == [AuditFault.PUT_BACK]


@pytest.mark.parametrize(("content", "found"), [(None, AuditFault.FILE_MISSING), (b"x" * 120, AuditFault.FILE_CHANGED)])
def test_a_head_file_that_is_gone_or_changed_is_found_and_not_mended(
    folder: LogFolder, make_draft: MakeDraft, content: bytes | None, found: AuditFault
) -> None:
    folder.audit_head.unlink()
    if content is not None:
        folder.audit_head.write_bytes(content)
    assert faults(folder) == [found]
    with closing(open_case_log(folder, KEY)) as log:
        log.save(make_draft("Q-1"))
    assert faults(folder) == [found]


def test_a_crash_leaves_the_head_file_behind_which_is_no_finding(folder: LogFolder, make_draft: MakeDraft) -> None:
    behind = folder.audit_head.read_bytes()
    with closing(open_case_log(folder, KEY)) as log:
        log.save(make_draft("Q-1"))
    assert folder.audit_head.read_bytes() != behind
    assert len(folder.audit_head.read_bytes()) == len(behind) < 512
    folder.audit_head.write_bytes(behind)
    assert faults(folder) == []


@pytest.mark.parametrize("cut", [1, 60, 119])
def test_a_kill_halfway_through_the_head_file_is_no_finding(
    folder: LogFolder, make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    whole = audit_head_file.HeadFile._sealed
    for number in range(3):  # whichever of the two heads it is
        with monkeypatch.context() as patched:
            patched.setattr(audit_head_file.HeadFile, "_sealed", lambda *told: whole(*told)[:cut])
            with closing(open_case_log(folder, KEY)) as log:
                log.save(make_draft(f"Q-{number}"))
        assert faults(folder) == []
        with closing(open_case_log(folder, KEY)) as log:
            log.save(make_draft(f"R-{number}"))
            head = log.audit_head()
        assert audit_head_file.HeadFile(folder.audit_head, KEY).read() == head


def test_a_head_file_with_one_head_only_is_read_and_gets_its_second(folder: LogFolder, make_draft: MakeDraft) -> None:
    content = folder.audit_head.read_bytes()
    folder.audit_head.write_bytes(content[: len(content) // 2])
    with closing(open_case_log(folder, KEY)) as log:
        log.save(make_draft("Q-1"))
    assert len(folder.audit_head.read_bytes()) == len(content)
    assert faults(folder) == []


def test_a_crash_while_the_audit_begins_is_no_finding(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("skindesk.storage.audit.AuditTrail.append", crash)
        with pytest.raises(KeyboardInterrupt):
            open_case_log(profile.log, KEY)
    assert profile.log.audit_head.exists()
    assert faults(profile.log) == []


def test_a_head_file_that_cannot_be_written_does_not_stop_a_save(
    folder: LogFolder, make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_file: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    monkeypatch.setattr(audit_head_file.HeadFile, "_sealed", lambda *_: fail(None))
    with closing(open_case_log(folder, KEY)) as log:
        before = log.audit_head()
        log.tell(AuditEvent(AuditAction.BACKED_UP, Subject.LOG))
        assert log.audit_head() != before
    monkeypatch.undo()
    assert faults(folder) == []


def test_many_writers_make_one_chain(folder: LogFolder) -> None:
    import threading

    logs = [open_case_log(folder, KEY) for _ in range(3)]
    event = AuditEvent(AuditAction.BACKED_UP, Subject.LOG)
    threads = [threading.Thread(target=lambda log=log: [log.tell(event) for _ in range(10)]) for log in logs * 2]
    before = logs[0].audit_head()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = logs[0].audit_head()
    for log in logs:
        log.close()
    assert before is not None
    assert after is not None
    assert after.count == before.count + 60
    assert faults(folder) == []


# Another data key


def test_the_chain_is_carried_to_another_key(folder: LogFolder, tmp_path: Path) -> None:
    new, there = DataKey(b"n" * 32), LogFolder(tmp_path / "there")
    there.root.mkdir()
    reseal(folder, KEY, there, new)
    with closing(open_case_log(there, new)) as log, closing(open_case_log(folder, KEY)) as old:
        assert log.verify_audit() == ()
        assert log.audit_entries(limit=1000) == old.audit_entries(limit=1000)
        log.tell(AuditEvent(AuditAction.KEY_CHANGED, Subject.LOG))
        assert log.verify_audit() == ()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit_entry SET person_id = 'eve' WHERE seq = 5", AuditFault.ENTRY_CHANGED),
        ("DELETE FROM audit_entry WHERE seq = 5", AuditFault.ENTRIES_MISSING),
        ("UPDATE audit_detail SET content = '{}'", AuditFault.DETAIL_CHANGED),
        ("UPDATE audit_head SET seal = 'x'", AuditFault.HEAD_CHANGED),
        ("DELETE FROM audit_detail", AuditFault.DETAIL_MISSING),
    ],
    ids=["edit", "deletion", "detail", "end", "details removed"],
)
def test_another_key_does_not_launder_what_was_tampered_with(
    folder: LogFolder, tmp_path: Path, statement: str, found: AuditFault
) -> None:
    change(folder, statement)
    new, there = DataKey(b"n" * 32), LogFolder(tmp_path / "there")
    there.root.mkdir()
    reseal(folder, KEY, there, new)
    with closing(open_case_log(there, new)) as log:
        assert found in [finding.fault for finding in log.verify_audit()]


def test_another_key_does_not_launder_a_log_that_was_put_back(folder: LogFolder, tmp_path: Path) -> None:
    older = folder.database.read_bytes()
    with closing(open_case_log(folder, KEY)) as log:
        log.tell(AuditEvent(AuditAction.BACKED_UP, Subject.LOG))
    folder.database.write_bytes(older)
    new, there = DataKey(b"n" * 32), LogFolder(tmp_path / "there")
    there.root.mkdir()
    reseal(folder, KEY, there, new)
    with closing(open_case_log(there, new)) as log:
        assert [finding.fault for finding in log.verify_audit()] == [AuditFault.FILE_MISSING]
