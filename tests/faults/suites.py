"""The suites: each lets one kind of fault happen to the workflows, many times, and counts what was lost."""

import errno
import random
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.damage import files_below, readable
from tests.faults.harness import Run, Workers
from tests.faults.power_cut import Disk, Event, read_record
from tests.faults.workers import Mode
from tests.faults.workflows import ALL, Done

FOREVER = 10**9


@dataclass
class Tally:
    """One line of a suite's table. `lost` tells each loss in words, with what brings it about again."""

    workflow: str
    faults: int = 0
    acknowledged: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)

    def add(self, fault: str, folder: Path, run: Run, told: Done) -> None:
        """Count a fault, and check the folder that it has left for what was told."""
        self.faults += 1
        self.acknowledged += len(told)
        self.refused += len(run.refused)
        try:
            problems = ALL[self.workflow].problems(folder, told)
        except Exception as error:
            problems = [f"cannot be opened: {error!r}"]
        self.lost += [f"{self.workflow}, {fault}: {problem}" for problem in [*problems, *run.broken]]


def kills(workers: Workers, workflow: str, count: int, seed: int = 0) -> Tally:
    """SIGKILL, at changes of files spread evenly over the run (half of a write is done), and at random times."""
    tally, chance = Tally(workflow), random.Random(seed)
    changes, took_s = measured(workers, workflow)
    at_changes = spread(changes, count - count // 5)
    for change in at_changes:
        with workers.prepared(workflow) as folder:
            run = workers.run(workflow, folder, mode=Mode.KILL, first=change)
            assert run.status == -signal.SIGKILL
            tally.add(f"killed at change {change}", folder, run, frozenset(run.told))
    for _ in range(count - len(at_changes)):
        after_s = chance.uniform(0, took_s)
        with workers.prepared(workflow) as folder:
            run = workers.run(workflow, folder, kill_after_s=after_s)
            tally.add(f"killed after {after_s:.4f} s", folder, run, frozenset(run.told))
    return tally


def power_cuts(workers: Workers, workflow: str, count: int, seed: int = 0) -> Tally:
    """The power goes between two changes, and takes with it what was not synced."""
    tally, chance = Tally(workflow), random.Random(seed)
    for _ in range(count):
        with workers.prepared(workflow) as folder:
            disk, events, run = recorded(workers, workflow, folder)
            at = chance.randrange(len(events) + 1)
            told = advance(disk, events[:at])
            with tempfile.TemporaryDirectory(dir=folder.parent) as left:
                disk.after_cut(Path(left) / "work", chance)
                tally.add(
                    f"seed {seed}, power cut before {at} of {len(events)}",
                    Path(left) / "work",
                    run,
                    ALL[workflow].durable(told),
                )
    return tally


def refusals(workers: Workers, workflow: str, error: int, at_changes: Iterable[int], lasting: bool = True) -> Tally:
    """The disk refuses a change, and all later ones where it is `lasting`; then it is well and the work goes on."""
    tally = Tally(workflow)
    for change in at_changes:
        with workers.prepared(workflow) as folder:
            last = FOREVER if lasting else change
            run = workers.run(workflow, folder, mode=Mode.FAIL, first=change, last=last, error=error)
            fault = f"{errno.errorcode[error]} at change {change}{' and later' if lasting else ''}"
            tally.add(fault, folder, run, frozenset(run.told))
    return tally


def measured(workers: Workers, workflow: str) -> tuple[int, float]:
    """How many changes an undisturbed run makes, and how long it takes."""
    with workers.prepared(workflow) as folder:
        begun = time.monotonic()
        run = workers.run(workflow, folder)
    assert run.broken == run.refused == ()
    assert run.changes is not None
    return run.changes, time.monotonic() - begun


def recorded(workers: Workers, workflow: str, folder: Path) -> tuple[Disk, list[Event], Run]:
    """The disk before an undisturbed run, everything the run did, and the run."""
    disk, record = Disk(folder), folder.with_name("record")
    run = workers.run(workflow, folder, mode=Mode.RECORD, record=str(record))
    assert run.broken == (), run.broken
    return disk, read_record(record), run


def advance(disk: Disk, events: Iterable[Event]) -> Done:
    """Apply events; what was told by then."""
    return frozenset(_told(disk, events))


def _told(disk: Disk, events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        disk.apply(event)
        if event.kind == "note":
            yield event.data.decode()


def spread(changes: int, count: int) -> list[int]:
    """Up to `count` of the changes 1 to `changes`, evenly spread; all of them where there are fewer."""
    if count >= changes:
        return list(range(1, changes + 1))
    return [1 + at * changes // count for at in range(count)]


def together(workers: Workers) -> Tally:
    """Eight writers at once; none may fail, and every case must be there."""
    tally = Tally("eight writers")
    with workers.prepared(tally.workflow) as folder:
        run = workers.run(tally.workflow, folder)
        tally.add("none", folder, run, frozenset(run.told))
    return tally


def readable_of_a_day(workers: Workers) -> list[str]:
    """What can be read of a day's work, in any file that is left or in anything that was ever written."""
    with workers.prepared("working day") as folder:
        _, events, run = recorded(workers, "working day", folder)
        assert run.told == ("refused", "cases 30")
        written = ((f"a write of {event.kind}", event.data) for event in events if event.kind == "write")
        return [*readable(files_below(folder)), *readable(written)]
