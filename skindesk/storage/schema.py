"""Creates the case log's tables and brings those of an older SkinDesk up to date.

Alembic does it. It loads when there is something to do, since that takes a quarter of a second.
"""

import logging
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from skindesk.domain.errors import CaseLogDamagedError, CaseLogUnavailableError
from skindesk.storage.backup import back_up
from skindesk.storage.engine import Database, DatabaseFile, for_writing, open_engine
from skindesk.storage.place import revision_on
from skindesk.storage.plain_words import NOT_A_CASE_LOG, in_plain_words
from skindesk.storage.server import DatabaseServer, on_server
from skindesk.system.files import make_folder

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0005"
"""The newest of its steps."""
_TAKEN = (
    "The database on the server holds other tables than a case log's.",
    "It was left as it is. Let the server's administrator make an empty database for SkinDesk.",
)
_log = logging.getLogger(__name__)


@in_plain_words()
def bring_up_to_date(database: Database, backups: Path, migrations: Path = MIGRATIONS) -> None:
    """Give a database the newest schema; create it where there is none.

    Before an existing file is migrated, a checked copy named after its old revision and the time is put into
    `backups`; a server's backups are its administrator's. All pending steps are one transaction: they happen together
    or not at all. Raises CaseLogUnavailableError, and leaves the database as it was, where it is no case log, is
    damaged, was written by a newer SkinDesk, or cannot be written.
    """
    if migrations == MIGRATIONS and _is_newest(database):
        return
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory.from_config(_config(migrations))
    head, known = _newest(steps), {step.revision for step in steps.walk_revisions()}
    if isinstance(database, DatabaseFile):
        _look_at(database, known)
    engine = open_engine(database, foreign_keys=False)  # a step may rebuild tables; keys are checked at its end
    try:
        with for_writing(engine).begin() as connection:
            if isinstance(database, DatabaseServer):
                _look_at_server(connection, known)
            current = MigrationContext.configure(connection).get_current_revision()
            if current == head:
                return
            if current is not None and isinstance(database, DatabaseFile):
                back_up(database, _backup_path(backups, current))
            _upgrade(connection, migrations)
            _log.info("case log schema brought from %s to %s", current, head)
    finally:
        engine.dispose()


def _is_newest(database: Database) -> bool:
    return isinstance(database, DatabaseFile) and database.path.exists() and _revision_of(database) == HEAD


def _look_at(database: DatabaseFile, known: set[str]) -> None:
    """Refuse a file that no step leads on from, before anything is written."""
    if database.path.exists():
        _refuse_unknown(_revision_of(database), known)
    else:
        make_folder(database.path.parent)


def _look_at_server(connection: Connection, known: set[str]) -> None:
    revision = revision_on(connection)
    if revision is None and inspect(connection).get_table_names():
        raise CaseLogUnavailableError(*_TAKEN)
    _refuse_unknown(revision, known)


def _config(migrations: Path) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config


def _newest(steps: "ScriptDirectory") -> str:
    """The newest revision. Without its step files Alembic would do nothing and call that success."""
    head = steps.get_current_head()
    if head is None:
        raise CaseLogUnavailableError(
            "This copy of SkinDesk is incomplete: the steps that set up the case log are missing.",
            "Install SkinDesk again.",
        )
    return head


def _revision_of(database: DatabaseFile) -> str | None:
    """The revision of an existing database, read without changing it; None where it is still empty."""
    if not database.path.is_file():
        raise CaseLogDamagedError(*NOT_A_CASE_LOG)
    with closing(database.connect(read_only=True)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise CaseLogDamagedError(*NOT_A_CASE_LOG)
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])


def _refuse_unknown(revision: str | None, known: set[str]) -> None:
    if revision is not None and revision not in known:
        raise CaseLogUnavailableError(
            f"The case log was written by a newer SkinDesk (its revision is {revision}).",
            "It was left as it is. Update SkinDesk on this computer to open it.",
        )


def _backup_path(backups: Path, revision: str) -> Path:
    return backups / f"caselog-{revision}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.sqlite3"


def _upgrade(connection: Connection, migrations: Path) -> None:
    from alembic import command

    config = _config(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if on_server(connection):
        return  # which checks them itself
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise RuntimeError("a migration left rows that point nowhere")
