"""How quickly a log of a million cases answers pages, searches and filters, and what it keeps in memory."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import psutil

from skindesk.domain.case import CasePage
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.lesion_state import LesionState
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder
from tests.benchmarks.figures import Figures, check, print_figures
from tests.support.large_log import LESIONS_OF_EACH, family_name, fill

CASES = int(os.environ.get("SKINDESK_BENCH_CASES", "1000000"))
ASKED = 25
LONGEST_MS = 50
_PENDING = frozenset({LesionState.BIOPSY_PENDING})
_WATCHED = frozenset({LesionState.WATCHED})


def measure() -> Figures:
    """Milliseconds at the median of different questions of each kind; seconds and megabytes otherwise."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, key = LogFolder(Path(temporary)), DataKey.new()
        begun = time.perf_counter()
        fill(folder, key, CASES)
        figures: Figures = {
            "cases": CASES,
            "fill_s": time.perf_counter() - begun,
            "database_mb": folder.database.stat().st_size / 1e6,
        }
        with closing(open_case_log(folder, key)) as log:
            return figures | answers(log)


def answers(log: CaseLog) -> Figures:
    """What asking the log takes."""
    names = [family_name(1 + step * CASES // LESIONS_OF_EACH // ASKED) for step in range(ASKED)]
    years = [date(2016 + step % 9, 1 + step % 12, 1) for step in range(ASKED)]
    pages = [log.page()]
    for _ in range(ASKED):
        pages.append(log.page(after=pages[-1].next_cursor))
    questions: dict[str, Callable[[int], object]] = {
        "first_page": lambda at: log.page(),
        "next_page": lambda at: log.page(after=pages[at].next_cursor),
        "rare_name": lambda at: log.page(CaseFilter(names[at])),
        "beginning_of_a_name": lambda at: log.page(CaseFilter(names[at][: 1 + at % 3])),
        "patients_by_name": lambda at: log.patients(names[at][:4]),
        "common_word": lambda at: log.page(CaseFilter("nevus")),
        "words_of_notes": lambda at: log.page(CaseFilter("bled mela")),
        "name_and_diagnosis": lambda at: log.page(CaseFilter(f"{names[at]} nevus")),
        "nothing_found": lambda at: log.page(CaseFilter(f"zzz{at}")),
        "state_and_dates": lambda at: log.page(CaseFilter(states=_WATCHED, visited_from=years[at])),
        "rare_state_and_date": lambda at: log.page(CaseFilter(states=_PENDING, visited_to=years[at])),
        "state_and_word": lambda at: log.page(CaseFilter("melanoma", _PENDING)),
        "malignant_sum": lambda at: log.page(CaseFilter(malignant_sum_from=0.9)),
        "worklist": lambda at: log.record.worklist(years[at]),
        "worklist_counts": lambda at: log.record.worklist_counts(years[at]),
    }
    measured = {f"{name}_ms": _median_ms(ask) for name, ask in questions.items()}
    return measured | {"count_of_a_word_ms": _median_ms(lambda at: log.count(CaseFilter("nevus")), 3), **_memory()}


def _median_ms(ask: Callable[[int], object], times: int = ASKED) -> float:
    spent = []
    for at in range(times):
        begun = time.perf_counter()
        found = ask(at)
        spent.append((time.perf_counter() - begun) * 1000)
        assert not isinstance(found, CasePage) or len(found.cases) <= 50
    return statistics.median(spent)


def _memory() -> Figures:
    return {"resident_mb": psutil.Process().memory_info().rss / 1e6}


if __name__ == "__main__":
    found = measure()
    print_figures("A large case log", found)
    slow = [
        name for name, value in found.items() if name.endswith("_ms") and "count" not in name and value > LONGEST_MS
    ]
    check(not slow, f"slower than {LONGEST_MS} ms: {', '.join(slow)}")
