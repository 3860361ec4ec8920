"""Measures speed and memory on this machine, prints the figures and writes them to build/benchmark.json: `make bench`.

Times on a shared machine wander, so what is compared is measured in turns, several times over, by its medians.
"""

import json
import os
import platform
from pathlib import Path

from tests.benchmarks import backups, case_log, classification
from tests.benchmarks.figures import print_figures

OUT = Path("build/benchmark.json")


def main() -> None:
    machine = {"machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"}
    networks = classification.measure()
    figures = {**networks, "case log": case_log.measure(), "backups": backups.measure()}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({**machine, **figures}, indent=2))
    print_figures("This machine", machine)
    for name, measured in figures.items():
        print_figures(name.capitalize() if name not in networks else name, measured)


if __name__ == "__main__":
    main()
