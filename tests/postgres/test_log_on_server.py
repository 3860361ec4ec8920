"""What a log on a server promises by the server's own means, and in which words it says that one is broken."""

import threading
import traceback
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditFault
from skindesk.domain.case import PatientDetails
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.errors import CaseLogUnavailableError, InvalidCaseError
from skindesk.domain.lesion_state import LesionState
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.engine import open_engine
from skindesk.storage.rows import Base, LesionRow
from skindesk.storage.schema import bring_up_to_date
from skindesk.storage.server import DatabaseServer
from skindesk.storage.summaries import _listed, _patients_with
from skindesk.storage.word_index import _TextSearch
from skindesk.system.paths import LogFolder, SharedLog
from tests.postgres.conftest import KEY, OpenLog
from tests.storage.conftest import MakeDraft, MakePrediction

if TYPE_CHECKING:
    from tests.support.postgres_server import Server

psycopg = pytest.importorskip("psycopg")
CASES = 20_000
WANTED = {"synchronous_commit": "on", "timezone": "UTC", "application_name": "SkinDesk", "statement_timeout": "2min"}
OF_SERVER = ("case_text", "people_generation")
"""Tables that stand for what SQLite has by itself."""


# How it is made


def test_models_and_migrated_schema_are_equal(folder: LogFolder) -> None:
    database = DatabaseServer(folder.server or "")
    bring_up_to_date(database, folder.earlier)
    engine = open_engine(database)

    with engine.connect() as connection:
        wanted = {"include_name": lambda name, kind, _parents: kind != "table" or name not in OF_SERVER}
        assert compare_metadata(MigrationContext.configure(connection, opts=wanted), Base.metadata) == []
    engine.dispose()


def test_several_workstations_may_make_the_log_at_once(open_log: OpenLog) -> None:
    opened: list[CaseLog] = []
    threads = [threading.Thread(target=lambda: opened.append(open_log())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(opened) == 6
    assert [log.verify_audit() for log in opened] == [()] * 6
    assert [entry.action for entry in opened[0].audit_entries()] == [AuditAction.BEGUN]


def test_a_database_with_other_tables_is_refused_and_left_as_it_is(
    postgres: "Server", database: str, open_log: OpenLog
) -> None:
    with postgres.connect(database) as outsider:
        outsider.execute("CREATE TABLE invoice (id int)")

    with pytest.raises(CaseLogUnavailableError, match="holds other tables"):
        open_log()

    assert tables_of(postgres, database) == {"invoice"}


def test_a_log_of_a_newer_program_is_refused(postgres: "Server", database: str, open_log: OpenLog) -> None:
    open_log()
    with postgres.connect(database) as outsider:
        outsider.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(CaseLogUnavailableError, match="newer SkinDesk"):
        open_log()


def test_a_database_that_cannot_keep_every_letter_is_refused(postgres: "Server", shared: SharedLog) -> None:
    with postgres.connect() as outsider:
        outsider.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")

    with pytest.raises(CaseLogUnavailableError, match="encoding is not UTF8"):
        open_case_log(LogFolder(shared.folder, postgres.address("latin")), KEY)

    postgres.drop("latin")


def test_a_database_that_is_not_there_is_said_in_words(postgres: "Server", shared: SharedLog) -> None:
    with pytest.raises(CaseLogUnavailableError, match="no database of that name"):
        open_case_log(LogFolder(shared.folder, postgres.address("nowhere")), KEY)


def tables_of(postgres: "Server", database: str) -> set[object]:
    with postgres.connect(database) as outsider:
        found = outsider.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in found}


# What it keeps


@pytest.mark.parametrize("table", ["prediction", "audit_entry"])
@pytest.mark.parametrize("change", ["UPDATE {0} SET id = 0", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_the_server_refuses_to_change_what_is_kept_as_it_was_made(
    postgres: "Server",
    database: str,
    open_log: OpenLog,
    make_draft: MakeDraft,
    make_prediction: MakePrediction,
    table: str,
    change: str,
) -> None:
    open_log().save(make_draft(prediction=make_prediction()))
    key = {"prediction": "id", "audit_entry": "seq"}[table]

    with postgres.connect(database) as outsider, pytest.raises(psycopg.IntegrityError, match="kept as it was made"):
        outsider.execute(change.format(table).replace("id =", f"{key} ="))


def test_nothing_of_an_erased_patient_remains_in_any_table(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    log = open_log()
    gone = log.save(make_draft(PatientDetails("P-1", "Zebediah"), prediction=make_prediction()))
    log.save(make_draft("P-2", content=b"second", prediction=make_prediction(b"second")))
    log.correct_patient(gone.patient_id, PatientDetails("P-1", "Zebediah", notes="likes zebras"))
    assert rows_with(postgres, database, "zeb")

    log.erase_patient(gone.patient_id)

    assert rows_with(postgres, database, "zeb") == []
    assert log.verify_audit() == ()
    assert log.check(full=True) == ()
    with postgres.connect(database) as outsider, pytest.raises(psycopg.IntegrityError, match="kept as it was made"):
        outsider.execute("DELETE FROM prediction")
    assert log.save(make_draft("P-1")).patient_id > gone.patient_id + 1  # numbers are never given again


def rows_with(postgres: "Server", database: str, words: str) -> list[tuple[object, ...]]:
    with postgres.connect(database) as outsider:
        return [
            (table, *row)
            for table in tables_of(postgres, database)
            for row in outsider.execute(
                f'SELECT r::text FROM "{table}" r WHERE lower(r::text) LIKE %s', (f"%{words}%",)
            )
        ]


def test_tampering_on_the_server_is_found(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    log = open_log()
    log.save(make_draft())
    with postgres.connect(database) as outsider:
        outsider.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        outsider.execute("DELETE FROM audit_detail")
        outsider.execute("DELETE FROM audit_entry WHERE seq = 2")

    assert log.verify_audit()[0].fault is AuditFault.ENTRIES_MISSING


# What is found, and how


def test_words_are_found_as_in_a_file(open_log: OpenLog, make_draft: MakeDraft) -> None:
    log = open_log()
    log.save(make_draft(PatientDetails("2024/117", "Müller-Lüdenscheidt", "Zoë")))
    log.save(
        make_draft(PatientDetails("o'hara\\", "d'Arc & Söhne", notes="x" * 3_000 + " " + "\U0001f600"), content=b"b")
    )

    found = {
        words: log.count(CaseFilter(words)) for words in ("mull", "LÜDEN zoe", "2024/117", "2024117", "117", "hara")
    }
    assert found == dict.fromkeys(found, 1)
    for odd in ("'", "\\", "&", "!:*", "a' | 'b", "\U0001f600"):
        assert (odd, log.count(CaseFilter(odd)), log.page(CaseFilter(odd)).cases) == (odd, 0, ())
    assert log.count(CaseFilter("x" * 2_900)) == 1
    assert log.record.similar_patients(PatientDetails("Q", "o\\", "m\\")) == ()


def test_names_are_ordered_by_their_letters_codes_as_in_a_file(open_log: OpenLog, make_draft: MakeDraft) -> None:
    log = open_log()
    for number, name in enumerate(("van Dam", "Vance", "vanbrugh", "Ümit", "O Neill", "ONeill")):
        log.save(make_draft(PatientDetails(f"P-{number}", name), content=bytes([number])))

    names = [patient.details.family_name for patient in log.patients()]
    assert names == ["O Neill", "ONeill", "Ümit", "van Dam", "vanbrugh", "Vance"]
    assert [patient.details.family_name for patient in log.patients("van")] == ["van Dam", "vanbrugh", "Vance"]


@pytest.fixture
def large(postgres: "Server", database: str, open_log: OpenLog) -> CaseLog:
    """A log of many cases, of which one patient is called Quixote and every third case is watched."""
    log = open_log()
    with postgres.connect(database) as outsider:
        outsider.execute(
            "INSERT INTO patient"
            " (identifier, identifier_key, family_name, given_name, name_key, sex, skin_type, created_at)"
            f" SELECT 'P-' || n, 'p-' || n, 'n' || n, '', 'n' || n || ' ', 'unknown', 'unknown', now()"
            f" FROM generate_series(1, {CASES}) n"
        )
        outsider.execute("INSERT INTO patient_word SELECT 'n' || id, id FROM patient")
        outsider.execute("UPDATE patient_word SET word = 'quixote' WHERE patient_id = 7")
        outsider.execute(
            "INSERT INTO lesion (patient_id, number, site, description, last_visit_at, recency, state)"
            " SELECT id, 1, 'head/neck', '', now(), id * 4194304 + id, CASE id % 3 WHEN 0 THEN 'watched' ELSE 'new' END"
            " FROM patient"
        )
        outsider.execute(
            "INSERT INTO case_text SELECT recency, array_to_tsvector(ARRAY['common', "
            "CASE patient_id WHEN 7 THEN 'quixote' ELSE 'n' || patient_id END]) FROM lesion"
        )
        outsider.execute("VACUUM ANALYZE")
    return log


def test_everything_large_is_read_from_an_index(large: CaseLog) -> None:
    assert "pk_patient_word" in plan_of(large, lambda session: _patients_with("quix"))
    assert "ix_lesion_recency" in plan_of(large, newest(LesionRow.recency < 2**62))
    assert "ix_lesion_state_recency" in plan_of(large, newest(LesionRow.state == LesionState.CLOSED.value))
    assert "pk_lesion" in plan_of(large, lambda session: _of_cases(session, {7}))
    asked = {"pattern": "'quix':*", "before": 2**62, "limit": 500}
    assert "ix_case_text_words" in plan_of(large, lambda _: _TextSearch._matches.bindparams(**asked))


def _of_cases(session: Session, case_ids: set[int]) -> object:
    return select(LesionRow.view).where(LesionRow.id.in_(_listed(session, case_ids)))


def newest(condition: object) -> Callable[[Session], object]:
    return lambda _: select(LesionRow.recency).where(condition).order_by(LesionRow.recency.desc()).limit(50)


def plan_of(log: CaseLog, made: Callable[[Session], object]) -> str:
    with Session(log._engine) as session:
        compiled = made(session).compile(dialect=log._engine.dialect, compile_kwargs={"literal_binds": True})
        return "\n".join(session.connection().exec_driver_sql(f"EXPLAIN {compiled}").scalars())


def test_a_large_log_is_searched_and_paged_rightly(large: CaseLog) -> None:
    assert [case.case_id for case in large.page(CaseFilter("quix")).cases] == [7]
    assert large.count(CaseFilter("com n1")) == sum(str(n).startswith("1") for n in range(1, CASES + 1) if n != 7)
    watched = CaseFilter("common", states=frozenset({LesionState.WATCHED}))
    first = large.page(watched, limit=400)
    second = large.page(watched, first.next_cursor, limit=400)
    expected = [n for n in range(CASES, 0, -1) if n % 3 == 0][:800]
    assert [case.case_id for case in first.cases + second.cases] == expected
    assert large.count(CaseFilter(case_ids=frozenset(range(1, 60_000)))) == CASES


# What it says


def test_a_server_that_takes_no_changes_is_said_in_words(
    postgres: "Server", database: str, open_log: OpenLog, folder: LogFolder, make_draft: MakeDraft
) -> None:
    open_log().save(make_draft())
    with postgres.connect() as outsider:
        outsider.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")

    with closing(open_case_log(folder, KEY)) as log:
        assert log.count() == 1
        with pytest.raises(CaseLogUnavailableError, match="takes no changes"):
            log.save(make_draft("P-2", content=b"second"))


def test_a_user_who_may_not_write_is_said_in_words(
    postgres: "Server", database: str, open_log: OpenLog, folder: LogFolder, make_draft: MakeDraft
) -> None:
    open_log().save(make_draft())
    with postgres.connect(database) as outsider:
        outsider.execute("CREATE ROLE guest LOGIN")
        outsider.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")

    guest = LogFolder(folder.root, (folder.server or "").replace("//skindesk@", "//guest@"))
    with closing(open_case_log(guest, KEY)) as log:
        assert log.count() == 1
        with pytest.raises(CaseLogUnavailableError, match="does not allow this"):
            log.save(make_draft("P-2", content=b"second"))
    with postgres.connect(database) as outsider:
        outsider.execute("DROP OWNED BY guest")
        outsider.execute("DROP ROLE guest")


def test_a_character_that_the_server_cannot_keep_is_refused_in_words(open_log: OpenLog, make_draft: MakeDraft) -> None:
    log = open_log()

    with pytest.raises(InvalidCaseError, match="cannot keep"):
        log.save(make_draft(PatientDetails("P-1", "a\0b")))

    assert log.patients() == ()


def test_no_patient_is_named_in_an_errors_words(
    postgres: "Server", database: str, open_log: OpenLog, make_draft: MakeDraft
) -> None:
    log = open_log()
    with postgres.connect(database) as outsider:
        outsider.execute("ALTER TABLE patient ADD CONSTRAINT short CHECK (length(family_name) < 5)")

    draft = make_draft(PatientDetails("P-1", "Zebediah"))
    with pytest.raises(IntegrityError) as refused:
        log.save(draft)

    told = "".join(traceback.format_exception(refused.value))
    assert "Zebediah" not in told
    assert "23514 patient short" in told


def test_a_commit_is_on_the_servers_disk_when_it_is_acknowledged(open_log: OpenLog) -> None:
    with open_log()._engine.connect() as connection:
        held = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("synchronous_commit", "timezone")
        }
        told = connection.exec_driver_sql("SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        assert (held, told.scalar()) == ({"synchronous_commit": "on", "timezone": "UTC"}, "SkinDesk")
