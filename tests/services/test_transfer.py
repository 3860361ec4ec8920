"""Cases from one log to another: nothing lost, nothing repeated, nobody taken for somebody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction
from skindesk.domain.case import (
    Case,
    CaseDraft,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    Plan,
    ReviewDetails,
    Site,
    Visit,
)
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.contract import Modality
from skindesk.domain.errors import AccessRefusedError, CaseLogUnavailableError, InvalidCaseError, OutputUnavailableError
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.people import Role
from skindesk.domain.transfer import CaseArchiveError, Counts, ImportedCase, ImportOutcome
from skindesk.domain.worklist import Due
from skindesk.exchange.case_archive.reading import CaseArchive
from skindesk.services.access import Access
from skindesk.services.transfer import Transfer
from skindesk.storage.case_record import Withdrawable
from skindesk.storage.integrity import FindingKind
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile
from tests.support.case_files import members_of, write_case_file, write_first_version, write_members
from tests.support.whole_cases import contents_of, picture_of, visit_of, whole_case, without_keys

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "correct horse battery"
CASES = (whole_case(1, 1), whole_case(1, 2), whole_case(2, 1), whole_case(3, 1, first_picture=3000))
LAST_PICTURE = 3011

Logs = Callable[[str], Workspace]


@pytest.fixture
def log_named(tmp_path: Path) -> Logs:
    """New logs, each protected by Ada."""

    def make(name: str) -> Workspace:
        opened = Workspace(Profile(tmp_path / name), log_file=None)
        opened._access = Access(opened.profile, CHEAP)
        opened.access.set_up_protected("Ada", PASSPHRASE)
        return opened

    return make


@pytest.fixture
def here(log_named: Logs) -> Workspace:
    """The log into which cases are imported."""
    return log_named("here")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of four cases of three patients."""
    return write_case_file(tmp_path / "cases.zip", *CASES)


def transfer(workspace: Workspace) -> Transfer:
    return Transfer(workspace.casework, workspace.access.require)


def take(workspace: Workspace, file: Path, *, dry_run: bool = False) -> list[ImportedCase]:
    return list(transfer(workspace).import_cases(file, dry_run))


def outcomes(results: list[ImportedCase]) -> list[ImportOutcome]:
    return [result.outcome for result in results]


def cases_in(workspace: Workspace) -> tuple[Case, ...]:
    """Every case of a log, by patient and lesion number."""
    log = workspace.casework.log
    return log.whole_cases([patient.patient_id for patient in log.patients_after(0, limit=10_000)])


def assert_sound(workspace: Workspace, *expected: Case) -> None:
    """The log holds exactly these cases, value by value and byte by byte, and nothing is wrong with it.

    A picture's file that no case has is what an interrupted import leaves, as an interrupted save does.
    """
    log = workspace.casework.log
    assert [found for found in log.check(full=True) if found.kind is not FindingKind.FILE_UNKNOWN] == []
    assert without_keys(cases_in(workspace)) == without_keys(expected)
    assert {sha256: log.picture(sha256) for sha256 in contents_of(*expected)} == contents_of(*expected)


def told(workspace: Workspace, action: AuditAction) -> int:
    entries = workspace.casework.log.audit_entries(limit=100_000)
    return sum(entry.action == action for entry in entries)


def sign_in(workspace: Workspace, role: Role) -> None:
    """Let somebody of this role in, and go on as them."""
    person = workspace.access.add_person("Ben", role, PASSPHRASE)
    workspace.lock()
    workspace.access.sign_in(person.person_id, PASSPHRASE)


def test_every_value_and_byte_arrives(here: Workspace, file: Path) -> None:
    results = take(here, file)
    assert outcomes(results) == [ImportOutcome.IMPORTED] * 4
    assert_sound(here, *CASES)
    assert [result.case_id for result in results] == [case.lesion.case_id for case in cases_in(here)]
    assert [result.source_case_id for result in results] == [case.lesion.case_id for case in CASES]
    assert all(result.is_whole for result in results)


def test_what_is_exported_from_the_copy_is_what_was_imported(here: Workspace, log_named: Logs, tmp_path: Path) -> None:
    """From log to log and on to a third, by the members' bytes."""
    there = log_named("there")
    take(there, write_case_file(tmp_path / "first.zip", *CASES))
    transfer(there).export_matching(tmp_path / "second.zip", "")
    take(here, tmp_path / "second.zip")
    transfer(here).export_matching(tmp_path / "third.zip", "")
    second, third = members_of(tmp_path / "second.zip"), members_of(tmp_path / "third.zip")
    assert {name: third[name] for name in third if name != "manifest.json"} == {
        name: second[name] for name in second if name != "manifest.json"
    }


def test_cases_that_were_saved_by_hand_arrive(here: Workspace, log_named: Logs, tmp_path: Path) -> None:
    there = log_named("there")
    for number in (3, 1, 2):
        saved = there.casework.save_case(draft(number, f"P-{number}"))
        there.casework.save_case(replace(draft(number + 50, saved.patient_id), lesion=saved.case_id))
        there.casework.save_case(draft(number + 90, saved.patient_id))
    exported = transfer(there).export_matching(tmp_path / "cases.zip", "")
    assert exported.counts == Counts(patients=3, cases=6, visits=6, pictures=9, predictions=0, reviews=9)
    assert exported.left_out == ()
    take(here, tmp_path / "cases.zip")
    assert_sound(here, *cases_in(there))


def test_an_import_into_the_log_it_comes_from_changes_nothing(here: Workspace, file: Path, tmp_path: Path) -> None:
    take(here, file)
    transfer(here).export_matching(tmp_path / "own.zip", "")
    before, entries = cases_in(here), told(here, AuditAction.CASE_IMPORTED)
    results = take(here, tmp_path / "own.zip")
    assert outcomes(results) == [ImportOutcome.ALREADY_THERE] * 4
    assert {result.added for result in results} == {Counts()}
    assert [result.case_id for result in results] == [case.lesion.case_id for case in before]
    assert cases_in(here) == before
    assert told(here, AuditAction.CASE_IMPORTED) == entries
    assert told(here, AuditAction.REVIEW_ADDED) == sum(len(v.reviews) for case in CASES for v in case.visits)


def test_a_second_import_repeats_nothing(here: Workspace, file: Path) -> None:
    take(here, file)
    assert outcomes(take(here, file)) == [ImportOutcome.ALREADY_THERE] * 4
    assert_sound(here, *CASES)


def test_an_import_that_was_interrupted_goes_on(here: Workspace, file: Path) -> None:
    running = transfer(here).import_cases(file)
    assert [next(running).identifier, next(running).identifier] == ["P-1", "P-1"]
    running.close()
    assert_sound(here, *CASES[:2])
    assert outcomes(take(here, file)) == [ImportOutcome.ALREADY_THERE] * 2 + [ImportOutcome.IMPORTED] * 2
    assert_sound(here, *CASES)


def test_a_case_that_has_grown_gets_what_is_new(here: Workspace, tmp_path: Path) -> None:
    old = replace(CASES[0], visits=CASES[0].visits[:1])
    grown = replace(CASES[0], visits=(*CASES[0].visits, visit_of(500, 30)))
    assert outcomes(take(here, write_case_file(tmp_path / "old.zip", old))) == [ImportOutcome.IMPORTED]
    (result,) = take(here, write_case_file(tmp_path / "grown.zip", grown))
    assert result.outcome is ImportOutcome.EXTENDED
    assert result.added == Counts(visits=2, pictures=4, predictions=8, reviews=4)
    assert_sound(here, grown)
    (older,) = take(here, tmp_path / "old.zip")
    assert older.outcome is ImportOutcome.ALREADY_THERE
    assert_sound(here, grown)


def test_cases_that_grew_in_both_logs_are_joined(here: Workspace, tmp_path: Path) -> None:
    """A visit of the same day among them, with a picture of its own on either side."""
    first, second = CASES[0].visits
    mine = replace(CASES[0], visits=(replace(first, pictures=first.pictures[:1], reviews=first.reviews[:1]), second))
    theirs = replace(
        CASES[0], visits=(replace(first, pictures=first.pictures[1:], reviews=first.reviews), visit_of(500, 30))
    )
    take(here, write_case_file(tmp_path / "mine.zip", mine))
    (result,) = take(here, write_case_file(tmp_path / "theirs.zip", theirs))
    assert result.added == Counts(visits=1, pictures=3, predictions=6, reviews=3)
    assert_sound(here, replace(CASES[0], visits=(first, second, visit_of(500, 30))))


def test_a_lesion_keeps_its_number_where_that_is_free(here: Workspace, tmp_path: Path) -> None:
    take(here, write_case_file(tmp_path / "first.zip", whole_case(1, 2)))
    take(here, write_case_file(tmp_path / "second.zip", whole_case(1, 1), whole_case(1, 2), whole_case(1, 4)))
    assert_sound(here, whole_case(1, 1), whole_case(1, 2), whole_case(1, 4))
    stranger = whole_case(1, 2, first_picture=700, days=(60,))
    (result,) = take(here, write_case_file(tmp_path / "third.zip", stranger))
    assert result.outcome is ImportOutcome.IMPORTED
    moved = replace(stranger, lesion=replace(stranger.lesion, number=5))
    assert_sound(here, whole_case(1, 1), whole_case(1, 2), whole_case(1, 4), moved)
    assert outcomes(take(here, tmp_path / "third.zip")) == [ImportOutcome.ALREADY_THERE]


@pytest.mark.parametrize(
    ("details", "contrary"),
    [
        ({"family_name": "Schmidt"}, "family name"),
        ({"given_name": "Eva"}, "given name"),
        ({"birth_date": date(1999, 1, 1)}, "birth date"),
        ({"family_name": "Schmidt", "birth_date": date(1999, 1, 1)}, "family name and birth date"),
    ],
)
def test_an_identifier_of_somebody_else_is_a_conflict_and_the_others_go_in(
    here: Workspace, file: Path, details: dict[str, object], contrary: str
) -> None:
    known = replace(CASES[0].patient.details, identifier=" p-1", **details)  # type: ignore[arg-type]
    here.casework.save_case(draft(7, known))
    before = cases_in(here)
    results = take(here, file)
    assert outcomes(results) == [ImportOutcome.REFUSED] * 2 + [ImportOutcome.IMPORTED] * 2
    for result in results[:2]:
        assert result.reason == f"The identifier P-1 is taken here by somebody with another {contrary}."
        assert (result.case_id, result.added, result.is_whole) == (None, Counts(), False)
    assert_sound(here, *before, *CASES[2:])


def test_case_accents_and_what_is_not_said_make_nobody_else(here: Workspace, tmp_path: Path) -> None:
    known = PatientDetails("P-1", "MULLER", "")
    here.casework.save_case(draft(7, known))
    given = PatientDetails("P-1", "Müller", "Eva", date(1961, 4, 2))
    case = replace(CASES[0], patient=replace(CASES[0].patient, details=given))
    (result,) = take(here, write_case_file(tmp_path / "cases.zip", case))
    assert result.outcome is ImportOutcome.IMPORTED
    assert result.kept_here == ("family name",)
    assert not result.is_whole
    patient = here.casework.log.patient_by_identifier("P-1")
    assert patient is not None
    assert patient.details == replace(given, family_name="MULLER")
    assert told(here, AuditAction.PATIENT_CORRECTED) == 1
    assert [found.patient_id for found in here.casework.log.patients("eva")] == [patient.patient_id]


def test_a_picture_that_somebody_else_has_too_is_said(here: Workspace, tmp_path: Path) -> None:
    take(here, write_case_file(tmp_path / "first.zip", whole_case(1, 1, first_picture=5)))
    twice = write_case_file(tmp_path / "second.zip", whole_case(2, 1, first_picture=5), whole_case(3, 1))
    results = take(here, twice)
    assert [result.also_of for result in results] == [("P-1",), ()]
    assert all(result.is_whole for result in results)
    assert [result.also_of for result in take(here, twice)] == [(), ()]
    (result,) = take(here, write_case_file(tmp_path / "third.zip", whole_case(3, 2, first_picture=5)))
    assert result.also_of == ("P-1", "P-2")


def test_what_was_corrected_here_stays_and_is_said(here: Workspace, file: Path) -> None:
    take(here, file)
    first = cases_in(here)[0].lesion
    case_id, corrected = first.case_id, replace(first.details, site=Site.ORAL_GENITAL, description="corrected here")
    here.casework.editing.correct_lesion(case_id, corrected)
    results = take(here, file)
    assert outcomes(results) == [ImportOutcome.ALREADY_THERE] * 4
    assert [result.kept_here for result in results] == [("site", "description"), (), (), ()]
    assert cases_in(here)[0].lesion.details == corrected


def test_a_dry_run_says_what_would_be_and_writes_nothing(here: Workspace, file: Path, tmp_path: Path) -> None:
    take(here, write_case_file(tmp_path / "old.zip", replace(CASES[0], visits=CASES[0].visits[:1])))
    here.casework.save_case(draft(7, PatientDetails("P-2", "Somebody", "Else")))
    before, head = cases_in(here), here.casework.log.audit_head()
    foreseen = take(here, file, dry_run=True)
    assert cases_in(here) == before
    assert here.casework.log.audit_head() == head
    done = take(here, file)
    new = [result for result in foreseen if result.case_id is None and result.outcome is ImportOutcome.IMPORTED]
    assert len(new) == 2
    assert [replace(result, case_id=None) for result in foreseen] == [replace(result, case_id=None) for result in done]


def test_a_patient_whose_blanks_would_be_filled_is_foreseen_once(here: Workspace, file: Path) -> None:
    take(here, file)
    patient = cases_in(here)[0].patient
    here.casework.editing.correct_patient(patient.patient_id, replace(patient.details, given_name=""))
    foreseen = take(here, file, dry_run=True)
    assert outcomes(foreseen) == [ImportOutcome.EXTENDED] + [ImportOutcome.ALREADY_THERE] * 3
    assert outcomes(take(here, file)) == outcomes(foreseen)
    assert_sound(here, *CASES)


def test_a_file_that_is_not_sound_changes_nothing(here: Workspace, file: Path) -> None:
    members = members_of(file)
    members["cases.jsonl"] += b"{}\n"
    write_members(file, members)
    head = here.casework.log.audit_head()
    with pytest.raises(CaseArchiveError, match="line 5"):
        take(here, file)
    assert here.casework.log.count() == 0
    assert here.casework.log.audit_head() == head
    assert not here.profile.log.images.exists()


def test_a_file_that_changes_while_it_is_imported_leaves_whole_cases(here: Workspace, file: Path) -> None:
    running = transfer(here).import_cases(file)
    next(running)
    content = file.read_bytes()
    with file.open("rb+") as opened:
        opened.seek(content.index(picture_of(LAST_PICTURE).content[:60]) + 50)
        opened.write(bytes(40))
    with pytest.raises(CaseArchiveError):
        list(running)
    assert_sound(here, *CASES[:3])


def test_what_was_imported_is_told_to_the_audit(here: Workspace, file: Path) -> None:
    take(here, file)
    counts = {action: told(here, action) for action in AuditAction}
    assert counts[AuditAction.CASE_IMPORTED] == counts[AuditAction.LESION_ADDED] == 4
    assert counts[AuditAction.PATIENT_ADDED] == 3
    assert counts[AuditAction.PICTURE_ADDED] == 16
    assert counts[AuditAction.PREDICTION_ADDED] == 32
    assert counts[AuditAction.REVIEW_ADDED] == 16
    assert counts[AuditAction.FINAL_DIAGNOSIS_ADDED] == 8
    entry = next(e for e in here.casework.log.audit_entries() if e.action == AuditAction.CASE_IMPORTED)
    assert entry.detail == '{"case": 31, "source": "cases.zip"}'
    assert here.casework.log.verify_audit() == ()


def test_an_export_is_told_before_anything_is_written(here: Workspace, file: Path, tmp_path: Path) -> None:
    take(here, file)
    told_before = told(here, AuditAction.PATIENT_EXPORTED)
    seen: list[int] = []

    def look(done: int) -> None:
        seen.append(told(here, AuditAction.PATIENT_EXPORTED) - told_before)

    transfer(here).export_patients(tmp_path / "out.zip", ["P-3", "p-1", "P-1"], progress=look)
    assert seen == [2, 2, 2]


def test_only_who_matches_is_exported(here: Workspace, file: Path, tmp_path: Path) -> None:
    take(here, file)
    transfer(here).export_matching(tmp_path / "out.zip", "text 2")
    with CaseArchive(tmp_path / "out.zip") as archive:
        assert [[case.patient.details for case in cases] for cases in archive.patients()] == [
            [CASES[2].patient.details]
        ]


def test_every_patient_is_exported_however_many_there_are(
    here: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.services.transfer._PATIENTS_AT_ONCE", 2)
    cases = tuple(whole_case(number, days=(0,)) for number in range(1, 8))
    take(here, write_case_file(tmp_path / "in.zip", *cases))
    assert transfer(here).export_matching(tmp_path / "out.zip", "").counts.patients == 7
    assert told(here, AuditAction.PATIENT_EXPORTED) == 7


def test_nobody_to_export_is_said_and_no_file_made(here: Workspace, file: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidCaseError, match="nobody to export"):
        transfer(here).export_matching(tmp_path / "out.zip", "")
    take(here, file)
    with pytest.raises(InvalidCaseError, match="no patient with the identifier P-9"):
        transfer(here).export_patients(tmp_path / "out.zip", ["P-1", "P-9"])
    with pytest.raises(OutputUnavailableError, match="exists already"):
        transfer(here).export_matching(file, "")
    assert told(here, AuditAction.PATIENT_EXPORTED) == 0
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["cases.zip"]


def test_a_case_with_a_lost_picture_is_left_out_and_named(here: Workspace, file: Path, tmp_path: Path) -> None:
    take(here, file)
    lost = CASES[1].visits[1].pictures[0].details.sha256
    path = here.casework.log._images.find(lost)
    assert path is not None
    path.unlink()
    exported = transfer(here).export_matching(tmp_path / "out.zip", "")
    assert exported.counts.cases == 3
    (left_out,) = exported.left_out
    assert left_out.case_id == cases_in(here)[1].lesion.case_id
    assert "A picture is missing" in left_out.reason


def test_a_case_that_could_not_be_imported_is_left_out_and_named(here: Workspace, tmp_path: Path) -> None:
    take(here, write_case_file(tmp_path / "in.zip", CASES[2]))
    picture = cases_in(here)[0].visits[0].pictures[0]
    strange = replace(picture.predictions[0], probabilities=(0.9, 0.9), created_at=datetime(2026, 5, 1, tzinfo=UTC))
    here.casework.log.append_prediction(picture.image_id, strange)
    exported = transfer(here).export_matching(tmp_path / "out.zip", "")
    assert exported.counts == Counts()
    (left_out,) = exported.left_out
    assert "predictions[2].probabilities are not each from 0 to 1 and 1 in sum" in left_out.reason


def test_a_case_log_that_fails_in_the_middle_leaves_whole_cases(
    here: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = transfer(here).import_cases(file)
    next(running)
    monkeypatch.setattr("skindesk.storage.image_store.write_durably", _full)
    with pytest.raises(CaseLogUnavailableError, match="full"):
        list(running)
    monkeypatch.undo()
    assert_sound(here, CASES[0])
    take(here, file)
    assert_sound(here, *CASES)


def test_an_assistant_takes_in_what_nobody_has_judged(here: Workspace, tmp_path: Path) -> None:
    file = write_case_file(tmp_path / "unjudged.zip", unjudged(CASES[0]))
    judged = write_case_file(tmp_path / "judged.zip", *CASES)
    sign_in(here, Role.ASSISTANT)
    with pytest.raises(AccessRefusedError, match="As assistant"):
        take(here, judged)
    assert here.casework.log.count() == 0
    assert outcomes(take(here, file)) == [ImportOutcome.IMPORTED]
    with pytest.raises(AccessRefusedError, match="As assistant"):
        transfer(here).export_matching(tmp_path / "out.zip", "")
    assert not (tmp_path / "out.zip").exists()


def test_an_assistant_fills_in_no_blanks(here: Workspace, tmp_path: Path) -> None:
    here.casework.save_case(draft(7, PatientDetails("P-1", "text 1 – Größe")))
    sign_in(here, Role.ASSISTANT)
    (result,) = take(here, write_case_file(tmp_path / "unjudged.zip", unjudged(CASES[0])))
    assert result.outcome is ImportOutcome.IMPORTED
    assert result.kept_here == ("given name", "birth date", "sex", "skin type", "history", "notes", "state")
    assert cases_in(here)[-1].lesion.state is LesionState.NEW
    assert told(here, AuditAction.PATIENT_CORRECTED) == 0


def test_a_clinician_exports_and_imports(here: Workspace, file: Path, tmp_path: Path) -> None:
    sign_in(here, Role.CLINICIAN)
    take(here, file)
    assert transfer(here).export_matching(tmp_path / "out.zip", "").counts.cases == 4


def test_a_locked_log_gives_and_takes_nothing(here: Workspace, file: Path, tmp_path: Path) -> None:
    moving = transfer(here)
    here.access.lock()
    with pytest.raises(AccessRefusedError, match="locked"):
        list(moving.import_cases(file))
    with pytest.raises(AccessRefusedError, match="locked"):
        moving.export_matching(tmp_path / "out.zip", "")


def standing(case: Case, state: LesionState, follow_up_on: date | None = None) -> Case:
    """A case whose state was set by hand."""
    return replace(case, lesion=replace(case.lesion, state=state, follow_up_on=follow_up_on))


def reviewed(case: Case, plan: Plan, day: int, follow_up_on: date | None = None) -> Case:
    """A case with one more visit on a later day, with a review of this plan."""
    visit = visit_of(900 + day, day)
    review = visit.reviews[0]
    details = replace(review.details, plan=plan, follow_up_on=follow_up_on)
    only = replace(visit, pictures=(), reviews=(replace(review, details=details),))
    return replace(case, visits=(*case.visits, only))


def test_a_diagnosis_that_was_made_since_arrives_once(here: Workspace, tmp_path: Path) -> None:
    open_case = replace(CASES[0], final_diagnoses=CASES[0].final_diagnoses[:1])
    take(here, write_case_file(tmp_path / "open.zip", open_case))
    (result,) = take(here, write_case_file(tmp_path / "closed.zip", CASES[0]))
    assert (result.outcome, result.added) == (ImportOutcome.EXTENDED, Counts(final_diagnoses=1))
    assert_sound(here, CASES[0])
    assert outcomes(take(here, tmp_path / "closed.zip")) == [ImportOutcome.ALREADY_THERE]
    assert told(here, AuditAction.FINAL_DIAGNOSIS_ADDED) == 2
    attachment = CASES[0].final_diagnoses[1].details.attachment
    assert attachment is not None
    assert here.casework.log.picture(attachment.sha256) == contents_of(CASES[0])[attachment.sha256]


def test_the_diagnosis_that_was_recorded_last_counts_wherever_that_was(here: Workspace, tmp_path: Path) -> None:
    """The numbers that a log gives follow the imports, the times do not."""
    older, newer = CASES[0].final_diagnoses
    take(here, write_case_file(tmp_path / "newer.zip", replace(CASES[0], final_diagnoses=(newer,))))
    take(here, write_case_file(tmp_path / "older.zip", replace(CASES[0], final_diagnoses=(older,))))
    assert_sound(here, CASES[0])
    (summary,) = here.casework.log.page().cases
    assert summary.final_diagnosis == newer.details.diagnosis


def test_a_new_lesion_stands_as_where_it_comes_from(here: Workspace, tmp_path: Path) -> None:
    """Even where somebody set that by hand, whatever its reviews and diagnoses ask for."""
    cases = (
        standing(CASES[0], LesionState.WATCHED, date(2027, 1, 2)),
        standing(CASES[1], LesionState.NEW),
        standing(reviewed(CASES[2], Plan.BIOPSY, 20), LesionState.BIOPSY_PENDING, date(2026, 4, 10)),
        standing(unjudged(CASES[3]), LesionState.CLOSED),
    )
    take(here, write_case_file(tmp_path / "cases.zip", *cases))
    assert_sound(here, *cases)
    (pending,) = here.casework.log.record.worklist(date(2026, 4, 1), kinds=(Due.RESULT_PENDING,))
    assert pending.since == date(2026, 4, 3)


def test_a_biopsy_decided_by_hand_waits_since_the_last_visit(here: Workspace, tmp_path: Path) -> None:
    take(here, write_case_file(tmp_path / "cases.zip", standing(CASES[0], LesionState.BIOPSY_PENDING)))
    (pending,) = here.casework.log.record.worklist(date(2026, 4, 1), kinds=(Due.RESULT_PENDING,))
    assert pending.since == CASES[0].visits[-1].visited_at.date()
    entry = next(e for e in here.casework.log.audit_entries() if e.action == AuditAction.STATE_CHANGED)
    assert entry.detail == '{"state": {"new": "biopsy pending", "old": "new"}}'


def test_a_known_lesion_follows_what_is_new_of_it(here: Workspace, tmp_path: Path) -> None:
    watched = standing(reviewed(unjudged(CASES[0]), Plan.WATCH, 20), LesionState.WATCHED)
    take(here, write_case_file(tmp_path / "watched.zip", watched))
    closed = standing(replace(watched, final_diagnoses=CASES[0].final_diagnoses), LesionState.CLOSED)
    later = replace(closed.final_diagnoses[1], created_at=watched.visits[-1].visited_at + timedelta(days=1))
    closed = replace(closed, final_diagnoses=(closed.final_diagnoses[0], later))
    (result,) = take(here, write_case_file(tmp_path / "closed.zip", closed))
    assert result.is_whole
    assert_sound(here, closed)
    assert told(here, AuditAction.STATE_CHANGED) == 0
    reopened = standing(reviewed(closed, Plan.REFER, 40), LesionState.NEW, date(2026, 12, 24))
    take(here, write_case_file(tmp_path / "reopened.zip", reopened))
    assert_sound(here, reopened)
    assert told(here, AuditAction.STATE_CHANGED) == 1


def test_a_state_that_was_set_here_stays_where_nothing_new_asks_for_another(here: Workspace, tmp_path: Path) -> None:
    there = standing(reviewed(CASES[0], Plan.WATCH, 20), LesionState.WATCHED)
    file = write_case_file(tmp_path / "first.zip", there)
    take(here, file)
    case_id = cases_in(here)[0].lesion.case_id
    here.casework.editing.change_state(case_id, LesionState.CLOSED, None, "it fell off")
    (same,) = take(here, file)
    assert (same.outcome, same.kept_here) == (ImportOutcome.ALREADY_THERE, ("state",))
    earlier = replace(there, visits=(visit_of(500, 3), *there.visits))
    (result,) = take(here, write_case_file(tmp_path / "second.zip", earlier))
    assert (result.outcome, result.kept_here) == (ImportOutcome.EXTENDED, ("state",))
    assert cases_in(here)[0].lesion.state is LesionState.CLOSED
    assert len(cases_in(here)[0].visits) == 4


def test_a_file_that_knows_less_says_nothing_of_the_state(here: Workspace, tmp_path: Path) -> None:
    older = standing(reviewed(unjudged(CASES[0]), Plan.WATCH, 20), LesionState.WATCHED)
    file = write_case_file(tmp_path / "older.zip", older)
    take(here, file)
    case_id = cases_in(here)[0].lesion.case_id
    here.casework.editing.review(case_id, ReviewDetails("mel", plan=Plan.EXCISE), datetime(2026, 5, 1, tzinfo=UTC))
    (result,) = take(here, file)
    assert result.is_whole
    assert cases_in(here)[0].lesion.state is LesionState.BIOPSY_PENDING


def test_what_was_withdrawn_is_not_exported(here: Workspace, file: Path, tmp_path: Path) -> None:
    take(here, file)
    withdraw_one_of_each(here, cases_in(here)[0])
    kept = cases_in(here)
    transfer(here).export_matching(tmp_path / "out.zip", "")
    with CaseArchive(tmp_path / "out.zip") as archive:
        archive.check()
        written = tuple(case for cases in archive.patients() for case in cases)
    assert written == kept
    gone = CASES[0].visits[0].pictures[0].details.sha256, CASES[0].final_diagnoses[1].details.attachment.sha256  # type: ignore[union-attr]
    assert not [name for name in members_of(tmp_path / "out.zip") if any(sha256 in name for sha256 in gone)]


def test_what_was_withdrawn_here_stays_so_and_is_said(here: Workspace, file: Path, tmp_path: Path) -> None:
    take(here, file)
    withdraw_one_of_each(here, cases_in(here)[0])
    kept = cases_in(here)
    results = take(here, file)
    assert outcomes(results) == [ImportOutcome.ALREADY_THERE] * 4
    assert results[0].kept_here == ("withdrawn picture", "withdrawn review", "withdrawn final diagnosis")
    assert [result.is_whole for result in results] == [False, True, True, True]
    first, second = CASES[0].visits
    again = replace(first.pictures[0].predictions[0], created_at=datetime(2026, 8, 1, tzinfo=UTC))
    seen = replace(first.pictures[0], predictions=(*first.pictures[0].predictions, again))
    grown = replace(CASES[0], visits=(replace(first, pictures=(seen, *first.pictures[1:])), second))
    (result,) = take(here, write_case_file(tmp_path / "grown.zip", grown))
    assert (result.outcome, result.added) == (ImportOutcome.EXTENDED, Counts(predictions=1))
    assert "withdrawn picture" in result.kept_here
    assert cases_in(here) == kept


def test_a_lesion_of_which_everything_was_withdrawn_is_not_made_again(here: Workspace, tmp_path: Path) -> None:
    case = replace(CASES[0], visits=(replace(CASES[0].visits[0], pictures=()),), final_diagnoses=())
    file = write_case_file(tmp_path / "cases.zip", case)
    take(here, file)
    (kept,) = cases_in(here)
    for review in kept.visits[0].reviews:
        here.casework.log.record.withdraw(Withdrawable.REVIEW, review.review_id)
    here.casework.editing.correct_lesion(kept.lesion.case_id, LesionDetails(description="elsewhere"))
    (result,) = take(here, file)
    assert (result.case_id, result.added) == (kept.lesion.case_id, Counts())
    assert "withdrawn review" in result.kept_here
    assert len(cases_in(here)) == 1


def test_a_former_identifier_leads_to_the_patient_who_was_kept(here: Workspace, tmp_path: Path) -> None:
    older = replace(CASES[2], visits=CASES[2].visits[:1])
    take(here, write_case_file(tmp_path / "first.zip", CASES[0], older))
    keep, gone = (case.patient.patient_id for case in cases_in(here))
    born = CASES[0].patient.details.birth_date
    here.casework.editing.correct_patient(gone, replace(cases_in(here)[1].patient.details, birth_date=born))
    here.casework.editing.merge(keep, gone)
    details = replace(CASES[2].patient.details, birth_date=born)
    grown = replace(CASES[2], patient=replace(CASES[2].patient, details=details))
    stranger = replace(whole_case(2, 2), patient=grown.patient)
    file = write_case_file(tmp_path / "second.zip", grown, stranger)
    foreseen = take(here, file, dry_run=True)
    known, new = take(here, file)
    assert [replace(result, case_id=None) for result in foreseen] == [
        replace(result, case_id=None) for result in (known, new)
    ]
    assert (known.outcome, new.outcome) == (ImportOutcome.EXTENDED, ImportOutcome.IMPORTED)
    assert known.added == Counts(visits=1, pictures=2, predictions=4, reviews=2)
    assert {"identifier", "family name", "given name"} <= set(known.kept_here)
    assert [(case.patient.details.identifier, case.lesion.number) for case in cases_in(here)] == [
        ("P-1", 1), ("P-1", 2), ("P-1", 3),
    ]  # fmt: skip
    assert outcomes(take(here, file)) == [ImportOutcome.ALREADY_THERE] * 2
    assert here.casework.log.count(CaseFilter("P-2")) == 3


def test_a_former_identifier_of_somebody_born_otherwise_is_refused(here: Workspace, tmp_path: Path) -> None:
    take(here, write_case_file(tmp_path / "first.zip", CASES[0], CASES[2]))
    keep, gone = (case.patient.patient_id for case in cases_in(here))
    here.casework.editing.merge(keep, gone)
    kept = cases_in(here)
    (result,) = take(here, write_case_file(tmp_path / "second.zip", CASES[2]))
    assert result.reason == "The identifier P-2 leads here to P-1, who has another birth date."
    assert cases_in(here) == kept


def test_imported_words_are_found_at_once(here: Workspace, tmp_path: Path) -> None:
    log = here.casework.log
    told_of = replace(CASES[0].patient.details, history="Aunt with Merkelzellkarzinom")
    said = CASES[0].final_diagnoses[0]
    case = replace(
        CASES[0],
        patient=replace(CASES[0].patient, details=told_of),
        final_diagnoses=(replace(said, details=replace(said.details, text="Clark-Level II")),),
    )
    take(here, write_case_file(tmp_path / "first.zip", case))
    words = ("merkelzell", "Clark-Level", "größe", "letter", case.visits[0].reviews[1].details.notes)
    assert [log.count(CaseFilter(word)) for word in words] == [1, 1, 1, 0, 1]
    visit = visit_of(500, 30)
    review = replace(visit.reviews[0], details=replace(visit.reviews[0].details, notes="Regressionszone"))
    grown = replace(case, visits=(*case.visits, replace(visit, reviews=(review,))))
    take(here, write_case_file(tmp_path / "second.zip", grown))
    assert [log.count(CaseFilter(word)) for word in ("Regressionszone", "merkelzell", "2026-04-13")] == [1, 1, 1]
    assert [summary.lesion.state for summary in log.page(CaseFilter(grown.lesion.state)).cases] == [grown.lesion.state]


def test_a_file_of_the_first_version_is_taken_and_its_successor_adds_to_it(here: Workspace, tmp_path: Path) -> None:
    case = replace(CASES[0], visits=tuple(map(reviewed_once, CASES[0].visits)))
    take(here, write_first_version(tmp_path / "old.zip", case))
    assert cases_in(here)[0].lesion.state is LesionState.WATCHED
    (result,) = take(here, write_case_file(tmp_path / "new.zip", case))
    assert (result.outcome, result.added) == (ImportOutcome.EXTENDED, Counts(final_diagnoses=2))
    assert result.kept_here == ("how a picture was taken or measured",)
    assert cases_in(here)[0].patient.details == CASES[0].patient.details
    assert cases_in(here)[0].lesion.details == CASES[0].lesion.details


def test_a_lesion_without_visits_arrives_once(here: Workspace, log_named: Logs, tmp_path: Path) -> None:
    there = log_named("there")
    there.casework.editing.add_patient(PatientDetails("P-0"))
    patient = there.casework.editing.add_patient(PatientDetails("P-1"))
    for place in ("left arm", "right arm"):
        there.casework.editing.add_lesion(patient.patient_id, LesionDetails(Site.UPPER_EXTREMITY, place))
    exported = transfer(there).export_matching(tmp_path / "cases.zip", "")
    assert (exported.counts, exported.left_out, exported.without_cases) == (Counts(patients=1, cases=2), (), 1)
    take(here, tmp_path / "cases.zip")
    assert_sound(here, *cases_in(there))
    assert outcomes(take(here, tmp_path / "cases.zip")) == [ImportOutcome.ALREADY_THERE] * 2


def test_a_case_with_a_lost_or_too_long_attachment_is_left_out_and_named(
    here: Workspace, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(here, file)
    attachment = CASES[1].final_diagnoses[1].details.attachment
    assert attachment is not None
    path = here.casework.log._images.find(attachment.sha256)
    assert path is not None
    path.unlink()
    exported = transfer(here).export_matching(tmp_path / "out.zip", "")
    assert [left_out.case_id for left_out in exported.left_out] == [cases_in(here)[1].lesion.case_id]
    monkeypatch.setattr("skindesk.services.transfer.MAX_ATTACHMENT_MB", 0)
    exported = transfer(here).export_matching(tmp_path / "none.zip", "")
    assert exported.counts.cases == 0
    assert "has more than 0 MB" in exported.left_out[0].reason


def test_an_assistant_takes_in_no_diagnosis(here: Workspace, tmp_path: Path) -> None:
    diagnosed = replace(unjudged(CASES[0]), final_diagnoses=CASES[0].final_diagnoses)
    sign_in(here, Role.ASSISTANT)
    with pytest.raises(AccessRefusedError, match="As assistant"):
        take(here, write_case_file(tmp_path / "diagnosed.zip", diagnosed))


def reviewed_once(visit: Visit) -> Visit:
    """A visit whose reviews say what the first version knew: no second impression, no day to follow up."""
    reviews = (
        replace(
            review, details=replace(review.details, second_impression="", second_confidence=None, follow_up_on=None)
        )
        for review in visit.reviews
    )
    return replace(visit, reviews=tuple(reviews))


def withdraw_one_of_each(workspace: Workspace, case: Case) -> None:
    """Withdraw a case's first picture and review, and the final diagnosis that has a letter."""
    record = workspace.casework.log.record
    record.withdraw(Withdrawable.PICTURE, case.visits[0].pictures[0].image_id)
    record.withdraw(Withdrawable.REVIEW, case.visits[0].reviews[0].review_id)
    record.withdraw(Withdrawable.FINAL_DIAGNOSIS, case.final_diagnoses[1].final_diagnosis_id)


def unjudged(case: Case) -> Case:
    """A case of which nobody has said anything yet."""
    visits = tuple(replace(visit, reviews=()) for visit in case.visits)
    return replace(case, visits=visits, final_diagnoses=())


def draft(number: int, patient: int | str | PatientDetails) -> CaseDraft:
    picture = picture_of(number)
    return CaseDraft(
        patient=PatientDetails(patient) if isinstance(patient, str) else patient,
        lesion=LesionDetails(Site.UNKNOWN, f"spot {number}"),
        pictures=(
            DraftPicture(
                PictureDetails(picture.sha256, f"{number}.png", "image/png", 40, 40, Modality.CLINICAL), picture.content
            ),
        ),
        review=ReviewDetails("nv", notes=f"note {number}"),
        visited_at=datetime(2025, 1, 1, 12, number % 60, tzinfo=UTC),
    )


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")
