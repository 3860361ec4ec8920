"""Filters over the list of cases: the panel, the chips, saved ones, and what is counted."""

from datetime import date, timedelta
from threading import Event

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.case import CaseCursor, CasePage, PatientDetails, Site
from skindesk.domain.case_filter import EVERY_CASE, CaseFilter
from skindesk.domain.lesion_state import LesionState
from skindesk.gui.background import Background
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.cases.case_list import CaseList
from skindesk.gui.cases.case_model import PAGE_SIZE, CaseColumn, CaseTableModel
from skindesk.gui.cases.filter_words import parts_of
from skindesk.gui.widgets.flow_layout import FlowLayout
from tests.gui.clinic import save_clinic, save_many, visible_words
from tests.gui.controls import nameless

ADA, NEVUS_BACK = "LINDQVIST, Ada", "L2 · posterior torso"


@pytest.fixture
def cases(workspace: Workspace, background: Background, qtbot: QtBot) -> CaseList:
    """The list of the Cases page, over a clinic of six cases."""
    forearm = save_clinic(workspace)
    editing = workspace.casework.editing
    editing.change_state(forearm, LesionState.BIOPSY_PENDING, date(2026, 7, 1))
    page = CasesWorkspace(workspace, background)
    qtbot.addWidget(page)
    page.resize(1208, 760)
    page.show()
    qtbot.waitUntil(lambda: page.case_list.model.rowCount() == 6)
    return page.case_list


def names(cases: CaseList) -> list[str]:
    return [cases.model.index(row, CaseColumn.PATIENT).data() for row in range(cases.model.rowCount())]


def chips(cases: CaseList) -> list[str]:
    return [chip.text() for chip in cases.filters.chips.chips()]


def test_the_panel_opens_by_its_key_and_every_control_has_a_name(cases: CaseList, qtbot: QtBot) -> None:
    cases.window().activateWindow()
    qtbot.waitUntil(cases.window().isActiveWindow)
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(cases.search_field, Qt.Key.Key_F, modifiers)

    panel = cases.filters.panel
    assert panel.isVisible()
    assert nameless(panel) == []
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_each_field_of_the_panel_narrows_the_list(cases: CaseList, qtbot: QtBot) -> None:
    panel = cases.filters.panel
    cases.filters.button.click()
    qtbot.waitUntil(lambda: panel.model.findText("dermoscopy-7") > 0)

    panel.states[LesionState.BIOPSY_PENDING].click()
    qtbot.waitUntil(lambda: names(cases) == [ADA])
    panel.clear_button.click()
    qtbot.waitUntil(lambda: len(names(cases)) == 6)
    panel.sites[Site.HEAD_NECK].click()
    panel.sites[Site.PALMS_SOLES].click()
    qtbot.waitUntil(lambda: names(cases) == ["NAKAMURA, Ren", "OKAFOR, Chidi"])
    panel.clear_button.click()
    QTest.keyClicks(panel.seen_from, "2026-05-01")
    qtbot.waitUntil(lambda: names(cases) == [ADA, "VAN DER MEULEN, Annelies"])
    QTest.keyClicks(panel.seen_to, "2026-05-31")
    qtbot.waitUntil(lambda: names(cases) == ["VAN DER MEULEN, Annelies"])
    panel.clear_button.click()
    QTest.keyClicks(panel.due_by, "2026-07-01")
    qtbot.waitUntil(lambda: names(cases) == [ADA])
    panel.clear_button.click()
    panel.sum_from.setValue(80)
    qtbot.waitUntil(lambda: names(cases) == ["VAN DER MEULEN, Annelies", "OKAFOR, Chidi"])
    panel.sum_to.setValue(86)
    qtbot.waitUntil(lambda: names(cases) == ["VAN DER MEULEN, Annelies"])
    panel.clear_button.click()
    panel.model.setCurrentIndex(panel.model.findText("dermoscopy-7"))
    qtbot.waitUntil(lambda: len(names(cases)) == 5)
    panel.done_button.click()
    assert not panel.isVisible()
    assert chips(cases) == ["dermoscopy-7"]


def test_what_is_no_date_is_said_and_the_list_stays(cases: CaseList, qtbot: QtBot) -> None:
    panel = cases.filters.panel
    cases.filters.button.click()
    QTest.keyClicks(panel.seen_from, "2026-13")
    qtbot.waitUntil(lambda: any("2026-13 is no date" in words for words in visible_words(panel)))
    panel.done_button.click()
    assert panel.isVisible(), "the panel stays until the date is mended"
    panel.seen_from.setText("2026-05-02")
    panel.seen_to.setText("2026-05-01")
    qtbot.waitUntil(lambda: any("lies before the first" in words for words in visible_words(panel)))
    assert cases.filters.wanted == EVERY_CASE
    panel.seen_to.clear()
    panel.sum_from.setValue(60)
    panel.sum_to.setValue(50)
    qtbot.waitUntil(lambda: any("under the least" in words for words in visible_words(panel)))
    assert len(names(cases)) == 6


def test_a_quick_day_fills_in_the_follow_up(cases: CaseList, qtbot: QtBot) -> None:
    cases.filters.button.click()
    (button,) = (b for b in cases.filters.panel.findChildren(QPushButton) if b.text() == "in 14 days")
    button.click()
    assert cases.filters.wanted == CaseFilter(due_by=date.today() + timedelta(days=14))


def test_chips_say_what_is_asked_for_and_take_it_away(cases: CaseList, qtbot: QtBot) -> None:
    cases.apply(CaseFilter("lind", frozenset({LesionState.BIOPSY_PENDING}), frozenset({Site.UPPER_EXTREMITY})))
    qtbot.waitUntil(lambda: names(cases) == [ADA])
    assert cases.search_field.text() == "lind"
    assert chips(cases) == ["biopsy pending", "upper extremity", "all of these"]
    assert nameless(cases) == []

    QTest.mouseClick(cases.filters.chips.chips()[0], Qt.MouseButton.LeftButton)
    assert chips(cases) == ["upper extremity"]
    assert not cases.filters.panel.states[LesionState.BIOPSY_PENDING].isChecked()
    QTest.mouseClick(cases.filters.chips.chips()[0], Qt.MouseButton.LeftButton)

    assert not cases.filters.chips.isVisible()
    qtbot.waitUntil(lambda: names(cases) == [ADA, ADA])


def test_every_part_of_a_filter_has_words_and_can_be_taken_away() -> None:
    day = date(2026, 5, 1)
    whole = CaseFilter(
        "spot", frozenset({LesionState.NEW}), frozenset({Site.UNKNOWN}), day, None, day, 0.5, 0.9, "isic-9",
        frozenset({1, 2, 3}),
    )  # fmt: skip
    words = [part.words for part in parts_of(whole)]
    assert words == [
        "new", "site not given", "seen from 2026-05-01", "due by 2026-05-01", "malignant sum 50\u00a0% to 90\u00a0%",
        "isic-9", "3 chosen cases",
    ]  # fmt: skip
    left = whole
    while parts := list(parts_of(left)):
        left = parts[0].rest
    assert left == CaseFilter("spot")
    one = CaseFilter(visited_from=day, visited_to=day, malignant_sum_to=0.3, case_ids=frozenset({7}))
    assert [part.words for part in parts_of(one)] == [
        "seen 2026-05-01 to 2026-05-01", "malignant sum up to 30\u00a0%", "1 chosen case"
    ]  # fmt: skip
    assert [part.words for part in parts_of(CaseFilter(visited_to=day, malignant_sum_from=0.3))] == [
        "seen until 2026-05-01", "malignant sum from 30\u00a0%"
    ]  # fmt: skip


def test_no_match_offers_to_drop_words_and_filters(cases: CaseList, qtbot: QtBot) -> None:
    cases.apply(CaseFilter("zzz", frozenset({LesionState.CLOSED})))
    qtbot.waitUntil(lambda: "No case matches" in visible_words(cases))
    (button,) = (b for b in cases.findChildren(QPushButton) if b.text() == "Show all cases" and b.isVisible())
    button.click()
    qtbot.waitUntil(lambda: len(names(cases)) == 6)
    assert (cases.search_field.text(), cases.filters.wanted) == ("", EVERY_CASE)


def test_a_filter_is_saved_chosen_again_and_removed(cases: CaseList, workspace: Workspace, qtbot: QtBot) -> None:
    store = cases.filters.store
    wanted = CaseFilter("lind", frozenset({LesionState.BIOPSY_PENDING}))
    assert not _action(store, "Save this filter…").isEnabled()
    cases.apply(wanted)
    _action(store, "Save this filter…").trigger()
    dialog = store.dialog
    assert dialog is not None
    dialog.submit()
    assert dialog.notice.text().startswith("The filter has no name yet.")
    QTest.keyClicks(dialog.name, "waiting & due")
    with qtbot.waitSignal(dialog.finished_work):
        dialog.go.click()
    qtbot.waitUntil(lambda: len(store.menu().actions()) == 4)
    assert [kept.criteria for kept in workspace.casework.log.record.filters()] == [wanted]

    cases.apply(EVERY_CASE)
    qtbot.waitUntil(lambda: len(names(cases)) == 6)
    _action(store, "waiting && due").trigger()
    qtbot.waitUntil(lambda: names(cases) == [ADA])
    assert cases.search_field.text() == "lind"
    assert _action(store, "waiting && due").isChecked()
    _action(store, "Save this filter…").trigger()
    assert store.dialog is not None
    store.dialog.name.setText("waiting & due")
    assert any("takes its place" in words for words in visible_words(store.dialog))
    store.dialog.reject()

    removing = _action(store, "Remove").menu()
    removing.actions()[0].trigger()
    qtbot.waitUntil(lambda: len(store.menu().actions()) == 1)
    assert workspace.casework.log.record.filters() == ()


def _action(store: QWidget, text: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - Qt's own action
    (found,) = (action for action in store.menu().actions() if action.text() == text)  # type: ignore[attr-defined]
    return found


class SlowCount:
    """A long log, whose count comes only when it is let go."""

    def __init__(self, pages: "CaseTableModel | None" = None) -> None:
        self.let_go = Event()

    def page(
        self, wanted: CaseFilter = EVERY_CASE, after: CaseCursor | None = None, limit: int = PAGE_SIZE
    ) -> CasePage:
        return CasePage((), CaseCursor(1))

    def count(self, wanted: CaseFilter = EVERY_CASE) -> int:
        self.let_go.wait(10)
        return 1_000_000


def test_the_rows_do_not_wait_for_the_count(background: Background, qtbot: QtBot) -> None:
    source = SlowCount()
    model = CaseTableModel(lambda: source, background)
    with qtbot.waitSignal(model.answered):
        model.search(EVERY_CASE)
    assert model.count is None
    with qtbot.waitSignal(model.counted):
        source.let_go.set()
    assert model.count == 1_000_000


def test_what_is_counted_is_said_once_it_is_known(cases: CaseList, workspace: Workspace, qtbot: QtBot) -> None:
    save_many(workspace, PAGE_SIZE)
    cases.refresh()
    with qtbot.waitSignal(cases.answered):
        pass
    assert "about to count…" in visible_words(cases)
    qtbot.waitUntil(lambda: f"{PAGE_SIZE + 6} cases" in visible_words(cases))


def test_a_list_that_is_read_again_stays_where_it_was_scrolled_to(
    cases: CaseList, workspace: Workspace, qtbot: QtBot
) -> None:
    QAbstractItemModelTester(cases.model, QAbstractItemModelTester.FailureReportingMode.Warning, cases)
    save_many(workspace, 2 * PAGE_SIZE)
    cases.refresh()

    def all_there() -> bool:
        cases.table.scrollToBottom()
        return cases.model.rowCount() == 2 * PAGE_SIZE + 6

    qtbot.waitUntil(all_there)
    place = cases.table.verticalScrollBar().value()
    assert place > 0

    with qtbot.waitSignal(cases.answered):
        cases.refresh()

    assert cases.model.rowCount() == 2 * PAGE_SIZE + 6
    assert cases.table.verticalScrollBar().value() == place


def test_patients_without_a_lesion_are_not_offered_where_a_filter_asks_for_one(
    cases: CaseList, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.casework.editing.add_patient(PatientDetails("P-7", "Lindgren"))
    page = cases.parentWidget()
    while not isinstance(page, CasesWorkspace):
        page = page.parentWidget()
    page.refresh()
    qtbot.waitUntil(lambda: page.unlisted.isVisible())
    cases.apply(CaseFilter(states=frozenset({LesionState.CLOSED})))
    qtbot.waitUntil(lambda: not page.unlisted.isVisible())
    cases.apply(EVERY_CASE)
    qtbot.waitUntil(lambda: page.unlisted.isVisible())


def test_chips_go_on_in_the_next_line(qtbot: QtBot) -> None:
    held = QWidget()
    qtbot.addWidget(held)
    flow = FlowLayout(held)
    buttons = [QPushButton("malignant sum from 50 %") for _ in range(3)]
    for button in buttons:
        flow.addWidget(button)
    held.resize(buttons[0].sizeHint().width() * 2 + 8, 200)
    held.show()
    QApplication.processEvents()
    assert [button.pos().y() > 0 for button in buttons] == [False, False, True]
    assert buttons[2].pos().x() == QPoint().x()
    assert flow.heightForWidth(held.width()) == 2 * buttons[0].height() + 8
