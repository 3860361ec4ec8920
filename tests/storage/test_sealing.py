"""Sealed bytes open unchanged or not at all."""

import random

import pytest

from skindesk.storage.sealing import DataKey, PictureSealer, SealBrokenError, Sealer

CONTENT = b"\xff\xd8\xff\xe0 a picture of somebody" * 20


def test_keys_for_different_purposes_are_different() -> None:
    key = DataKey(bytes(range(32)))
    derived = {key.database, key.audit, key.people, key.derive("pictures"), key.secret}
    assert len(derived) == 5
    assert key.database == DataKey(bytes(range(32))).database
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(b"short")


def test_what_is_sealed_opens_under_its_label_and_key_only() -> None:
    sealer = Sealer(bytes(32))
    sealed = sealer.seal(CONTENT, "label")
    assert sealer.open(sealed, "label") == CONTENT
    assert len(sealed) == len(CONTENT) + 36
    assert sealer.seal(CONTENT, "label") != sealed
    for other, label in ((Sealer(b"\x01" * 32), "label"), (sealer, "another")):
        with pytest.raises(SealBrokenError):
            other.open(sealed, label)


def test_every_changed_or_missing_byte_is_noticed() -> None:
    sealer = Sealer(bytes(32))
    sealed = sealer.seal(CONTENT[:30], "label")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1 << random.Random(at).randrange(8)
        with pytest.raises(SealBrokenError):
            sealer.open(bytes(changed), "label")
        with pytest.raises(SealBrokenError):
            sealer.open(sealed[:at], "label")


def test_names_of_pictures_tell_nothing_of_their_digest() -> None:
    first, second = (PictureSealer(DataKey(bytes([at] * 32))) for at in range(2))
    assert first.name("a" * 64) != second.name("a" * 64)
    assert "a" * 8 not in first.name("a" * 64)
