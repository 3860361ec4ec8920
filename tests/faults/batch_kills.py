"""A batch job killed over and over: `python -m tests.faults.batch_kills [FILES] [DAMAGED] [KILLS]`.

A child process runs the job and prints each announced row; SIGKILL ends it after a random row and a few random
milliseconds, and the next child continues. In the end nothing that was announced may have been done again or be
missing, and the result file must equal that of a run that nobody disturbed, to the last byte.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from skindesk.domain.class_mix import archive_mix
from skindesk.exchange.rows import RowFile
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Job, Options, Search, job
from skindesk.services.batch.job import GROUP_ROWS

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class KilledRun:
    """What came of a run: its result file, how often it was killed, and what was lost or announced twice."""

    rows: bytes
    kills: int
    lost: tuple[str, ...]
    repeated: tuple[str, ...]


def main() -> int:
    files, damaged, kills = (int(text) for text in (*sys.argv[1:], "10000", "100", "20")[:3])
    with tempfile.TemporaryDirectory(prefix="batch-kills-") as made:
        folder, chance = Path(made) / "pictures", random.Random(0)
        write_folder(folder, files, damaged)
        whole = killed_run(folder, Path(made) / "whole", 0, chance)
        torn = killed_run(folder, Path(made) / "torn", kills, chance)
    same = "equals" if torn.rows == whole.rows else "DIFFERS FROM"
    count = len(whole.rows.splitlines()) - 1
    print(
        f"{count:,} rows, {damaged} of damaged files, {torn.kills} kills: the result {same} an undisturbed run's; "
        f"{len(torn.lost)} announced rows lost, {len(torn.repeated)} announced twice"
    )
    return 0 if torn.rows == whole.rows and torn.kills == kills and not torn.lost + torn.repeated else 1


def write_folder(folder: Path, count: int, damaged: int) -> None:
    """Small pictures of random colours; every so many, one that is cut off."""
    from tests.support.pictures import encoded, plain

    folder.mkdir()
    chance = random.Random(2)
    every = max(1, count // damaged)
    for at in range(count):
        content = encoded(plain((chance.randrange(256), chance.randrange(256), chance.randrange(256))), "PNG")
        broken = at % every == every // 2 and at // every < damaged
        (folder / f"{at:06}.png").write_bytes(content[: len(content) // 2] if broken else content)


def killed_run(folder: Path, into: Path, kills: int, chance: random.Random, group_rows: int = GROUP_ROWS) -> KilledRun:
    """Run a job over a folder to its end, killing it at random moments on the way."""
    from tests.support.tiny_bundle import write_tiny_bundle

    into.mkdir()
    bundle = write_tiny_bundle(into / "models")
    announced: list[str] = []
    out, done, left = into / "out.csv", 0, sum(1 for _ in folder.iterdir())
    while not out.exists():
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.batch_kills", "child", bundle, folder, out, str(group_rows)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        # A child is ahead of what it announces: after too long waits the run is at its end before the last kill.
        wait_for = chance.randrange(1, max(2, (left - len(announced)) // (kills - done + 1))) if done < kills else 0
        with child.stdout:
            lines = list(islice(child.stdout, wait_for))
            if wait_for:
                time.sleep(chance.uniform(0, 0.03))
                child.kill()
            lines += child.stdout
        status = child.wait(timeout=600)
        announced += [line.removesuffix("\n") for line in lines if line.endswith("\n")]
        done += status < 0
        assert status in (0, -9), status
    rows = out.read_bytes()
    kept = {line.split(",", 1)[0] for line in rows.decode().splitlines()[1:]}
    repeated = sorted(name for name, count in Counter(announced).items() if count > 1)
    return KilledRun(rows, done, tuple(sorted(set(announced) - kept)), tuple(repeated))


def child(bundle: Path, folder: Path, out: Path, group_rows: int) -> None:
    """The process that is killed: prints each row once the program says that it is safe."""
    job.GROUP_ROWS = group_rows
    classifier = Classifier.load(bundle)
    mix = archive_mix(classifier.contract)
    with Job(out, Search.over([folder]), classifier, mix, Options(workers=2), resume=True) as begun:
        with closing(begun.results()) as results:
            for result in results:
                print(result.outcome.path, flush=True)
        with RowFile(out, classifier.contract.codes) as file:
            for result in begun.all_results():
                file.write(result.outcome)
        begun.complete()


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(*map(Path, sys.argv[2:5]), int(sys.argv[5]))
    else:
        sys.exit(main())
