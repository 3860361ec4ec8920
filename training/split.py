"""Divides an archive into training, validation and test parts without ever separating a lesion's pictures."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum

TRAIN_SHARE, VALIDATION_SHARE = 0.7, 0.1


class Part(StrEnum):
    """What a picture is used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


def part_of(group_id: str) -> Part:
    """The part of a lesion (or patient): decided by its id alone, so it never changes as an archive grows."""
    drawn = draw(group_id)
    if drawn < TRAIN_SHARE:
        return Part.TRAIN
    if drawn < TRAIN_SHARE + VALIDATION_SHARE:
        return Part.VALIDATION
    return Part.TEST


def train_or_validation(text: str) -> Part:
    """Training or validation, in the same proportion to each other, where a publisher has set its test part apart."""
    return Part.VALIDATION if draw(text) < VALIDATION_SHARE / (TRAIN_SHARE + VALIDATION_SHARE) else Part.TRAIN


def draw(text: str) -> float:
    """A number in [0, 1) that depends on the text alone, evenly spread over texts (from its SHA-256)."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def split_digest(assignments: Iterable[tuple[str, str, Part]]) -> str:
    """SHA-256 over (image id, group id, part) in any order; equal digests mean the same split of the same archive."""
    lines = sorted(f"{image_id},{group_id},{part}\n" for image_id, group_id, part in assignments)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
