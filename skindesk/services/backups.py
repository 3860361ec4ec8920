"""Backing up the case log into a folder of the user's choice, proving the backups, and restoring one."""

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.errors import AccessRefusedError, BackupUnavailableError, CaseLogUnavailableError
from skindesk.domain.people import Permission
from skindesk.services.access import Access, Door
from skindesk.storage.audit_queue import AuditQueue
from skindesk.storage.backups.checking import Flaw, flaws_of
from skindesk.storage.backups.clearing import remove, thin
from skindesk.storage.backups.erasing import may_hold
from skindesk.storage.backups.ledger import Trust, load_trust, note_proven, note_verified
from skindesk.storage.backups.manifest import Manifest, UnvouchedError, key_id, load_manifest
from skindesk.storage.backups.place import Place, Snapshot, place_of, places_in
from skindesk.storage.backups.restoring import forbids_restoring, open_manifest, rebuild, trial_folder
from skindesk.storage.backups.words import in_backup_words
from skindesk.storage.backups.writing import Progress, Written, write_snapshot
from skindesk.storage.keyring import Keyring, load_keyring
from skindesk.storage.occupancy import alone_with, working_with
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.replacing import begin_replacing, finish_replacing
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder, Profile

_log = logging.getLogger(__name__)
_NOBODY = ""
"""Stands in the audit for whoever restored a log that nobody could sign in to."""

Unlock = Callable[[Keyring], DataKey]
"""Opens the ring of a backup that was made under another key. Raises AccessRefusedError."""


@dataclass(frozen=True)
class BackupEntry:
    """A backup as a list shows it.

    `manifest` is None where it is damaged. `own` is False for one that was made under another key, such as before the
    key was changed or on another computer; of that one the list shows what it says of itself.
    """

    snapshot: Snapshot
    manifest: Manifest | None
    trust: Trust
    own: bool


@dataclass(frozen=True)
class Created:
    """A new backup, and the older ones that were thinned out. It is verified where it has no flaws."""

    written: Written
    flaws: tuple[Flaw, ...]
    thinned: tuple[Snapshot, ...]


@dataclass(frozen=True)
class Examined:
    """What was found in a backup; no flaws prove it."""

    snapshot: Snapshot
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True)
class Restored:
    """A backup that is the case log now, what was accepted to be missing, and where the old log was set aside."""

    snapshot: Snapshot
    manifest: Manifest
    flaws: tuple[Flaw, ...]
    old_log: Path | None


@dataclass(frozen=True)
class ErasedFromBackups:
    """The backup without the patient, the ones that were removed because the patient was or may have been in them,
    and the places of other case logs in the same folder, into which nobody could look.
    """

    created: Created
    removed: tuple[Snapshot, ...]
    elsewhere: tuple[Path, ...]


def due(now: datetime, last: datetime | None) -> bool:
    """Whether a daily backup is due: none has been made on this computer's calendar day."""
    return last is None or last.astimezone().date() != now.astimezone().date()


def open_ring(ring: Keyring) -> DataKey:
    """The unlocking of a ring that needs no passphrase. Raises AccessRefusedError for a protected one."""
    return ring.open()


class Backups:
    """A profile's backups. `folder` is always the one that the user has chosen.

    Methods raise BackupUnavailableError where the folder or its drive refuses or another program works there,
    CaseLogUnavailableError where the case log does, and AccessRefusedError while the log is locked.
    """

    def __init__(self, profile: Profile, access: Access, clock: Callable[[], datetime] | None = None) -> None:
        self._profile = profile
        self._access = access
        self._now = clock or (lambda: datetime.now(UTC))

    def create(self, folder: Path, progress: Progress = lambda done, total: None) -> Created:
        """Back up the case log, which may be open, verify the backup, and thin out older ones.

        A backup with flaws stays and counts as not verified; nothing is thinned out then.
        """
        key = self._access.key
        place = self._own_place(folder)
        now = self._now()
        with working_with(self._profile.log_lock), place.changing(), in_backup_words():
            written = write_snapshot(self._profile.log, self._log_id(), key, place, now, progress)
            flaws = flaws_of(written.snapshot, key)
            note_verified(place, key, written.snapshot.name, None if flaws else now)
            thinned = () if flaws else thin(place, key, now)
        self._tell(AuditAction.BACKED_UP, self._person_id())
        return Created(written, flaws, thinned)

    def list(self, folder: Path) -> tuple[BackupEntry, ...]:
        """Every backup in the folder, the newest first, those of other case logs included."""
        key = self._key_at_hand()
        entries = [entry for place in places_in(folder) for entry in _entries(place, key)]
        return tuple(sorted(entries, key=lambda entry: entry.snapshot.name, reverse=True))

    def newest_verified(self, folder: Path) -> BackupEntry | None:
        """The backup to offer when the case log is damaged, or None."""
        return next((entry for entry in self.list(folder) if entry.trust.verified_at is not None), None)

    def verify(self, folder: Path, name: str | None = None, unlock: Unlock = open_ring) -> Examined:
        """Open and read a backup, by default the newest."""
        snapshot = self._find(folder, name)
        with snapshot.place.reading():
            key = self._key_of(snapshot, unlock)
            flaws = flaws_of(snapshot, key)
        try:
            with snapshot.place.changing(), in_backup_words():
                note_verified(snapshot.place, key, snapshot.name, None if flaws else self._now())
        except BackupUnavailableError:
            pass  # a drive that cannot be written can be verified, and forgets it
        return Examined(snapshot, flaws)

    def drill(
        self, folder: Path, unlock: Unlock = open_ring, progress: Progress = lambda done, total: None
    ) -> Examined:
        """Restore the newest backup beside the backups, check it in full, and remove it again."""
        snapshot = self._find(folder, None)
        with snapshot.place.changing(), in_backup_words():
            key = self._key_of(snapshot, unlock)
            manifest = open_manifest(snapshot, key)
            with trial_folder(snapshot) as trial:
                flaws = rebuild(snapshot, manifest, key, trial, None, progress)
            note_proven(snapshot.place, key, snapshot.name, None if flaws else self._now())
        return Examined(snapshot, flaws)

    def restore(
        self,
        folder: Path,
        name: str | None = None,
        unlock: Unlock = open_ring,
        accept_losses: bool = False,
        progress: Progress = lambda done, total: None,
    ) -> Restored:
        """Put a backup, by default the newest verified one, into the case log's place; the old log is set aside whole.

        Close the case log before; sign in again after. The people and passphrases of now stay, where the backup has the
        key of now: who was let in no more stays out. `unlock` is asked where the case log's key does not open the
        backup. With `accept_losses` a backup is good enough in which pictures are missing. Nothing is changed where
        this raises: BackupUnavailableError for a damaged backup, AccessRefusedError for who may not administer.
        """
        self._require_restoring()
        person_id = self._person_id()
        snapshot = self.to_restore(folder, name)
        with snapshot.place.reading(), alone_with(self._profile.log_lock), in_plain_words():
            key = self._key_of(snapshot, unlock)
            manifest = open_manifest(snapshot, key)
            here = self._profile.log
            there = begin_replacing(here)
            try:
                flaws = rebuild(snapshot, manifest, key, there, here.images, progress)
                _refuse_damaged(snapshot, flaws, accept_losses)
                _keep_people(here, there, key)
            except BaseException:
                shutil.rmtree(there.root, ignore_errors=True)
                raise
            aside = self._profile.set_aside(self._now())
            old_log = aside if here.root.exists() else None
            finish_replacing(here, keep_old_as=old_log)
        self._tell(AuditAction.RESTORED, person_id)
        self._access.lock()
        return Restored(snapshot, manifest, flaws, old_log)

    def to_restore(self, folder: Path, name: str | None = None) -> Snapshot:
        """The backup that `restore` would take."""
        verified = None if name is not None else self.newest_verified(folder)
        return self._find(folder, name) if verified is None else verified.snapshot

    def erase_from(
        self, folder: Path, patient_id: int, progress: Progress = lambda done, total: None
    ) -> ErasedFromBackups:
        """Take a patient, who has been erased from the case log, out of its backups.

        A new backup is made and verified; then every other one in which the patient is or may be is removed, with the
        pictures that only those held. Raises AccessRefusedError for who may not administer.
        """
        self._access.require(Permission.ADMINISTER)
        key, place = self._access.key, self._own_place(folder)
        created = self.create(folder, progress)
        fresh = created.written.snapshot
        if created.flaws or may_hold(fresh, key, patient_id):
            raise BackupUnavailableError(
                "No backup without the patient could be made, so the older ones were kept.",
                created.flaws[0].what if created.flaws else "Erase the patient from the case log first.",
            )
        with place.changing():
            others = [snapshot for snapshot in place.all() if snapshot != fresh]
            going = tuple(snapshot for snapshot in others if may_hold(snapshot, key, patient_id))
            remove(place, key, going)
        elsewhere = tuple(other.root for other in places_in(folder) if other != place)
        return ErasedFromBackups(created, going, elsewhere)

    def _person_id(self) -> str:
        """Who is at work; nobody where there is no log, or its ring is damaged."""
        try:
            return self._access.person.person_id
        except (AccessRefusedError, CaseLogUnavailableError):
            return _NOBODY

    def _tell(self, action: AuditAction, person_id: str) -> None:
        """Keep for the audit what has been done; it is done, even where that cannot be kept."""
        try:
            AuditQueue(self._profile.untold).add(AuditEvent(action, Subject.LOG, person_id=person_id))
        except CaseLogUnavailableError:
            _log.exception("the audit cannot be told: %s", action)

    def _own_place(self, folder: Path) -> Place:
        if folder.resolve().is_relative_to(self._profile.log.root.resolve()):
            raise BackupUnavailableError(
                "A backup inside the case log's own folder would be lost with it.", "Choose a folder on another drive."
            )
        return place_of(folder, self._log_id())

    def _log_id(self) -> str:
        ring = load_keyring(self._profile.log.keyring)
        if ring is None:
            raise AccessRefusedError("There is no case log yet.", "Set it up first.")
        return ring.log_id

    def _find(self, folder: Path, name: str | None) -> Snapshot:
        """A backup by name, or the newest that the case log's key opens, or the newest of all."""
        entries = self.list(folder)
        wanted = [entry for entry in entries if entry.snapshot.name == name] if name else list(entries)
        for entry in sorted(wanted, key=lambda entry: not entry.own):
            return entry.snapshot
        raise BackupUnavailableError(
            f"There is no backup {name} in {folder}." if name else f"There is no backup in {folder}.",
            "Connect the drive that holds it, or choose another folder.",
        )

    def _key_at_hand(self) -> DataKey | None:
        """The case log's key, or None where there is no log yet, it is locked, or its ring is damaged."""
        try:
            return self._access.key
        except (AccessRefusedError, CaseLogUnavailableError):
            return None

    def _key_of(self, snapshot: Snapshot, unlock: Unlock) -> DataKey:
        own = self._key_at_hand()
        if own is not None and _entry(snapshot, own, {}).own:
            return own
        ring = load_keyring(snapshot.files.keyring)
        if ring is None:
            raise BackupUnavailableError(f"The key of the backup {snapshot.name} is missing.", "Choose another backup.")
        return unlock(ring)

    def _require_restoring(self) -> None:
        try:
            door = self._access.door
        except CaseLogUnavailableError:
            return  # the ring is damaged, so that nobody can sign in: whoever opens the backup may restore it
        if door is Door.UNSEALED:
            raise AccessRefusedError("There is a case log of SkinDesk 0.1 here.", "Set it up first, then restore.")
        if door is not Door.NEW:
            self._access.require(Permission.ADMINISTER)


def _entries(place: Place, key: DataKey | None) -> list[BackupEntry]:
    trust = load_trust(place, key)
    return [_entry(snapshot, key, trust) for snapshot in place.all()]


def _entry(snapshot: Snapshot, key: DataKey | None, trust: dict[str, Trust]) -> BackupEntry:
    try:
        manifest = load_manifest(snapshot.manifest, key)
    except UnvouchedError:
        return BackupEntry(snapshot, None, Trust(), own=key is not None)
    own = key is not None and manifest.key_id == key_id(key)
    return BackupEntry(snapshot, manifest, trust.get(snapshot.name, Trust()), own)


def _keep_people(here: LogFolder, there: LogFolder, key: DataKey) -> None:
    """Take the ring of now into a restored log, if it is sound and of the same key."""
    try:
        ring = load_keyring(here.keyring)
        if ring is not None:
            ring.check_voucher(key)
            ring.save(there.keyring)
    except CaseLogUnavailableError:
        _log.warning("the restored log has the people of its backup", exc_info=True)


def _refuse_damaged(snapshot: Snapshot, flaws: tuple[Flaw, ...], accept_losses: bool) -> None:
    fatal = [flaw for flaw in flaws if forbids_restoring(flaw)]
    if fatal:
        raise BackupUnavailableError(f"Nothing was restored. {fatal[0].what}", "Choose another backup.")
    if flaws and not accept_losses:
        raise BackupUnavailableError(
            f"Nothing was restored: the backup {snapshot.name} has {len(flaws)} flaws, the first: {flaws[0].what}",
            "Choose another backup, or accept the loss of what is missing.",
        )
