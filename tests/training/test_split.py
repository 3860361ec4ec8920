from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from training.cache import Cache
from training.datasets import read_archive
from training.datasets.archive import Archive, Record
from training.split import Part, part_of

KNOWN = {"HAM_0000118": Part.TRAIN, "HAM_0000550": Part.TRAIN, "HAM_0002730": Part.TRAIN, "HAM_0003577": Part.TEST}


def digest_of(records: Iterable[Record]) -> str:
    return Archive("x", "X", "", (), (), (), tuple(records)).split_digest


def assert_no_lesion_in_two_parts(archive: Archive) -> None:
    parts = defaultdict(set)
    for record in archive.records:
        parts[record.group_id].add(record.part)
    assert all(len(found) == 1 for found in parts.values())


def test_part_of_a_lesion_never_changes() -> None:
    assert {lesion: part_of(lesion) for lesion in KNOWN} == KNOWN


def test_parts_have_their_shares() -> None:
    parts = [part_of(f"lesion {at}") for at in range(20_000)]
    shares = [parts.count(part) / len(parts) for part in Part]
    np.testing.assert_allclose(shares, (0.7, 0.1, 0.2), atol=0.01)


def test_digest_tells_another_archive_apart_and_ignores_order() -> None:
    records = [Record(f"i{at}", Path("x"), f"l{at % 3}", "nv") for at in range(6)]
    assert digest_of(records) == digest_of(records[::-1])
    assert digest_of(records) != digest_of(records[:-1])


def test_a_fixed_part_overrides_the_draw_and_changes_the_digest() -> None:
    drawn = Record("i", Path("x"), "HAM_0003577", "nv")
    fixed = replace(drawn, fixed_part=Part.TRAIN)
    assert (drawn.part, fixed.part) == (Part.TEST, Part.TRAIN)
    assert digest_of([drawn]) != digest_of([fixed])


def test_no_picture_of_a_test_lesion_is_in_training(cache: Cache) -> None:
    lesions = {part: {cache.groups[at] for at in cache.where(part)} for part in Part}
    assert not lesions[Part.TRAIN] & lesions[Part.TEST]
    assert not lesions[Part.TRAIN] & lesions[Part.VALIDATION]
    assert not lesions[Part.VALIDATION] & lesions[Part.TEST]
    assert sum(len(cache.where(part)) for part in Part) == len(cache.targets)


def test_lesions_of_the_real_archive_are_never_separated(real_data: Path) -> None:
    archive = read_archive("ham10000", real_data / "ham10000")
    assert len(archive.records) == 10_015
    assert len({record.group_id for record in archive.records}) == 7_470
    assert_no_lesion_in_two_parts(archive)


def test_shipped_network_was_measured_on_exactly_this_split(real_data: Path) -> None:
    import json

    from skindesk.system.paths import bundled

    card = json.loads(bundled("models", "dermoscopy-7", "card.json").read_text("utf-8"))
    assert card["metrics"]["split_digest"] == read_archive("ham10000", real_data / "ham10000").split_digest
