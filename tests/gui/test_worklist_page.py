"""The Worklist page as a clinician works through it, and the count on the rail."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction
from skindesk.domain.case import LesionDetails, PatientDetails, Plan, ReviewDetails, Site
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.people import OWNER, Person, Role
from skindesk.domain.worklist import Due
from skindesk.gui.background import Background
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.cases.diagnosis_dialog import DiagnosisDialog
from skindesk.gui.main_window import MainWindow
from skindesk.gui.widgets.words import patient_name
from skindesk.gui.worklist import WorklistWorkspace
from skindesk.gui.worklist.actions import Wish
from skindesk.gui.worklist.dialogs import PostponeDialog, SeenDialog
from skindesk.gui.worklist.model import Heading, WorkColumn
from skindesk.gui.worklist.words import put_off_by_a_month, put_off_by_a_week, since_words
from skindesk.gui.worklist_watch import WorklistWatch, _ms_until_midnight
from tests.gui.clinic import EXAMPLES, draft, visible_words
from tests.gui.controls import nameless

PATIENCE_MS = 20_000
TODAY = date.today()
NOW = datetime.now(UTC)
WATCH = ReviewDetails("nv", plan=Plan.WATCH)


def lesion(workspace: Workspace, family: str, days: int | None, plan: Plan = Plan.WATCH) -> int:
    """A case whose follow-up is so many days away; its number."""
    number = sum(map(ord, family))
    who = PatientDetails(f"{number}", family, "Ada", date(1961, 4, 2))
    due = None if days is None else TODAY + timedelta(days=days)
    review = replace(WATCH, plan=plan, follow_up_on=due)
    where = LesionDetails(Site.UPPER_EXTREMITY, "left forearm")
    return workspace.casework.save_case(draft(who, where, EXAMPLES[0], NOW, review=review)).case_id


@pytest.fixture
def clinic(workspace: Workspace) -> dict[str, int]:
    """Five cases, one or more in each group, by the patients' names."""
    return {
        "Overdue": lesion(workspace, "Overdue", -12),
        "Older": lesion(workspace, "Older", -30),
        "Today": lesion(workspace, "Today", 0),
        "Waits": lesion(workspace, "Waits", None, Plan.BIOPSY),
        "Soon": lesion(workspace, "Soon", 3),
    }


def made_page(workspace: Workspace, background: Background, qtbot: QtBot, person: Person = OWNER) -> WorklistWorkspace:
    made = WorklistWorkspace(workspace, background, person)
    qtbot.addWidget(made)
    made.resize(1208, 760)
    watch = WorklistWatch(workspace, made)
    watch.changed.connect(made.refresh_in_sight)
    watch.begin(background)
    made.show()
    return made


@pytest.fixture
def page(workspace: Workspace, clinic: dict[str, int], background: Background, qtbot: QtBot) -> WorklistWorkspace:
    made = made_page(workspace, background, qtbot)
    qtbot.waitUntil(lambda: len(made.table.work.items()) == len(clinic))
    activate(made, qtbot)
    return made


def families(page: WorklistWorkspace) -> list[str]:
    return [item.case.patient.details.family_name for item in page.table.work.items()]


def headings(page: WorklistWorkspace) -> list[str]:
    return [row.words for row in page.table.work.rows() if isinstance(row, Heading)]


def activate(window: QWidget, qtbot: QtBot) -> None:
    """Keys reach a window only while it is the active one."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def choose(page: WorklistWorkspace, case_id: int) -> None:
    row = page.table.work.row_of(case_id)
    assert row is not None
    page.table.selectRow(row)
    page.table.setFocus()


def test_groups_stand_most_urgent_first_with_who_what_and_since_when(page: WorklistWorkspace) -> None:
    QAbstractItemModelTester(page.table.work, QAbstractItemModelTester.FailureReportingMode.Warning, page)
    assert headings(page) == ["Overdue · 2", "Today · 1", "Result pending · 1", "Soon · 1"]
    assert families(page) == ["Older", "Overdue", "Today", "Waits", "Soon"]
    model = page.table.work
    row = model.row_of(page.table.work.items()[1].case.case_id)
    assert row is not None
    cells = {column: model.index(row, column).data() for column in WorkColumn}
    assert cells[WorkColumn.SINCE] == "12 days overdue"
    assert cells[WorkColumn.WHAT] == "Follow-up"
    assert cells[WorkColumn.PATIENT] == "OVERDUE, Ada"
    assert cells[WorkColumn.BIRTH_DATE] == "1961-04-02"
    assert cells[WorkColumn.LESION] == "L1 · upper extremity · left forearm"
    assert cells[WorkColumn.NETWORK].endswith("Melanoma")
    since = [since_words(item, TODAY) for item in model.items()]
    assert since == ["30 days overdue", "12 days overdue", "today", "since today", "in 3 days"]
    assert nameless(page) == []


@pytest.mark.parametrize(
    ("due", "days", "words"),
    [
        (Due.FOLLOW_UP_OVERDUE, -1, "1 day overdue"),
        (Due.FOLLOW_UP_OVERDUE, -1200, "1,200 days overdue"),
        (Due.RESULT_PENDING, -1, "waiting for 1 day"),
        (Due.RESULT_PENDING, -5, "waiting for 5 days"),
        (Due.FOLLOW_UP_SOON, 1, "tomorrow"),
    ],
)
def test_days_are_told_in_words(page: WorklistWorkspace, due: Due, days: int, words: str) -> None:
    item = replace(page.table.work.items()[0], due=due, since=TODAY + timedelta(days=days))
    assert since_words(item, TODAY) == words


def test_the_arrow_keys_pass_over_headings_and_enter_opens(
    page: WorklistWorkspace, clinic: dict[str, int], qtbot: QtBot
) -> None:
    choose(page, clinic["Overdue"])
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    chosen = page.table.chosen()
    assert chosen is not None
    assert chosen.case.case_id == clinic["Today"]
    with qtbot.waitSignal(page.case_wanted) as opened:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [clinic["Today"]]


def test_a_double_click_opens_the_case_and_a_heading_opens_nothing(
    page: WorklistWorkspace, clinic: dict[str, int], qtbot: QtBot
) -> None:
    opened: list[int] = []
    page.case_wanted.connect(opened.append)

    def place(row: int) -> QPoint:
        return page.table.visualRect(page.table.work.index(row, 0)).center()

    row = page.table.work.row_of(clinic["Soon"])
    assert row is not None
    for at in (0, row):
        QTest.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place(at))
    assert opened == [clinic["Soon"]]


def test_seen_sets_the_next_date_and_the_next_row_is_chosen(
    page: WorklistWorkspace, clinic: dict[str, int], workspace: Workspace, qtbot: QtBot
) -> None:
    choose(page, clinic["Older"])
    QTest.keyClick(page.table, Qt.Key.Key_S)
    dialog = page.dialog
    assert isinstance(dialog, SeenDialog)
    assert nameless(dialog) == []
    dialog.submit()
    assert dialog.notice.text().startswith("The day is missing.")
    dialog.day.setText("soon")
    dialog.submit()
    assert dialog.notice.text().startswith("soon is no date.")
    dialog.day.setText(TODAY.isoformat())
    dialog.submit()
    assert "is not in the future" in dialog.notice.text()
    dialog.quick[0].click()
    day = date.fromisoformat(dialog.day.text())
    with qtbot.waitSignal(dialog.finished_work):
        dialog.go.click()

    qtbot.waitUntil(lambda: families(page) == ["Overdue", "Today", "Waits", "Soon"])
    lesion_now = workspace.casework.log.record.lesion(clinic["Older"])
    assert (lesion_now.state, lesion_now.follow_up_on) == (LesionState.WATCHED, day)
    assert f"L1 of OLDER, Ada is looked at again on {day}." in page.notice.text()
    chosen = page.table.chosen()
    assert chosen is not None
    assert chosen.case.case_id == clinic["Overdue"]
    assert '"reason": "seen"' in str(workspace.casework.log.audit_entries()[0].detail)
    with qtbot.waitSignal(page.undo_wanted):
        page.notice.action_button.click()


@pytest.mark.parametrize("key", ["week", "month"])
def test_postponing_tells_the_audit_why(
    page: WorklistWorkspace, clinic: dict[str, int], workspace: Workspace, qtbot: QtBot, key: str
) -> None:
    choose(page, clinic["Overdue"])
    item = page.table.chosen()
    assert item is not None
    modifier = Qt.KeyboardModifier.ShiftModifier if key == "month" else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(page.table, Qt.Key.Key_P, modifier)
    dialog = page.dialog
    assert isinstance(dialog, PostponeDialog)
    assert nameless(dialog) == []
    day = put_off_by_a_week(item, TODAY) if key == "week" else put_off_by_a_month(item, TODAY)
    assert dialog.day.text() == day.isoformat()
    assert day > TODAY
    dialog.submit()
    assert dialog.notice.text() == "The reason is missing. Type or pick one."
    dialog.why.setCurrentText("on holiday")
    with qtbot.waitSignal(dialog.finished_work):
        dialog.go.click()

    assert workspace.casework.log.record.lesion(clinic["Overdue"]).follow_up_on == day
    assert '"reason": "on holiday"' in str(workspace.casework.log.audit_entries()[0].detail)


def test_what_is_due_later_is_put_off_from_its_own_day(page: WorklistWorkspace, clinic: dict[str, int]) -> None:
    choose(page, clinic["Soon"])
    item = page.table.chosen()
    assert item is not None
    assert put_off_by_a_week(item, TODAY) == TODAY + timedelta(days=10)
    assert put_off_by_a_week(item, date(2099, 1, 31)) == date(2099, 2, 7)
    assert put_off_by_a_month(item, date(2099, 1, 31)) == date(2099, 2, 28)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    page: WorklistWorkspace, clinic: dict[str, int], workspace: Workspace, qtbot: QtBot
) -> None:
    choose(page, clinic["Overdue"])
    page.row_actions.buttons[Wish.WEEK].click()
    dialog = page.dialog
    assert isinstance(dialog, PostponeDialog)
    workspace.casework.log.record.change_state(clinic["Overdue"], LesionState.CLOSED, None)
    dialog.why.setCurrentText("no room")
    dialog.submit()
    qtbot.waitUntil(lambda: "has changed the state of this lesion since you opened it" in dialog.notice.text())
    assert workspace.casework.log.record.lesion(clinic["Overdue"]).state is LesionState.CLOSED
    dialog.reject()


def test_a_pending_result_goes_on_pending_and_has_nothing_to_postpone(
    page: WorklistWorkspace, clinic: dict[str, int], workspace: Workspace, qtbot: QtBot
) -> None:
    choose(page, clinic["Waits"])
    assert not page.row_actions.buttons[Wish.WEEK].isEnabled()
    with qtbot.waitSignal(page.result_wanted) as wanted:
        QTest.keyClick(page.table, Qt.Key.Key_R)
    assert wanted.args == [clinic["Waits"]]
    page.row_actions.buttons[Wish.SEEN].click()
    assert page.dialog is not None
    page.dialog.day.setText((TODAY + timedelta(days=9)).isoformat())
    with qtbot.waitSignal(page.dialog.finished_work):
        page.dialog.go.click()
    now = workspace.casework.log.record.lesion(clinic["Waits"])
    assert (now.state, now.follow_up_on) == (LesionState.BIOPSY_PENDING, TODAY + timedelta(days=9))


def test_the_menu_offers_what_the_keys_do(page: WorklistWorkspace, clinic: dict[str, int], qtbot: QtBot) -> None:
    choose(page, clinic["Today"])
    page.table.menu_wanted.emit(page.table.mapToGlobal(QPoint(40, 40)))
    (menu,) = (menu for menu in page.findChildren(QMenu) if menu.isVisible())
    texts = [action.text() for action in menu.actions()]
    assert texts == [
        "Open case", "Seen, set next date…", "Record result…", "Postpone by 1 week…", "Postpone by 1 month…"
    ]  # fmt: skip
    with qtbot.waitSignal(page.result_wanted):
        menu.actions()[2].trigger()
    menu.close()


def test_a_group_can_be_looked_at_alone(page: WorklistWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    button = page.groups.button(Due.RESULT_PENDING.value)
    assert button.text() == "Result pending  1"
    button.click()
    qtbot.waitUntil(lambda: families(page) == ["Waits"])
    workspace.casework.editing.change_state(page.table.work.items()[0].case.case_id, LesionState.CLOSED, None)
    qtbot.waitUntil(lambda: "Nothing here." in visible_words(page))
    (show_all,) = (b for b in page.findChildren(QPushButton) if b.text() == "Show all groups" and b.isVisible())
    show_all.click()
    qtbot.waitUntil(lambda: len(families(page)) == 4)


def test_nothing_due_says_what_puts_a_lesion_here(workspace: Workspace, background: Background, qtbot: QtBot) -> None:
    page = made_page(workspace, background, qtbot)
    qtbot.waitUntil(lambda: "Nothing is due." in visible_words(page))
    assert "A plan with a date puts a lesion here." in visible_words(page)


def test_an_assistant_opens_cases_and_is_offered_nothing_else(
    workspace: Workspace, clinic: dict[str, int], background: Background, qtbot: QtBot
) -> None:
    page = made_page(workspace, background, qtbot, Person("ben", "Ben", Role.ASSISTANT))
    assert list(page.row_actions.buttons) == [Wish.OPEN]
    assert not page.export_button.isVisible()


def test_more_items_are_shown_when_asked_for(
    page: WorklistWorkspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.gui.worklist.workspace.PAGE_SIZE", 2)
    monkeypatch.setattr("skindesk.gui.worklist.workspace._MOST_AT_ONCE", 2)
    page.refresh()
    qtbot.waitUntil(lambda: families(page) == ["Older", "Overdue"])
    assert headings(page) == ["Overdue · 2"]
    page.more_button.click()
    qtbot.waitUntil(lambda: families(page) == ["Older", "Overdue", "Today", "Waits"])
    page.more_button.click()
    qtbot.waitUntil(lambda: len(families(page)) == 5)
    assert not page.more_button.isVisible()


def test_exporting_writes_every_row_and_tells_the_audit(
    page: WorklistWorkspace, workspace: Workspace, qtbot: QtBot, tmp_path: Path
) -> None:
    workspace.casework.log.correct_patient(
        page.table.work.items()[0].case.patient.patient_id, PatientDetails("=1+1", "Older", "Ada")
    )
    page.export_to(tmp_path / "list.csv")
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.text().startswith("5 cases are written to list.csv.")
    rows = list(csv.DictReader((tmp_path / "list.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["family_name"] for row in rows] == ["Older", "Overdue", "Today", "Waits", "Soon"]
    assert rows[0]["identifier"] == "'=1+1", "a spreadsheet must not compute it"
    assert (rows[1]["due"], rows[1]["lesion"]) == ("follow-up overdue", "L1")
    told = [e for e in workspace.casework.log.audit_entries() if e.action == AuditAction.PATIENT_EXPORTED]
    assert len(told) == 5


def test_an_export_that_cannot_be_written_is_said(page: WorklistWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    page.export_to(tmp_path / "no such folder" / "list.csv")
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.text().startswith("list.csv cannot be written:")
    assert page.export_button.isEnabled()


def test_a_log_that_cannot_be_read_is_said(workspace: Workspace, background: Background, qtbot: QtBot) -> None:
    workspace.casework.log.close()
    workspace.close_case_log()
    workspace.profile.log.database.write_bytes(b"This is a letter, not a case log." * 100)
    page = made_page(workspace, background, qtbot)
    qtbot.waitUntil(page.notice.isVisible)
    assert "The case log cannot be read" in visible_words(page)


def test_an_edit_elsewhere_is_seen_at_once(
    page: WorklistWorkspace, clinic: dict[str, int], workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.casework.editing.change_state(clinic["Today"], LesionState.CLOSED, None)
    qtbot.waitUntil(lambda: "Today" not in families(page))
    workspace.casework.editing.undo()
    qtbot.waitUntil(lambda: "Today" in families(page))


def test_midnight_is_waited_for() -> None:
    assert _ms_until_midnight(datetime(2026, 3, 14, 23, 59, 59)) == 2000
    assert _ms_until_midnight(datetime(2026, 3, 14, 0, 0, 0)) == 24 * 3_600_000 + 1000


def test_the_watch_counts_again_when_its_timers_say_so_and_rests_while_the_log_is_locked(
    workspace: Workspace, clinic: dict[str, int], background: Background, qtbot: QtBot
) -> None:
    owner = QObject()
    watch = WorklistWatch(workspace, owner)
    with qtbot.waitSignal(watch.counted) as first:
        watch.begin(background)
    assert first.args[0].urgent == 4
    with qtbot.waitSignal(watch.counted):
        watch._midnight.timeout.emit()
    with qtbot.waitSignal(watch.counted):
        watch._regular.timeout.emit()
    watch.rest()
    assert not any(timer.isActive() for timer in (watch._soon, watch._regular, watch._midnight))
    with qtbot.assertNotEmitted(watch.counted, wait=200):
        workspace.casework.editing.change_state(clinic["Today"], LesionState.CLOSED, None)


@pytest.fixture
def window(workspace: Workspace, clinic: dict[str, int], qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(workspace)
    qtbot.addWidget(made, before_close_func=lambda shown: shown.examine.panel.reset())
    made.resize(1280, 800)
    with qtbot.waitActive(made):
        made.show()
    qtbot.waitUntil(lambda: made.is_entered, timeout=PATIENCE_MS)
    yield made
    made.close()


def test_the_rail_counts_what_is_urgent_and_follows_edits_and_their_undoing(
    window: MainWindow, clinic: dict[str, int], workspace: Workspace, qtbot: QtBot
) -> None:
    rail = window._rail
    qtbot.waitUntil(lambda: rail.count("worklist") == "4", timeout=PATIENCE_MS)
    assert "4 cases are overdue" in window.rail_button("worklist").accessibleDescription()
    page = window.show_page("worklist")
    assert isinstance(page, WorklistWorkspace)
    qtbot.waitUntil(lambda: len(page.table.work.items()) == 5, timeout=PATIENCE_MS)
    choose(page, clinic["Older"])
    page.row_actions.buttons[Wish.SEEN].click()
    assert page.dialog is not None
    page.dialog.day.setText((TODAY + timedelta(days=200)).isoformat())
    page.dialog.go.click()
    qtbot.waitUntil(lambda: rail.count("worklist") == "3", timeout=PATIENCE_MS)
    activate(window, qtbot)
    QTest.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: rail.count("worklist") == "4", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "Older" in families(page), timeout=PATIENCE_MS)
    for case_id in clinic.values():
        workspace.casework.editing.change_state(case_id, LesionState.CLOSED, None)
    qtbot.waitUntil(lambda: rail.count("worklist") == "", timeout=PATIENCE_MS)


def test_a_row_opens_its_case_and_the_form_for_its_result(
    window: MainWindow, clinic: dict[str, int], qtbot: QtBot
) -> None:
    page = window.show_page("worklist")
    assert isinstance(page, WorklistWorkspace)
    qtbot.waitUntil(lambda: len(page.table.work.items()) == 5, timeout=PATIENCE_MS)
    assert not window.band.isVisible(), "the page is about many patients"
    choose(page, clinic["Today"])
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    cases = window.page("cases")
    assert isinstance(cases, CasesWorkspace)
    assert cases.isVisible()
    qtbot.waitUntil(lambda: cases.record is not None, timeout=PATIENCE_MS)
    assert cases.record is not None
    assert cases.record.case_id == clinic["Today"]

    window.show_page("worklist")
    choose(page, clinic["Waits"])
    activate(window, qtbot)
    QTest.keyClick(page.table, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: isinstance(cases.record_actions.dialog, DiagnosisDialog), timeout=PATIENCE_MS)
    dialog = cases.record_actions.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert cases.record.case_id == clinic["Waits"]
    assert patient_name(cases.record.patient) == "WAITS, Ada"
    dialog.reject()
    QApplication.processEvents()
