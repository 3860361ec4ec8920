"""Finds the backups in which an erased patient still is."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from skindesk.storage.backups.place import Snapshot
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.sealing import DataKey
from skindesk.storage.search import identifier_key


@dataclass(frozen=True)
class Traces:
    """By what a patient is known in a backup: the identifier, the log's keys of the patient, and the digests of the
    pictures that nobody else has.
    """

    identifier: str
    patient_ids: frozenset[int] = frozenset()
    pictures: frozenset[str] = frozenset()

    def and_those(self, others: "Iterable[Traces]") -> "Traces":
        """Together with what further backups tell of the same patient."""
        found = tuple(others)
        return Traces(
            self.identifier,
            self.patient_ids.union(*(other.patient_ids for other in found)),
            self.pictures.union(*(other.pictures for other in found)),
        )

    def besides(self, present: "Traces") -> "Traces":
        """Without the keys and pictures that a log still has: they are somebody else's there."""
        return Traces(self.identifier, self.patient_ids - present.patient_ids, self.pictures - present.pictures)


def may_hold(snapshot: Snapshot, key: DataKey, traces: Traces) -> bool:
    """Whether a patient is in a backup; one that this key cannot read may hold anybody."""
    try:
        with closing(_database(snapshot, key).connect(read_only=True)) as connection:
            named = connection.execute(_OF_IDENTIFIER, (identifier_key(traces.identifier),)).fetchone() is not None
            present = _everything(connection)
    except sqlcipher.Error:
        return True
    return named or bool(traces.patient_ids & present.patient_ids) or bool(traces.pictures & present.pictures)


def traces_in(snapshot: Snapshot, key: DataKey, identifier: str) -> Traces:
    """What a backup knows of the patient with this identifier; nothing where the key does not open it."""
    try:
        with closing(_database(snapshot, key).connect(read_only=True)) as connection:
            row = connection.execute(_OF_IDENTIFIER, (identifier_key(identifier),)).fetchone()
            if row is None:
                return Traces(identifier)
            pictures = connection.execute(_PICTURES_OF_ONE_ALONE, (row[0], row[0])).fetchall()
            return Traces(identifier, frozenset(row), frozenset(sha256 for (sha256,) in pictures))
    except sqlcipher.Error:
        return Traces(identifier)


def everything_in(snapshot: Snapshot, key: DataKey) -> Traces:
    """The keys of all patients and the digests of all pictures in a backup. Raises the database module's Error."""
    with closing(_database(snapshot, key).connect(read_only=True)) as connection:
        return _everything(connection)


def _everything(connection: Any) -> Traces:
    patients = connection.execute("SELECT id FROM patient")
    pictures = connection.execute("SELECT DISTINCT sha256 FROM image")
    return Traces("", frozenset(key for (key,) in patients), frozenset(sha256 for (sha256,) in pictures))


def _database(snapshot: Snapshot, key: DataKey) -> DatabaseFile:
    return DatabaseFile(snapshot.files.database, key.database)


_OF_IDENTIFIER = "SELECT id FROM patient WHERE identifier_key = ?"
_PICTURES_OF_ONE_ALONE = """
    SELECT image.sha256 FROM image JOIN visit ON visit.id = image.visit_id JOIN lesion ON lesion.id = visit.lesion_id
    GROUP BY image.sha256 HAVING min(lesion.patient_id) = ? AND max(lesion.patient_id) = ?
"""
