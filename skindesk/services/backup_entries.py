"""What a list of backups shows: each with what it holds, how far it can be trusted, and who can open it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.backups.ledger import Trust, load_trust
from skindesk.storage.backups.manifest import Manifest, UnvouchedError, key_id, load_manifest
from skindesk.storage.backups.place import Place, Snapshot
from skindesk.storage.keyring import load_keyring
from skindesk.storage.sealing import DataKey


@dataclass(frozen=True)
class BackupEntry:
    """A backup as a list shows it.

    `manifest` is None where it is damaged. `own` is False for one that was made under another key, such as before the
    key was changed or on another computer; of that one the list shows what it says of itself. `same_log` is True for
    every backup of this case log, of before it was protected too, `open_to_all` for one that needs no passphrase.
    """

    snapshot: Snapshot
    manifest: Manifest | None
    trust: Trust
    own: bool
    same_log: bool = False
    open_to_all: bool = False

    @property
    def verified(self) -> bool:
        """Whether it was found sound when it was last read whole."""
        return self.trust.verified_at is not None


@dataclass(frozen=True)
class LeftBehind:
    """Backups of this log that a change of its protection has left as they were: the old key opens them.

    `open_to_all` need no passphrase though the case log does; `old_key` needs one of before.
    """

    open_to_all: tuple[BackupEntry, ...]
    old_key: tuple[BackupEntry, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of them all."""
        return tuple(entry.snapshot.name for entry in (*self.open_to_all, *self.old_key))


def entries_in(place: Place, key: DataKey | None, log_ids: frozenset[str]) -> list[BackupEntry]:
    """The backups of a place, the newest first, as this key sees them. Raises BackupUnavailableError."""
    trust = load_trust(place, key)
    return [entry_of(snapshot, key, trust, log_ids) for snapshot in place.all()]


def entry_of(snapshot: Snapshot, key: DataKey | None, trust: dict[str, Trust], log_ids: frozenset[str]) -> BackupEntry:
    """A backup as this key sees it."""
    try:
        manifest = load_manifest(snapshot.manifest, key)
    except UnvouchedError:
        return BackupEntry(snapshot, None, Trust(), own=key is not None)
    own = key is not None and manifest.key_id == key_id(key)
    same_log = manifest.log_id in log_ids
    return BackupEntry(
        snapshot, manifest, trust.get(snapshot.name, Trust()), own, same_log, not own and _is_open(snapshot)
    )


def _is_open(snapshot: Snapshot) -> bool:
    try:
        ring = load_keyring(snapshot.files.keyring)
    except CaseLogUnavailableError:
        return False
    return ring is not None and not ring.protected


def likely_first(newest_first: Sequence[BackupEntry], now: datetime) -> list[BackupEntry]:
    """The newest first, but what a clock that was ahead has dated into the future last."""
    return sorted(newest_first, key=lambda entry: entry.snapshot.made_at > now)
