"""Which generation of the list of people a case log has known, kept inside its database.

Each change of the list is a later generation. Whoever puts an older keyring.json back, on which somebody stands who was
removed since, cannot put back the number in an encrypted database without its key; on a server, whoever may write to
the database can.
"""

import logging
from contextlib import closing

from sqlalchemy import text
from sqlcipher3 import dbapi2 as sqlcipher

from skindesk.storage.engine import DatabaseFile, for_writing, open_engine
from skindesk.storage.place import database_of, has_database
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.sealing import DataKey
from skindesk.storage.server import DatabaseServer
from skindesk.system.paths import LogFolder

_log = logging.getLogger(__name__)
_KNOWN = text("SELECT generation FROM people_generation")
_NOTE = text("UPDATE people_generation SET generation = :generation WHERE generation < :generation")


def known_generation(folder: LogFolder, key: DataKey) -> int:
    """The latest generation that the log has known; 0 where its database is missing or its file cannot be read.

    Raises CaseLogUnavailableError where a server cannot be asked.
    """
    if not has_database(folder):
        return 0
    database = database_of(folder, key)
    return _on_server(database) if isinstance(database, DatabaseServer) else _in_file(database)


@in_plain_words()
def note_generation(folder: LogFolder, key: DataKey, generation: int) -> None:
    """Let the log know of a later generation, durably; it never forgets one. Raises CaseLogUnavailableError."""
    if not has_database(folder):
        return
    database = database_of(folder, key)
    if isinstance(database, DatabaseServer):
        _note_on_server(database, generation)
    else:
        _note_in_file(database, generation)


def _in_file(database: DatabaseFile) -> int:
    try:
        with closing(database.connect(read_only=True)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlcipher.Error:
        _log.warning("the case log cannot say which list of people is its latest", exc_info=True)
        return 0


def _note_in_file(database: DatabaseFile, generation: int) -> None:
    with closing(database.connect()) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] < generation:
            connection.execute(f"PRAGMA user_version = {generation}")
        connection.execute("COMMIT")


@in_plain_words()
def _on_server(database: DatabaseServer) -> int:
    engine = open_engine(database)
    try:
        with engine.connect() as connection:
            return int(connection.execute(_KNOWN).scalar_one_or_none() or 0)
    finally:
        engine.dispose()


def _note_on_server(database: DatabaseServer, generation: int) -> None:
    engine = open_engine(database)
    try:
        with for_writing(engine).begin() as connection:
            connection.execute(_NOTE, {"generation": generation})
    finally:
        engine.dispose()
