"""Runs the long fault suites and prints their counts: `make faults`. Ends with 1 where anything was lost."""

import errno
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.damage import byte_flips, wrong_keys
from tests.faults.harness import COMPILER, Workers, workers_in
from tests.faults.suites import Tally, kills, power_cuts, readable_of_a_day, refusals, together
from tests.faults.workflows import WORKFLOWS, prepare_backed_up

KILLS = POWER_CUTS = FLIPS = 1_000
WRITES = range(1, 101)


def main() -> int:
    if COMPILER is None:
        print("The fault suites need a C compiler.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="faults-") as made, workers_in(Path(made)) as workers:
        lost = [*_tables(workers), *_damage(workers, Path(made))]
    print("\nNothing was lost." if not lost else "\n" + "\n".join(lost))
    return 1 if lost else 0


def _tables(workers: Workers) -> list[str]:
    share = -(-KILLS // len(WORKFLOWS))
    lost = _table(
        "SIGKILL at changes of files and at random", [lambda n=n: kills(workers, n, share) for n in WORKFLOWS]
    )
    lost += _table(
        "Power cut", [lambda n=n: power_cuts(workers, n, -(-POWER_CUTS // len(WORKFLOWS))) for n in WORKFLOWS]
    )
    for error in (errno.ENOSPC, errno.EIO):
        for lasting in (True, False):
            title = f"{errno.errorcode[error]} at changes 1 to 100{' and all later ones' if lasting else ''}"
            lost += _table(
                title, [lambda n=n, e=error, w=lasting: refusals(workers, n, e, WRITES, w) for n in WORKFLOWS]
            )
    return lost


def _table(title: str, tallies: list) -> list[str]:
    print(f"\n{title}\n  {'workflow':<14}{'faults':>8}{'acknowledged':>14}{'refused':>9}{'lost':>6}{'seconds':>9}")
    lost = []
    for measure in tallies:
        begun = time.monotonic()
        tally: Tally = measure()
        print(
            f"  {tally.workflow:<14}{tally.faults:>8}{tally.acknowledged:>14}{tally.refused:>9}{len(tally.lost):>6}"
            f"{time.monotonic() - begun:>9.0f}",
            flush=True,
        )
        lost += tally.lost
    return lost


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
