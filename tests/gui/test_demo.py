"""The demonstration: the program shows itself, in its window and where there is no display."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from skindesk.__main__ import main
from skindesk.bootstrap import open_demo, open_workspace
from skindesk.cli.main import ExitCode
from skindesk.gui import demo
from skindesk.gui.main_window import MainWindow
from skindesk.services.demo_clinic import plan
from skindesk.services.demo_clinic.mark import is_complete
from skindesk.services.demo_clinic.planned import PlannedPatient

PAGES = (
    *(
        "examine",
        "examine-map",
        "examine-knowledge",
        "examine-similar",
        "examine-measure",
        "models",
        "cases",
        "record",
        "report",
        "compare",
        "worklist",
        "insights",
    ),
    *("batch", "settings", "about"),
)
NOTHING_REAL = "Nothing here is real."
FEW = 5
"""Enough that one lesion has several pictures."""


@pytest.fixture
def few_patients(monkeypatch: pytest.MonkeyPatch) -> tuple[PlannedPatient, ...]:
    """A clinic of a few patients, which is there in seconds."""
    planned: Callable[[date], tuple[PlannedPatient, ...]] = plan.plan_clinic
    few = planned(date.today())[:FEW]
    monkeypatch.setattr(plan, "plan_clinic", lambda _today: few)
    return few


@pytest.mark.usefixtures("qapp")
def test_it_writes_pictures_of_the_windows_and_saves_one_case(
    tmp_path: Path,
    few_patients: tuple[PlannedPatient, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(demo, "_SETTLED_S", 0.1)
    before = qInstallMessageHandler(None)
    try:
        status = demo.run_demo(tmp_path / "pictures", tmp_path / "profile")
    finally:
        qInstallMessageHandler(before)

    assert status == 0
    written = {path.stem for path in (tmp_path / "pictures").glob("*.png")}
    assert written == {
        "start-light",
        "save-light",
        *(f"{page}-{theme}" for page in PAGES for theme in ("light", "dark")),
    }
    assert QImage(str(tmp_path / "pictures" / "cases-dark.png")).width() == 1280
    printed = capsys.readouterr().out
    lesions = sum(len(patient.lesions) for patient in few_patients)
    assert "generated-mel.jpg" in printed
    assert f"Generated a clinic of {lesions} lesions" in printed
    with open_demo(tmp_path / "profile") as workspace:
        assert workspace.casework.log.count() == lesions + 1
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()


def test_the_window_says_that_nothing_is_real_and_fills_while_it_is_used(
    qtbot: QtBot, few_patients: tuple[PlannedPatient, ...]
) -> None:
    with open_demo() as workspace:
        window = MainWindow(workspace)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: NOTHING_REAL in window.demo_notice.text(), timeout=20_000)
        window.show_page("cases")
        qtbot.waitUntil(lambda: is_complete(workspace.profile), timeout=60_000)
        qtbot.waitUntil(lambda: window.demo_notice.text().endswith(NOTHING_REAL), timeout=20_000)

        lesions = sum(len(patient.lesions) for patient in few_patients)
        assert workspace.casework.log.count() == lesions
        assert workspace.casework.editing.last is None
        assert window.demo_notice.isVisible()
        window.close()


def test_what_was_closed_early_goes_on_without_being_asked_and_never_looks_real(
    qtbot: QtBot, tmp_path: Path, few_patients: tuple[PlannedPatient, ...]
) -> None:
    with open_demo(tmp_path / "profile") as workspace:
        window = MainWindow(workspace)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: workspace.is_open and workspace.casework.log.count() > 0, timeout=60_000)
        window.close()
    assert not is_complete(workspace.profile)

    again = open_workspace(tmp_path / "profile")
    window = MainWindow(again)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: is_complete(again.profile), timeout=60_000)
    assert NOTHING_REAL in window.demo_notice.text()
    assert again.casework.log.count() == sum(len(patient.lesions) for patient in few_patients)
    window.close()


def test_other_profiles_are_not_called_a_demo(qtbot: QtBot, tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "profile")
    workspace.access.set_up_open()
    window = MainWindow(workspace)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: workspace.is_open, timeout=20_000)

    assert window.demo_notice.text() == ""
    assert not window.demo_notice.isVisible()
    window.close()


def test_a_folder_with_anything_else_in_it_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    used = tmp_path / "profile"
    used.mkdir()
    (used / "settings.json").write_text("{}", "utf-8")

    status = main(["--profile", str(used), "--demo", str(tmp_path / "pictures")])

    assert status == ExitCode.UNAVAILABLE
    assert "is not empty, and the demo needs a new one" in capsys.readouterr().err
    assert [path.name for path in used.iterdir()] == ["settings.json"]


def test_without_a_display_the_window_of_the_demo_is_refused_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("skindesk.__main__.has_display", lambda: False)

    assert main(["--demo"]) == ExitCode.UNAVAILABLE
    assert "no display" in capsys.readouterr().err
