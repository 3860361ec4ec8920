"""Finds the backups in which an erased patient still is."""

from contextlib import closing

from sqlcipher3 import dbapi2 as sqlcipher

from skindesk.storage.backups.place import Snapshot
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.sealing import DataKey


def may_hold(snapshot: Snapshot, key: DataKey, patient_id: int) -> bool:
    """Whether a patient is in a backup; one that this key cannot read may hold anybody."""
    try:
        with closing(DatabaseFile(snapshot.files.database, key.database).connect(read_only=True)) as connection:
            found = connection.execute("SELECT 1 FROM patient WHERE id = ?", (patient_id,)).fetchone()
            return found is not None
    except sqlcipher.Error:
        return True
