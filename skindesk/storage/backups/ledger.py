"""Remembers when each backup was last verified, and last proven by restoring it for a trial."""

from dataclasses import dataclass, replace
from datetime import datetime

from skindesk.storage.backups.manifest import UnvouchedError, read_signed, write_signed
from skindesk.storage.backups.place import Place
from skindesk.storage.sealing import DataKey


@dataclass(frozen=True)
class Trust:
    """When a backup was last found sound; None where it never was, or was found damaged since."""

    verified_at: datetime | None = None
    proven_at: datetime | None = None


def load_trust(place: Place, key: DataKey | None) -> dict[str, Trust]:
    """The trust in each backup by its name; nothing without a key, or where this key does not vouch for the ledger."""
    if key is None:
        return {}
    try:
        return {name: Trust(*map(_moment, times)) for name, times in read_signed(place.ledger, key).items()}
    except (UnvouchedError, ValueError, TypeError, AttributeError):
        return {}


def note_verified(place: Place, key: DataKey, name: str, at: datetime | None) -> None:
    """Keep that a backup was found sound, or with None that it was found damaged. Raises OSError."""
    before = load_trust(place, key).get(name, Trust())
    _note(place, key, name, Trust() if at is None else replace(before, verified_at=at))


def note_proven(place: Place, key: DataKey, name: str, at: datetime | None) -> None:
    """Keep that a backup was restored for a trial, or with None that it could not be. Raises OSError."""
    _note(place, key, name, Trust(at, at))


def _note(place: Place, key: DataKey, name: str, trust: Trust) -> None:
    present = {snapshot.name for snapshot in place.all()}
    trusts = {**load_trust(place, key), name: trust}
    content = {
        name: [None if at is None else at.isoformat() for at in (trust.verified_at, trust.proven_at)]
        for name, trust in trusts.items()
        if name in present
    }
    write_signed(place.ledger, content, key)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
