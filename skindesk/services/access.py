"""Who may open the case log: setting it up, signing in and locking, and the people who work with it.

What reads the database loads when it is needed: a window that shows the way in does not wait for it.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.caution import Caution
from skindesk.domain.errors import AccessRefusedError, CaseLogDamagedError, CaseLogUnavailableError
from skindesk.domain.people import OWNER, Permission, Person, Role
from skindesk.services.relocating import Relocation
from skindesk.storage.audit_queue import AuditQueue
from skindesk.storage.keyring import Cost, Keyring, load_keyring, new_keyring
from skindesk.storage.occupancy import alone_with, working_with
from skindesk.storage.place import has_database
from skindesk.storage.sealing import DataKey
from skindesk.storage.sign_ins import SignIns
from skindesk.system.paths import Profile

if TYPE_CHECKING:
    from skindesk.storage.case_log import CaseLog

_log = logging.getLogger(__name__)
_RECOVERY = "recovery"
"""Stands for the recovery key where failed attempts are counted."""

_Opened = TypeVar("_Opened")
_KEY_MISSING = (
    "The key of the case log is missing.",
    "Nothing was changed. Put keyring.json back into the profile's caselog folder, or restore the latest backup.",
)
_KEY_ELSEWHERE = (
    "The database on the server holds a case log already, and its key is not in the folder that was named for it.",
    "Nothing was changed. Name the folder with its keyring.json with --log-folder, or put that file back from a copy.",
)
_KEY_STAYS = (
    "The data key of a case log that several workstations share cannot be changed.",
    "Export the cases, and import them into a new shared log with a database and a folder of its own.",
)
_OLDER_PEOPLE = (
    "The list of people of this case log is an older one than it has known: somebody who was removed may be on it.",
    "Nothing was opened. Put the newest keyring.json back into the profile's caselog folder; or let an administrator "
    "come in by the recovery key, and remove again who is not to be let in.",
)


class Door(StrEnum):
    """How the case log can be entered."""

    NEW = "new"
    """There is none yet: it has to be decided whether it needs a passphrase."""
    UNSEALED = "unsealed"
    """There is one of SkinDesk 0.1, in plain files: the same has to be decided."""
    OPEN = "open"
    """It needs no passphrase."""
    LOCKED = "locked"
    """Somebody has to sign in."""
    SIGNED_IN = "signed in"


class Access:
    """A profile's door. Methods raise AccessRefusedError for what this person or passphrase may not do, and
    CaseLogUnavailableError where the disk refuses. Close the case log before its key is changed.
    """

    def __init__(self, profile: Profile, cost: Cost | None = None) -> None:
        self._profile = profile
        self._cost = cost
        self._sign_ins = SignIns(profile.sign_ins)
        self._untold = AuditQueue(profile.untold)
        self._telling = Lock()
        self._log: CaseLog | None = None
        self._key: DataKey | None = None
        self._person: Person | None = None
        self._place = Relocation(profile)

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What the user is to be warned of: what could not be taken along, or removed, when the log was encrypted."""
        return self._place.cautions

    @property
    def door(self) -> Door:
        """How the log can be entered now.

        Raises CaseLogDamagedError where its key is damaged or gone, CaseLogUnavailableError where a server cannot tell.
        """
        if self._person is not None:
            return Door.SIGNED_IN  # whatever has become of the file since
        ring = self._ring()
        if ring is None:
            _refuse_without_key(self._profile)
            return Door.UNSEALED if _is_unsealed(self._profile) else Door.NEW
        return Door.LOCKED if ring.protected else Door.OPEN

    @property
    def person(self) -> Person:
        """Who works with the log. Raises AccessRefusedError while it is locked or not set up."""
        if self._person is not None:
            return self._person
        if self.door is Door.OPEN:
            return OWNER
        raise AccessRefusedError("The case log is locked.", "Sign in.")

    @property
    def key(self) -> DataKey:
        """The data key. Raises AccessRefusedError while the log is locked or not set up."""
        if self._key is not None:
            return self._key
        ring = self._ring()
        if ring is None:
            raise AccessRefusedError(
                "There is no case log yet.", "Choose whether it needs a passphrase, and set it up."
            )
        return ring.open()

    def people(self) -> tuple[Person, ...]:
        """Everybody who can sign in; nobody for a log without a passphrase."""
        ring = self._ring()
        return () if ring is None else ring.people

    def require(self, permission: Permission) -> None:
        """Raises AccessRefusedError where the person at work may not do this."""
        if not self.person.may(permission):
            raise AccessRefusedError(
                f"As {self.person.role} you may not do this.", "Ask somebody who may, or an administrator."
            )

    def set_up_open(self) -> None:
        """A log that opens without a passphrase: the new one, or SkinDesk 0.1's, sealed under a key that lies open."""
        with self._changing():
            self._refuse_unless(Door.NEW, Door.UNSEALED)
            ring = new_keyring()
            self._move(ring, ring.open())

    def set_up_protected(self, name: str, passphrase: str) -> str:
        """A log that needs a passphrase, whose first administrator is signed in; returns the recovery key to print.

        A log that is there already gets a new data key, since the old one lay open; only a shared one keeps the old,
        so that whoever has copied it can still read the pictures.
        """
        with self._changing():
            self._refuse_unless(Door.NEW, Door.UNSEALED, Door.OPEN)
            held = self._ring() if self._profile.shared is not None else None
            key = DataKey.new() if held is None else held.open()
            ring, recovery_key = (held or new_keyring()).protect(key, name, passphrase, self._cost)
            self._move(ring, key)
        self._key, self._person = key, ring.people[0]
        self._tell(AuditAction.PROTECTED)
        return recovery_key

    def sign_in(self, person_id: str, passphrase: str) -> Person:
        """Open the door. Every wrong passphrase is counted, and makes the next attempt wait longer.

        Raises CaseLogUnavailableError, and opens nothing, where an older list of people was put back.
        """
        ring = self._protected_ring()
        key = self._guarded(person_id, lambda: ring.unlock(person_id, passphrase))
        self._refuse_older(ring, key)
        person = ring.person(person_id)
        self._untold.add(_event(AuditAction.SIGNED_IN, person, person))  # before the door opens
        self._key, self._person = key, person
        self._tell_what_waits()
        return person

    def wait_s(self, person_id: str | None) -> float:
        """Seconds until somebody, or for None the recovery key, may be tried again."""
        return self._sign_ins.wait_s(_RECOVERY if person_id is None else person_id, datetime.now(UTC))

    def recover(self, recovery_key: str, person_id: str, passphrase: str) -> str:
        """Give somebody a new passphrase by the recovery key and sign them in; returns the next recovery key.

        A list of people that was put back is the latest from now on.
        """
        with self._changing():
            ring = self._protected_ring()
            key = self._guarded(_RECOVERY, lambda: ring.unlock_by_recovery(recovery_key))
            latest = ring.after(self._known_generation(key)).with_passphrase(key, person_id, passphrase, self._cost)
            renewed, next_recovery_key = latest.with_new_recovery(key)
            self._save(renewed, key)
        self._key, self._person = key, renewed.person(person_id)
        self._tell(AuditAction.RECOVERY_USED)
        return next_recovery_key

    def lock(self) -> None:
        """Forget the key. The case log must be closed."""
        person, self._key, self._person = self._person, None, None
        self._place.look_again()
        if person is not None:
            self._tell(AuditAction.LOCKED, person)

    def attach(self, log: "CaseLog") -> None:
        """Tell the audit of an open log what has waited, failed sign-ins among it, and from now on what happens."""
        self._log = log
        self._tell_what_waits()

    def detach(self) -> None:
        """The log is about to be closed: what happens from now on waits for the next."""
        self._log = None

    def tell(self, action: AuditAction, subject: Subject, subject_id: str) -> None:
        """Keep for the audit, durably, what whoever is at work has done beside the log; an open log is told at once.

        It never fails: what was done is done.
        """
        person = self._person or OWNER
        self._keep_for_audit(AuditEvent(action, subject, subject_id, person_id=person.person_id, at=datetime.now(UTC)))
        self._tell_what_waits()

    def change_passphrase(self, old: str, new: str) -> None:
        """Change one's own passphrase."""
        person = self.person
        with self._changing():
            ring = self._protected_ring()
            key = self._guarded(person.person_id, lambda: ring.unlock(person.person_id, old))
            self._refuse_older(ring, key)
            self._save(ring.with_passphrase(key, person.person_id, new, self._cost), key)
        self._tell(AuditAction.PASSPHRASE_CHANGED)

    def add_person(self, name: str, role: Role, passphrase: str) -> Person:
        """Let somebody in, with a first passphrase."""
        ring = self._administer(lambda ring: ring.with_person(self.key, name, role, passphrase, self._cost))
        self._tell(AuditAction.PERSON_ADDED, ring.people[-1])
        return ring.people[-1]

    def give_passphrase(self, person_id: str, passphrase: str) -> None:
        """Give somebody who has forgotten theirs a new passphrase."""
        ring = self._administer(lambda ring: ring.with_passphrase(self.key, person_id, passphrase, self._cost))
        self._tell(AuditAction.PASSPHRASE_CHANGED, ring.person(person_id))

    def give_role(self, person_id: str, role: Role) -> None:
        """Make somebody something else; the last administrator stays one."""
        ring = self._administer(lambda ring: ring.with_role(self.key, person_id, role))
        self._tell(AuditAction.ROLE_CHANGED, ring.person(person_id))
        if person_id == self.person.person_id:
            self._person = ring.person(person_id)

    def remove_person(self, person_id: str) -> None:
        """Let somebody in no more. The last administrator stays, and nobody removes themselves."""
        if person_id == self.person.person_id:
            raise AccessRefusedError("You cannot remove yourself.", "Let another administrator do it.")
        removed = self._protected_ring().person(person_id)
        self._administer(lambda ring: ring.without(self.key, person_id))
        self._tell(AuditAction.PERSON_REMOVED, removed)

    def new_recovery_key(self, passphrase: str) -> str:
        """Print a new recovery key; the old one opens nothing any more. The administrator's own passphrase is asked
        for once more, since whoever has the key can let themselves in later.
        """
        person_id = self.person.person_id
        with self._changing():
            ring = self._administered_ring()
            key = self._guarded(person_id, lambda: ring.unlock(person_id, passphrase))
            ring, recovery_key = ring.with_new_recovery(key)
            self._save(ring, key)
        self._tell(AuditAction.RECOVERY_RENEWED)
        return recovery_key

    def change_key(self, passphrase: str) -> str:
        """Encrypt the whole log anew under another data key; returns the recovery key to print.

        Everybody but the administrator at work is removed, since their passphrases wrap the old key. Raises
        AccessRefusedError for a shared log, which others work with meanwhile.
        """
        new, person_id = DataKey.new(), self.person.person_id
        with self._changing():
            held = self._administered_ring()
            if self._profile.shared is not None:
                raise AccessRefusedError(*_KEY_STAYS)
            ring, recovery_key = self._guarded(person_id, lambda: held.with_key(new, person_id, passphrase))
            self._move(ring, new)
        self._key = new
        self._tell(AuditAction.KEY_CHANGED)
        return recovery_key

    def _ring(self) -> Keyring | None:
        self._place.settle()
        return load_keyring(self._profile.log.keyring)

    def _protected_ring(self) -> Keyring:
        ring = self._ring()
        if ring is None or not ring.protected:
            raise AccessRefusedError("The case log needs no passphrase.", "Protect it first.")
        return ring

    def _refuse_unless(self, *doors: Door) -> None:
        if self.door not in doors:
            raise AccessRefusedError("The case log is set up already.", "Sign in to change it.")

    def _guarded(self, person_id: str, unlock: Callable[[], _Opened]) -> _Opened:
        """Unlock if it is not too soon after a failure; another failure is counted, and kept for the audit."""
        now = datetime.now(UTC)
        with self._sign_ins.attempt(person_id, now):
            try:
                return unlock()
            except AccessRefusedError:
                self._keep_for_audit(_failure(person_id, now))
                raise

    def _tell(self, action: AuditAction, about: Person | None = None) -> None:
        """Keep for the audit what has been done, durably, and tell it at once where a log is open.

        It is about whoever is at work unless said otherwise. It never fails: the caller may hold a recovery key that
        has to be shown.
        """
        subject = about or self._person or OWNER
        self._keep_for_audit(_event(action, self._person or subject, subject))
        self._tell_what_waits()

    def _keep_for_audit(self, event: AuditEvent) -> None:
        try:
            self._untold.add(event)
        except CaseLogUnavailableError:
            _log.exception("the audit cannot be told: %s", event.action)

    def _tell_what_waits(self) -> None:
        with self._telling:
            if self._log is None:
                return
            try:
                with self._untold.waiting() as events:
                    if events:
                        self._log.tell(*events)
            except CaseLogUnavailableError:
                _log.warning("the audit could not be told what waits for it; it goes on waiting", exc_info=True)

    def _administer(self, change: Callable[[Keyring], Keyring]) -> Keyring:
        with self._changing():
            ring = change(self._administered_ring())
            self._save(ring, self.key)
        return ring

    def _save(self, ring: Keyring, key: DataKey) -> None:
        """Keep a changed ring, then let the log know of it; a crash in between leaves the ring ahead, which may be."""
        ring.save(self._profile.log.keyring)
        self._note_generation(ring, key)

    def _note_generation(self, ring: Keyring, key: DataKey) -> None:
        try:
            from skindesk.storage.generation import note_generation

            with working_with(self._profile.log_lock):
                note_generation(self._profile.log, key, ring.generation)
        except CaseLogUnavailableError:
            _log.warning("the case log learns of its list of people at the next sign-in", exc_info=True)

    def _known_generation(self, key: DataKey) -> int:
        from skindesk.storage.generation import known_generation

        with working_with(self._profile.log_lock):
            return known_generation(self._profile.log, key)

    def _refuse_older(self, ring: Keyring, key: DataKey) -> None:
        """Raises CaseLogUnavailableError where the log has known a later list of people."""
        known = self._known_generation(key)
        if ring.generation < known:
            raise CaseLogUnavailableError(*_OLDER_PEOPLE)
        if ring.generation > known:
            self._note_generation(ring, key)

    def _administered_ring(self) -> Keyring:
        """The ring as it is now, for an administrator who still is one.

        Raises CaseLogUnavailableError where it is not the one that was opened: what somebody else has put there must
        not be vouched for, nor must the key that this program holds go into it.
        """
        self.require(Permission.ADMINISTER)
        ring = self._protected_ring()
        ring.check_voucher(self.key)
        self._refuse_older(ring, self.key)
        self._person = ring.person(self.person.person_id)
        self.require(Permission.ADMINISTER)
        return ring

    def _changing(self) -> AbstractContextManager[None]:
        """Change the ring, one program at a time."""
        return alone_with(self._profile.ring_lock)

    def _move(self, ring: Keyring, key: DataKey) -> None:
        """Put the log, or an empty one where there is none, under another key, and its ring beside it, in one step."""
        door = self.door
        if door is Door.NEW:
            self._place.set_up(ring, key)
        elif door is Door.UNSEALED:
            self._place.seal(ring, key)
        elif self._profile.shared is not None:
            self._save(ring, key)
        else:
            self._place.rekey(self.key, ring, key)


def _refuse_without_key(profile: Profile) -> None:
    """A log whose key is gone is not to be replaced by a new one: the key may be found again, or be in a backup."""
    if profile.shared is None and profile.log.database.exists():
        raise CaseLogDamagedError(*_KEY_MISSING)
    if profile.shared is not None and has_database(profile.log):
        raise CaseLogUnavailableError(*_KEY_ELSEWHERE)


def _is_unsealed(profile: Profile) -> bool:
    """Whether there is a log of SkinDesk 0.1, which is never a shared one."""
    return profile.shared is None and profile.unsealed_log.database.exists()


def _event(action: AuditAction, person: Person, about: Person) -> AuditEvent:
    return AuditEvent(action, Subject.PERSON, about.person_id, person_id=person.person_id, at=datetime.now(UTC))


def _failure(person_id: str, at: datetime) -> AuditEvent:
    return AuditEvent(AuditAction.SIGN_IN_FAILED, Subject.PERSON, person_id, person_id=person_id, at=at)
