"""Damaged pictures and decompression bombs: `python -m tests.faults.mutated_pictures [COUNT]`.

So many changed copies of originals in each format are decoded in every way in which the program does it. None may crash
the process, raise anything but a refusal, give a picture of another shape, or take over ten seconds or a gigabyte. Ends
with 1 where one does; `again FORMAT KIND SEED NUMBER FILE` writes that copy into a file.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.looking import DECODED, REFUSED, Copies, Looker, Seen, copies_of, looker

COUNT = 20_000
ABREAST = 2
_AT_A_TIME = 250
BOMB_CPU_S, BOMB_MB = 1.0, 256
"""What refusing a bomb in each way may cost; of the memory the process has some 80 MB without any picture."""


@dataclass
class Sum:
    """What came of the copies of one format."""

    decoded: int = 0
    refused: int = 0
    slowest_ms: float = 0
    peak_mb: float = 0
    faults: list[str] = field(default_factory=list)

    def add(self, seen: Seen, fault: str) -> None:
        decoded = seen.outcomes.count(DECODED)
        self.decoded += decoded
        self.refused += len(seen.outcomes) - decoded
        self.slowest_ms = max(self.slowest_ms, seen.slowest_ms)
        self.peak_mb = max(self.peak_mb, seen.peak_mb)
        if fault:
            self.faults.append(fault)

    @property
    def crashes(self) -> int:
        return sum(": crash" in fault for fault in self.faults)


def main() -> int:
    if sys.argv[1:2] == ["again"]:
        return write_again(*sys.argv[2:])
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    sums = try_formats(count)
    print(
        f"{'format':<8}{'copies':>8}{'decoded':>9}{'refused':>9}{'crashes':>9}{'others':>8}"
        f"{'slowest ms':>12}{'peak MB':>9}",
        flush=True,
    )
    for form, of_form in sums.items():
        others = len(of_form.faults) - of_form.crashes
        print(
            f"{form:<8}{of_form.decoded + of_form.refused + len(of_form.faults):>8,}{of_form.decoded:>9,}"
            f"{of_form.refused:>9,}{of_form.crashes:>9}{others:>8}{of_form.slowest_ms:>12.0f}{of_form.peak_mb:>9.0f}"
        )
    faults = [fault for of_form in sums.values() for fault in of_form.faults]
    bombs = try_bombs()
    faults += [f"{name}: {trouble}" for name, seen in bombs.items() if (trouble := trouble_of_bomb(seen))]
    slowest, largest = max(bombs, key=lambda name: bombs[name].cpu_s), max(bombs, key=lambda name: bombs[name].peak_mb)
    print(
        f"{len(bombs)} bombs: the slowest {slowest} in {bombs[slowest].cpu_s:.2f} s of processor time, "
        f"the largest {largest} in {bombs[largest].peak_mb:.0f} MB"
    )
    print("\n".join(faults) if faults else "Nothing was at fault.")
    return 1 if faults else 0


def write_again(form: str, kind: str, seed: str, number: str, file: str) -> int:
    """Write the copy that a fault names."""
    from tests.support.originals import originals

    (copy,) = copies_of(originals()[form][kind], Copies(form, kind, int(seed), int(number), 1))
    Path(file).write_bytes(copy)
    return 0


def try_formats(count: int) -> dict[str, Sum]:
    """Try so many copies of each format, two processes at a time."""
    from tests.support.originals import originals

    orders = [
        Copies(form, kind, seed, 0, min(_AT_A_TIME, share - _AT_A_TIME * seed))
        for form, kinds in originals().items()
        for number, kind in enumerate(kinds)
        for share in (count // len(kinds) + (number < count % len(kinds)),)
        for seed in range(-(-share // _AT_A_TIME))
    ]
    sums = {order.form: Sum() for order in orders}
    with ThreadPoolExecutor(ABREAST) as abreast:
        for seen_by_one in abreast.map(_try, [orders[number::ABREAST] for number in range(ABREAST)]):
            for form, seen, fault in seen_by_one:
                sums[form].add(seen, fault)
    return sums


def try_files(made: Mapping[str, Callable[[], bytes]]) -> Iterator[tuple[str, Seen]]:
    """Bring in each of the files, named as they are."""
    with tempfile.TemporaryDirectory(prefix="bombs-") as folder, looker() as process:
        for name, make in made.items():
            path = Path(folder) / name
            path.write_bytes(make())
            yield name, process.bring_in(path)
            path.unlink()


def _try(orders: list[Copies]) -> list[tuple[str, Seen, str]]:
    with looker() as process:
        return [(order.form, seen, fault) for order in orders for seen, fault in _tried(process, order)]


def _tried(process: Looker, copies: Copies) -> Iterator[tuple[Seen, str]]:
    """Try all of them, going on behind each that is at fault."""
    while copies.count > 0:
        seen = process.try_copies(copies)
        done, fault = len(seen.outcomes), ""
        if seen.fault:
            fault = f"{copies.form} {copies.kind!r}, seed {copies.seed}, number {copies.first + done}: {seen.fault}"
            print(fault, file=sys.stderr, flush=True)
            done += 1
        yield seen, fault
        copies = replace(copies, first=copies.first + done, count=copies.count - done)


def try_bombs() -> dict[str, Seen]:
    """What comes of each bomb."""
    from tests.support.bombs import BOMBS

    return dict(try_files(BOMBS))


def trouble_of_bomb(seen: Seen, harmless: str = REFUSED) -> str:
    """Why a bomb does harm; empty where it does none, and nothing came of it but what is `harmless`."""
    if seen.fault:
        return seen.fault
    if set(seen.outcomes) != {harmless}:
        return f"came to {seen.outcomes[:10]!r}"
    if seen.cpu_s > BOMB_CPU_S or seen.peak_mb > BOMB_MB:
        return f"took {seen.cpu_s:.2f} s and {seen.peak_mb:.0f} MB"
    return ""


if __name__ == "__main__":
    sys.exit(main())
