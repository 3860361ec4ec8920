"""What a case log on a PostgreSQL server of this computer costs over one in an encrypted file.

Both keep an audit and sealed pictures, and take the same saves, openings, pages and searches in turns. Run as
`python -m tests.benchmarks.shared_log`; a server elsewhere adds its network's time to each statement.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from skindesk.domain.case_filter import CaseFilter
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder
from tests.benchmarks.case_log import _draft
from tests.benchmarks.figures import Figures
from tests.support.postgres_server import binaries, server

CASES, WARM_UP = 300, 20


def measure() -> Figures:
    """Milliseconds at the median, and ratios to the file's log; the server syncs each commit as in earnest."""
    programs = binaries()
    if programs is None:
        raise SystemExit("no PostgreSQL server here: install it, or set SKINDESK_POSTGRES_BIN to its programs")
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as opened:
        running = opened.enter_context(server(programs, fsync="on", full_page_writes="on"))
        address = running.address(running.new_database())
        folders = {
            "file": LogFolder(Path(temporary) / "file"),
            "server": LogFolder(Path(temporary) / "server", address),
        }
        key = DataKey.new()
        logs = {name: opened.enter_context(closing(open_case_log(folder, key))) for name, folder in folders.items()}
        drafts = [_draft(number) for number in range(CASES + WARM_UP)]
        cases = {log: [0] * len(drafts) for log in logs.values()}

        def save(log: CaseLog, number: int) -> None:
            cases[log][number] = log.save(drafts[number]).case_id

        def search(log: CaseLog, number: int) -> None:
            assert log.page(CaseFilter(drafts[number].patient.identifier)).cases

        return {
            **_compared("save", logs, save),
            **_compared("open", logs, lambda log, number: log.case(cases[log][number])),
            **_compared("page", logs, lambda log, _: log.page()),
            **_compared("search", logs, search),
        }


def _compared(name: str, logs: dict[str, CaseLog], work: Callable[[CaseLog, int], object]) -> Figures:
    """The work on each log in turns, another one first every time."""
    spent_s: dict[str, list[float]] = {log_name: [] for log_name in logs}
    for number in range(CASES + WARM_UP):
        for log_name in sorted(logs, reverse=number % 2 == 0):
            begun_s = time.perf_counter()
            work(logs[log_name], number)
            spent_s[log_name].append(time.perf_counter() - begun_s)
    medians = {log_name: statistics.median(spent[WARM_UP:]) * 1000 for log_name, spent in spent_s.items()}
    ratio = {f"{name}_server_over_file": medians["server"] / medians["file"]}
    return {**{f"{name}_{log_name}_ms": median for log_name, median in medians.items()}, **ratio}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
