"""Where the rows of a case log are: in a file of its folder, or in a database on a server."""

from typing import TYPE_CHECKING

from skindesk.domain.errors import CaseLogDamagedError, CaseLogUnavailableError
from skindesk.storage.plain_words import DATABASE_MISSING, in_plain_words
from skindesk.storage.sealing import DataKey
from skindesk.system.files import is_there
from skindesk.system.paths import LogFolder

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from skindesk.storage.engine import Database

_MISSING_ON_SERVER = (
    "The database on the server holds no case log, though the folder says that there was one.",
    "Nothing was changed. Check the address of the database, or let the server's administrator restore its backup.",
)


def database_of(folder: LogFolder, key: DataKey | None) -> "Database":
    """The database of a log; its file is under the data key, or plain where there is none."""
    from skindesk.storage.engine import DatabaseFile
    from skindesk.storage.server import DatabaseServer

    if folder.server is not None:
        return DatabaseServer(folder.server)
    return DatabaseFile(folder.database, None if key is None else key.database)


@in_plain_words()
def has_database(folder: LogFolder) -> bool:
    """Whether a log's database has been made. Raises CaseLogUnavailableError where the server cannot be asked."""
    if folder.server is None:
        return is_there(folder.database)
    from skindesk.storage.engine import open_engine
    from skindesk.storage.server import DatabaseServer

    engine = open_engine(DatabaseServer(folder.server))
    try:
        with engine.connect() as connection:
            return revision_on(connection) is not None
    finally:
        engine.dispose()


def refuse_missing(folder: LogFolder) -> None:
    """Raises CaseLogUnavailableError where the log's database is gone, CaseLogDamagedError where that is a file.

    One on a server that was set up and never begun is not gone; it is made when the log is opened.
    """
    if has_database(folder):
        return
    if folder.server is None:
        raise CaseLogDamagedError(*DATABASE_MISSING)
    if folder.audit_head.exists():
        raise CaseLogUnavailableError(*_MISSING_ON_SERVER)


def revision_on(connection: "Connection") -> str | None:
    """The revision of the log in a server's database; None where no log has been made there."""
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if revision is None else str(revision)
