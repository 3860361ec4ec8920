"""What a cluster costs against this computer alone: `python -m tests.cluster.overhead [MODEL] [PICTURES] [TURNS]`.

Two workers of one thread against the batch engine with two, on the same pictures, in turns. The ratio of processor
time, of client, scheduler and workers together, says what the same work costs in all; that of elapsed time depends on
what else the computer does. A second table has chunks of fixed sizes.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from unittest.mock import patch

import psutil
from PIL import Image

from skindesk.domain.class_mix import archive_mix
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Job, Options, Search
from skindesk.services.batch.engine import Engine, run_items
from skindesk.services.cluster import open_cluster, run
from skindesk.services.cluster.pace import Pace
from skindesk.system.paths import bundled
from tests.cluster.machines import Machines, machines
from tests.support.pictures import encoded, gradient

_SIZES = (1, 8, 64)


@dataclass(frozen=True)
class Cost:
    """Of one run."""

    elapsed_s: float
    processor_s: float


def main() -> int:
    given = sys.argv[1:]
    model, pictures, turns = (*given, *("dermoscopy-7-fast", "400", "3")[len(given) :])
    bundle = bundled("models") / model
    with tempfile.TemporaryDirectory(prefix="overhead-") as made:
        folder = _write_pictures(Path(made) / "pictures", int(pictures))
        with machines(Path(made), workers=2) as running:
            running.wait_for_workers(2)
            _compare(running, bundle, folder, int(turns))
    return 0


def _compare(running: Machines, bundle: Path, folder: Path, turns: int) -> None:
    classifier = Classifier.load(bundle)
    processes = [psutil.Process(pid) for pid in (os.getpid(), running.scheduler.pid, *running.pids().values())]
    with open_cluster(running.address, bundle, print) as cluster:

        def cost(engine: Engine) -> Cost:
            return _cost(lambda: _classify(folder, classifier, engine), processes)

        def in_chunks_of(size: int) -> Cost:
            with patch.object(run, "Pace", _fixed(size)):
                return cost(cluster.run_items)

        cost(run_items), cost(cluster.run_items)  # what is loaded by the first picture
        ways = [partial(cost, run_items), partial(cost, cluster.run_items), *(partial(in_chunks_of, n) for n in _SIZES)]
        costs = _in_turns(ways, turns)
        count = sum(1 for _ in folder.iterdir())
        print(f"{bundle.name}, {count} pictures of 600 x 450, {turns} turns of two threads each, medians")
        for what, of_way in zip(
            ("this computer", "two workers", *(f"  in chunks of {n}" for n in _SIZES)), costs, strict=True
        ):
            _tell(what, of_way, costs[0], count)


def _classify(folder: Path, classifier: Classifier, engine: Engine) -> None:
    mix = archive_mix(classifier.contract)
    with Job(None, Search.over([folder]), classifier, mix, Options(workers=2), engine=engine) as job:
        for _ in job.results():
            pass


def _cost(work: Callable[[], None], processes: Sequence[psutil.Process]) -> Cost:
    def used_s() -> float:
        return sum(sum(process.cpu_times()[:2]) for process in processes)

    used_before_s, begun_at_s = used_s(), time.monotonic()
    work()
    return Cost(time.monotonic() - begun_at_s, used_s() - used_before_s)


def _in_turns(runs: Sequence[Callable[[], Cost]], turns: int) -> list[list[Cost]]:
    costs: list[list[Cost]] = [[] for _ in runs]
    for _ in range(turns):
        for each, one in zip(costs, runs, strict=True):
            each.append(one())
    return costs


def _tell(what: str, costs: Sequence[Cost], against: Sequence[Cost], count: int) -> None:
    elapsed_s, processor_s = median(cost.elapsed_s for cost in costs), median(cost.processor_s for cost in costs)
    of_elapsed = elapsed_s / median(cost.elapsed_s for cost in against)
    of_processor = processor_s / median(cost.processor_s for cost in against)
    print(
        f"{what:<20}{count / elapsed_s:7.0f} pictures/s (x{1 / of_elapsed:.2f})   "
        f"{1000 * processor_s / count:7.2f} ms of processor a picture (x{of_processor:.2f})",
        flush=True,
    )


def _fixed(size: int) -> type[Pace]:
    class Fixed(Pace):
        items = size  # type: ignore[assignment]

    return Fixed


def _write_pictures(folder: Path, count: int) -> Path:
    folder.mkdir()
    content = encoded(Image.fromarray(gradient(600, 450)), "JPEG", quality=90)
    for at in range(count):
        (folder / f"{at:05}.jpg").write_bytes(content)
    return folder


if __name__ == "__main__":
    sys.exit(main())
