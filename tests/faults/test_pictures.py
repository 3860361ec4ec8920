"""Damaged pictures and decompression bombs in their short form; `make faults` runs the long one."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.looking import DECODED, Copies, Looker, copies_of, looker
from tests.faults.mutated_pictures import trouble_of_bomb, try_formats, write_again
from tests.support.bombs import BOMBS, DUDS
from tests.support.originals import originals

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are watched in Linux's way")
EACH = 100


@pytest.fixture(scope="module")
def watched() -> Iterator[Looker]:
    with looker() as process:
        yield process


def test_a_changed_picture_is_decoded_or_refused_and_does_no_harm() -> None:
    for form, tried in try_formats(EACH).items():
        assert tried.faults == []
        assert tried.decoded + tried.refused == EACH
        assert min(tried.decoded, tried.refused) >= EACH // 20, form


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str, watched: Looker, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(BOMBS[name]())
    assert trouble_of_bomb(watched.bring_in(tmp_path / name)) == ""


@pytest.mark.parametrize("name", DUDS)
def test_what_lies_beside_a_sound_picture_costs_nothing(name: str, watched: Looker, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(DUDS[name]())
    assert trouble_of_bomb(watched.bring_in(tmp_path / name), harmless=DECODED) == ""


def test_the_originals_are_the_same_every_time() -> None:
    assert originals() == originals()


def test_the_copy_that_a_fault_names_can_be_had_again(tmp_path: Path) -> None:
    whole = originals()["PNG"]["palette"]
    *_, last = copies_of(whole, Copies("PNG", "palette", 5, 0, 8))
    write_again("PNG", "palette", "5", "7", str(tmp_path / "copy"))
    assert (tmp_path / "copy").read_bytes() == last != whole
