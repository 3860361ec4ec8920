"""The Insights page: figures over the clinic's own closed cases, each with the cases behind it."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.insights import ClosedCase, Dimension, Level, Reader
from skindesk.domain.lesion_state import LesionState
from skindesk.gui.background import Background
from skindesk.gui.insights import InsightsWorkspace
from skindesk.gui.insights.confusion_view import CASES_ROLE
from skindesk.gui.insights.words import drift_words
from skindesk.gui.main_window import MainWindow
from skindesk.gui.theme import apply_theme
from skindesk.services.drift import Drift
from skindesk.services.insights import Insight
from skindesk.system.settings import Theme
from tests.gui.clinic import visible_words
from tests.gui.controls import nameless
from tests.support.closed_clinic import answer, closed_clinic, save_clinic

PATIENCE_MS = 20_000
CASES = 40


def shown(qtbot: QtBot, workspace: Workspace, background: Background, cases: list[ClosedCase]) -> InsightsWorkspace:
    save_clinic(workspace.casework, cases)
    page = InsightsWorkspace(workspace, background)
    qtbot.addWidget(page)
    page.resize(1208, 800)
    page.show()
    qtbot.waitUntil(lambda: page._computed is not None, timeout=PATIENCE_MS)
    return page


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace, background: Background) -> InsightsWorkspace:
    return shown(qtbot, workspace, background, closed_clinic(CASES))


def link(page: QWidget, words: str) -> QPushButton:
    return next(button for button in page.findChildren(QPushButton) if button.accessibleName() == words)


def listed(page: InsightsWorkspace) -> set[int]:
    return {case.case_id for case in page.cases_behind.model.rows()}


def test_without_closed_cases_it_says_how_many_are_needed(
    qtbot: QtBot, workspace: Workspace, background: Background
) -> None:
    page = shown(qtbot, workspace, background, [])
    words = " ".join(visible_words(page))
    assert "No closed cases yet" in words
    assert "5 closed cases are needed for the first shares, 30 before" in words
    assert not page.export_button.isEnabled()
    (label,) = [label for label in page.findChildren(QLabel) if "5 closed cases" in label.text()]
    assert label.height() >= label.heightForWidth(label.width())


def test_the_cards_show_the_figures_with_their_intervals(page: InsightsWorkspace) -> None:
    expected = Insight(closed_clinic(CASES)).whole().detection(Reader.FIRST).sensitivity
    assert expected.interval is not None
    words = visible_words(page)
    assert f"{expected.interval.value * 100:.0f}\u00a0%" in words
    low, high = expected.interval.low or 0, expected.interval.high or 0
    assert f"{low * 100:.0f} to {high * 100:.0f}\u00a0%" in words
    assert link(page, f"Sensitivity of the first impression: {expected.count} of {expected.total}").isVisible()
    assert any("verification bias" in word for word in words)
    assert nameless(page) == []


@pytest.mark.parametrize(("count", "percents", "sentence"), [(3, False, "2 more are needed"), (12, True, "18 more")])
def test_few_cases_are_said_to_be_few(
    qtbot: QtBot, workspace: Workspace, background: Background, count: int, percents: bool, sentence: str
) -> None:
    page = shown(qtbot, workspace, background, closed_clinic(count))
    words = visible_words(page)
    assert any(sentence in word for word in words)
    shares = [word for word in words if word.endswith("%") and word[:1].isdigit() and " to " not in word]
    assert bool(shares) is percents


def test_a_click_on_a_figure_lists_its_cases_and_enter_opens_one(qtbot: QtBot, page: InsightsWorkspace) -> None:
    detection = page._computed.whole.detection(Reader.FIRST) if page._computed else None
    assert detection is not None
    assert detection.sensitivity.others
    missed = len(detection.sensitivity.others)
    link(page, f"Sensitivity of the first impression, missed: {missed} missed").click()
    qtbot.waitUntil(lambda: listed(page) == set(detection.sensitivity.others), timeout=PATIENCE_MS)
    assert "Sensitivity of the first impression, missed" in visible_words(page)
    assert nameless(page) == []

    with qtbot.waitSignal(page.case_wanted) as opened:
        QTest.keyClick(page.cases_behind.table, Qt.Key.Key_Return)
    assert opened.args[0] in detection.sensitivity.others

    QTest.keyClick(page.cases_behind.table, Qt.Key.Key_Escape)
    assert page.dashboard.isVisible()


def test_the_matrix_opens_the_cases_of_a_cell_by_the_keyboard(qtbot: QtBot, page: InsightsWorkspace) -> None:
    view = page.dashboard.confusion
    QAbstractItemModelTester(view.model(), QAbstractItemModelTester.FailureReportingMode.Warning)
    page.dashboard.level.setCurrentIndex(page.dashboard.level.findData(Level.DIAGNOSIS))
    model = view.model()
    places = [(row, column) for row in range(model.rowCount()) for column in range(model.columnCount())]
    full = next(model.index(*place) for place in places if model.index(*place).data(CASES_ROLE))
    assert full.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Final diagnosis ")
    total = sum(len(model.index(*place).data(CASES_ROLE)) for place in places)
    assert total == CASES

    view.setCurrentIndex(full)
    cases = set(full.data(CASES_ROLE))
    view.activated.emit(full)
    qtbot.waitUntil(lambda: listed(page) == cases, timeout=PATIENCE_MS)


def test_the_keyboard_walks_a_plot_and_opens_its_cases(qtbot: QtBot, page: InsightsWorkspace) -> None:
    plot = page.dashboard.subgroups.plot
    first, second = plot.points[:2]
    assert plot.accessibleDescription() == first.words
    QTest.keyClick(plot, Qt.Key.Key_Down)
    assert plot.accessibleDescription() == second.words
    with qtbot.waitSignal(plot.cases_wanted) as wanted:
        QTest.keyClick(plot, Qt.Key.Key_Return)
    assert wanted.args == [second.cases, second.words]


def test_a_plot_has_a_table_with_the_same_figures(page: InsightsWorkspace) -> None:
    card = page.dashboard.calibration
    card.table_button.click()
    model = card.table.model()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    assert card.table.isVisible()
    assert not card.plot.isVisible()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == [point.name for point in card.plot.points]


def test_subgroups_follow_the_choice(qtbot: QtBot, page: InsightsWorkspace) -> None:
    dashboard = page.dashboard
    dashboard.dimension.setCurrentIndex(dashboard.dimension.findData(Dimension.AGE))
    qtbot.waitUntil(lambda: dashboard.subgroups.plot.points[0].name == "under 40", timeout=PATIENCE_MS)


def test_the_filter_counts_fewer_cases_and_can_be_taken_off(qtbot: QtBot, page: InsightsWorkspace) -> None:
    histology = sum(case.confirmed_by.value == "histopathology" for case in closed_clinic(CASES))
    page.filters.histology.setChecked(True)
    words = f"{histology} of {CASES} closed cases count"
    qtbot.waitUntil(lambda: words in visible_words(page), timeout=PATIENCE_MS)

    page.filters.modality.setCurrentIndex(page.filters.modality.count() - 1)
    qtbot.waitUntil(lambda: "No closed case fits" in visible_words(page), timeout=PATIENCE_MS)
    link(page, "Count all closed cases").click()
    qtbot.waitUntil(page.dashboard.isVisible, timeout=PATIENCE_MS)


def test_the_figures_can_be_exported_without_any_patient(qtbot: QtBot, page: InsightsWorkspace, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    page.write(file)
    qtbot.waitUntil(page.notice.isVisible, timeout=PATIENCE_MS)
    assert "no patient data" in page.notice.text()
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    assert {row[0] for row in rows[1:]} == {"", *(dimension.value for dimension in Dimension)}
    assert "Family" not in file.read_text(encoding="utf-8")

    page.write(tmp_path / "figures.csv" / "below.csv")
    qtbot.waitUntil(lambda: "cannot be written" in page.notice.text(), timeout=PATIENCE_MS)


def strange(count: int) -> list[ClosedCase]:
    """Closed cases whose pictures were nearly all refused."""
    probabilities = (0.02, 0.02, 0.02, 0.02, 0.02, 0.88, 0.02)
    cases = closed_clinic(count)
    return [
        replace(case, answer=answer(case.case_id, probabilities, novelty=120.0 if case.case_id % 4 else 20.0))
        for case in cases
    ]


def test_strange_pictures_raise_an_alarm_on_the_page_and_on_the_rail(qtbot: QtBot, workspace: Workspace) -> None:
    save_clinic(workspace.casework, strange(24))
    window = MainWindow(workspace)
    qtbot.addWidget(window)
    window.show()
    rail = window.rail_button("insights")
    qtbot.waitUntil(lambda: "unlike the training pictures" in rail.accessibleDescription(), timeout=PATIENCE_MS)
    page = window.show_page("insights")
    assert isinstance(page, InsightsWorkspace)
    qtbot.waitUntil(page.drift_notice.isVisible, timeout=PATIENCE_MS)
    assert "18 of the last 24 pictures were unlike the training pictures" in page.drift_notice.text()
    assert "Check the camera, the light and the kind of picture." in page.drift_notice.text()
    page.drift_notice.action_button.click()
    qtbot.waitUntil(lambda: len(listed(page)) == 18, timeout=PATIENCE_MS)
    window.close()


def test_usual_pictures_raise_none(page: InsightsWorkspace) -> None:
    assert not page.drift_notice.isVisible()
    assert any("to be expected" in word for word in visible_words(page))


def test_what_was_to_be_expected_is_said_in_whole_pictures() -> None:
    drift = Drift("dermoscopy-7", "2.0.0", tuple(range(12)), tuple(range(38)), 0.03, 1e-8)
    assert drift_words(drift) == (
        "12 of the last 50 pictures were unlike the training pictures of dermoscopy-7 2.0.0; 2 were to be expected. "
        "Check the camera, the light and the kind of picture."
    )


def test_it_is_painted_in_both_themes_and_follows_a_change(qtbot: QtBot, page: InsightsWorkspace, qapp: object) -> None:
    light = page.dashboard.calibration.plot.grab().toImage()
    apply_theme(qapp, Theme.DARK)  # type: ignore[arg-type]
    dark = page.dashboard.calibration.plot.grab().toImage()
    assert light != dark


def test_a_case_that_was_taken_up_again_counts_no_more_when_the_page_is_next_shown(
    qtbot: QtBot, page: InsightsWorkspace, workspace: Workspace
) -> None:
    page.hide()
    workspace.casework.log.record.change_state(1, LesionState.WATCHED, None)
    page.show()
    words = f"{CASES - 1} cases with a final diagnosis"
    qtbot.waitUntil(lambda: words in visible_words(page), timeout=PATIENCE_MS)
