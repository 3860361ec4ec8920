"""The file that holds a case log's data key: wrapped by each person's passphrase, or open on a personal machine.

The key is wrapped with AES-256-GCM under a key made of the passphrase by Argon2id (RFC 9106), and once more under the
recovery key. A passphrase is changed by wrapping again; nothing is encrypted anew.
"""

import base64
import hashlib
import hmac
import itertools
import json
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from skindesk.domain.errors import AccessRefusedError, CaseLogDamagedError, CaseLogUnavailableError, WrongSecretError
from skindesk.domain.people import Person, Role
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.sealing import KEY_BYTES, DataKey, SealBrokenError, Sealer
from skindesk.system.files import write_durably

SHORTEST_PASSPHRASE = 8
_VERSION = 1
_LAST_GENERATION = 2**31 - 1
"""SQLite's user_version holds no more."""
_SALT_BYTES = 16
_RECOVERY_BYTES = 20
_RECOVERY_GROUP = 4
_LOOK_ALIKES = str.maketrans({"0": "O", "8": "B"})
"""Digits that are not in the recovery key's alphabet (RFC 4648, base 32), read as the letters that they look like."""
_MOST_ONES = 6
"""A 1 may be an I or an L, so that each doubles what is tried."""
_MOST_MEMORY_KIB = 2**21
"""What the costlier of RFC 9106's two recommended options takes (section 4)."""
_MOST_WORK_KIB = 2**22
"""Memory times passes: twice that option's. A file that asks for more would only keep this computer busy."""
_MOST_LANES = 64
_LEAST_MEMORY_OF_A_LANE_KIB = 8
"""RFC 9106, section 3.1."""
_DAMAGED = (
    "The file that holds the case log's key is damaged.",
    "Nothing was changed. Restore keyring.json from a backup of the case log.",
)
_UNBEARABLE = (
    "The file that holds the case log's key asks for more work or memory than a passphrase may cost, or for none.",
    "It was changed outside SkinDesk, and nothing was tried. Restore keyring.json from a backup of the case log.",
)
_TOO_LITTLE_MEMORY = (
    "This computer has too little free memory to check the passphrase.",
    "Close other programs, then try again.",
)
_TAMPERED = (
    "The list of people of this case log was changed outside SkinDesk.",
    "Nothing was opened. Restore keyring.json from a backup of the case log.",
)


@dataclass(frozen=True)
class Cost:
    """What a guess at a passphrase costs: memory in KiB, passes over it, and lanes."""

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 4

    @property
    def bearable(self) -> bool:
        """Whether it is one that Argon2 knows and that a computer can be asked to bear at every sign-in."""
        return (
            all(type(value) is int for value in (self.memory_kib, self.passes, self.lanes))
            and 1 <= self.lanes <= _MOST_LANES
            and _LEAST_MEMORY_OF_A_LANE_KIB * self.lanes <= self.memory_kib <= _MOST_MEMORY_KIB
            and 1 <= self.passes <= _MOST_WORK_KIB // self.memory_kib
        )


@dataclass(frozen=True)
class _Member:
    """A person, and the data key wrapped by their passphrase."""

    person: Person
    cost: Cost
    salt: bytes
    wrapped: bytes


@dataclass(frozen=True)
class Keyring:
    """Who can open a case log. Its methods return changed copies; `save` keeps one.

    `open_key` is the data key itself where no passphrase is needed; then there are no members. `voucher` is an HMAC
    under a key that follows from the data key, so that the list of people cannot be changed without it. `generation`
    counts the changes.
    """

    log_id: str
    open_key: bytes | None = None
    members: tuple[_Member, ...] = ()
    recovery: bytes = b""
    voucher: bytes = b""
    generation: int = 0

    @property
    def protected(self) -> bool:
        """Whether a passphrase is needed."""
        return self.open_key is None

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who can sign in, in the order in which they were added."""
        return tuple(member.person for member in self.members)

    def person(self, person_id: str) -> Person:
        """Somebody by id. Raises AccessRefusedError where there is nobody."""
        return self._member(person_id).person

    def open(self) -> DataKey:
        """The data key of a log without a passphrase. Raises AccessRefusedError for a protected one."""
        if self.open_key is None:
            raise AccessRefusedError("The case log is locked.", "Sign in.")
        return DataKey(self.open_key)

    def unlock(self, person_id: str, passphrase: str) -> DataKey:
        """The data key, by a passphrase.

        Raises AccessRefusedError for a wrong one, CaseLogUnavailableError for a list that was tampered with.
        """
        member = self._member(person_id)
        wrapping = _from_passphrase(passphrase, member.salt, member.cost)
        return self._unwrap(member.wrapped, wrapping, person_id, "The passphrase is not right.")

    def unlock_by_recovery(self, recovery_key: str) -> DataKey:
        """The data key, by the recovery key, however it is spaced, in capitals or not, and with digits for letters
        that look like them. Raises as `unlock` does.
        """
        for secret in _secrets_read_as(recovery_key):
            try:
                return self._unwrap(self.recovery, _from_recovery(secret), "recovery", "")
            except WrongSecretError:
                continue
        raise WrongSecretError("The recovery key is not right.", "Try again.")

    def protect(self, key: DataKey, name: str, passphrase: str, cost: Cost | None = None) -> "tuple[Keyring, str]":
        """A ring without an open key, whose first administrator is named; and the recovery key to print.

        Raises AccessRefusedError for a name or passphrase that will not do.
        """
        ring, recovery_key = replace(self, open_key=None, members=()).with_new_recovery(key)
        return ring.with_person(key, name, Role.ADMINISTRATOR, passphrase, cost), recovery_key

    def with_new_recovery(self, key: DataKey) -> "tuple[Keyring, str]":
        """A ring with a new recovery key, which makes the old one useless."""
        secret = secrets.token_bytes(_RECOVERY_BYTES)
        letters = base64.b32encode(secret).decode()
        groups = [letters[at : at + _RECOVERY_GROUP] for at in range(0, len(letters), _RECOVERY_GROUP)]
        wrapped = Sealer(_from_recovery(secret)).seal(key.secret, self._label("recovery"))
        return replace(self, recovery=wrapped)._vouched(key), "-".join(groups)

    def with_person(self, key: DataKey, name: str, role: Role, passphrase: str, cost: Cost | None = None) -> "Keyring":
        """A ring with one more person. Raises AccessRefusedError for a name or passphrase that will not do."""
        name = " ".join(name.split())
        if not name:
            raise AccessRefusedError("A person needs a name.", "Enter the name to sign in with.")
        if name.casefold() in {person.name.casefold() for person in self.people}:
            raise AccessRefusedError(f"There is already somebody named {name}.", "Choose another name.")
        person = Person(secrets.token_hex(8), name, role)
        return replace(self, members=(*self.members, self._wrap(key, person, passphrase, cost)))._vouched(key)

    def with_passphrase(self, key: DataKey, person_id: str, passphrase: str, cost: Cost | None = None) -> "Keyring":
        """A ring in which somebody has another passphrase. Raises AccessRefusedError for one that will not do."""
        fresh = self._wrap(key, self.person(person_id), passphrase, cost)
        return self._replaced(key, person_id, fresh)

    def with_role(self, key: DataKey, person_id: str, role: Role) -> "Keyring":
        """A ring in which somebody has another role. Raises AccessRefusedError for the last administrator."""
        member = self._member(person_id)
        return self._replaced(key, person_id, replace(member, person=replace(member.person, role=role)))

    def without(self, key: DataKey, person_id: str) -> "Keyring":
        """A ring without somebody. Raises AccessRefusedError for the last administrator."""
        self._member(person_id)
        return self._replaced(key, person_id)

    def check_voucher(self, key: DataKey) -> None:
        """Raises CaseLogUnavailableError unless the ring is of this data key and nobody else has changed it."""
        if not hmac.compare_digest(self.voucher, self._voucher(key)):
            raise CaseLogUnavailableError(*_TAMPERED)

    def after(self, generation: int) -> "Keyring":
        """A ring whose next change is later than that generation, too. It is not vouched for before."""
        return replace(self, generation=max(self.generation, generation))

    def with_key(self, new: DataKey, person_id: str, passphrase: str) -> "tuple[Keyring, str]":
        """A ring for another data key, which only this administrator can open; and its recovery key.

        Everybody else needs a new passphrase, since theirs wrap the old key. Raises AccessRefusedError for a wrong one.
        """
        self.unlock(person_id, passphrase)
        member = self._member(person_id)
        alone = replace(self, members=(self._wrap(new, member.person, passphrase, member.cost),))
        return alone.with_new_recovery(new)

    @in_plain_words()
    def save(self, path: Path) -> None:
        """Write the ring durably. Raises CaseLogUnavailableError where it cannot be."""
        write_durably(path, json.dumps(self._as_json(), indent=2).encode())

    def _member(self, person_id: str) -> _Member:
        for member in self.members:
            if member.person.person_id == person_id:
                return member
        raise AccessRefusedError("There is nobody of that name in this case log.", "Choose a name from the list.")

    def _replaced(self, key: DataKey, person_id: str, *fresh: _Member) -> "Keyring":
        at = self.members.index(self._member(person_id))
        members = (*self.members[:at], *fresh, *self.members[at + 1 :])
        if not any(member.person.role is Role.ADMINISTRATOR for member in members):
            raise AccessRefusedError(
                "This is the case log's last administrator.", "Make somebody else an administrator first."
            )
        return replace(self, members=members)._vouched(key)

    def _wrap(self, key: DataKey, person: Person, passphrase: str, cost: Cost | None) -> _Member:
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise AccessRefusedError(
                "The passphrase is too short.", f"Use at least {SHORTEST_PASSPHRASE} characters; several words do well."
            )
        cost, salt = cost or Cost(), secrets.token_bytes(_SALT_BYTES)
        sealed = Sealer(_from_passphrase(passphrase, salt, cost)).seal(key.secret, self._label(person.person_id))
        return _Member(person, cost, salt, sealed)

    def _unwrap(self, wrapped: bytes, wrapping: bytes, whose: str, refusal: str) -> DataKey:
        try:
            key = DataKey(Sealer(wrapping).open(wrapped, self._label(whose)))
        except SealBrokenError as error:
            raise WrongSecretError(refusal, "Try again.") from error
        self.check_voucher(key)
        return key

    def _label(self, whose: str) -> str:
        return f"{self.log_id} {whose}"

    def _vouched(self, key: DataKey) -> "Keyring":
        changed = replace(self, generation=self.generation + 1)
        return replace(changed, voucher=changed._voucher(key))

    def _voucher(self, key: DataKey) -> bytes:
        listed = {name: value for name, value in self._as_json().items() if name != "voucher"}
        if self.generation == 0:
            del listed["generation"]  # the first rings had none
        content = json.dumps(listed, sort_keys=True, ensure_ascii=True).encode()
        return hmac.new(key.people, content, hashlib.sha256).digest()

    def _as_json(self) -> dict[str, Any]:
        return {
            "version": _VERSION,
            "log_id": self.log_id,
            "open_key": None if self.open_key is None else _text(self.open_key),
            "members": [
                {
                    **asdict(member.person),
                    "cost": asdict(member.cost),
                    "salt": _text(member.salt),
                    "wrapped": _text(member.wrapped),
                }
                for member in self.members
            ],
            "recovery": _text(self.recovery),
            "voucher": _text(self.voucher),
            "generation": self.generation,
        }


def new_keyring() -> Keyring:
    """A ring for a new log, with a new data key that lies open."""
    return Keyring(log_id=secrets.token_hex(8), open_key=DataKey.new().secret)


@in_plain_words()
def load_keyring(path: Path) -> Keyring | None:
    """A profile's ring, or None where it has none yet.

    Raises CaseLogDamagedError where it is damaged, CaseLogUnavailableError where it cannot be read.
    """
    try:
        raw = json.loads(path.read_text("utf-8"))
        return _from_json(raw)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CaseLogDamagedError(*_DAMAGED) from error


def _from_json(raw: dict[str, Any]) -> Keyring:
    if raw["version"] != _VERSION:
        raise CaseLogUnavailableError(
            "The case log's key was written by a newer SkinDesk.", "Update SkinDesk on this computer to open it."
        )
    open_key = None if raw["open_key"] is None else base64.b64decode(raw["open_key"], validate=True)
    if (open_key is not None and len(open_key) != KEY_BYTES) or (open_key is None and not raw["members"]):
        raise ValueError("a ring needs a key or members")
    return Keyring(
        log_id=str(raw["log_id"]),
        open_key=open_key,
        members=tuple(_member_from_json(entry) for entry in raw["members"]),
        recovery=base64.b64decode(raw["recovery"], validate=True),
        voucher=base64.b64decode(raw["voucher"], validate=True),
        generation=_generation(raw.get("generation", 0)),
    )


def _generation(raw: Any) -> int:
    if type(raw) is not int or not 0 <= raw <= _LAST_GENERATION:
        raise ValueError("a generation is a number")
    return raw


def _member_from_json(raw: dict[str, Any]) -> _Member:
    person, cost = Person(str(raw["person_id"]), str(raw["name"]), Role(raw["role"])), Cost(**raw["cost"])
    if not cost.bearable:
        raise CaseLogDamagedError(*_UNBEARABLE)
    salt = base64.b64decode(raw["salt"], validate=True)
    if len(salt) != _SALT_BYTES:
        raise ValueError("a salt has another length")
    return _Member(person, cost, salt, base64.b64decode(raw["wrapped"], validate=True))


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _from_passphrase(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib)
    try:
        return kdf.derive(unicodedata.normalize("NFKC", passphrase).encode())
    except MemoryError as error:
        raise CaseLogUnavailableError(*_TOO_LITTLE_MEMORY) from error


def _from_recovery(secret: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"skindesk recovery").derive(secret)


def _secrets_read_as(recovery_key: str) -> Iterator[bytes]:
    """What somebody may have meant; nothing where these are not the letters of such a key."""
    typed = unicodedata.normalize("NFKC", recovery_key).upper()
    letters = "".join(filter(str.isalnum, typed)).translate(_LOOK_ALIKES)
    if letters.count("1") > _MOST_ONES:
        return
    for read in itertools.product(*("IL" if letter == "1" else letter for letter in letters)):
        try:
            yield base64.b32decode("".join(read))
        except ValueError:
            return
