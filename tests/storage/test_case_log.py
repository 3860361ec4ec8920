"""Saving, reading and finding cases."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event

from skindesk.domain.case import (
    CaseDraft,
    CaseSummary,
    Confidence,
    LesionDetails,
    PatientDetails,
    Plan,
    ReviewDetails,
    Sex,
    Site,
    SkinType,
)
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.errors import CaseLogUnavailableError, InvalidCaseError
from skindesk.domain.prediction import AbstentionReason, Decision, Prediction
from skindesk.storage import image_store
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.engine import DatabaseFile, open_engine
from skindesk.storage.image_store import ImageStore
from skindesk.storage.integrity import FindingKind
from skindesk.system.paths import Profile

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MUELLER = PatientDetails("P-17", "Müller", "Änne", date(1957, 2, 28), Sex.FEMALE, SkinType.II)
REVIEW = ReviewDetails("mel", Confidence.LOW, Plan.BIOPSY, "grew since spring", revealed_before=True)

MakeDraft = Callable[..., CaseDraft]
MakePrediction = Callable[..., Prediction]


def names_found(log: CaseLog, query: str) -> list[str]:
    found = [summary.patient.details.identifier for summary in log.page(CaseFilter(query)).cases]
    assert log.count(CaseFilter(query)) == len(found)
    assert {patient.details.identifier for patient in log.patients(query)} == set(found)
    return sorted(found)


# Saving


def test_a_saved_case_is_read_back_whole(log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction) -> None:
    prediction = make_prediction()
    draft = make_draft(MUELLER, prediction=prediction, review=REVIEW)

    saved = log.save(draft)

    case = log.case(saved.case_id)
    assert (case.patient.patient_id, case.patient.details) == (saved.patient_id, MUELLER)
    assert (case.lesion.number, case.lesion.details) == (1, draft.lesion)
    (visit,) = case.visits
    assert visit.visited_at == NOON
    assert visit.visited_at.tzinfo is UTC
    (picture,) = visit.pictures
    assert (picture.image_id, picture.details, picture.predictions) == (
        saved.image_ids[0],
        draft.pictures[0].details,
        (prediction,),
    )
    (review,) = visit.reviews
    assert review.details == REVIEW
    assert log.picture(draft.pictures[0].details.sha256) == draft.pictures[0].content


def test_an_abstention_keeps_its_reason_and_all_probabilities(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    prediction = replace(
        make_prediction(probabilities=(1 / 3, 0.1 + 0.2, 1 - 1 / 3 - 0.1 - 0.2)),
        decision=Decision.ABSTAINED,
        abstention_reason=AbstentionReason.CLASSES_TOO_CLOSE,
    )

    saved = log.save(make_draft(prediction=prediction))

    assert log.case(saved.case_id).visits[0].pictures[0].predictions == (prediction,)


def test_saving_the_very_same_draft_again_changes_nothing(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    draft = make_draft(prediction=make_prediction(), review=REVIEW)
    saved = log.save(draft)
    before = log.case(saved.case_id)

    again = log.save(replace(draft, patient=saved.patient_id, lesion=saved.case_id))

    assert (again.patient, again.lesion, again.image_ids) == (saved.patient, saved.lesion, saved.image_ids)
    assert log.case(saved.case_id) == before


def test_a_known_picture_takes_a_new_prediction_and_review(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    draft = make_draft(prediction=make_prediction(), review=REVIEW)
    saved = log.save(draft)
    newer = make_prediction(version="2", created_at=NOON + timedelta(hours=1))

    log.save(
        replace(
            draft,
            patient=saved.patient_id,
            lesion=saved.case_id,
            pictures=(replace(draft.pictures[0], prediction=newer),),
            review=replace(REVIEW, impression="nv"),
        )
    )

    (visit,) = log.case(saved.case_id).visits
    (picture,) = visit.pictures
    assert picture.predictions == (draft.pictures[0].prediction, newer)
    assert [review.details.impression for review in visit.reviews] == ["mel", "nv"]


def test_saves_of_one_utc_day_join_one_visit(log: CaseLog, make_draft: MakeDraft) -> None:
    saved = log.save(make_draft(visited_at=NOON))
    in_new_york = datetime(2026, 3, 14, 19, 30, tzinfo=timezone(timedelta(hours=-4)))  # 23:30 UTC

    log.save(make_draft(saved.patient_id, saved.case_id, b"second", visited_at=in_new_york))
    log.save(make_draft(saved.patient_id, saved.case_id, b"third", visited_at=in_new_york + timedelta(hours=1)))

    visits = log.case(saved.case_id).visits
    assert [len(visit.pictures) for visit in visits] == [2, 1]
    assert [visit.visited_at.day for visit in visits] == [14, 15]
    assert log.page().cases[0].last_visit_at == visits[-1].visited_at


def test_an_older_photograph_does_not_move_the_last_visit_back(log: CaseLog, make_draft: MakeDraft) -> None:
    saved = log.save(make_draft(visited_at=NOON))

    log.save(make_draft(saved.patient_id, saved.case_id, b"old", visited_at=NOON - timedelta(days=400)))

    case = log.case(saved.case_id)
    assert [visit.visited_at for visit in case.visits] == [NOON - timedelta(days=400), NOON]
    assert log.page().cases[0].last_visit_at == NOON


def test_lesions_are_numbered_within_their_patient(log: CaseLog, make_draft: MakeDraft) -> None:
    first = log.save(make_draft("P-1"))
    second = log.save(make_draft(first.patient_id, LesionDetails(Site.HEAD_NECK)))
    other = log.save(make_draft("P-2"))

    cases = [log.case(saved.case_id) for saved in (first, second, other)]
    assert [case.lesion.number for case in cases] == [1, 2, 1]
    assert {summary.case_id for summary in log.cases_of(first.patient_id)} == {first.case_id, second.case_id}


def test_an_identifier_is_taken_whatever_its_case(log: CaseLog, make_draft: MakeDraft, profile: Profile) -> None:
    log.save(make_draft("P-17"))

    with pytest.raises(InvalidCaseError, match="already has a patient with the identifier p-17") as refused:
        log.save(make_draft(" p-17", content=b"another"))

    assert "Choose that patient" in refused.value.advice
    assert log.count() == 1
    assert log.check(full=True) == ()  # the refused picture was not stored either


def test_a_lesion_of_another_patient_is_refused(log: CaseLog, make_draft: MakeDraft) -> None:
    first, second = log.save(make_draft("P-1")), log.save(make_draft("P-2"))

    with pytest.raises(InvalidCaseError, match="does not belong"):
        log.save(make_draft(first.patient_id, second.case_id))


@pytest.mark.parametrize("lesion", [99, LesionDetails()])
def test_an_unknown_patient_is_refused(log: CaseLog, make_draft: MakeDraft, lesion: int | LesionDetails) -> None:
    with pytest.raises(InvalidCaseError, match="not in the case log"):
        log.save(make_draft(99, lesion))


def test_one_picture_of_two_patients_is_stored_once_and_names_both(log: CaseLog, make_draft: MakeDraft) -> None:
    draft = make_draft("P-1")
    log.save(draft)
    log.save(make_draft("P-2"))

    owners = log.patients_with_picture(draft.pictures[0].details.sha256)

    assert [owner.details.identifier for owner in owners] == ["P-1", "P-2"]
    assert log.check(full=True) == ()
    assert log.patients_with_picture("0" * 64) == ()


# Predictions


def test_a_prediction_is_appended_to_its_picture_only(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    saved = log.save(make_draft())

    log.append_prediction(saved.image_ids[0], make_prediction())
    with pytest.raises(InvalidCaseError, match="not of this picture"):
        log.append_prediction(saved.image_ids[0], make_prediction(b"another"))
    with pytest.raises(InvalidCaseError, match="not of this picture"):
        log.append_prediction(99, make_prediction())

    assert log.case(saved.case_id).visits[0].pictures[0].predictions == (make_prediction(),)


@pytest.mark.parametrize("change", ["UPDATE prediction SET decision = 'supported'", "DELETE FROM prediction"])
def test_the_database_refuses_to_change_or_delete_a_prediction(
    log: CaseLog, profile: Profile, make_draft: MakeDraft, make_prediction: MakePrediction, change: str
) -> None:
    log.save(make_draft(prediction=make_prediction()))

    with (
        closing(sqlite3.connect(profile.log.database)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="kept as it was made"),
    ):
        connection.execute(change)


# What survives trouble


def test_a_picture_that_cannot_be_stored_leaves_no_trace(
    log: CaseLog, make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(image_store, "write_durably", fill_the_disk)

    with pytest.raises(CaseLogUnavailableError, match="full") as refused:
        log.save(make_draft())

    assert isinstance(refused.value.__cause__, OSError)
    assert log.patients() == ()
    assert log.count() == 0


def test_a_picture_is_stored_before_its_row(log: CaseLog, make_draft: MakeDraft, profile: Profile) -> None:
    draft = make_draft()
    stored_at_insert: list[bool] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO image "):
            stored_at_insert.append(ImageStore(profile.log.images).find(draft.pictures[0].details.sha256) is not None)

    event.listen(log._engine, "before_cursor_execute", note)
    log.save(draft)

    assert stored_at_insert == [True]


def test_a_full_disk_loses_nothing_saved_and_the_save_can_be_tried_again(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    log.save(make_draft("P-1"))
    long_notes = replace(REVIEW, notes="x" * 1_000_000)
    draft = make_draft("P-2", content=b"second", prediction=make_prediction(b"second"), review=long_notes)
    with log._engine.connect() as connection:  # the pool's only connection so far, which the save will use
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # SQLite: no less than it has now

    with pytest.raises(CaseLogUnavailableError, match="full"):
        log.save(draft)

    assert log.count() == 1
    assert log.patient_by_identifier("P-2") is None
    with log._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    log.save(draft)
    assert log.count() == 2
    assert log.check(full=True) == ()


def test_a_failing_commit_leaves_at_most_a_picture_without_a_row(log: CaseLog, make_draft: MakeDraft) -> None:
    failures = [OSError(5, "Input/output error")]

    def fail_once(_connection: object) -> None:
        if failures:
            raise failures.pop()

    event.listen(log._engine, "commit", fail_once)

    with pytest.raises(CaseLogUnavailableError, match="reported an error"):
        log.save(make_draft())

    assert log.patients() == ()
    assert [finding.kind for finding in log.check(full=True)] == [FindingKind.FILE_UNKNOWN]
    log.save(make_draft())
    assert log.check(full=True) == ()


def test_a_locked_log_is_said_in_words_and_keeps_nothing_of_the_draft(
    log: CaseLog, profile: Profile, make_draft: MakeDraft
) -> None:
    impatient = CaseLog(
        open_engine(DatabaseFile(profile.log.database), busy_timeout_s=0.05), ImageStore(profile.log.images)
    )
    with closing(sqlite3.connect(profile.log.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CaseLogUnavailableError, match="in use"):
            impatient.save(make_draft())
        assert impatient.count() == 0  # reading goes on meanwhile

    impatient.save(make_draft())
    assert log.count() == 1
    impatient.close()


def test_a_database_damaged_while_open_is_said_in_words(profile: Profile, make_draft: MakeDraft) -> None:
    log = open_case_log(profile.log, None)
    log.save(make_draft())
    log.close()
    profile.log.database.write_bytes(profile.log.database.read_bytes()[:8192])

    with pytest.raises(CaseLogUnavailableError, match="damaged"):
        log.page()


def test_threads_save_and_read_at_once(log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction) -> None:
    shared = log.save(make_draft("shared"))
    failures: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for number in range(10):
                content = b"%d %d" % (worker, number)
                log.save(make_draft(f"P-{worker}-{number}", content=content, prediction=make_prediction(content)))
                log.save(make_draft(shared.patient_id, LesionDetails(), content))
                log.page(CaseFilter(f"P-{worker}"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert log.count() == 1 + 2 * 40
    assert sorted(summary.lesion.number for summary in log.cases_of(shared.patient_id)) == list(range(1, 42))
    assert log.check(full=True) == ()


# Finding


def test_pages_are_complete_and_stable_where_many_visits_share_a_moment(log: CaseLog, make_draft: MakeDraft) -> None:
    patient = log.save(make_draft("P-1")).patient_id
    for number in range(229):
        moment = NOON if number % 3 else NOON + timedelta(days=number)
        log.save(make_draft(patient, LesionDetails(), visited_at=moment))

    seen: list[CaseSummary] = []
    cursor = None
    while True:
        page = log.page(after=cursor, limit=25)
        seen.extend(page.cases)
        cursor = page.next_cursor
        if cursor is None:
            break
        if len(seen) == 50:  # a case that arrives meanwhile stands above and disturbs nothing
            log.save(make_draft("late", visited_at=NOON + timedelta(days=9999)))

    places = [(summary.last_visit_at, summary.case_id) for summary in seen]
    assert len(set(places)) == 230
    assert places == sorted(places, reverse=True)


def test_a_last_page_that_is_just_full_has_no_next(log: CaseLog, make_draft: MakeDraft) -> None:
    for number in range(4):
        log.save(make_draft(f"P-{number}"))

    first = log.page(limit=2)
    second = log.page(after=first.next_cursor, limit=2)

    assert len(first.cases) == len(second.cases) == 2
    assert second.next_cursor is None


def test_a_page_takes_as_many_statements_for_many_cases_as_for_one(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    statements: list[str] = []
    event.listen(log._engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    def statements_of_a_page() -> int:
        statements.clear()
        log.page()
        return len(statements)

    log.save(make_draft("P-0", prediction=make_prediction(), review=REVIEW))
    for_one = statements_of_a_page()
    for number in range(1, 30):
        log.save(make_draft(f"P-{number}", prediction=make_prediction(), review=REVIEW))

    assert statements_of_a_page() == for_one


@pytest.mark.parametrize(
    ("condition", "index"),
    [("", "ix_lesion_recency"), ("state = 'watched' AND", "ix_lesion_state_recency")],
    ids=["every case", "one state"],
)
def test_a_page_is_read_from_the_index(log: CaseLog, condition: str, index: str) -> None:
    with log._engine.connect() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN SELECT recency FROM lesion WHERE {condition} recency < 5 "
            "ORDER BY recency DESC LIMIT 50"
        ).all()

    assert index in str(plan)
    assert "TEMP B-TREE" not in str(plan)
