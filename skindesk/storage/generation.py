"""Which generation of the list of people a case log has known, kept inside its encrypted database.

Each change of the list is a later generation. Whoever puts an older keyring.json back, on which somebody stands who was
removed since, cannot put back the number in the database without its key.
"""

import logging
from contextlib import closing

from sqlcipher3 import dbapi2 as sqlcipher

from skindesk.storage.engine import DatabaseFile
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.sealing import DataKey
from skindesk.system.files import is_there
from skindesk.system.paths import LogFolder

_log = logging.getLogger(__name__)


def known_generation(folder: LogFolder, key: DataKey) -> int:
    """The latest generation that the log has known; 0 where its database is missing or cannot be read."""
    if not is_there(folder.database):
        return 0
    try:
        with closing(DatabaseFile(folder.database, key.database).connect(read_only=True)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlcipher.Error:
        _log.warning("the case log cannot say which list of people is its latest", exc_info=True)
        return 0


@in_plain_words()
def note_generation(folder: LogFolder, key: DataKey, generation: int) -> None:
    """Let the log know of a later generation, durably; it never forgets one. Raises CaseLogUnavailableError."""
    if not is_there(folder.database):
        return
    with closing(DatabaseFile(folder.database, key.database).connect()) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] < generation:
            connection.execute(f"PRAGMA user_version = {generation}")
        connection.execute("COMMIT")
