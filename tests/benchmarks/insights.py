"""How long the figures over ten thousand closed cases take: reading the encrypted log, and computing all subgroups.

`python -m tests.benchmarks.insights` measures this alone.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from skindesk.domain.insights import Dimension
from skindesk.services.casework import Casework
from skindesk.services.insights import Insight
from skindesk.storage.case_log import open_case_log
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder
from tests.benchmarks.figures import Figures, check, print_figures
from tests.support.closed_clinic import closed_clinic, save_clinic

SAVED, COPIES, REPEATS = 100, 100, 5
READ_MOST_S = 2.0
_STEP = 1000
"""By how much the numbers of a copy's rows differ from those of the one before."""
_COPIED = {
    "lesion": ("id", "number", "recency"),
    "visit": ("id", "lesion_id"),
    "image": ("id", "visit_id"),
    "prediction": ("id", "image_id"),
    "review": ("id", "visit_id"),
    "final_diagnosis": ("id", "lesion_id"),
}
"""The tables of a case with the columns in which its copies differ."""


def measure() -> Figures:
    """Seconds of the processor at the median, on cases of one visit each that are copies of a hundred saved ones.

    By the clock they would tell of what else the machine does, too: nothing here waits for a disk.
    """
    key = DataKey.new()
    with tempfile.TemporaryDirectory() as temporary:
        folder = LogFolder(Path(temporary) / "log")
        with closing(open_case_log(folder, key)) as log:
            save_clinic(Casework(log, lambda _permission: None), closed_clinic(SAVED))
        _copy(DatabaseFile(folder.database, key.database))
        with closing(open_case_log(folder, key)) as log:
            cases = log.record.closed_cases()
            read_s = _median_s(log.record.closed_cases)
            novelty_s = _median_s(lambda: log.record.latest_novelty(400))
    insight = Insight(cases)
    figures = {
        "closed_cases": len(cases),
        "read_s": read_s,
        "latest_novelty_s": novelty_s,
        "judge_s": _median_s(lambda: Insight(cases)),
        "whole_s": _median_s(insight.whole),
        "all_subgroups_s": _median_s(lambda: [insight.by(dimension) for dimension in Dimension]),
    }
    check(len(cases) == SAVED * COPIES, "cases were lost on the way")
    check(read_s < READ_MOST_S, f"reading took {read_s:.2f} s")
    return figures


def _copy(database: DatabaseFile) -> None:
    with closing(database.connect()) as connection, connection:
        for table, numbers in _COPIED.items():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for copy in range(1, COPIES):
                values = [f"{name} + {copy * _STEP}" if name in numbers else f'"{name}"' for name in columns]
                names = ", ".join(f'"{name}"' for name in columns)
                connection.execute(
                    f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} WHERE id < {_STEP}"
                )


def _median_s(work: Callable[[], object]) -> float:
    spent_s = []
    for _ in range(REPEATS):
        begun_s = time.process_time()
        work()
        spent_s.append(time.process_time() - begun_s)
    return statistics.median(spent_s)


if __name__ == "__main__":
    print_figures("Insights", measure())
