"""A scheduler with two workers for all tests of this folder, and pictures that take a while."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from skindesk.domain.class_mix import archive_mix
from skindesk.exchange.rows import RowFile
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Job, Options, Search
from tests.cluster.machines import Machines, machines
from tests.support.pictures import BLUE, GREEN, RED, encoded, gradient, write_picture

_DEADLY = """
import os, signal
from skindesk.services.batch.engine import classify_item
from skindesk.services.cluster import at_worker

def deadly(item, *given):
    if item.path.name.startswith("deadly"):
        with open(item.path.with_suffix(".killed"), "a") as log:
            log.write("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return classify_item(item, *given)

at_worker.classify_item = deadly
"""
"""A picture whose name begins so ends the worker that reads it, as a bug in a decoder could."""


@pytest.fixture(scope="session", autouse=True)
def _dask() -> None:
    pytest.importorskip("distributed", reason="Dask is not installed: the extra `cluster` has it")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Two workers of one thread each, which deadly pictures end and nannies start again."""
    with machines(tmp_path_factory.mktemp("cluster")) as running:
        for _ in range(2):
            running.add_worker(preload=_DEADLY)
        running.wait_for_workers(2)
        yield running


@pytest.fixture
def ready(cluster: Machines) -> Machines:
    """That cluster, with both workers there."""
    cluster.wait_for_workers(2)
    return cluster


@pytest.fixture(scope="session")
def slow_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hundred pictures that take a hundredth of a second each, every tenth of them damaged."""
    folder = tmp_path_factory.mktemp("slow")
    content = encoded(Image.fromarray(gradient(900, 600)), "PNG")
    for at in range(200):
        (folder / f"{at:03}.png").write_bytes(content if at % 10 else content[: len(content) // 2])
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hundred small pictures of three colours, one of them damaged."""
    made = tmp_path / "pictures"
    made.mkdir()
    for at in range(100):
        write_picture(made / f"{at:03}.png", (RED, GREEN, BLUE)[at % 3])
    (made / "007.png").write_bytes(b"\x89PNG and nothing else")
    return made


def rows_of(job: Job, out: Path) -> bytes:
    """What the result file would hold."""
    with RowFile(out, ("red", "green", "blue")) as file:
        for result in job.all_results():
            file.write(result.outcome)
    return out.read_bytes()


def rows_here(search: Search, classifier: Classifier, out: Path) -> bytes:
    """The rows that this computer writes by itself."""
    with Job(None, search, classifier, archive_mix(classifier.contract), Options(workers=2)) as job:
        for _ in job.results():
            pass
        return rows_of(job, out)
