"""How smoothly the list of a large log's cases scrolls: the longest time for which the window does not answer.

The real list stands in a window on the offscreen platform. A timer that is due at every turn of the event loop tells
how long each turn took while 5,000 rows are paged in, from the first page to the last. So does a second pass in which
words and filters are asked for. On a machine that has other work, too, a turn also takes as long as the window has to
wait for its turn; so what the window's own thread worked is told beside what passed.
"""

import gc
import os
import statistics
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from PySide6.QtWidgets import QApplication

from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.lesion_state import LesionState
from skindesk.gui.app import WINDOW_WAITS_S
from skindesk.gui.background import Background
from skindesk.gui.cases.case_list import CaseList
from skindesk.gui.theme import apply_theme
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder
from skindesk.system.settings import Theme
from tests.benchmarks.event_loop import resident_mb, turn, until
from tests.benchmarks.figures import Figures, check, print_figures
from tests.support.large_log import fill
from tests.support.watchdog import Watchdog

CASES = int(os.environ.get("SKINDESK_BENCH_CASES", "1000000"))
ROWS = 5_000
LONGEST_MS = 50
_STEP_PX = 400
_QUESTIONS = (
    CaseFilter("nevus"),
    CaseFilter(states=frozenset({LesionState.WATCHED})),
    CaseFilter("melanoma", frozenset({LesionState.BIOPSY_PENDING})),
    CaseFilter(),
)


def measure() -> Figures:
    """Milliseconds of the event loop's turns, and megabytes of the process."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, key = LogFolder(Path(temporary)), DataKey.new()
        fill(folder, key, CASES)
        with closing(open_case_log(folder, key)) as log:
            return {"cases": CASES} | stalls(log)


def stalls(log: CaseLog) -> Figures:
    """What paging through a log's cases does to the window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_theme(application, Theme.LIGHT)
    background = Background()
    cases = CaseList(lambda: log, background)
    cases.resize(620, 700)
    cases.show()
    cases.refresh()
    until(lambda: cases.model.rowCount() > 0, "the first page did not come")
    watchdog = Watchdog()
    turn(50)
    gc.freeze()  # as the main window does when the case log is open
    sys.setswitchinterval(WINDOW_WAITS_S)
    before_mb = resident_mb()
    watchdog.forget()
    _scroll(cases, ROWS)
    paging = _figures("paging", watchdog)
    rows = cases.model.rowCount()
    watchdog.forget()
    for wanted in _QUESTIONS:
        answers: list[bool] = []
        cases.answered.connect(lambda heard=answers: heard.append(True))
        cases.apply(wanted)
        until(lambda heard=answers: bool(heard), "a question was not answered")
        _scroll(cases, 500)
    asking = _figures("asking", watchdog)
    background.close()
    cases.deleteLater()
    return {**paging, **asking, "rows": rows, "resident_mb": resident_mb(), "resident_before_mb": before_mb}


def _scroll(cases: CaseList, rows: int) -> None:
    """Scroll on until so many rows have been read, or all that there are."""
    bar, model = cases.table.verticalScrollBar(), cases.model

    def all_read() -> bool:
        bar.setValue(bar.value() + _STEP_PX)
        return model.rowCount() >= rows or model.rowCount() == model.count

    until(all_read, "the rows did not come")


def _figures(name: str, watchdog: Watchdog) -> Figures:
    turns_ms = sorted(1000 * turn_s for turn_s in watchdog.turns_s)
    return {
        f"longest_stall_{name}_ms": turns_ms[-1],
        f"stall_of_999_in_1000_{name}_ms": turns_ms[min(len(turns_ms) - 1, len(turns_ms) * 999 // 1000)],
        f"median_turn_{name}_ms": statistics.median(turns_ms),
        f"longest_own_work_{name}_ms": 1000 * max(watchdog.worked_s),
    }


if __name__ == "__main__":
    measured = measure()
    print_figures("Scrolling through a large case log", measured)
    slow = [name for name in measured if name.startswith("longest") and measured[name] > LONGEST_MS]
    check(not slow, f"the window did not answer for more than {LONGEST_MS} ms: {', '.join(slow)}")
