"""Measures speed and memory on this machine, prints the figures and writes them to build/benchmark.json: `make bench`.

Times on a shared machine wander, so what is compared is measured in turns, several times over, by its medians. With
`--readme` the figures are those that the README tells: they go to resources/readme, and its table is written anew.
"""

import json
import os
import platform
import sys
from pathlib import Path

from tests.benchmarks import (
    alignment,
    backups,
    case_log,
    classification,
    examining,
    insights,
    long_run,
    opening,
    readme,
    scrolling,
    starting,
    triage,
)
from tests.benchmarks.figures import print_figures

OUT = Path("build/benchmark.json")
ALIGNED_PAIRS = 40
"""A fifth of what `python -m tests.benchmarks.alignment` takes."""


def main() -> None:
    machine = {"machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"}
    # What has a process of its own, or needs the window's thread alone, comes before this process has grown.
    figures = {
        "Start": starting.measure(),
        **long_run.measure(),
        **classification.measure(),
        "Examine": examining.measure(),
        "Opening": opening.measure(),
        "Scrolling": scrolling.measure(),
        "Triage": triage.measure(),
        "Case log": case_log.measure(),
        "Backups": backups.measure(),
        "Insights": insights.measure(),
        "Alignment": alignment.measure(ALIGNED_PAIRS),
    }
    found = json.dumps({**machine, **figures}, indent=2) + "\n"
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(found, encoding="utf-8")
    print_figures("This machine", machine)
    for name, measured in figures.items():
        print_figures(name, measured)
    if "--readme" in sys.argv[1:]:
        readme.FIGURES.write_text(found, encoding="utf-8")
        readme.write()


if __name__ == "__main__":
    main()
