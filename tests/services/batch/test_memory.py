"""Memory does not grow with the number of pictures, but for the names of one folder at a time."""

import gc
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from skindesk.domain.class_mix import archive_mix
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Job, Options, Result, Search
from skindesk.services.batch.engine import WINDOW_PER_WORKER
from skindesk.services.batch.job import GROUP_ROWS
from tests.support.pictures import encoded, plain

MANY = 2000
ENOUGH_BYTES = 20_000_000
"""A few pictures at work, a group of results, and what waits for the garbage collector."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As many names of one picture file, of which a fifth would not fit into what is enough."""
    content = encoded(plain((200, 30, 30), 160, 160), "BMP")
    assert MANY / 5 * len(content) > ENOUGH_BYTES
    one, made = tmp_path / "one.bmp", tmp_path / "many"
    one.write_bytes(content)
    made.mkdir()
    for at in range(MANY):
        os.link(one, made / f"{at:05}.bmp")
    return made


def walk(classifier: Classifier, folder: Path, look: Callable[[int], None]) -> None:
    """Run a job, and go through all results; `look` at the memory on the way."""
    with Job(None, Search.over([folder]), classifier, archive_mix(classifier.contract), Options(workers=2)) as job:
        for results in (job.results(), job.all_results()):
            for at, _ in enumerate(results):
                look(at)


def test_memory_is_flat_over_thousands_of_pictures(tiny_classifier: Classifier, folder: Path) -> None:
    tracemalloc.start()
    try:
        walk(tiny_classifier, folder, lambda _: None)
        assert tracemalloc.get_traced_memory()[1] < ENOUGH_BYTES
    finally:
        tracemalloc.stop()


def test_no_more_results_are_held_than_are_in_hand_and_being_written(tiny_classifier: Classifier, folder: Path) -> None:
    most = 0

    def count(at: int) -> None:
        nonlocal most
        if at % 100 == 0:
            most = max(most, sum(isinstance(each, Result) for each in gc.get_objects()))

    walk(tiny_classifier, folder, count)
    assert 0 < most <= 2 * (2 * WINDOW_PER_WORKER + GROUP_ROWS)
