"""What every connection to the case log's database keeps."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.engine import DatabaseFile, for_writing, open_engine

PROMISES = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "fullfsync": 1, "busy_timeout": 10_000}


def read_promises(engine: Engine) -> dict[str, object]:
    with engine.connect() as connection:
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PROMISES}


def test_every_thread_gets_a_connection_that_keeps_the_promises(tmp_path: Path) -> None:
    engine = open_engine(DatabaseFile(tmp_path / "log.sqlite3"))
    together = threading.Barrier(4)
    held: list[dict[str, object]] = []

    def hold_a_connection() -> None:
        with engine.connect():
            together.wait(timeout=10)
            held.append(read_promises(engine))

    threads = [threading.Thread(target=hold_a_connection) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert held == [PROMISES] * 4
    engine.dispose()


def test_a_database_that_cannot_keep_a_promise_is_refused() -> None:
    in_memory = open_engine(DatabaseFile(Path(":memory:")))  # which cannot write ahead

    with pytest.raises(CaseLogUnavailableError, match="journal_mode is memory") as refused:
        in_memory.connect()

    assert refused.value.advice


def test_a_writer_takes_its_lock_when_it_begins(tmp_path: Path) -> None:
    patient, impatient = (
        open_engine(DatabaseFile(tmp_path / "log.sqlite3")),
        open_engine(DatabaseFile(tmp_path / "log.sqlite3"), busy_timeout_s=0),
    )

    with (
        for_writing(patient).connect() as first,
        first.begin(),
        pytest.raises(Exception, match="locked"),
        for_writing(impatient).begin(),
    ):
        pass


def test_a_reader_sees_one_state_while_another_thread_writes(tmp_path: Path) -> None:
    engine = open_engine(DatabaseFile(tmp_path / "log.sqlite3"))
    with for_writing(engine).begin() as writer:
        writer.execute(text("CREATE TABLE note (body TEXT)"))

    with engine.connect() as reader:
        before = reader.execute(text("SELECT count(*) FROM note")).scalar_one()
        with for_writing(engine).begin() as writer:
            writer.execute(text("INSERT INTO note VALUES ('new')"))
        assert reader.execute(text("SELECT count(*) FROM note")).scalar_one() == before
    engine.dispose()


def test_schema_changes_roll_back(tmp_path: Path) -> None:
    engine = open_engine(DatabaseFile(tmp_path / "log.sqlite3"))

    with for_writing(engine).connect() as connection:
        connection.execute(text("CREATE TABLE half_done (id INTEGER)"))
        connection.rollback()
        assert connection.execute(text("SELECT name FROM sqlite_master")).all() == []
    engine.dispose()
