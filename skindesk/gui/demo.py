"""Runs the desktop program offscreen on a generated clinic, as somebody without a display would want to see it.

It is the program itself, driven through its own widgets: every example picture is classified and listed, a clinic is
generated in a throw-away profile, one example is examined and saved there as a case of an invented patient, and the
windows are written as pictures, light and dark.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QSize,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from skindesk.bootstrap import Workspace, furnish_demo, open_demo
from skindesk.domain.case import Plan
from skindesk.domain.errors import SkinDeskError
from skindesk.domain.outcome import Classified
from skindesk.gui.app import create_application
from skindesk.gui.batch import BatchWorkspace
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.main_window import MainWindow
from skindesk.gui.report import ReportDialog
from skindesk.gui.theme import apply_theme
from skindesk.services.batch import Item, classify_items
from skindesk.system.paths import bundled
from skindesk.system.settings import Theme

_SIZE = QSize(1280, 800)
_EXAMINED = "generated-mel-2"
_PATIENCE_S = 60.0
_SETTLED_S = 0.6
"""Enough for what was started in the background to be drawn."""


class DemoError(SkinDeskError):
    """The program did not do in time what the demonstration asked of it."""


def run_demo(pictures: Path, profile: Path | None = None) -> int:
    """Print the predictions and write pictures of the windows into a folder; returns 0.

    Without a profile a throw-away one is used. Raises DemoError where the program does not answer, and as `open_demo`
    does.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    pictures.mkdir(parents=True, exist_ok=True)
    with open_demo(profile) as workspace:
        workspace.change_settings(replace(workspace.settings, notice_accepted=True))
        examples = sorted(bundled("resources", "examples").glob("*.jpg"))
        _print_predictions(workspace, examples)
        _fill(workspace)
        qInstallMessageHandler(_tell)
        application = create_application(["skindesk"])
        _Tour(application, workspace, pictures).walk(examples)
    return 0


def _tell(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """What Qt says, except that its offscreen platform lacks what only a desktop has."""
    if not message.startswith("This plugin does not support "):
        print(message, file=sys.stderr)


def _print_predictions(workspace: Workspace, examples: list[Path]) -> None:
    print("Generated phantoms, not patients; an answer on them says nothing about accuracy.")
    print(f"{'PICTURE':<24}{'DECISION':<12}{'DIFFERENTIAL':<84}IN SUM")
    for result in classify_items(map(Item, examples), workspace.models.open()):
        outcome = result.outcome
        if isinstance(outcome, Classified):
            prediction = outcome.prediction
            ranked = ", ".join(f"{entry.label.name} {entry.probability:.0%}" for entry in prediction.ranked[:3])
            print(f"{outcome.path.name:<24}{prediction.decision:<12}{ranked:<84}{prediction.malignant_sum:>5.0%}")
        else:
            print(f"{outcome.path.name:<24}{'rejected':<12}{outcome.message}")


def _fill(workspace: Workspace) -> None:
    began_s = time.monotonic()
    furnish_demo(workspace, lambda _there, _count: None, Event())
    log = workspace.casework.log
    took_s = time.monotonic() - began_s
    print(f"Generated a clinic of {log.count()} lesions, {len(log.record.closed_cases())} closed, in {took_s:.0f} s")


class _Tour:
    """Walks a window through its pages as a user would, taking a picture of each."""

    def __init__(self, application: QApplication, workspace: Workspace, pictures: Path) -> None:
        self._application = application
        self._workspace = workspace
        self._pictures = pictures
        apply_theme(application, Theme.LIGHT)
        self._window = MainWindow(workspace)
        self._window.resize(_SIZE)
        self._window.show()
        self._wait(lambda: self._window.is_entered, "open its case log")

    def walk(self, examples: list[Path]) -> None:
        self._picture("start", Theme.LIGHT)
        self._examine(next(path for path in examples if path.stem == _EXAMINED))
        self._both("examine")
        self._window.examine.viewer.map_button.click()
        self._both("examine-map")
        self._window.examine.viewer.map_button.click()
        self._beside("knowledge", self._window.examine.show_knowledge)
        self._beside("similar", self._window.examine.show_similar)
        self._measure()
        case_id = self._save("EXAMPLE-1")
        cases = self._window.show_page("cases")
        if isinstance(cases, CasesWorkspace):
            cases.show_case(case_id)
        self._settle()
        self._both("cases")
        self._follow_longest()
        for page in ("worklist", "insights"):
            self._visit(page)
        self._classify_folder(examples[0].parent)
        self._both("batch")
        for page in ("models", "settings", "about"):
            self._visit(page)
        self._window.examine.panel.reset()
        self._window.close()
        print(f"Pictures of the windows: {self._pictures}")

    def _visit(self, page: str) -> None:
        self._window.show_page(page)
        self._settle()
        self._both(page)

    def _follow_longest(self) -> None:
        """The record with most pictures of one lesion, its report, and its first and last picture compared."""
        cases = self._window.show_page("cases")
        if not isinstance(cases, CasesWorkspace):
            return
        longest = max(self._workspace.casework.log.page(limit=200).cases, key=lambda case: case.picture_count)
        cases.show_case(longest.case_id)
        self._wait(lambda: cases.record is not None and cases.record.case_id == longest.case_id, "show a record")
        self._settle()
        self._both("record")
        self._report(cases)
        cases.patient_view.lesion.compare_button.click()
        self._wait(lambda: cases.compare_view.comparison is not None, "compare two pictures")
        self._settle()
        self._both("compare")

    def _report(self, cases: CasesWorkspace) -> None:
        cases.patient_view.header.report_button.click()
        dialog = self._window.findChild(ReportDialog)
        if dialog is None:
            raise DemoError("The report did not open.")
        self._wait(lambda: not dialog.busy, "make a report")
        self._settle()
        self._both("report", dialog)
        dialog.close()

    def _examine(self, example: Path) -> None:
        examine = self._window.examine
        self._wait(lambda: examine.examiner.contract is not None, "open its network")
        examine.open_file(example)
        self._wait(lambda: examine.examination is not None and examine.examination.is_looked_through, "answer")
        examine.panel.impression.line().setText("Melanocytic nevus")
        examine.panel.plan.choose(Plan.WATCH)
        examine.reveal()
        self._settle()

    def _beside(self, name: str, toggle: Callable[[], object]) -> None:
        """A page beside the picture, and back to the steps."""
        toggle()
        self._settle()
        self._both(f"examine-{name}")
        toggle()

    def _measure(self) -> None:
        examine = self._window.examine
        examine.side.show_measure()
        examine.tools.propose()
        self._wait(
            lambda: examine.examination is not None and examine.examination.picture.measurement is not None, "measure"
        )
        self._settle()
        self._both("examine-measure")
        examine.side.back()

    def _save(self, identifier: str) -> int:
        saved: list[int] = []
        examine = self._window.examine
        examine.case_saved.connect(saved.append)
        examine.save()
        dialog = examine.dialog
        if dialog is None:
            raise DemoError("The save dialog did not open.")
        dialog.picker.line.setText(identifier)
        dialog.form.family.setText("Example")
        dialog.form.given.setText("Invented")
        self._settle()
        self._picture("save", Theme.LIGHT, dialog)
        dialog.save_button.click()
        self._wait(lambda: bool(saved), "save the case")
        print(f"Saved case {saved[0]} of the invented patient {identifier}")
        return saved[0]

    def _classify_folder(self, folder: Path) -> None:
        batch = self._window.show_page("batch")
        if isinstance(batch, BatchWorkspace):
            batch.start([folder])
            self._wait(lambda: not batch.is_running, "classify the examples")
            batch.triage.table.selectRow(0)
            self._wait(batch.view.canvas.has_picture, "show the chosen picture")
        self._settle()

    def _both(self, name: str, shown: QWidget | None = None) -> None:
        for theme in (Theme.DARK, Theme.LIGHT):
            self._picture(name, theme, shown)

    def _picture(self, name: str, theme: Theme, shown: QWidget | None = None) -> None:
        apply_theme(self._application, theme)
        self._settle(0.2)
        path = self._pictures / f"{name}-{theme}.png"
        if not (shown or self._window).grab().save(str(path)):
            raise DemoError(f"{path} could not be written.", "Check the folder and the free space.")

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not condition():
            if time.monotonic() > deadline:
                raise DemoError(f"The program did not {what} within {_PATIENCE_S:.0f} s.")
            self._settle(0.05)

    def _settle(self, seconds: float | None = None) -> None:
        """Let the program run, so that what was started in the background is drawn."""
        deadline = time.monotonic() + (_SETTLED_S if seconds is None else seconds)
        while time.monotonic() < deadline:
            self._application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            time.sleep(0.005)
