"""Copies a whole case log under another data key: to protect one, to change its key, or to seal one of SkinDesk 0.1."""

import logging
from contextlib import closing
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from skindesk.domain.errors import CaseLogDamagedError
from skindesk.storage.audit_carrying import rechain
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.image_store import ImageStore
from skindesk.storage.plain_words import DAMAGED, in_plain_words
from skindesk.storage.sealing import DataKey, PictureSealer
from skindesk.system.files import sync_file, sync_folder
from skindesk.system.paths import LogFolder

_log = logging.getLogger(__name__)
_PICTURES = "SELECT DISTINCT sha256, media_type FROM image"
_FILES = (
    f"{_PICTURES} UNION SELECT attachment_sha256, attachment_type FROM final_diagnosis "
    "WHERE attachment_sha256 IS NOT NULL"
)
"""What the log's rows refer to in the image store, in a log of today; one of an earlier revision has pictures alone."""


@in_plain_words()
def reseal(source: LogFolder, source_key: DataKey | None, target: LogFolder, target_key: DataKey) -> int:
    """Copy database and pictures of one log into an empty folder under another key, and check the copy.

    `source_key` is None for a log of SkinDesk 0.1, which is not encrypted. Pictures that are missing or damaged in the
    source stay so; returns how many. Raises CaseLogUnavailableError where the source is damaged or the disk refuses.
    """
    old = DatabaseFile(source.database, None if source_key is None else source_key.database)
    new = DatabaseFile(target.database, target_key.database)
    _copy_database(old, new)
    if source_key is not None:  # SkinDesk 0.1 had no audit
        rechain(source, source_key, target, target_key)
        sync_file(new.path)
    return _copy_pictures(
        new, ImageStore(source.images, _sealer(source_key)), ImageStore(target.images, _sealer(target_key))
    )


def _sealer(key: DataKey | None) -> PictureSealer | None:
    return None if key is None else PictureSealer(key)


def _copy_database(old: DatabaseFile, new: DatabaseFile) -> None:
    # SQLCipher opens plain files too, and only it can write from one key to another.
    with closing(sqlcipher.connect(str(old.path))) as connection:
        old.unlock(connection)
        connection.execute("ATTACH DATABASE ? AS resealed KEY ?", (str(new.path), _raw_key(new)))
        connection.execute("SELECT sqlcipher_export('resealed')").fetchall()
        expected = row_counts(connection, "main")
        connection.execute("DETACH DATABASE resealed")
    with closing(new.connect()) as copy:
        sound = copy.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        if not sound or row_counts(copy, "main") != expected:
            raise CaseLogDamagedError(*DAMAGED)
    sync_file(new.path)
    sync_folder(new.path.parent)


def _raw_key(database: DatabaseFile) -> str:
    return "" if database.key is None else f"x'{database.key.hex()}'"


def row_counts(connection: Any, schema: str = "main") -> dict[str, int]:
    """How many rows each table has."""
    tables = connection.execute(f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table'").fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM {schema}."{name}"').fetchone()[0]
        for (name,) in tables
        if not name.startswith("sqlite_")
    }


def _has_attachments(connection: Any) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'final_diagnosis'").fetchone() is not None


def _copy_pictures(database: DatabaseFile, source: ImageStore, target: ImageStore) -> int:
    with closing(database.connect(read_only=True)) as connection:
        rows = connection.execute(_FILES if _has_attachments(connection) else _PICTURES).fetchall()
    lost = 0
    for sha256, media_type in rows:
        content = source.intact(sha256)
        if content is None:
            _log.warning("picture %s is missing or damaged and was not copied", sha256)
            lost += 1
        else:
            target.add(content, media_type)
    return lost
