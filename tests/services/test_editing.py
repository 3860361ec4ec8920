"""Edits of the record, the roles that may make them, and taking them back."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.case import (
    CaseDraft,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    Plan,
    ReviewDetails,
    Site,
)
from skindesk.domain.contract import Modality
from skindesk.domain.errors import AccessRefusedError, CaseLogUnavailableError, InvalidCaseError
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.people import Permission, Person, Role
from skindesk.services.casework import Casework
from skindesk.services.editing import Edit, Editing, EditKind
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import Profile

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
WATCH = ReviewDetails("nv", plan=Plan.WATCH, follow_up_on=date(2026, 6, 1))
NEVUS = FinalDiagnosisDetails("nv", MalignancyGroup.BENIGN, ConfirmedBy.HISTOPATHOLOGY, date(2026, 3, 20))


def anybody(_permission: Permission) -> None:
    """Nobody is refused."""


def draft(identifier: str = "P-1", review: ReviewDetails | None = None) -> CaseDraft:
    content = identifier.encode()
    digest = hashlib.sha256(content).hexdigest()
    return CaseDraft(
        PatientDetails(identifier, "Müller"),
        LesionDetails(Site.UPPER_EXTREMITY),
        (DraftPicture(PictureDetails(digest, "a.jpg", "image/jpeg", 600, 450, Modality.CLINICAL), content),),
        review,
        NOON,
    )


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CaseLog]:
    with closing(open_case_log(Profile(tmp_path / "profile").log, DataKey.new())) as opened:
        yield opened


@pytest.fixture
def casework(log: CaseLog) -> Casework:
    return Casework(log, anybody)


EditOf = Callable[[Editing, int, int], object]
EDITS: dict[EditKind, EditOf] = {
    EditKind.PATIENT_CORRECTED: lambda editing, patient, _: editing.correct_patient(
        patient, PatientDetails("P-1", "Meyer", notes="moved")
    ),
    EditKind.LESION_CORRECTED: lambda editing, _, case: editing.correct_lesion(
        case, LesionDetails(Site.POSTERIOR_TORSO, "", BodyPosition(BodyView.BACK, 0.5, 0.25))
    ),
    EditKind.REVIEWED: lambda editing, _, case: editing.review(case, WATCH, NOON),
    EditKind.DIAGNOSED: lambda editing, _, case: editing.diagnose(case, NEVUS),
    EditKind.STATE_CHANGED: lambda editing, _, case: editing.change_state(case, LesionState.WATCHED, date(2026, 5, 1)),
    EditKind.PICTURE_REMOVED: lambda editing, _, case: editing.remove_picture(case, 1),
}


@pytest.mark.parametrize("kind", EDITS)
def test_every_edit_can_be_taken_back_and_made_again(casework: Casework, kind: EditKind) -> None:
    saved = casework.save_case(draft())
    before = casework.log.case(saved.case_id)

    EDITS[kind](casework.editing, saved.patient_id, saved.case_id)
    after = casework.log.case(saved.case_id)
    assert after != before

    undone = casework.editing.undo()
    assert undone is not None
    assert (undone.kind, undone.patient_id) == (kind, saved.patient_id)
    assert casework.log.case(saved.case_id) == before
    assert casework.editing.redo() == undone
    assert casework.log.case(saved.case_id) == after
    assert casework.log.verify_audit() == ()


def test_a_saved_case_is_taken_back_with_its_review(casework: Casework) -> None:
    saved = casework.save_case(draft(review=WATCH))

    casework.editing.undo()

    case = casework.log.case(saved.case_id)
    assert (case.visits[0].pictures, case.visits[0].reviews, case.lesion.state) == ((), (), LesionState.NEW)
    casework.editing.redo()
    assert casework.log.case(saved.case_id).lesion.state is LesionState.WATCHED


def test_a_new_patient_and_lesion_are_taken_back_while_they_are_empty(casework: Casework) -> None:
    patient = casework.editing.add_patient(PatientDetails("P-7"))
    casework.editing.add_lesion(patient.patient_id, LesionDetails())

    kinds = [casework.editing.undo(), casework.editing.undo(), casework.editing.undo()]

    assert [edit and edit.kind for edit in kinds] == [EditKind.LESION_ADDED, EditKind.PATIENT_ADDED, None]
    assert (casework.log.count(), casework.log.patients(), casework.editing.redo()) == (0, (), None)


def test_a_merge_is_taken_back_and_made_again(casework: Casework) -> None:
    keep, gone = casework.save_case(draft("P-1")), casework.save_case(draft("P-2"))

    casework.editing.merge(keep.patient_id, gone.patient_id)
    assert len(casework.log.cases_of(keep.patient_id)) == 2
    casework.editing.undo()
    assert len(casework.log.cases_of(gone.patient_id)) == 1
    casework.editing.redo()
    assert len(casework.log.cases_of(keep.patient_id)) == 2


def test_what_somebody_else_has_changed_since_is_not_taken_back(casework: Casework) -> None:
    saved = casework.save_case(draft())
    casework.editing.correct_patient(saved.patient_id, PatientDetails("P-1", "Meyer"))
    casework.log.correct_patient(saved.patient_id, PatientDetails("P-1", "Meier"))

    with pytest.raises(InvalidCaseError, match="changed again"):
        casework.editing.undo()

    assert casework.log.record.patient(saved.patient_id).details.family_name == "Meier"
    assert casework.editing.last is not None
    assert casework.editing.last.kind is EditKind.CASE_SAVED


def test_a_new_edit_ends_what_could_be_made_again(casework: Casework) -> None:
    saved = casework.save_case(draft())
    casework.editing.review(saved.case_id, WATCH, NOON)
    casework.editing.undo()

    casework.editing.change_state(saved.case_id, LesionState.CLOSED, None)

    assert casework.editing.redo() is None


def test_what_a_full_disk_kept_from_being_taken_back_can_be_tried_again(
    casework: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = casework.save_case(draft())
    casework.editing.review(saved.case_id, WATCH, NOON)

    def refuse(*_: object) -> None:
        raise CaseLogUnavailableError("The drive is full.", "Make room.")

    for again in (casework.editing.undo, casework.editing.redo):
        with monkeypatch.context() as full:
            full.setattr(casework.log.record, "withdraw", refuse)
            full.setattr(casework.log.record, "bring_back", refuse)
            with pytest.raises(CaseLogUnavailableError):
                again()
        edit = again()
        assert edit is not None
        assert edit.kind is EditKind.REVIEWED
    assert casework.log.record.lesion(saved.case_id).state is LesionState.WATCHED


def test_whoever_listens_hears_of_each_edit_and_its_undoing_once(casework: Casework) -> None:
    heard: list[str] = []
    listener = lambda: heard.append("edit")  # noqa: E731 - the same one twice
    casework.editing.listen(listener)
    casework.editing.listen(listener)

    casework.save_case(draft())
    casework.editing.undo()
    casework.editing.redo()
    casework.editing.change_state(1, LesionState.NEW, None)  # as it was

    assert len(heard) == 3


def test_an_assistant_records_and_neither_judges_nor_corrects(log: CaseLog) -> None:
    assistant = Person("ben", "Ben", Role.ASSISTANT)

    def require(permission: Permission) -> None:
        if not assistant.may(permission):
            raise AccessRefusedError("You may not.", "Ask.")

    casework = Casework(log, require)
    patient = casework.editing.add_patient(PatientDetails("P-7"))
    lesion = casework.editing.add_lesion(patient.patient_id, LesionDetails())
    refused: list[Callable[[], object]] = [
        lambda: casework.editing.correct_patient(patient.patient_id, replace(patient.details, notes="x")),
        lambda: casework.editing.correct_lesion(lesion.case_id, LesionDetails(Site.HEAD_NECK)),
        lambda: casework.editing.review(lesion.case_id, WATCH, NOON),
        lambda: casework.editing.diagnose(lesion.case_id, NEVUS),
        lambda: casework.editing.change_state(lesion.case_id, LesionState.CLOSED, None),
        lambda: casework.editing.merge(patient.patient_id, patient.patient_id),
    ]
    for edit in refused:
        with pytest.raises(AccessRefusedError):
            edit()


def test_people_who_may_be_the_same_are_found_before_one_is_added(casework: Casework) -> None:
    record = casework.log.record
    eva = record.add_patient(PatientDetails("P-1", "Müller", "Eva", date(1961, 4, 2)))
    record.add_patient(PatientDetails("P-2", "Schmidt", "Jan"))

    for alike in (
        PatientDetails("p-1 "),
        PatientDetails("X", "MULLER", "eva"),
        PatientDetails("X", "Eva", "Müller"),
        PatientDetails("X", "Müller", "Ewa", date(1961, 4, 2)),
    ):
        assert record.similar_patients(alike) == (eva,)
    assert record.similar_patients(PatientDetails("X", "Müller", "Jan")) == ()


def test_an_edit_says_of_whom_it_is(casework: Casework) -> None:
    saved = casework.save_case(draft())
    edit = casework.editing.last
    assert isinstance(edit, Edit)
    assert (edit.patient_id, edit.case_id) == (saved.patient_id, saved.case_id)
