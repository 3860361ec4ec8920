"""What the case log keeps beyond saved pictures: states, reviews, final diagnoses, merges, drafts, search."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.case import (
    CaseDraft,
    LesionDetails,
    PatientDetails,
    Plan,
    ReviewDetails,
    Sex,
    Site,
    SkinType,
)
from skindesk.domain.case_filter import CaseFilter, SavedFilter
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.final_diagnosis import Attachment, ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.worklist import Due, WorklistItem
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.case_record import Withdrawable
from skindesk.storage.due import _conditions
from skindesk.storage.rows import LesionRow
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import Profile

MakeDraft = Callable[..., CaseDraft]
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
TODAY = NOON.date()
WATCH = ReviewDetails("nv", plan=Plan.WATCH, follow_up_on=date(2026, 6, 1))
MELANOMA = FinalDiagnosisDetails(
    "mel", MalignancyGroup.MALIGNANT, ConfirmedBy.HISTOPATHOLOGY, date(2026, 3, 20), "Breslow 0.3 mm"
)
EXCISE = ReviewDetails("mel", plan=Plan.EXCISE)


def state(log: CaseLog, case_id: int) -> LesionState:
    return log.case(case_id).lesion.state


def found(log: CaseLog, wanted: CaseFilter) -> list[int]:
    return [summary.case_id for summary in log.page(wanted).cases]


def test_a_plan_sets_the_state_and_the_final_diagnosis_closes_the_case(log: CaseLog, make_draft: MakeDraft) -> None:
    case_id = log.save(make_draft(review=WATCH)).case_id
    assert (state(log, case_id), log.case(case_id).lesion.follow_up_on) == (LesionState.WATCHED, WATCH.follow_up_on)

    log.record.review(case_id, EXCISE, NOON + timedelta(days=1))
    assert state(log, case_id) is LesionState.BIOPSY_PENDING

    log.record.diagnose(case_id, MELANOMA)
    case = log.case(case_id)
    assert (case.lesion.state, case.lesion.follow_up_on) == (LesionState.CLOSED, None)
    assert case.final_diagnosis is not None
    assert case.final_diagnosis.details == MELANOMA

    log.record.review(case_id, WATCH, NOON + timedelta(days=60))
    assert state(log, case_id) is LesionState.WATCHED


def test_what_is_withdrawn_is_shown_no_more_and_can_be_brought_back(log: CaseLog, make_draft: MakeDraft) -> None:
    case_id = log.save(make_draft()).case_id
    review_id = log.record.review(case_id, EXCISE, NOON)
    diagnosis_id = log.record.diagnose(case_id, MELANOMA)
    assert review_id is not None

    log.record.withdraw(Withdrawable.FINAL_DIAGNOSIS, diagnosis_id)
    assert (state(log, case_id), log.case(case_id).final_diagnoses) == (LesionState.BIOPSY_PENDING, ())
    log.record.withdraw(Withdrawable.REVIEW, review_id)
    assert (state(log, case_id), log.case(case_id).visits[0].reviews) == (LesionState.NEW, ())
    assert found(log, CaseFilter("breslow")) == found(log, CaseFilter("excise")) == []

    log.record.bring_back(Withdrawable.REVIEW, review_id)
    log.record.bring_back(Withdrawable.FINAL_DIAGNOSIS, diagnosis_id)
    assert state(log, case_id) is LesionState.CLOSED
    assert found(log, CaseFilter("breslow excise")) == [case_id]


def test_a_withdrawn_picture_counts_no_more_and_comes_back_when_it_is_saved_again(
    log: CaseLog, make_draft: MakeDraft, make_prediction: Callable[..., object]
) -> None:
    saved = log.save(make_draft(prediction=make_prediction()))
    log.record.withdraw(Withdrawable.PICTURE, saved.image_ids[0])
    (summary,) = log.page().cases
    assert (summary.picture_count, summary.malignant_sum) == (0, None)
    assert log.case(saved.case_id).visits[0].pictures == ()

    log.save(make_draft(saved.patient_id, saved.case_id))
    (summary,) = log.page().cases
    assert (summary.picture_count, summary.malignant_sum) == (1, pytest.approx(0.3))


def test_an_attachment_is_kept_with_its_bytes_and_counts_as_a_file_of_the_log(
    log: CaseLog, make_draft: MakeDraft
) -> None:
    letter = b"%PDF-1.7 letter"
    attachment = Attachment(hashlib.sha256(letter).hexdigest(), "letter.pdf", "application/pdf")
    case_id = log.save(make_draft()).case_id

    log.record.diagnose(case_id, replace(MELANOMA, attachment=attachment), letter)

    assert log.picture(attachment.sha256) == letter
    assert log.check(full=True) == ()
    with pytest.raises(ValueError, match="attachment"):
        log.record.diagnose(case_id, replace(MELANOMA, attachment=attachment))


def test_a_patient_and_a_lesion_can_be_added_before_any_picture_and_removed_while_empty(
    log: CaseLog, make_draft: MakeDraft
) -> None:
    patient = log.record.add_patient(PatientDetails("P-7", "Müller", history="melanoma of the mother"))
    place = BodyPosition(BodyView.BACK, 0.25, 0.5)
    lesion = log.record.add_lesion(patient.patient_id, LesionDetails(Site.POSTERIOR_TORSO, position=place))

    assert log.case(lesion.case_id).lesion.details.position == place
    assert found(log, CaseFilter("mother mull")) == [lesion.case_id]
    with pytest.raises(InvalidCaseError, match="lesions"):
        log.record.remove_empty_patient(patient.patient_id)
    log.record.remove_empty_lesion(lesion.case_id)
    log.record.remove_empty_patient(patient.patient_id)
    assert (log.count(), log.patients()) == (0, ())

    case_id = log.save(make_draft()).case_id
    with pytest.raises(InvalidCaseError, match="added"):
        log.record.remove_empty_lesion(case_id)


def test_patients_without_a_lesion_are_found_by_words_and_the_newest_without(
    log: CaseLog, make_draft: MakeDraft
) -> None:
    log.save(make_draft("P-1"))
    for number, family in enumerate(("Virtanen", "Vidal", "Okafor")):
        log.record.add_patient(PatientDetails(f"Q-{number}", family))

    def families(query: str = "", limit: int = 5) -> list[str]:
        return [patient.details.family_name for patient in log.patients_without_cases(query, limit)]

    assert families() == ["Okafor", "Vidal", "Virtanen"]
    assert families(limit=1) == ["Okafor"]
    assert families("vi") == ["Vidal", "Virtanen"]
    assert families("p-1") == []
    assert log.patient(log.patients_without_cases("oka")[0].patient_id).details.identifier == "Q-2"
    with pytest.raises(InvalidCaseError):
        log.patient(999)


def test_words_states_sites_dates_and_sums_are_all_asked_at_once(
    log: CaseLog, make_draft: MakeDraft, make_prediction: Callable[..., object]
) -> None:
    arm = log.save(make_draft("P-1", review=WATCH, prediction=make_prediction())).case_id
    back = log.save(
        make_draft("P-2", LesionDetails(Site.POSTERIOR_TORSO), b"other", visited_at=NOON + timedelta(days=3))
    ).case_id

    assert found(log, CaseFilter()) == [back, arm]
    assert found(log, CaseFilter("p")) == [back, arm]
    assert found(log, CaseFilter("melanocytic")) == [arm]
    assert found(log, CaseFilter(states=frozenset(LesionState))) == [back, arm]
    assert found(log, CaseFilter("p", frozenset({LesionState.WATCHED}))) == [arm]
    assert found(log, CaseFilter(sites=frozenset({Site.POSTERIOR_TORSO, Site.UNKNOWN}))) == [back]
    assert found(log, CaseFilter(visited_from=TODAY, visited_to=TODAY)) == [arm]
    assert found(log, CaseFilter(visited_from=TODAY + timedelta(days=1))) == [back]
    assert found(log, CaseFilter(visited_from=date.min, visited_to=date.max)) == [back, arm]
    assert found(log, CaseFilter(visited_from=date.max)) == found(log, CaseFilter(visited_to=date.min)) == []
    assert found(log, CaseFilter(due_by=date(2026, 6, 1))) == [arm]
    assert found(log, CaseFilter(malignant_sum_from=0.25, malignant_sum_to=0.35)) == [arm]
    assert found(log, CaseFilter(model_id="model")) == [arm]
    assert found(log, CaseFilter("p", model_id="another")) == []
    assert log.record.leading_models() == ("model",)
    wanted = CaseFilter("p-1", frozenset({LesionState.WATCHED}))
    assert (log.count(wanted), log.count(CaseFilter("p"))) == (1, 2)


def test_pages_follow_one_another_with_and_without_a_filter(log: CaseLog, make_draft: MakeDraft) -> None:
    cases = [
        log.save(make_draft(f"P-{number}", review=WATCH, visited_at=NOON + timedelta(minutes=number % 3))).case_id
        for number in range(11)
    ]
    for wanted in (
        CaseFilter(),
        CaseFilter("p"),
        CaseFilter("p", frozenset(LesionState)),
        CaseFilter("", frozenset(LesionState)),
    ):
        listed, cursor = [], None
        while True:
            page = log.page(wanted, cursor, 3)
            listed += [summary.case_id for summary in page.cases]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert listed == sorted(cases, key=lambda case: ((case - 1) % 3, case), reverse=True)


def test_a_merge_moves_the_lesions_fills_gaps_and_can_be_undone(log: CaseLog, make_draft: MakeDraft) -> None:
    kept = log.save(make_draft(PatientDetails("P-1", "Müller", notes="likes tea")))
    gone = log.save(
        make_draft(PatientDetails("P-2", "Mueller", "Änne", date(1961, 4, 2), Sex.FEMALE, SkinType.II), content=b"b")
    )
    before = {patient.patient_id: patient for patient in log.patients()}

    merge = log.record.merge(kept.patient_id, gone.patient_id)

    (patient,) = log.patients()
    assert patient.details == PatientDetails(
        "P-1", "Müller", "Änne", date(1961, 4, 2), Sex.FEMALE, SkinType.II, notes="likes tea"
    )
    assert [(summary.case_id, summary.lesion.number) for summary in log.cases_of(kept.patient_id)] == [
        (gone.case_id, 2),
        (kept.case_id, 1),
    ]
    assert found(log, CaseFilter("p-2")) == [gone.case_id, kept.case_id]
    with pytest.raises(InvalidCaseError, match="already has a patient"):
        log.record.add_patient(PatientDetails("p-2"))

    log.record.undo_merge(merge)

    assert {patient.patient_id: patient for patient in log.patients()} == before
    assert log.case(gone.case_id).lesion.number == 1
    assert found(log, CaseFilter("p-2")) == [gone.case_id]
    assert log.check(full=True) == ()


def test_the_worklist_names_each_case_once_most_urgent_first(log: CaseLog, make_draft: MakeDraft) -> None:
    def case(number: int, review: ReviewDetails | None) -> int:
        return log.save(make_draft(f"P-{number}", content=bytes([number]), review=review)).case_id

    soon = case(1, replace(WATCH, follow_up_on=TODAY + timedelta(days=10)))
    overdue = case(2, replace(WATCH, follow_up_on=TODAY - timedelta(days=2)))
    pending = case(3, replace(EXCISE, follow_up_on=TODAY + timedelta(days=5)))
    today = case(4, replace(WATCH, follow_up_on=TODAY))
    pending_and_overdue = case(5, replace(EXCISE, follow_up_on=TODAY - timedelta(days=9)))
    case(6, replace(WATCH, follow_up_on=TODAY + timedelta(days=100)))
    case(7, None)
    log.record.diagnose(case(8, replace(EXCISE, follow_up_on=TODAY)), MELANOMA)

    listed = log.record.worklist(TODAY)

    assert [(item.due, item.case.case_id) for item in listed] == [
        (Due.FOLLOW_UP_OVERDUE, pending_and_overdue),
        (Due.FOLLOW_UP_OVERDUE, overdue),
        (Due.FOLLOW_UP_TODAY, today),
        (Due.RESULT_PENDING, pending),
        (Due.FOLLOW_UP_SOON, soon),
    ]
    counts = log.record.worklist_counts(TODAY)
    assert (counts.overdue, counts.today, counts.pending, counts.soon, counts.urgent) == (2, 1, 1, 1, 4)


def test_the_worklist_is_paged_narrowed_and_looks_ahead_as_far_as_asked(log: CaseLog, make_draft: MakeDraft) -> None:
    days = [-3, -3, -1, 0, 0, 10, 20]
    for number, away in enumerate(days):
        review = replace(WATCH, follow_up_on=TODAY + timedelta(days=away))
        log.save(make_draft(f"P-{number}", content=bytes([number]), review=review))
    whole = log.record.worklist(TODAY, soon_days=30)

    paged: list[WorklistItem] = []
    while page := log.record.worklist(TODAY, 2, paged[-1] if paged else None, soon_days=30):
        paged += page

    assert (len(whole), tuple(paged)) == (len(days), whole)
    assert len(log.record.worklist(TODAY)) == len(days) - 1
    narrowed = log.record.worklist(TODAY, kinds=(Due.FOLLOW_UP_SOON, Due.FOLLOW_UP_TODAY))
    assert [item.due for item in narrowed] == [Due.FOLLOW_UP_TODAY] * 2 + [Due.FOLLOW_UP_SOON]


@pytest.mark.parametrize("due", Due)
def test_the_worklist_is_read_from_the_index_of_its_day(log: CaseLog, due: Due) -> None:
    counted = select(func.count(LesionRow.id)).where(*_conditions(due, TODAY, 14))
    statement = counted.compile(dialect=log._engine.dialect, compile_kwargs={"literal_binds": True})
    with log._engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    (step,) = plan
    assert ("ix_lesion_pending_since" if due is Due.RESULT_PENDING else "ix_lesion_follow_up_on") in str(step)


def test_a_state_set_by_hand_is_kept_and_told(profile: Profile, make_draft: MakeDraft) -> None:
    log = open_case_log(profile.log, DataKey.new())
    case_id = log.save(make_draft()).case_id

    log.record.change_state(case_id, LesionState.WATCHED, date(2026, 5, 1), "patient is abroad")

    assert log.case(case_id).lesion.follow_up_on == date(2026, 5, 1)
    told = [entry for entry in log.audit_entries() if entry.action == "state changed"]
    assert len(told) == 1
    assert "2026-05-01" in str(told[0].detail)
    assert '"reason": "patient is abroad"' in str(told[0].detail)
    log.close()


def test_a_draft_is_back_after_a_crash_and_its_picture_is_written_once(profile: Profile) -> None:
    log = open_case_log(profile.log, None)
    log.record.keep_draft("ada", "examine", {"notes": "itch"}, [b"picture"])
    log.record.keep_draft("ada", "examine", {"notes": "itches"}, [b"second", b"picture"])
    log.record.keep_draft("ben", "examine", {"notes": "none"})

    again = open_case_log(profile.log, None)  # the first was never closed
    draft = again.record.draft("ada", "examine")
    assert draft is not None
    assert (draft.values, draft.pictures) == ({"notes": "itches"}, (b"second", b"picture"))
    again.record.drop_draft("ada", "examine")
    again.record.drop_draft("ada", "examine")
    assert again.record.draft("ada", "examine") is None
    assert again.record.draft("ben", "examine") is not None
    again.close()
    log.close()


def test_filters_are_kept_by_name(log: CaseLog) -> None:
    criteria = CaseFilter(
        "nevus", frozenset(LesionState), frozenset({Site.HEAD_NECK}), TODAY, TODAY, TODAY, 0.25, 0.75, "model"
    )
    log.record.save_filter(SavedFilter("mine", CaseFilter()))
    log.record.save_filter(SavedFilter("mine", criteria))
    log.record.save_filter(SavedFilter("all", CaseFilter()))
    assert log.record.filters() == (SavedFilter("all", CaseFilter()), SavedFilter("mine", criteria))
    log.record.remove_filter("all")
    assert [kept.name for kept in log.record.filters()] == ["mine"]


def test_erasing_a_merged_patient_leaves_nothing_of_either(profile: Profile, make_draft: MakeDraft) -> None:
    log = open_case_log(profile.log, DataKey.new())
    kept = log.save(make_draft(PatientDetails("P-1", "Quixote")))
    gone = log.save(make_draft(PatientDetails("P-2", "Quijote"), content=b"b", review=EXCISE))
    letter = b"letter"
    attachment = Attachment(hashlib.sha256(letter).hexdigest(), "letter.pdf", "application/pdf")
    log.record.diagnose(gone.case_id, replace(MELANOMA, attachment=attachment), letter)
    log.record.merge(kept.patient_id, gone.patient_id)
    log.record.keep_draft("ada", "examine", {"patient_id": kept.patient_id})

    erased = log.erase_patient(kept.patient_id)

    assert attachment.sha256 in erased.pictures
    assert log.count(CaseFilter("qui")) == 0
    assert log.record.draft("ada", "examine") is None
    assert [entry for entry in log.audit_entries(limit=100) if entry.detail and "Qui" in entry.detail] == []
    assert log.check(full=True) == ()
    assert log.save(make_draft(PatientDetails("P-2"))).patient_id > gone.patient_id
    log.close()
