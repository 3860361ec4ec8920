"""Measures speed and memory on this machine, prints the figures and writes them to build/benchmark.json: `make bench`.

Times on a shared machine wander, so what is compared is measured in turns, several times over, by its medians.
"""

import json
import os
import platform
from pathlib import Path

from tests.benchmarks import alignment, backups, case_log, classification, insights, opening, scrolling, triage
from tests.benchmarks.figures import print_figures

OUT = Path("build/benchmark.json")
ALIGNED_PAIRS = 40
"""A fifth of what `python -m tests.benchmarks.alignment` takes."""


def main() -> None:
    machine = {"machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"}
    networks = classification.measure()
    logs = {"case log": case_log.measure(), "backups": backups.measure(), "insights": insights.measure()}
    logs["scrolling"] = scrolling.measure()
    logs["triage"] = triage.measure()
    logs["opening"] = opening.measure()
    figures = {**networks, **logs, "alignment": alignment.measure(ALIGNED_PAIRS)}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({**machine, **figures}, indent=2))
    print_figures("This machine", machine)
    for name, measured in figures.items():
        print_figures(name.capitalize() if name not in networks else name, measured)


if __name__ == "__main__":
    main()
