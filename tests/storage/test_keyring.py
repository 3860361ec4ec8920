"""The data key is wrapped so that only the right passphrase or recovery key gives it back."""

import base64
import json
from pathlib import Path

import pytest

from skindesk.domain.errors import AccessRefusedError, CaseLogDamagedError, CaseLogUnavailableError
from skindesk.domain.people import Role
from skindesk.storage.keyring import Cost, Keyring, load_keyring, new_keyring
from skindesk.storage.sealing import DataKey

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "correct horse battery"


@pytest.fixture
def key() -> DataKey:
    return DataKey.new()


@pytest.fixture
def ring(key: DataKey) -> Keyring:
    return new_keyring().protect(key, "Ada", PASSPHRASE, CHEAP)[0]


def ada(ring: Keyring) -> str:
    return ring.people[0].person_id


def test_costs_are_what_the_issue_of_guessing_needs() -> None:
    assert Cost().memory_kib >= 64 * 1024
    assert Cost().passes >= 3


def test_a_new_ring_is_open_and_a_protected_one_is_not(key: DataKey, ring: Keyring) -> None:
    assert not new_keyring().protected
    assert ring.protected
    with pytest.raises(AccessRefusedError, match="locked"):
        ring.open()


def test_only_the_right_passphrase_opens(key: DataKey, ring: Keyring) -> None:
    assert ring.unlock(ada(ring), PASSPHRASE).secret == key.secret
    for wrong in ("correct horse batter", "", PASSPHRASE.upper()):
        with pytest.raises(AccessRefusedError, match="not right"):
            ring.unlock(ada(ring), wrong)


def test_a_passphrase_is_the_same_however_its_letters_are_composed(key: DataKey) -> None:
    ring, _ = new_keyring().protect(key, "Ada", "n\u00e4vuszell", CHEAP)
    assert ring.unlock(ada(ring), "na\u0308vuszell").secret == key.secret


def test_the_recovery_key_opens_however_it_is_spaced(key: DataKey) -> None:
    ring, recovery_key = new_keyring().protect(key, "Ada", PASSPHRASE, CHEAP)
    assert ring.unlock_by_recovery(recovery_key).secret == key.secret
    assert ring.unlock_by_recovery(recovery_key.lower().replace("-", " ")).secret == key.secret
    for wrong in ("", "AAAA", "Schlüssel", recovery_key[:-1], "8888-" + recovery_key[5:]):
        with pytest.raises(AccessRefusedError, match="not right"):
            ring.unlock_by_recovery(wrong)


@pytest.mark.parametrize(
    ("letters", "typed"),
    [
        ("OOBB-IILL-AZ27", "0O8b 1iL1 az27"),
        ("OOBB-IILL-AZ27", "\u2013 0088\u00a01111.AZ27 \u2014"),
        ("OOBB-IILL-AZ27", "\uff2f\uff10BB_illl".replace("illl", "1ILL") + "az27"),
    ],
)
def test_what_looks_like_a_letter_of_the_recovery_key_is_read_as_one(
    key: DataKey, ring: Keyring, monkeypatch: pytest.MonkeyPatch, letters: str, typed: str
) -> None:
    secret = base64.b32decode(letters.replace("-", "") + "AAAA")
    monkeypatch.setattr("skindesk.storage.keyring.secrets.token_bytes", lambda _: secret)
    ring, recovery_key = ring.with_new_recovery(key)
    assert recovery_key == f"{letters}-AAAA"
    assert ring.unlock_by_recovery(f"{typed} aaaa").secret == key.secret
    for wrong in ("1" * 32, "1" * 1_000, "9" + typed[1:]):
        with pytest.raises(AccessRefusedError, match="not right"):
            ring.unlock_by_recovery(wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_kib", 2**40), ("memory_kib", 7), ("memory_kib", 0), ("memory_kib", -1), ("memory_kib", "64"),
        ("memory_kib", 64.0), ("memory_kib", None), ("passes", 10**9), ("passes", 0), ("passes", -3), ("passes", "1"),
        ("passes", True), ("lanes", 10**6), ("lanes", 0), ("lanes", -1), ("lanes", [1]), ("memory_kib", 2**31),
    ],
)  # fmt: skip
def test_an_absurd_cost_is_refused_before_any_work(ring: Keyring, tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "keyring.json"
    ring.save(path)
    raw = json.loads(path.read_text())
    raw["members"][0]["cost"][name] = value
    path.write_text(json.dumps(raw))
    with pytest.raises(CaseLogDamagedError, match="more work or memory"):
        load_keyring(path)


@pytest.mark.parametrize("cost", [Cost(), CHEAP, Cost(2**21, 1, 4), Cost(64, 2**16, 1)])
def test_the_costs_that_are_recommended_are_borne(cost: Cost) -> None:
    assert cost.bearable


def test_much_memory_and_many_passes_are_too_much_together() -> None:
    assert not Cost(2**21, 3, 4).bearable


def test_too_little_memory_is_said_in_words(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    class Argon2id:
        def __init__(self, **_: object) -> None: ...

        def derive(self, _: bytes) -> bytes:
            raise MemoryError

    monkeypatch.setattr("skindesk.storage.keyring.Argon2id", Argon2id)
    with pytest.raises(CaseLogUnavailableError, match="too little free memory"):
        ring.unlock(ada(ring), PASSPHRASE)


def test_a_new_recovery_key_makes_the_old_one_useless(key: DataKey, ring: Keyring) -> None:
    first, old = ring.with_new_recovery(key)
    second, new = first.with_new_recovery(key)
    assert second.unlock_by_recovery(new).secret == key.secret
    with pytest.raises(AccessRefusedError):
        second.unlock_by_recovery(old)


def test_people_are_added_changed_and_removed(key: DataKey, ring: Keyring) -> None:
    ring = ring.with_person(key, "  Ben   Lee ", Role.ASSISTANT, "another passphrase", CHEAP)
    ben = ring.people[1]
    assert (ben.name, ben.role) == ("Ben Lee", Role.ASSISTANT)
    assert ring.unlock(ben.person_id, "another passphrase").secret == key.secret
    ring = ring.with_passphrase(key, ben.person_id, "a third passphrase", CHEAP)
    with pytest.raises(AccessRefusedError):
        ring.unlock(ben.person_id, "another passphrase")
    ring = ring.with_role(key, ben.person_id, Role.CLINICIAN)
    assert ring.person(ben.person_id).role is Role.CLINICIAN
    assert ring.unlock(ben.person_id, "a third passphrase").secret == key.secret
    assert ring.without(key, ben.person_id).people == ring.people[:1]


def test_the_last_administrator_stays(key: DataKey, ring: Keyring) -> None:
    ring = ring.with_person(key, "Ben", Role.CLINICIAN, PASSPHRASE, CHEAP)
    with pytest.raises(AccessRefusedError, match="last administrator"):
        ring.without(key, ada(ring))
    with pytest.raises(AccessRefusedError, match="last administrator"):
        ring.with_role(key, ada(ring), Role.CLINICIAN)


@pytest.mark.parametrize(
    ("name", "passphrase", "complaint"),
    [(" ", PASSPHRASE, "needs a name"), ("ADA", PASSPHRASE, "already somebody"), ("Ben", "short", "too short")],
)
def test_names_and_passphrases_that_will_not_do(
    key: DataKey, ring: Keyring, name: str, passphrase: str, complaint: str
) -> None:
    with pytest.raises(AccessRefusedError, match=complaint):
        ring.with_person(key, name, Role.CLINICIAN, passphrase, CHEAP)


def test_what_is_saved_is_read_and_holds_no_secret(key: DataKey, ring: Keyring, tmp_path: Path) -> None:
    ring.save(tmp_path / "keyring.json")
    assert load_keyring(tmp_path / "keyring.json") == ring
    content = (tmp_path / "keyring.json").read_bytes()
    assert key.secret not in content
    assert PASSPHRASE.encode() not in content
    assert load_keyring(tmp_path / "none.json") is None


@pytest.mark.parametrize(
    ("name", "value"), [("role", "administrator"), ("name", "Eve"), ("person_id", "0123456789abcdef")]
)
def test_a_list_of_people_changed_outside_is_refused(
    key: DataKey, ring: Keyring, tmp_path: Path, name: str, value: str
) -> None:
    path = tmp_path / "keyring.json"
    ring.with_person(key, "Ben", Role.ASSISTANT, PASSPHRASE, CHEAP).save(path)
    raw = json.loads(path.read_text())
    raw["members"][1][name] = value
    path.write_text(json.dumps(raw))
    changed = load_keyring(path)
    assert changed is not None
    with pytest.raises(CaseLogUnavailableError, match="changed outside"):
        changed.unlock(ada(changed), PASSPHRASE)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[" * 100_000, b"[]", b"\xff\xfe", b'{"version": 1}', b'{"version": 9}']
)
def test_a_damaged_file_is_said_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keyring.json").write_bytes(content)
    with pytest.raises(CaseLogUnavailableError) as refused:
        load_keyring(tmp_path / "keyring.json")
    assert refused.value.advice


def test_another_data_key_leaves_one_administrator(key: DataKey, ring: Keyring) -> None:
    ring = ring.with_person(key, "Ben", Role.CLINICIAN, PASSPHRASE, CHEAP)
    new = DataKey.new()
    renewed, recovery_key = ring.with_key(new, ada(ring), PASSPHRASE)
    assert [person.name for person in renewed.people] == ["Ada"]
    assert renewed.unlock(ada(ring), PASSPHRASE).secret == new.secret
    assert renewed.unlock_by_recovery(recovery_key).secret == new.secret
