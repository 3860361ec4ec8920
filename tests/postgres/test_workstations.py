"""Several workstations on one log: nothing is lost, nothing is given twice, and who was overtaken is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from skindesk.domain.case import LesionDetails, PatientDetails, Plan, ReviewDetails, Site
from skindesk.domain.errors import CaseLogUnavailableError, ChangedMeanwhileError, InvalidCaseError
from skindesk.domain.following import standing_of
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.people import Person, Role
from skindesk.storage.case_log import CaseLog
from skindesk.storage.engine import open_engine
from skindesk.storage.image_store import ImageStore
from skindesk.storage.server import DatabaseServer
from skindesk.system.paths import LogFolder
from tests.postgres.conftest import OpenLog
from tests.storage.conftest import MakeDraft

if TYPE_CHECKING:
    from tests.support.postgres_server import Server

WORKSTATIONS = 8
SAVES_EACH = 6
NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
WRITERS = (
    "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE locktype = 'advisory' AND granted AND datname = %s"
)


@contextmanager
def held_at_commit(log: CaseLog) -> Iterator[threading.Event]:
    """Let the log's next commit wait until the event is set, which the end of the body does at the latest."""
    go_on, waited = threading.Event(), []

    def wait(_connection: object) -> None:
        if not waited:
            waited.append(True)
            go_on.wait(30)

    event.listen(log._engine, "commit", wait)
    try:
        yield go_on
    finally:
        go_on.set()
        event.remove(log._engine, "commit", wait)


def beside(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Work in a thread of its own; what it returns or raises is in the list when it has ended."""
    ended: list[object] = []

    def run() -> None:
        try:
            ended.append(work())
        except Exception as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, ended


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if holds():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came to that")


def interleaved(
    postgres: "Server", database: str, first: CaseLog, one: Callable[[], object], other: Callable[[], object]
) -> tuple[object, object]:
    """What two changes came to, the second of which begins while the first has written and not committed yet."""
    with held_at_commit(first) as go_on:
        thread, done = beside(one)
        with postgres.connect(database) as outsider:
            wait_until(lambda: outsider.execute(WRITERS, (database,)).fetchone() is not None)
            other_thread, other_done = beside(other)
            wait_until(lambda: outsider.execute(WAITING).fetchone() != (0,))
        assert (done, other_done) == ([], [])  # both are under way
        go_on.set()
        thread.join(30)
        other_thread.join(30)
    return done[0], other_done[0]


def test_eight_workstations_write_one_unbroken_chain(open_log: OpenLog, make_draft: MakeDraft) -> None:
    people = [Person(str(number), f"Person {number}", Role.CLINICIAN) for number in range(WORKSTATIONS)]
    logs = [open_log(person) for person in people]
    shared = logs[0].save(make_draft("shared"))

    def work(log: CaseLog, number: int) -> None:
        for turn in range(SAVES_EACH):
            content = f"{number}-{turn}".encode()
            log.save(make_draft(f"P-{number}-{turn}", content=content))
            log.save(make_draft(shared.patient_id, content=content + b"!"))

    threads = [beside(lambda log=log, number=number: work(log, number)) for number, log in enumerate(logs)]
    for thread, _ in threads:
        thread.join(120)

    assert [ended for _, ended in threads] == [[None]] * WORKSTATIONS
    assert all(log.verify_audit() == () for log in logs)
    entries = logs[0].audit_entries(limit=2_000)
    assert [entry.seq for entry in reversed(entries)] == list(range(1, len(entries) + 1))
    assert {entry.person_id for entry in entries} == {person.person_id for person in people}
    assert logs[0].count() == 1 + 2 * WORKSTATIONS * SAVES_EACH
    numbers = [case.lesion.number for case in logs[0].cases_of(shared.patient_id)]
    assert sorted(numbers) == list(range(1, 2 + WORKSTATIONS * SAVES_EACH))
    assert logs[0].check(full=True) == ()


def test_one_new_identifier_at_two_workstations_becomes_one_patient(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    here, there = open_log(), open_log()

    saved, refused = interleaved(
        postgres, database, here, lambda: here.save(make_draft("P-1")), lambda: there.save(make_draft(" p-1 "))
    )

    assert isinstance(refused, InvalidCaseError)
    assert "already has a patient with the identifier" in refused.what
    assert [patient.details.identifier for patient in there.patients()] == ["P-1"]
    assert there.count() == 1
    assert saved is not refused


def test_two_new_lesions_of_one_patient_get_two_numbers(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    here, there = open_log(), open_log()
    patient_id = here.save(make_draft()).patient_id
    details = LesionDetails(Site.HEAD_NECK)

    done = interleaved(
        postgres,
        database,
        here,
        lambda: here.record.add_lesion(patient_id, details).number,
        lambda: there.record.add_lesion(patient_id, details).number,
    )

    assert done == (2, 3)


def test_the_same_picture_on_the_same_day_is_one_visit_with_one_picture(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    here, there = open_log(), open_log()
    known = here.save(make_draft(visited_at=datetime(2026, 1, 1, tzinfo=UTC), content=b"earlier"))
    draft = make_draft(known.patient_id, known.case_id)

    one, other = interleaved(postgres, database, here, lambda: here.save(draft), lambda: there.save(draft))

    assert one == other
    assert [len(visit.pictures) for visit in there.case(known.case_id).visits] == [1, 1]


def test_a_correction_of_what_another_workstation_has_corrected_is_refused(
    open_log: OpenLog, make_draft: MakeDraft
) -> None:
    here, there = open_log(), open_log()
    saved = here.save(make_draft(PatientDetails("P-1", "Meyer")))
    seen = saved.patient.details
    here.correct_patient(saved.patient_id, replace(seen, family_name="Meier"), seen)

    with pytest.raises(ChangedMeanwhileError, match="at another workstation") as refused:
        there.correct_patient(saved.patient_id, replace(seen, notes="allergic to lidocaine"), seen)

    assert "Nothing of yours was written" in refused.value.advice
    assert there.patient(saved.patient_id).details == replace(seen, family_name="Meier")
    now = there.patient(saved.patient_id).details
    there.correct_patient(saved.patient_id, replace(now, notes="allergic to lidocaine"), now)
    assert here.patient(saved.patient_id).details.family_name == "Meier"


def test_two_corrections_at_once_lose_neither_without_a_word(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    here, there = open_log(), open_log()
    saved = here.save(make_draft())
    seen = saved.lesion.details

    _, refused = interleaved(
        postgres,
        database,
        here,
        lambda: here.correct_lesion(saved.case_id, replace(seen, description="left wrist"), seen),
        lambda: there.correct_lesion(saved.case_id, replace(seen, site=Site.HEAD_NECK), seen),
    )

    assert isinstance(refused, ChangedMeanwhileError)
    assert there.case(saved.case_id).lesion.details == replace(seen, description="left wrist")


def test_a_state_that_another_workstation_has_changed_is_not_set(open_log: OpenLog, make_draft: MakeDraft) -> None:
    here, there = open_log(), open_log()
    saved = here.save(make_draft())
    seen = standing_of(saved.lesion)
    here.record.change_state(saved.case_id, LesionState.WATCHED, date(2026, 5, 1), seen=seen)

    with pytest.raises(ChangedMeanwhileError, match="the state of this lesion"):
        there.record.change_state(saved.case_id, LesionState.CLOSED, None, seen=seen)

    assert there.case(saved.case_id).lesion.state is LesionState.WATCHED


def test_what_both_add_stays(postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft) -> None:
    here, there = open_log(), open_log()
    case_id = here.save(make_draft()).case_id
    mine, yours = (ReviewDetails(said, None, Plan.WATCH, "", False) for said in ("nevus", "melanoma"))

    interleaved(
        postgres,
        database,
        here,
        lambda: here.record.review(case_id, mine, NOON),
        lambda: there.record.review(case_id, yours, NOON),
    )

    (visit,) = here.case(case_id).visits
    assert [review.details.impression for review in visit.reviews] == ["nevus", "melanoma"]


def test_reading_goes_on_while_somebody_writes(open_log: OpenLog, make_draft: MakeDraft) -> None:
    here, there = open_log(), open_log()
    here.save(make_draft("P-1"))

    with held_at_commit(here) as go_on:
        thread, done = beside(lambda: here.save(make_draft("P-2", content=b"second")))
        assert [case.patient.details.identifier for case in there.page().cases] == ["P-1"]
        go_on.set()
        thread.join(30)

    assert len(done) == 1
    assert there.count() == 2


def test_a_writer_that_does_not_end_is_said_in_words(
    folder: LogFolder, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    here = open_log()
    impatient = CaseLog(open_engine(DatabaseServer(folder.server or ""), busy_timeout_s=0.1), ImageStore(folder.images))

    with held_at_commit(here) as go_on:
        thread, _ = beside(lambda: here.save(make_draft("P-1")))
        wait_until(lambda: is_refused(impatient, make_draft))
        go_on.set()
        thread.join(30)

    assert here.count() == 1
    impatient.close()


def is_refused(log: CaseLog, make_draft: MakeDraft) -> bool:
    try:
        log.record.change_state(1_000_000, LesionState.CLOSED, None)
    except InvalidCaseError:
        return False  # the other has not begun to write yet
    except CaseLogUnavailableError as error:
        return "does not come to an end" in error.what
    raise AssertionError("there is no such case")


def test_what_the_server_undoes_for_somebody_else_is_done_again(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    with postgres.connect() as administrator:
        administrator.execute(f"ALTER DATABASE {database} SET deadlock_timeout = '3s'")
    log = open_log()
    saved = log.save(make_draft())
    review = ReviewDetails("nevus", None, Plan.WATCH, "", False)
    attempts: list[object] = []
    event.listen(log._engine, "rollback", attempts.append)
    with postgres.connect(database) as administrator:
        administrator.execute("SET deadlock_timeout = '1min'")  # so that it is the program's transaction that is undone
        administrator.autocommit = False
        administrator.execute("LOCK TABLE review IN ACCESS EXCLUSIVE MODE")
        thread, done = beside(lambda: log.record.review(saved.case_id, review, NOON + timedelta(days=1)))
        wait_until(lambda: bool(holders_of(postgres, database, "visit")))
        administrator.execute("LOCK TABLE visit IN ACCESS EXCLUSIVE MODE")  # each has what the other wants
        administrator.rollback()
    thread.join(30)

    assert isinstance(done[0], int)
    assert len(attempts) == 1
    assert [entry.action for entry in log.audit_entries(limit=2)].count("review added") == 1


def holders_of(postgres: "Server", database: str, table: str) -> list[tuple[object, ...]]:
    with postgres.connect(database) as outsider:
        found = "SELECT pid FROM pg_locks WHERE relation = %s::regclass AND mode = 'RowExclusiveLock'"
        return outsider.execute(found, (table,)).fetchall()


def test_a_connection_that_is_lost_leaves_nothing_half_written(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    log = open_log()
    log.save(make_draft("P-1"))

    def cut(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO image "):
            end_everybody(postgres, database)

    event.listen(log._engine, "before_cursor_execute", cut)
    with pytest.raises(CaseLogUnavailableError, match="was lost") as lost:
        log.save(make_draft("P-2", content=b"second"))
    event.remove(log._engine, "before_cursor_execute", cut)

    assert "Nothing of this was written" in lost.value.advice
    assert [patient.details.identifier for patient in log.patients()] == ["P-1"]
    log.save(make_draft("P-2", content=b"second"))
    assert log.count() == 2
    assert log.verify_audit() == ()
    assert log.check(full=True) == ()


def end_everybody(postgres: "Server", database: str) -> None:
    with postgres.connect() as outsider:
        outsider.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (database,))


def test_a_connection_that_is_lost_in_the_commit_is_said_to_leave_a_doubt(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    log = open_log()

    def cut(_connection: object) -> None:
        end_everybody(postgres, database)

    event.listen(log._engine, "commit", cut)
    with pytest.raises(CaseLogUnavailableError, match="lost while it was saving") as lost:
        log.save(make_draft())
    event.remove(log._engine, "commit", cut)

    assert "look whether it is there" in lost.value.advice
    assert log.patients() == ()
    log.save(make_draft())
    assert log.verify_audit() == ()


def test_a_server_that_comes_back_is_worked_with_again(
    postgres: "Server", open_log: OpenLog, make_draft: MakeDraft
) -> None:
    log = open_log()
    log.save(make_draft("P-1"))
    log.page()

    postgres.stop()
    try:
        with pytest.raises(CaseLogUnavailableError, match="cannot be reached"):
            log.page()
        with pytest.raises(CaseLogUnavailableError, match="cannot be reached"):
            log.save(make_draft("P-2"))
    finally:
        postgres.start()

    log.save(make_draft("P-2", content=b"second"))
    assert log.count() == 2
    assert log.verify_audit() == ()
