"""From dropping a file on the Examine page to its picture on the screen, and to the network's answer in sight.

`python -m tests.benchmarks.examining` measures this alone. The real page stands in a window on the offscreen platform;
the impression is not asked for first. Each kind of file is dropped in turns; what is told is the median of the rounds,
and of the event loop's turns the longest, by the clock and by what the window's own thread worked.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication

from skindesk.bootstrap import Workspace
from skindesk.gui.app import WINDOW_WAITS_S
from skindesk.gui.background import Background
from skindesk.gui.examine.workspace import ExamineWorkspace
from skindesk.gui.theme import apply_theme
from skindesk.system.paths import Profile
from skindesk.system.settings import Theme
from tests.benchmarks import opening
from tests.benchmarks.figures import Figures, check, print_figures
from tests.support.watchdog import Watchdog

ROUNDS = 7
PICTURE_MOST_MS, ANSWER_MOST_MS, LONGEST_MS = 100, 150, 50
"""For a JPEG of 12 megapixels, and for any turn of the event loop."""
_ENDINGS = {"JPEG": "jpg", "HEIC": "heic", "PNG": "png", "DICOM": "dcm"}
_PATIENCE_S = 60
_REST_S = 1.5
"""What a picture brings along after its answer, such as all its pixels, is not to slow the next one down."""


def measure() -> Figures:
    """Milliseconds from the drop to the picture and to the answer, and of the longest turn of the event loop."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_theme(application, Theme.LIGHT)
    waits_s = sys.getswitchinterval()
    sys.setswitchinterval(WINDOW_WAITS_S)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            return _measured(Path(temporary))
    finally:
        sys.setswitchinterval(waits_s)


def _measured(folder: Path) -> Figures:
    workspace, background = Workspace(Profile(folder / "profile"), None), Background()
    workspace.access.set_up_open()
    workspace.settings = replace(workspace.settings, impression_first=False)
    page = ExamineWorkspace(workspace, background)
    page.resize(1208, 760)
    page.show()
    _until(lambda: page.examiner.contract is not None)
    files = {name: _written(folder, name, picture.content) for name, picture in opening.pictures().items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in files}
    _dropped(page, next(iter(files.values())))  # the first one loads libraries
    watchdog = Watchdog()
    for _ in range(ROUNDS):
        for name, path in files.items():
            times[name].append(_dropped(page, path))
    background.close()
    workspace.close_case_log()
    figures: Figures = {}
    for name, measured in times.items():
        shown_s, answered_s = (statistics.median(column) for column in zip(*measured, strict=True))
        figures[f"{name}: picture (ms)"] = shown_s * 1000
        figures[f"{name}: answer (ms)"] = answered_s * 1000
    figures["longest turn (ms)"] = max(watchdog.turns_s) * 1000
    figures["longest turn, worked (ms)"] = max(watchdog.worked_s) * 1000
    return figures


def _written(folder: Path, name: str, content: bytes) -> Path:
    kind, _, _ = name.partition(" ")
    path = folder / f"{name.partition(',')[0]}.{_ENDINGS[kind]}"
    path.write_bytes(content)
    return path


def _dropped(page: ExamineWorkspace, path: Path) -> tuple[float, float]:
    """Seconds from the drop until the picture is painted, and until its answer is."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    where, copying, nothing = QPointF(200, 200), Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    began_s = time.perf_counter()
    page.dropEvent(QDropEvent(where, copying, data, Qt.MouseButton.LeftButton, nothing))
    _until(page.viewer.canvas.has_picture)
    page.viewer.canvas.repaint()
    shown_s = time.perf_counter() - began_s
    _until(lambda: page.answering.is_in_sight or page.panel.network.is_held)
    page.panel.repaint()
    answered_s = time.perf_counter() - began_s
    _until(lambda: time.perf_counter() - began_s > _REST_S)
    return shown_s, answered_s


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the page did not get on")
        QApplication.processEvents()
        time.sleep(0.0005)


if __name__ == "__main__":
    measured = measure()
    print_figures("Examine", measured)
    jpeg = next(name.removesuffix(": picture (ms)") for name in measured if "JPEG 12 MP" in name)
    check(measured[f"{jpeg}: picture (ms)"] <= PICTURE_MOST_MS, f"a picture took more than {PICTURE_MOST_MS} ms")
    check(measured[f"{jpeg}: answer (ms)"] <= ANSWER_MOST_MS, f"an answer took more than {ANSWER_MOST_MS} ms")
    check(measured["longest turn (ms)"] <= LONGEST_MS, f"the window stalled for more than {LONGEST_MS} ms")
