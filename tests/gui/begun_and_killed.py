"""Begins something in the program's own window and waits to be killed: the test of drafts runs it in its own process.

    python -m tests.gui.begun_and_killed PROFILE PICTURE | PROFILE CASE-NUMBER

With a picture it begins an examination, with a case's number its final diagnosis. It says "kept" as soon as the draft
is in the case log.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtTest import QTest

from skindesk.bootstrap import Workspace
from skindesk.domain.people import OWNER
from skindesk.gui.app import create_application
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.drafts import Form
from skindesk.gui.main_window import MainWindow
from skindesk.system.paths import Profile


def begin(profile: Path, what: str) -> None:
    """Open the window, type into it, tell that the draft is kept, and never end."""
    application = create_application(["skindesk"])
    workspace = Workspace(Profile(profile), None)
    window = MainWindow(workspace)
    window.show()

    def wait(condition: Callable[[], object]) -> None:
        while not condition():
            application.processEvents()
            time.sleep(0.005)

    wait(lambda: window.is_entered and workspace.is_open)
    form = Form.FINAL_DIAGNOSIS if what.isdigit() else Form.EXAMINATION
    if what.isdigit():
        _diagnose(window, int(what), wait)
    else:
        _examine(window, Path(what), wait)
    wait(lambda: workspace.casework.log.record.draft(OWNER.person_id, form.value))
    print("kept", flush=True)
    wait(lambda: False)


def _examine(window: MainWindow, picture: Path, wait: Callable[[Callable[[], object]], None]) -> None:
    examine = window.examine
    wait(lambda: examine.examiner.contract)
    examine.open_file(picture)
    wait(lambda: examine.examination and examine.examination.is_looked_through)
    QTest.keyClicks(examine.panel.impression.line(), "Spitz nevus")
    QTest.keyClicks(examine.panel.notes, "itches since May")


def _diagnose(window: MainWindow, case_id: int, wait: Callable[[Callable[[], object]], None]) -> None:
    cases = window.show_page("cases")
    assert isinstance(cases, CasesWorkspace)
    cases.show_case(case_id)
    wait(lambda: cases.record)
    cases.patient_view.lesion.diagnosis_button.click()
    dialog = cases.record_actions.dialog
    QTest.keyClicks(dialog.diagnosis.line, "Melanoma")
    QTest.keyClicks(dialog.text, "Breslow 0.6 mm")


if __name__ == "__main__":
    begin(Path(sys.argv[1]), sys.argv[2])
