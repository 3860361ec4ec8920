"""What the log tells of closed cases: what was said before the diagnosis was known, and never whose case it is."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from skindesk.domain.case import CaseDraft, PatientDetails, ReviewDetails
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.insights import ClosedCase, Reading
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.prediction import AbstentionReason, Decision, Prediction
from skindesk.services.casework import Casework
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.case_record import Withdrawable
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import Profile
from tests.support.closed_clinic import closed_clinic, save_clinic

MakeDraft = Callable[..., CaseDraft]
MakePrediction = Callable[..., Prediction]
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=30)
MELANOMA = FinalDiagnosisDetails("mel", MalignancyGroup.MALIGNANT, ConfirmedBy.HISTOPATHOLOGY, date(2026, 5, 20))
NEVUS = ReviewDetails("nv")


@pytest.fixture
def sealed(profile: Profile) -> Iterator[CaseLog]:
    with closing(open_case_log(profile.log, DataKey.new())) as opened:
        yield opened


def only(log: CaseLog) -> ClosedCase:
    (case,) = log.record.closed_cases()
    return case


def test_a_saved_clinic_is_read_back_as_it_was(sealed: CaseLog) -> None:
    cases = closed_clinic(60)
    save_clinic(Casework(sealed, lambda _permission: None), cases)

    assert list(sealed.record.closed_cases()) == cases


def test_nothing_that_names_a_patient_is_read() -> None:
    names = {field.name for field in fields(ClosedCase)}
    assert not names & {field.name for field in fields(PatientDetails)} - {"skin_type"}
    assert not any("patient" in name for name in names)


def test_a_case_counts_while_it_is_closed_with_a_diagnosis_that_stands(log: CaseLog, make_draft: MakeDraft) -> None:
    case_id = log.save(make_draft()).case_id
    log.record.change_state(case_id, LesionState.CLOSED, None)
    assert log.record.closed_cases() == ()

    diagnosis_id = log.record.diagnose(case_id, MELANOMA)
    assert (only(log).outcome, only(log).group) == ("mel", MalignancyGroup.MALIGNANT)

    log.record.change_state(case_id, LesionState.WATCHED, None)
    assert log.record.closed_cases() == ()
    log.record.change_state(case_id, LesionState.CLOSED, None)
    log.record.withdraw(Withdrawable.FINAL_DIAGNOSIS, diagnosis_id)
    assert log.record.closed_cases() == ()


def test_what_was_seen_or_said_after_the_diagnosis_does_not_count(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    saved = log.save(make_draft(prediction=make_prediction(created_at=NOON), review=NEVUS))
    known = replace(MELANOMA, decided_on=date(2026, 3, 20))
    log.record.diagnose(saved.case_id, known)
    after = make_prediction(b"scar", (0.0, 0.0, 1.0), LATER)
    log.save(make_draft(saved.patient_id, saved.case_id, b"scar", after, ReviewDetails("scar"), LATER))
    log.append_prediction(saved.image_ids[0], make_prediction(probabilities=(1, 0, 0), created_at=datetime.now(UTC)))
    log.record.review(saved.case_id, ReviewDetails("mel"), NOON)
    log.record.diagnose(saved.case_id, replace(known, diagnosis="nv", decided_on=date(2026, 6, 1)))

    case = only(log)
    assert (case.outcome, case.decided_on) == ("nv", date(2026, 6, 1))
    assert case.answer == make_prediction(created_at=NOON)
    assert case.reading == Reading("nv", True, "nv")


def test_the_latest_visit_that_has_both_an_answer_and_an_impression_counts(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    first = log.save(make_draft(prediction=make_prediction(created_at=NOON), review=NEVUS))
    next_answer = make_prediction(b"second", (0.8, 0.1, 0.1), NOON + timedelta(days=10))
    log.save(make_draft(first.patient_id, first.case_id, b"second", next_answer, None, NOON + timedelta(days=10)))
    log.record.diagnose(first.case_id, MELANOMA)
    assert (only(log).answer, only(log).same_visit) == (make_prediction(created_at=NOON), True)

    log.record.review(first.case_id, ReviewDetails("mel", revealed_before=True), NOON + timedelta(days=20))
    log.record.withdraw(Withdrawable.REVIEW, first.review_id or 0)
    log.record.diagnose(first.case_id, MELANOMA)
    assert (only(log).answer, only(log).reading, only(log).same_visit) == (next_answer, None, False)


def test_the_worst_picture_stands_for_its_visit_as_it_was_answered_last(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    saved = log.save(make_draft(prediction=make_prediction(probabilities=(0.9, 0.05, 0.05))))
    revised = make_prediction(probabilities=(0.3, 0.1, 0.6), created_at=NOON + timedelta(hours=1))
    log.append_prediction(saved.image_ids[0], revised)
    worst = make_prediction(b"other", (0.5, 0.1, 0.4))
    shown = log.save(make_draft(saved.patient_id, saved.case_id, b"other", worst))
    log.record.diagnose(saved.case_id, MELANOMA)
    assert only(log).answer == worst

    log.record.withdraw(Withdrawable.PICTURE, shown.image_ids[0])
    assert only(log).answer == revised


def test_the_second_impression_stands_and_a_revealed_first_one_is_not_blind(
    log: CaseLog, make_draft: MakeDraft
) -> None:
    review = ReviewDetails("nv", revealed_before=True, second_impression="mel")
    case_id = log.save(make_draft(PatientDetails("P-9", birth_date=date(1961, 4, 2)), review=review)).case_id
    log.record.diagnose(case_id, MELANOMA)

    assert only(log).reading == Reading("nv", False, "mel")
    assert only(log).age_years == 64


def test_novelty_is_read_once_a_visit_from_its_first_picture(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    strange = replace(
        make_prediction(novelty=99.0),
        decision=Decision.ABSTAINED,
        abstention_reason=AbstentionReason.UNLIKE_TRAINING,
    )
    first = log.save(make_draft(prediction=strange))
    log.append_prediction(first.image_ids[0], make_prediction(created_at=NOON + timedelta(hours=1)))
    log.save(make_draft(first.patient_id, first.case_id, b"again", make_prediction(b"again")))
    log.save(make_draft("P-2", content=b"dark", prediction=make_prediction(b"dark", novelty=None)))
    last = log.save(make_draft("P-3", content=b"usual", prediction=make_prediction(b"usual", novelty=2.0)))

    found = log.record.latest_novelty(10)
    assert [(each.case_id, each.novelty, each.refused) for each in found] == [
        (last.case_id, 2.0, False),
        (first.case_id, 99.0, True),
    ]
    assert [each.case_id for each in log.record.latest_novelty(1)] == [last.case_id]


def test_cases_can_be_listed_by_their_numbers(log: CaseLog, make_draft: MakeDraft) -> None:
    cases = [log.save(make_draft(f"P-{number}", content=bytes([number]))).case_id for number in range(6)]
    wanted = CaseFilter(case_ids=frozenset(cases[1:4]))

    assert sorted(summary.case_id for summary in log.page(wanted, limit=2).cases) == cases[2:4]
    assert log.count(wanted) == 3
    assert log.count(CaseFilter("p-2", case_ids=frozenset(cases[1:4]))) == 1
    assert log.count(CaseFilter(case_ids=frozenset())) == 0
    assert log.count(CaseFilter(case_ids=frozenset(range(100_000)))) == 6
