"""Rows from a cluster are those of one computer, whatever happens to its workers."""

import os
import signal
import tarfile
import time
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from skindesk.domain.class_mix import archive_mix, balanced_mix
from skindesk.domain.errors import ClusterUnavailableError
from skindesk.domain.outcome import Classified, Rejected
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Item, Job, Options, Result, Search
from skindesk.services.batch.engine import Control
from skindesk.services.cluster import open_cluster
from skindesk.services.cluster.pace import MOST_ITEMS
from skindesk.services.cluster.run import UNDELIVERED_PER_THREAD
from tests.cluster.conftest import rows_here, rows_of
from tests.cluster.machines import Machines, machines
from tests.support.pictures import BLUE, GREEN, RED, write_picture

Act = Callable[[int], None]


@pytest.fixture
def rows_there(tiny_classifier: Classifier, tiny_bundle: Path, tmp_path: Path) -> Callable[..., bytes]:
    """The rows that a cluster writes; `act` is called with the number of results so far."""

    def run(on: Machines, search: Search, act: Act = lambda _: None) -> bytes:
        mix = archive_mix(tiny_classifier.contract)
        with (
            open_cluster(on.address, tiny_bundle, print) as cluster,
            Job(None, search, tiny_classifier, mix, engine=cluster.run_items) as job,
        ):
            for at, _ in enumerate(job.results()):
                act(at)
            return rows_of(job, tmp_path / "there.csv")

    return run


Rows = Callable[..., bytes]


@pytest.fixture
def sources(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Search:
    """Everything that a batch can be over, named from the folder that it lies in."""
    pictures = sorted(folder.iterdir())
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in pictures[:12]:
            archive.write(path, f"inner/{path.name}")
    for name, mode in (("all.tar", "w"), ("all.tar.gz", "w:gz")):
        with tarfile.open(tmp_path / name, mode) as packed:
            for path in pictures[:12]:
                packed.add(path, path.name)
    (tmp_path / "list.csv").write_text("path,label\npictures/001.png,red\ngone.png,blue\n", "utf-8")
    (tmp_path / "odd").mkdir()
    write_picture(tmp_path / "odd" / 'n\udcffame, "quoted".png', BLUE)
    (tmp_path / "odd" / "empty.jpg").touch()
    (tmp_path / "odd" / "scan.gif").write_bytes(b"GIF89a")
    monkeypatch.chdir(tmp_path)
    return Search(("pictures", "all.zip", "all.tar.gz", "all.tar", "list.csv", "odd", "nowhere-*.png", "no.zip"))


def test_rows_are_those_of_one_computer_to_the_last_byte(
    ready: Machines, rows_there: Rows, sources: Search, tiny_classifier: Classifier, tmp_path: Path
) -> None:
    here = rows_here(sources, tiny_classifier, tmp_path / "here.csv")
    assert rows_there(ready, sources) == here
    assert len(here.splitlines()) == 1 + 100 + 3 * 12 + 1 + 3 + 2
    assert b"missing: gone.png does not exist." in here


@pytest.mark.parametrize("how_many", [1, 2])
def test_killed_workers_cost_no_row_and_change_none(
    ready: Machines,
    rows_there: Rows,
    slow_pictures: Path,
    tiny_classifier: Classifier,
    tmp_path: Path,
    how_many: int,
) -> None:
    search, victims = Search.over([slow_pictures]), [*ready.pids().values()][:how_many]

    def kill(at: int) -> None:
        if at == 30:
            for pid in victims:
                os.kill(pid, signal.SIGKILL)

    assert rows_there(ready, search, kill) == rows_here(search, tiny_classifier, tmp_path / "here.csv")
    assert not {*victims} & {*ready.pids().values()}


def test_picture_that_ends_three_workers_is_a_row_and_no_other_is_accused(
    ready: Machines, rows_there: Rows, folder: Path, tiny_classifier: Classifier, tmp_path: Path
) -> None:
    expected = rows_here(Search.over([folder]), tiny_classifier, tmp_path / "here.csv").splitlines()
    write_picture(folder / "deadly.png")
    found = rows_there(ready, Search.over([folder])).splitlines()
    assert (folder / "deadly.killed").read_text() == "xxx"
    assert b"internal: deadly.png could not be processed: 3 workers ended over it. See their logs." in found.pop()
    assert found == expected


def test_what_one_worker_cannot_see_is_done_by_one_that_can(
    tiny_classifier: Classifier, tiny_bundle: Path, tmp_path: Path
) -> None:
    """Each process has a /proc/self/cwd of its own, so that the workers' drives differ as if one were not mounted."""
    seeing, blind = tmp_path / "seeing", tmp_path / "blind"
    seeing.mkdir()
    blind.mkdir()
    for at in range(40):
        write_picture(seeing / f"{at:02}.png", (RED, GREEN, BLUE)[at % 3])
    items = [Item(Path(f"/proc/self/cwd/{at:02}.png")) for at in range(41)]
    told: list[str] = []
    with machines(tmp_path) as running:
        running.add_worker(cwd=blind)
        running.add_worker(cwd=seeing)
        running.wait_for_workers(2)
        with open_cluster(running.address, tiny_bundle, told.append) as cluster:
            found = list(cluster.run_items(items, tiny_classifier))
    outcomes = [result.outcome for result in found if result is not None]
    assert [isinstance(outcome, Classified) for outcome in outcomes] == [True] * 40 + [False]
    (said,) = told
    assert "cannot read /proc/self/cwd, where tcp://" in said


def until_quiet(run: Iterator[Result | None]) -> list[Result]:
    """What comes until nothing has come for two seconds."""
    found: list[Result] = []
    last_at = time.monotonic()
    while time.monotonic() - last_at < 2:
        if (result := next(run)) is not None:
            found.append(result)
            last_at = time.monotonic()
    return found


def results(found: Iterator[Result | None]) -> list[Result]:
    return [result for result in found if result is not None]


def test_results_come_in_order_with_their_embeddings_and_mix(
    ready: Machines, tiny_classifier: Classifier, tiny_bundle: Path, folder: Path
) -> None:
    items = [Item(path, label=path.stem) for path in sorted(folder.iterdir())]
    mix = balanced_mix(tiny_classifier.contract)
    with open_cluster(ready.address, tiny_bundle, print) as cluster:
        found = results(cluster.run_items(items, tiny_classifier, mix, Options(embedding=True)))
    assert [result.item for result in found] == items
    assert [result.number for result in found] == list(range(100))
    assert all((result.embedding is None) == isinstance(result.outcome, Rejected) for result in found)
    first = found[0].outcome
    assert isinstance(first, Classified)
    assert first.prediction.class_mix == mix


def test_unordered_results_are_all_there(
    ready: Machines, tiny_classifier: Classifier, tiny_bundle: Path, folder: Path
) -> None:
    items = [Item(path) for path in folder.iterdir()]
    with open_cluster(ready.address, tiny_bundle, print) as cluster:
        found = results(cluster.run_items(items, tiny_classifier, None, Options(ordered=False, low_priority=True)))
    assert sorted(result.number for result in found) == list(range(100))
    assert {result.item for result in found} == {*items}


def test_endless_search_is_pulled_no_faster_than_it_is_done(
    ready: Machines, tiny_classifier: Classifier, tiny_bundle: Path, folder: Path
) -> None:
    pulled = delivered = most = 0
    path = folder / "000.png"

    def endless() -> Iterator[Item]:
        nonlocal pulled, most
        while True:
            pulled += 1
            most = max(most, pulled - delivered)
            yield Item(path)

    with (
        open_cluster(ready.address, tiny_bundle, print) as cluster,
        closing(cluster.run_items(endless(), tiny_classifier)) as found,
    ):
        while delivered < 3000:
            delivered += next(found) is not None
    assert most <= 2 * UNDELIVERED_PER_THREAD * MOST_ITEMS + MOST_ITEMS


def test_pause_begins_nothing_more_and_stop_delivers_what_was_begun(
    ready: Machines, tiny_classifier: Classifier, tiny_bundle: Path, slow_pictures: Path
) -> None:
    items, control = [Item(path) for path in sorted(slow_pictures.iterdir())], Control()
    with open_cluster(ready.address, tiny_bundle, print) as cluster:
        run = cluster.run_items(items, tiny_classifier, None, Options(), control)
        found = [next(result for result in run if result is not None)]
        control.pause()
        found += until_quiet(run)
        paused_at = len(found)
        assert 1 <= paused_at < 200
        control.go_on()
        found.append(next(result for result in run if result is not None))
        control.stop()
        found += results(run)
    assert [result.number for result in found] == list(range(len(found)))
    assert paused_at < len(found) < 200


def test_stopped_job_is_continued_here_or_there(
    ready: Machines, tiny_classifier: Classifier, tiny_bundle: Path, slow_pictures: Path, tmp_path: Path
) -> None:
    search, out, mix = Search.over([slow_pictures]), tmp_path / "out.csv", archive_mix(tiny_classifier.contract)
    with (
        open_cluster(ready.address, tiny_bundle, print) as cluster,
        Job(out, search, tiny_classifier, mix, engine=cluster.run_items) as job,
    ):
        for at, _ in enumerate(job.results()):
            if at == 5:
                job.stop()
        first = job.progress.done
    assert 5 < first < 200
    with Job(out, search, tiny_classifier, mix, resume=True) as job:
        again = list(job.results())
        assert (len(again), job.progress.kept) == (200 - first, first)
        assert rows_of(job, tmp_path / "rows.csv") == rows_here(search, tiny_classifier, tmp_path / "here.csv")


def test_scheduler_that_ends_leaves_a_job_that_can_be_continued(
    tiny_classifier: Classifier, tiny_bundle: Path, slow_pictures: Path, tmp_path: Path
) -> None:
    search, out, mix = Search.over([slow_pictures]), tmp_path / "out.csv", archive_mix(tiny_classifier.contract)
    with machines(tmp_path, workers=1) as running:
        running.wait_for_workers(1)
        with open_cluster(running.address, tiny_bundle, print) as cluster:
            job = Job(out, search, tiny_classifier, mix, engine=cluster.run_items)
            with job, closing(job.results()) as found:
                next(found)
                running.stop_scheduler()
                with pytest.raises(ClusterUnavailableError, match=r"does not answer any more.*--resume"):
                    deque(found)
    with Job(out, search, tiny_classifier, mix, resume=True) as job:
        assert 0 < sum(1 for _ in job.results()) < 200
        assert rows_of(job, tmp_path / "rows.csv") == rows_here(search, tiny_classifier, tmp_path / "here.csv")
