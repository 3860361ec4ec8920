"""Divides an archive into training, validation and test parts without ever separating a lesion's pictures."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum

from training.datasets.archive import Record

TRAIN_SHARE, VALIDATION_SHARE = 0.7, 0.1


class Part(StrEnum):
    """What a picture is used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


def part_of(group_id: str) -> Part:
    """The part of a lesion (or patient): decided by its id alone, so it never changes as an archive grows."""
    draw = int.from_bytes(hashlib.sha256(group_id.encode()).digest()[:8], "big") / 2**64
    if draw < TRAIN_SHARE:
        return Part.TRAIN
    if draw < TRAIN_SHARE + VALIDATION_SHARE:
        return Part.VALIDATION
    return Part.TEST


def split_digest(records: Iterable[Record]) -> str:
    """SHA-256 over which picture lies in which part; equal digests mean the same split of the same archive."""
    lines = sorted(f"{record.image_id},{record.group_id},{part_of(record.group_id)}\n" for record in records)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
