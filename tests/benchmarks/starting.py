"""How soon the program is there: from its start to its window, and to the answer to a picture that it was given.

`python -m tests.benchmarks.starting` measures this alone: the program from its source and, where `make package` has
built it, the frozen one, in turns, on the offscreen platform, with a case log that opens without a passphrase. The
impression is not asked for first. The program writes both moments into its log.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from skindesk.bootstrap import Workspace
from skindesk.system.paths import Profile, bundled
from tests.benchmarks.figures import Figures, check, print_figures

ROUNDS = 10
WINDOW_MOST_MS, ANSWER_MOST_MS = 500, 1000
FROZEN = Path("dist/skindesk/skindesk-window")
_MOMENTS = {"window (ms)": "the window is there", "first answer (ms)": "an answer is in sight"}
_PATIENCE_S = 60


def measure() -> Figures:
    """Median milliseconds from the start of each program to its window and to its first answer."""
    programs: dict[str, Sequence[str | Path]] = {"source": (sys.executable, "-m", "skindesk")}
    if FROZEN.exists():
        programs["frozen"] = (FROZEN.absolute(),)
    with tempfile.TemporaryDirectory() as temporary:
        profile = _profile(Path(temporary) / "profile")
        picture = next(bundled("resources", "examples").glob("*.jpg"))
        times: dict[str, list[tuple[float, ...]]] = {name: [] for name in programs}
        for at in range(ROUNDS + 1):
            for name, program in programs.items():
                measured = _started([*program, "--profile", profile.root, "--open", picture], profile)
                if at:  # the first start is cold
                    times[name].append(measured)
    return {
        f"{name}: {moment}": statistics.median(column) * 1000
        for name, measured_times in times.items()
        for moment, column in zip(_MOMENTS, zip(*measured_times, strict=True), strict=True)
    }


def _profile(root: Path) -> Profile:
    """A profile in which the program asks nothing at its start."""
    profile = Profile(root)
    workspace = Workspace(profile, None)
    workspace.access.set_up_open()
    workspace.change_settings(replace(workspace.settings, impression_first=False, notice_accepted=True))
    workspace.close_case_log()
    return profile


def _started(command: Sequence[str | Path], profile: Profile) -> tuple[float, ...]:
    """Seconds from the start of a program to each of the moments, as its log tells them."""
    log = profile.logs / "skindesk.log"
    log.unlink(missing_ok=True)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": ""}
    began_s = time.time()
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            return tuple(_told(log, words, began_s + _PATIENCE_S) - began_s for words in _MOMENTS.values())
        finally:
            process.terminate()


def _told(log: Path, words: str, until_s: float) -> float:
    """When a program's log says that something happened, in seconds since the epoch."""
    while time.time() < until_s:
        for line in log.read_text("utf-8").splitlines() if log.exists() else ():
            if line.endswith(words):
                day, clock, *_ = line.split(" ")
                return datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M:%S,%f").timestamp()
        time.sleep(0.01)
    raise TimeoutError(f"the program has not told within {_PATIENCE_S} s that {words}")


if __name__ == "__main__":
    measured = measure()
    print_figures("Start", measured)
    for name, value in measured.items():
        most_ms = WINDOW_MOST_MS if "window" in name else ANSWER_MOST_MS
        check(value <= most_ms, f"{name} is over {most_ms}")
