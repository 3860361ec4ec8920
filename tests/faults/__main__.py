"""Runs the long fault suites and prints their counts: `make faults`. Ends with 1 where anything was lost."""

import errno
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.faults.damage import byte_flips, wrong_keys
from tests.faults.harness import COMPILER, Workers, workers_in
from tests.faults.suites import Tally, kills, power_cuts, readable_of_a_day, refusals, together
from tests.faults.workflows import WORKFLOWS, prepare_backed_up

KILLS = POWER_CUTS = FLIPS = 1_000
WRITES = range(1, 101)


@dataclass
class Sum:
    """What the tables come to: faults by kind, and what was lost, in words."""

    faults: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)

    def add(self, kind: str, tally: Tally) -> None:
        self.faults[kind] = self.faults.get(kind, 0) + tally.faults
        self.acknowledged += tally.acknowledged
        self.lost += tally.lost

    def __str__(self) -> str:
        faults = ", ".join(f"{count:,} {kind}" for kind, count in self.faults.items())
        return (
            f"{faults} in {len(WORKFLOWS)} workflows: {self.acknowledged:,} units acknowledged, {len(self.lost)} lost"
        )


def main() -> int:
    if COMPILER is None:
        print("The fault suites need a C compiler.", file=sys.stderr)
        return 2
    logging.disable()  # what a fault brings about is told in the tables
    for number, (name, workflow) in enumerate(WORKFLOWS.items(), 1):
        print(f"{number} {name}: {(workflow.run.__doc__ or '').strip()}")
    with tempfile.TemporaryDirectory(prefix="faults-") as made, workers_in(Path(made)) as workers:
        tables = _tables(workers)
        lost = [*tables.lost, *_damage(workers, Path(made))]
    print("\nNothing was lost." if not lost else "\n" + "\n".join(lost))
    print(tables)
    return 1 if lost else 0


def _tables(workers: Workers) -> Sum:
    made, share = Sum(), -(-KILLS // len(WORKFLOWS))
    _table(made, "kills", "SIGKILL at changes of files and at random", partial(kills, workers, count=share))
    share = -(-POWER_CUTS // len(WORKFLOWS))
    _table(made, "power cuts", "Power cut", partial(power_cuts, workers, count=share))
    for error in (errno.ENOSPC, errno.EIO):
        for lasting in (True, False):
            title = f"{errno.errorcode[error]} at changes 1 to 100{' and all later ones' if lasting else ''}"
            measure = partial(refusals, workers, error=error, at_changes=WRITES, lasting=lasting)
            _table(made, "refusals by the disk", title, measure)
    return made


def _table(made: Sum, kind: str, title: str, measure: Callable[..., Tally]) -> None:
    print(f"\n{title}\n  {'workflow':<14}{'faults':>8}{'acknowledged':>14}{'refused':>9}{'lost':>6}{'seconds':>9}")
    for number, workflow in enumerate(WORKFLOWS, 1):
        begun = time.monotonic()
        tally = measure(workflow=workflow)
        print(
            f"  {f'{number} {workflow}':<14}{tally.faults:>8}{tally.acknowledged:>14}{tally.refused:>9}"
            f"{len(tally.lost):>6}{time.monotonic() - begun:>9.0f}",
            flush=True,
        )
        made.add(kind, tally)


def _damage(workers: Workers, folder: Path) -> list[str]:
    template = folder / "to damage"
    template.mkdir()
    prepare_backed_up(template)
    flips = byte_flips(template, FLIPS)
    print(f"\n{FLIPS} bytes changed, {flips.flipped}: {flips.detected} detected, {flips.harmless} harmless")
    wrong = wrong_keys(template, 200)
    print(f"200 wrong keys: {len(wrong)} problems")
    tally = together(workers)
    print(f"eight writers at once: {tally.acknowledged} cases acknowledged, {len(tally.lost)} lost")
    open_words = readable_of_a_day(workers)
    print(f"a working day: {len(open_words)} traces can be read")
    return [*flips.lost, *wrong, *tally.lost, *open_words]


if __name__ == "__main__":
    sys.exit(main())
