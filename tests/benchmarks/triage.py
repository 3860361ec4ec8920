"""How smoothly a run of a hundred thousand pictures is looked through: the longest work of one turn of the window.

The real table and grid stand in a window on the offscreen platform, over generated rows; the thumbnails are decoded
from real picture files. A timer that is due at every turn of the event loop tells what the window's own thread worked
in each, while the rows stream in (sorted by malignant sum, so that their order is made anew again and again), while
the table and the grid are scrolled, and while sorts, filters and marks are asked for. On a machine that has other
work, too, what passed is longer than what was worked; both are told.
"""

import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from skindesk.domain.errors import RejectionReason
from skindesk.gui.app import WINDOW_WAITS_S
from skindesk.gui.background import Background
from skindesk.gui.batch.arranging import Deciding, SortKey, Wanted
from skindesk.gui.batch.review_keys import ReviewWish
from skindesk.gui.batch.rows import ROW, MarkCode, Piece, Status
from skindesk.gui.batch.triage import Showing, Triage
from skindesk.gui.theme import apply_theme
from skindesk.imaging.decode import read_picture_file
from skindesk.services.batch.reviews import ReviewFile
from skindesk.services.picture_quality import make_ready
from skindesk.system.paths import bundled
from skindesk.system.settings import Theme
from tests.benchmarks.event_loop import resident_mb, turn, until
from tests.benchmarks.figures import Figures, check, print_figures
from tests.support.tiny_bundle import tiny_contract
from tests.support.watchdog import Watchdog

ROWS = int(os.environ.get("SKINDESK_BENCH_ROWS", "100000"))
LONGEST_MS = 50
_CHUNK = 200
"""So many rows come together: as many as a fast machine classifies in a tenth of a second."""
_MARKED = 200
_STEP_PX, _SCROLLED = 4000, 300
_SLOW_STEP_PX, _WANDERED_S = 20, 5.0
_SORTS = tuple(
    Wanted(sort, descending)
    for sort in SortKey
    for descending in (False, True)
    if (sort, descending) != (SortKey.ARRIVAL, False)
)
_FILTERS = (
    Wanted(deciding=Deciding.ABSTAINED),
    Wanted(first=0, malignant_from=0.5),
    Wanted(reason=RejectionReason.DAMAGED),
    Wanted(mark=MarkCode.NONE),
    Wanted(text="7/img_1"),
    Wanted(SortKey.PATH, True, text="9"),
    Wanted(),
)


def measure() -> Figures:
    """Milliseconds of the event loop's turns, and megabytes of the process."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_theme(application, Theme.LIGHT)
    sys.setswitchinterval(WINDOW_WAITS_S)
    make_ready()  # as the main window does at its start: loading OpenCV holds everything up once
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pictures = [shutil.copy(path, folder) for path in sorted(bundled("resources", "examples").glob("*.jpg"))]
        background = Background()
        triage = Triage(lambda row: read_picture_file(Path(pictures[row % len(pictures)])), background)
        triage.resize(760, 560)
        triage.show()
        try:
            return _measured(triage, ReviewFile(folder / "run.reviews"))
        finally:
            background.close()
            triage.deleteLater()


def _measured(triage: Triage, reviews: ReviewFile) -> Figures:
    pieces = generated(ROWS)
    triage.begin(tiny_contract(), True, reviews)
    watchdog = Watchdog()
    turn(50)
    gc.freeze()  # as the main window does when the case log is open
    before_mb = resident_mb()
    figures: Figures = {"rows": ROWS}

    def told(name: str, act: Callable[[], None]) -> None:
        gc.collect()
        turn(5)
        watchdog.forget()
        act()
        figures.update(_figures(name, watchdog))

    told("streaming", lambda: _stream(triage, pieces))
    figures["resident_for_rows_mb"] = resident_mb() - before_mb
    triage.want(Wanted())
    until(lambda: len(triage.model.order) == ROWS, "the rows did not come back")
    told("scrolling", lambda: _scroll(triage))
    told("sorting", lambda: _arrange_all(triage, _SORTS))
    told("filtering", lambda: _arrange_all(triage, _FILTERS))
    told("reviewing", lambda: _review(triage))
    triage.show_as(Showing.GRID)
    turn(20)
    told("scrolling_pictures", lambda: _scroll(triage))
    told("sorting_pictures", lambda: _arrange_all(triage, _SORTS))
    until(lambda: triage.thumbnails.count > 0, "no thumbnail was decoded")
    told("scrolling_slowly", lambda: _wander(triage))
    figures["thumbnails_kept"] = triage.thumbnails.count
    return {**figures, "resident_mb": resident_mb(), "resident_before_mb": before_mb}


def generated(count: int) -> list[Piece]:
    """Rows as a run of the three-class network reports them, a tenth of them rejected."""
    random = np.random.default_rng(7)
    rows = np.zeros(count, ROW)
    rows["status"] = random.choice(
        [Status.SUPPORTED] * 7 + [Status.UNLIKE_TRAINING, Status.CLASSES_TOO_CLOSE, Status.REJECTED], count
    )
    rows["first"], rows["second"] = random.integers(0, 3, count), random.integers(0, 3, count)
    rows["first_probability"] = random.uniform(0.4, 1, count)
    rows["second_probability"] = 1 - rows["first_probability"]
    rows["malignant_sum"], rows["novelty"] = random.beta(0.5, 2, count), random.gamma(2, 1, count)
    rows["flags"] = np.where(random.random(count) < 0.2, 1 << random.integers(0, 24, count), 0)
    rows["badness"] = np.where(rows["flags"] > 0, random.integers(1, 40, count), 0)
    rejected = rows["status"] == Status.REJECTED
    rows["reason"] = np.where(rejected, random.integers(0, len(RejectionReason), count), 0)
    for field in ("malignant_sum", "novelty", "first_probability", "second_probability"):
        rows[field][rejected] = np.nan
    rows["first"][rejected] = rows["second"][rejected] = -1
    numbers = random.permutation(count)
    keys = [f"/mnt/archive/2026/clinic {number % 97:02}/img_{number:07}.jpg\0" for number in numbers.tolist()]
    return [Piece(tuple(keys[at : at + _CHUNK]), rows[at : at + _CHUNK]) for at in range(0, count, _CHUNK)]


def _stream(triage: Triage, pieces: list[Piece]) -> None:
    triage.want(Wanted(SortKey.MALIGNANT_SUM, True))
    for piece in pieces:
        triage.add(piece)
        QApplication.processEvents()
        QApplication.processEvents()
    until(lambda: len(triage.model.order) == ROWS, "the rows did not come")


def _scroll(triage: Triage) -> None:
    bar = triage.view.verticalScrollBar()
    bar.setValue(0)
    for _ in range(_SCROLLED):
        bar.setValue(bar.value() + _STEP_PX)
        QApplication.processEvents()
    bar.setValue(bar.maximum())
    turn(20)


def _wander(triage: Triage) -> None:
    """Scroll as slowly as somebody who looks at the pictures, which are decoded meanwhile."""
    bar = triage.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    until_s = time.perf_counter() + _WANDERED_S
    while time.perf_counter() < until_s:
        bar.setValue(bar.value() - _SLOW_STEP_PX)
        QApplication.processEvents()
        time.sleep(1 / 60)


def _arrange(triage: Triage, wanted: Wanted) -> None:
    before = triage.model.order
    triage.want(wanted)
    until(lambda: triage.model.order is not before, "the rows were not arranged")
    turn(3)


def _arrange_all(triage: Triage, all_wanted: Sequence[Wanted]) -> None:
    for wanted in all_wanted:
        _arrange(triage, wanted)


def _review(triage: Triage) -> None:
    _arrange(triage, Wanted(SortKey.MALIGNANT_SUM, True))
    _arrange(triage, replace(triage.wanted, mark=MarkCode.NONE))
    triage.view.choose(0)
    for _ in range(_MARKED):
        triage.do(ReviewWish.ACCEPT)
        turn(2)
    until(lambda: len(triage.model.order) == ROWS - _MARKED, "what was accepted did not leave")
    for _ in range(_MARKED):
        triage.do(ReviewWish.UNDO)
        turn(2)
    until(lambda: len(triage.model.order) == ROWS, "what was taken back did not return")


def _figures(name: str, watchdog: Watchdog) -> Figures:
    return {
        f"longest_own_work_{name}_ms": 1000 * max(watchdog.worked_s),
        f"longest_stall_{name}_ms": 1000 * max(watchdog.turns_s),
    }


if __name__ == "__main__":
    measured = measure()
    print_figures("Looking through a large run", measured)
    slow = [name for name, value in measured.items() if name.startswith("longest_own") and value > LONGEST_MS]
    check(not slow, f"the window worked for more than {LONGEST_MS} ms in one turn: {', '.join(slow)}")
