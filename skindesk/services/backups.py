"""Backing up the case log into a folder of the user's choice, proving the backups, and restoring one."""

import logging
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.errors import (
    AccessRefusedError,
    BackupIncompleteError,
    BackupInUseError,
    BackupUnavailableError,
    CaseLogUnavailableError,
)
from skindesk.domain.people import Permission
from skindesk.services.access import Access, Door
from skindesk.services.backup_entries import BackupEntry, LeftBehind, entries_in, entry_of, likely_first
from skindesk.storage.audit_queue import AuditQueue
from skindesk.storage.backups.checking import Flaw, flaws_of
from skindesk.storage.backups.clearing import remove, thin
from skindesk.storage.backups.erasing import Traces, everything_in, may_hold, traces_in
from skindesk.storage.backups.last import LastBackup, keep_last, load_last
from skindesk.storage.backups.ledger import note_proven, note_verified
from skindesk.storage.backups.manifest import Manifest, key_id
from skindesk.storage.backups.place import Place, Snapshot, place_of, places_in
from skindesk.storage.backups.restoring import forbids_restoring, open_manifest, rebuild, trial_folder
from skindesk.storage.backups.words import in_backup_words
from skindesk.storage.backups.writing import Progress, Written, silent, write_snapshot
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

    def create(self, folder: Path, progress: Progress = silent, checking: Progress = silent) -> Created:
        """Back up the case log, which may be open, verify the backup, and thin out older ones.

        `progress` is told of the copying, `checking` of the verifying; a stop in either leaves no backup. One with
        flaws stays and counts as not verified; nothing is thinned out then.
        """
        key, place = self._access.key, self._own_place(folder)
        with self._writing(place):
            return self._create(folder, place, key, progress, checking)

    def create_if_due(self, folder: Path, progress: Progress = silent, checking: Progress = silent) -> Created | None:
        """Back up as `create` does, unless there is a backup of today, or another program is at work there."""
        key, place = self._access.key, self._own_place(folder)
        try:
            with self._writing(place):
                newest = self._newest_own(place, key)
                if not due(self._now(), None if newest is None else newest.snapshot.made_at):
                    return None
                return self._create(folder, place, key, progress, checking)
        except BackupInUseError:
            return None

    @contextmanager
    def _writing(self, place: Place) -> Iterator[None]:
        with working_with(self._profile.log_lock), place.changing(), in_backup_words():
            yield

    def _create(self, folder: Path, place: Place, key: DataKey, progress: Progress, checking: Progress) -> Created:
        now = self._now()
        written = write_snapshot(self._profile.log, self._log_id(), key, place, now, progress)
        try:
            flaws = flaws_of(written.snapshot, key, checking)
        except BaseException:
            with suppress(OSError, BackupUnavailableError):  # the drive may be away
                remove(place, key, [written.snapshot])
            raise
        note_verified(place, key, written.snapshot.name, None if flaws else now)
        thinned = () if flaws else thin(place, key, now)
        if not flaws:
            last = LastBackup(folder.resolve(), now, key_id(key), self._log_ids())
            keep_last(self._profile.last_backup, last)
        self._tell(AuditAction.BACKED_UP, self._person_id())
        return Created(written, flaws, thinned)

    def list(self, folder: Path) -> tuple[BackupEntry, ...]:
        """Every backup in the folder, the newest first, those of other case logs included."""
        key, log_ids = self._key_at_hand(), self._log_ids()
        entries = [entry for place in places_in(folder) for entry in entries_in(place, key, log_ids)]
        return tuple(sorted(entries, key=lambda entry: entry.snapshot.name, reverse=True))

    def newest_verified(self, folder: Path) -> BackupEntry | None:
        """The backup to offer when the case log is damaged, or None."""
        return next((entry for entry in likely_first(self.list(folder), self._now()) if entry.verified), None)

    def left_behind(self, folder: Path) -> LeftBehind:
        """The backups that the case log's passphrase or key of now does not protect; none while it is locked."""
        ring = load_keyring(self._profile.log.keyring)
        if self._key_at_hand() is None or ring is None:
            return LeftBehind((), ())
        others = [entry for entry in self.list(folder) if entry.same_log and not entry.own]
        open_to_all = tuple(entry for entry in others if ring.protected and entry.open_to_all)
        return LeftBehind(open_to_all, tuple(entry for entry in others if entry not in open_to_all))

    def remove(self, folder: Path, names: Collection[str]) -> tuple[Snapshot, ...]:
        """Remove backups by name, with the pictures that only they held; returns them.

        Raises AccessRefusedError for who may not administer, and for the case log's only verified backup.
        """
        self._access.require(Permission.ADMINISTER)
        key = self._access.key
        going = [self._find(folder, name) for name in names]
        self._refuse_last(folder, going)
        self._remove(going, key)
        return tuple(going)

    def verify(
        self, folder: Path, name: str | None = None, unlock: Unlock = open_ring, progress: Progress = silent
    ) -> Examined:
        """Open and read a backup, by default the newest."""
        snapshot = self._find(folder, name)
        with snapshot.place.reading():
            key = self._key_of(snapshot, unlock)
            flaws = flaws_of(snapshot, key, progress)
        try:
            with snapshot.place.changing(), in_backup_words():
                note_verified(snapshot.place, key, snapshot.name, None if flaws else self._now())
        except BackupUnavailableError:
            pass  # a drive that cannot be written can be verified, and forgets it
        return Examined(snapshot, flaws)

    def drill(
        self, folder: Path, unlock: Unlock = open_ring, progress: Progress = silent, name: str | None = None
    ) -> Examined:
        """Restore a backup, by default the newest, beside the backups, check it in full, and remove it again."""
        snapshot = self._find(folder, name)
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
        progress: Progress = silent,
    ) -> Restored:
        """Put a backup, by default the newest verified one, into the case log's place; the old log is set aside whole.

        Close the case log before; sign in again after. The people and passphrases of now stay, where the backup has the
        key of now: who was let in no more stays out. `unlock` is asked where the case log's key does not open the
        backup. With `accept_losses` a backup is good enough in which pictures are missing. Nothing is changed where
        this raises: BackupUnavailableError for a damaged backup, BackupIncompleteError where pictures are missing,
        AccessRefusedError for who may not administer.
        """
        self._refuse_on_server()
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

    def erase_from(self, folder: Path, traces: Traces, progress: Progress = silent) -> ErasedFromBackups:
        """Take a patient, who has been erased from the case log, out of its backups.

        A new backup is made and verified; then every other one of this log, of before it was protected too, in which
        the patient is or may be is removed, with the pictures that only those held. What the backups tell of the
        patient's identifier is added to the traces. Raises AccessRefusedError for who may not administer.
        """
        self._access.require(Permission.ADMINISTER)
        self._refuse_on_server()
        key = self._access.key
        created = self.create(folder, progress)
        fresh = created.written.snapshot
        if created.flaws or may_hold(fresh, key, Traces(traces.identifier, traces.patient_ids)):
            raise BackupUnavailableError(
                "No backup without the patient could be made, so the older ones were kept.",
                created.flaws[0].what if created.flaws else "Erase the patient from the case log first.",
            )
        known = [place_of(folder, log_id) for log_id in self._log_ids()]
        others = [snapshot for one in known for snapshot in one.all() if snapshot != fresh]
        told = traces.and_those(traces_in(snapshot, key, traces.identifier) for snapshot in others)
        sought = told.besides(everything_in(fresh, key))
        going = tuple(snapshot for snapshot in others if may_hold(snapshot, key, sought))
        self._remove(going, key)
        elsewhere = tuple(other.root for other in places_in(folder) if other not in known)
        return ErasedFromBackups(created, going, elsewhere)

    def _remove(self, going: Sequence[Snapshot], key: DataKey) -> None:
        for place in {snapshot.place for snapshot in going}:
            with place.changing():
                remove(place, key, [snapshot for snapshot in going if snapshot.place == place])
        if going:
            self._tell(AuditAction.COPIES_REMOVED, self._person_id())

    def _newest_own(self, place: Place, key: DataKey) -> BackupEntry | None:
        """The newest under the key of now that was not made by a clock that was ahead."""
        now = self._now()
        return next(
            (one for one in entries_in(place, key, frozenset()) if one.own and one.snapshot.made_at <= now), None
        )

    def _refuse_last(self, folder: Path, going: Sequence[Snapshot]) -> None:
        verified = {entry.snapshot for entry in self.list(folder) if entry.own and entry.verified}
        if verified and verified <= set(going):
            raise AccessRefusedError(
                "This is the only verified backup of the case log.", "Make a new backup first, then remove the old one."
            )

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

    def _refuse_on_server(self) -> None:
        if self._profile.shared is not None:
            raise BackupUnavailableError(
                "SkinDesk does not back up or restore a case log that lies on a server.",
                f"Let the server's administrator do it with pg_dump and pg_restore, and copy {self._profile.log.root} "
                "right after each pg_dump; `skindesk cases export` writes cases into a file of your own.",
            )

    def _own_place(self, folder: Path) -> Place:
        self._refuse_on_server()
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
        entries = likely_first(self.list(folder), self._now())
        wanted = [entry for entry in entries if entry.snapshot.name == name] if name else entries
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

    def _log_ids(self) -> frozenset[str]:
        """Those that the case log of this profile has or had, as far as they are known."""
        last = load_last(self._profile.last_backup)
        former = frozenset[str]() if last is None else last.log_ids
        try:
            return former | {self._log_id()}
        except (AccessRefusedError, CaseLogUnavailableError):
            return former

    def _key_of(self, snapshot: Snapshot, unlock: Unlock) -> DataKey:
        own = self._key_at_hand()
        if own is not None and entry_of(snapshot, own, {}, frozenset()).own:
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


def _keep_people(here: LogFolder, there: LogFolder, key: DataKey) -> None:
    """Take the ring of now into a restored log, if it is sound and of the same key."""
    try:
        ring = load_keyring(here.keyring)
        if ring is not None and ring.protected:  # else there is nobody to keep
            ring.check_voucher(key)
            ring.save(there.keyring)
    except CaseLogUnavailableError:
        _log.warning("the restored log has the people of its backup", exc_info=True)


def _refuse_damaged(snapshot: Snapshot, flaws: tuple[Flaw, ...], accept_losses: bool) -> None:
    fatal = [flaw for flaw in flaws if forbids_restoring(flaw)]
    if fatal:
        raise BackupUnavailableError(f"Nothing was restored. {fatal[0].what}", "Choose another backup.")
    if flaws and not accept_losses:
        raise BackupIncompleteError(
            f"Nothing was restored: the backup {snapshot.name} has {len(flaws)} flaws, the first: {flaws[0].what}",
            "Choose another backup, or accept the loss of what is missing.",
        )
