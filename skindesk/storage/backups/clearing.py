"""Removes backups, and the pictures that no backup refers to any more."""

import logging
from collections.abc import Collection
from datetime import datetime

from skindesk.storage.backups.ledger import load_trust
from skindesk.storage.backups.manifest import UnvouchedError, load_manifest
from skindesk.storage.backups.pictures import objects_beyond
from skindesk.storage.backups.place import Place, Snapshot
from skindesk.storage.backups.thinning import Dated, kept
from skindesk.storage.backups.words import in_backup_words
from skindesk.storage.sealing import DataKey

_log = logging.getLogger(__name__)


def thin(place: Place, key: DataKey, now: datetime) -> tuple[Snapshot, ...]:
    """Remove the backups that thinning does not keep; returns them. Raises BackupUnavailableError."""
    trust = load_trust(place, key)
    dated = {
        snapshot: Dated(snapshot.made_at, snapshot.name in trust and trust[snapshot.name].verified_at is not None)
        for snapshot in place.all()
    }
    staying = kept(dated.values(), now)
    going = tuple(snapshot for snapshot, backup in dated.items() if backup not in staying)
    remove(place, key, going)
    return going


@in_backup_words()
def remove(place: Place, key: DataKey, snapshots: Collection[Snapshot]) -> None:
    """Remove these backups and the pictures that only they referred to. Raises BackupUnavailableError.

    Where a remaining backup does not tell reliably what it refers to, every picture stays.
    """
    for snapshot in snapshots:
        snapshot.remove()
    try:
        manifests = [load_manifest(snapshot.manifest, key) for snapshot in place.all()]
    except UnvouchedError:
        _log.warning("pictures without a backup were not removed: a manifest cannot be trusted")
        return
    referred = frozenset(name for manifest in manifests for name in manifest.objects)
    for path in objects_beyond(place.objects, referred):
        path.unlink()
