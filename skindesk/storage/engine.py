"""Opens the case log's database so that every connection keeps the promises made to the user.

That is a SQLite file, or a database on a server: see `server`.
"""

import json
import sqlite3
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlcipher3 import dbapi2 as sqlcipher

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.server import DatabaseServer, begin_writing, connect_to, on_server

BUSY_TIMEOUT_S = 10.0
_CONNECTIONS = 16
_CACHE_KIB = 8_192
"""Of each connection: what was decrypted need not be decrypted again for the next page of a large log."""
_BEGIN = "skindesk_begin"
_IMMEDIATE = "IMMEDIATE"


@dataclass(frozen=True)
class DatabaseFile:
    """A SQLite file and the 32-byte key of its pages; without a key it is plain SQLite.

    SQLCipher encrypts and authenticates every page, so that a changed byte is an error and never a value.
    """

    path: Path
    key: bytes | None = field(default=None, repr=False)

    @property
    def module(self) -> ModuleType:
        """The DB-API module that opens it."""
        return sqlite3 if self.key is None else sqlcipher

    def at(self, path: Path) -> "DatabaseFile":
        """Another file under the same key."""
        return DatabaseFile(path, self.key)

    def connect(self, *, read_only: bool = False) -> Any:
        """A plain DB-API connection. Raises the module's Error where the file cannot be opened."""
        place = f"{self.path.resolve().as_uri()}?mode=ro" if read_only else str(self.path)
        connection = self.module.connect(place, uri=read_only)
        self.unlock(connection)
        return connection

    def unlock(self, connection: Any) -> None:
        """Give a new connection the key, before anything else is asked of it."""
        if self.key is None:
            return
        connection.execute("PRAGMA cipher_log_level = NONE")  # else a wrong key would be told on stderr
        connection.execute(f"PRAGMA key = \"x'{self.key.hex()}'\"")


Database = DatabaseFile | DatabaseServer
"""Where the rows of a case log are."""


def open_engine(database: Database, *, foreign_keys: bool = True, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """An engine for a SQLite file, which is created on the first connection if it is missing, or for a server.

    Every connection syncs on each commit, so that a commit survives a power cut, and waits `busy_timeout_s` for
    another writer; a setting of SQLite that does not hold raises CaseLogUnavailableError. Only a migration of a file,
    which may rebuild tables, works without `foreign_keys`. Safe to share between threads: each operation takes its
    own connection.
    """
    if isinstance(database, DatabaseServer):
        engine = connect_to(database, busy_timeout_s, hide_parameters=True, json_serializer=_to_json)
        event.listen(engine, "begin", _begin_on_server)
        return engine
    engine = create_engine(
        URL.create("sqlite", database=str(database.path)),
        module=database.module,
        poolclass=QueuePool,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,  # an error's words go to the program's log, which holds no patient
        json_serializer=_to_json,
    )
    wanted: dict[str, int | str] = {
        "busy_timeout": round(busy_timeout_s * 1000),
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "fullfsync": 1,  # macOS keeps a plain fsync in the drive's cache
        "foreign_keys": int(foreign_keys),
        "cache_size": -_CACHE_KIB,
        "secure_delete": 1,  # what was corrected or erased must not stay in free pages
    }
    event.listen(engine, "connect", partial(_prepare, database, wanted))
    event.listen(engine, "begin", _begin)
    return engine


def _to_json(value: object) -> str:
    """Without blanks: the answers are the largest part of a case in the database, and of each backup."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def for_writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take the write lock when they begin.

    A transaction that reads first and locks later fails at once where another one has written in between;
    this one waits for its turn instead, and sees what the others have written.
    """
    if on_server(engine):
        return engine.execution_options(**{_BEGIN: _IMMEDIATE}, isolation_level="READ COMMITTED")
    return engine.execution_options(**{_BEGIN: _IMMEDIATE})


def _prepare(database: DatabaseFile, wanted: dict[str, int | str], connection: Any, _record: object) -> None:
    """Set up a new connection and check that it took the settings."""
    database.unlock(connection)
    # Left to itself, Python 3.11's sqlite3 begins no transaction before DDL and SELECT; `_begin` does.
    connection.isolation_level = None
    for name, value in wanted.items():
        connection.execute(f"PRAGMA {name}={value}").fetchall()
        (held,) = connection.execute(f"PRAGMA {name}").fetchone()
        if held != value:
            raise CaseLogUnavailableError(
                f"The case log's drive cannot keep it safe ({name} is {held}, not {value}).",
                "Choose a profile folder on a drive of this computer.",
            )


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get(_BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _begin_on_server(connection: Connection) -> None:
    if connection.get_execution_options().get(_BEGIN) == _IMMEDIATE:
        begin_writing(connection)
