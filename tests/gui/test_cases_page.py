"""The Cases page as a clinician uses it: search, read, look closely, go on to the next picture."""

from threading import Event

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QSplitter
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.case import CaseCursor, CasePage, Lesion, LesionDetails, Patient, PatientDetails, Site
from skindesk.domain.case_filter import EVERY_CASE, CaseFilter
from skindesk.gui.background import Background
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.cases.case_model import PAGE_SIZE, CaseColumn, CaseTableModel
from skindesk.gui.cases.thumbnail import Thumbnail
from skindesk.gui.cases.visit_card import VisitCard
from tests.gui.clinic import EXAMPLES, draft, save_clinic, save_many, visible_words


@pytest.fixture
def page(workspace: Workspace, background: Background, qtbot: QtBot) -> CasesWorkspace:
    made = CasesWorkspace(workspace, background)
    qtbot.addWidget(made)
    made.resize(1208, 760)
    return made


def shown(page: CasesWorkspace, qtbot: QtBot, cases: int) -> None:
    """Show the page and wait until it lists that many cases."""
    page.show()
    qtbot.waitUntil(lambda: page.case_list.model.rowCount() == cases)


def names(page: CasesWorkspace) -> list[str]:
    model = page.case_list.model
    return [model.index(row, CaseColumn.PATIENT).data() for row in range(model.rowCount())]


def open_case(page: CasesWorkspace, qtbot: QtBot, case_id: int) -> None:
    with qtbot.waitSignal(page.patient_changed):
        page.show_case(case_id)


def test_typing_in_the_search_field_narrows_the_list(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    save_clinic(workspace)
    shown(page, qtbot, 6)

    qtbot.keyClicks(page.case_list.search_field, "oka")

    qtbot.waitUntil(lambda: names(page) == ["OKAFOR, Chidi"])
    assert "1 case" in visible_words(page)


def test_scrolling_loads_all_120_cases_exactly_once(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    save_many(workspace, 120)
    QAbstractItemModelTester(page.case_list.model, QAbstractItemModelTester.FailureReportingMode.Warning, page)
    page.show()

    def all_loaded() -> bool:
        page.case_list.table.scrollToBottom()
        return page.case_list.model.rowCount() == 120

    qtbot.waitUntil(all_loaded)
    assert len(set(names(page))) == 120
    assert not page.case_list.model.canFetchMore(QModelIndex())
    qtbot.waitUntil(lambda: "120 cases" in visible_words(page))


def test_latest_visit_comes_first_with_what_was_found(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    save_clinic(workspace)
    shown(page, qtbot, 6)

    model = page.case_list.model
    row = [model.index(0, column).data() for column in CaseColumn]
    assert row[: CaseColumn.LAST_VISIT + 1] == [
        "LINDQVIST, Ada",
        "10482",
        "1961-04-02",
        "L1 · upper extremity",
        "2026-06-20",
    ]
    assert row[CaseColumn.PICTURES] == "3"
    assert row[CaseColumn.NETWORK].startswith("62")


class SlowSource:
    """A case log that answers one query only when it is let go."""

    def __init__(self, slow_query: str) -> None:
        self.slow_query = slow_query
        self.let_go = Event()
        self.answered = Event()

    def page(
        self, wanted: CaseFilter = EVERY_CASE, after: CaseCursor | None = None, limit: int = PAGE_SIZE
    ) -> CasePage:
        if wanted.words == self.slow_query:
            self.let_go.wait(10)
            self.answered.set()
        return CasePage((), None)

    def count(self, wanted: CaseFilter = EVERY_CASE) -> int:
        return len(wanted.words)


def test_the_answer_to_an_older_query_is_dropped(background: Background, qtbot: QtBot) -> None:
    source = SlowSource("slow")
    model = CaseTableModel(lambda: source, background)
    answers: list[str] = []
    model.answered.connect(lambda: answers.append(model.query))

    model.search(CaseFilter("slow"))
    with qtbot.waitSignal(model.answered):
        model.search(CaseFilter("ab"))
    source.let_go.set()
    qtbot.waitUntil(source.answered.is_set)
    with qtbot.waitSignal(model.answered):
        model.search(CaseFilter("abc"))

    assert answers == ["ab", "abc"]


def test_a_page_that_cannot_be_read_is_told_and_asked_for_no_more(background: Background, qtbot: QtBot) -> None:
    def broken() -> SlowSource:
        raise ValueError("no log")

    model = CaseTableModel(broken, background)
    with qtbot.waitSignal(model.failed):
        model.search(EVERY_CASE)
    assert not model.canFetchMore(QModelIndex())


def test_an_empty_log_says_what_to_do(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    assert workspace.casework.log.count() == 0
    page.show()

    qtbot.waitUntil(lambda: "No cases yet" in visible_words(page))


def test_no_match_offers_all_cases_again(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    save_clinic(workspace)
    shown(page, qtbot, 6)

    qtbot.keyClicks(page.case_list.search_field, "zzz")
    qtbot.waitUntil(lambda: "No case matches" in visible_words(page))
    page.case_list.search_field.clear()

    qtbot.waitUntil(lambda: page.case_list.model.rowCount() == 6)


def test_a_log_that_is_no_database_is_told_in_a_sentence(
    page: CasesWorkspace, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.profile.log.database.write_bytes(b"This is a letter, not a case log." * 100)

    page.show()

    qtbot.waitUntil(page.notice.isVisible)
    assert "Traceback" not in page.notice.text()
    assert page.notice.text()


def test_choosing_a_row_shows_the_case_and_whose_it_is(
    page: CasesWorkspace, workspace: Workspace, qtbot: QtBot
) -> None:
    save_clinic(workspace)
    shown(page, qtbot, 6)

    with qtbot.waitSignal(page.patient_changed) as told:
        page.case_list.table.selectRow(0)

    patient = told.args[0]
    assert isinstance(patient, Patient)
    assert patient.details.family_name == "Lindqvist"
    assert "L1 · upper extremity" in visible_words(page)
    days = [tile.seen.visit.visited_at.date().isoformat() for tile in page.patient_view.lesion.timeline.tiles]
    assert days == ["2026-03-14", "2026-06-20", "2026-06-20"], "the timeline goes on to the right"
    cards = [card.accessibleName() for card in page.findChildren(VisitCard)]
    assert cards == ["Visit of 2026-06-20", "Visit of 2026-03-14"], "newest visit first"


def test_a_visit_shows_answers_readings_and_when_they_were_given(
    page: CasesWorkspace, workspace: Workspace, qtbot: QtBot
) -> None:
    case_id = save_clinic(workspace)
    page.show()

    open_case(page, qtbot, case_id)

    words = visible_words(page)
    assert "Given after seeing the network's answer" in words
    assert "Given before seeing the network's answer" in words
    assert "New blue-white area at 4 o'clock since June." in words
    assert any(word.startswith("dermoscopy-7 1.0.0 · 3fa9c2d1 · ") for word in words)
    assert "mel" not in words, "a label code reads as its name"


def test_pictures_are_decoded_and_labelled_as_generated(
    page: CasesWorkspace, workspace: Workspace, qtbot: QtBot
) -> None:
    case_id = save_clinic(workspace)
    page.show()
    open_case(page, qtbot, case_id)

    thumbnails = page.findChildren(Thumbnail)
    qtbot.waitUntil(lambda: all(thumbnail.has_picture for thumbnail in thumbnails))

    assert len(thumbnails) == 6, "each on the timeline and in its visit"
    assert {thumbnail.accessibleDescription() for thumbnail in thumbnails} == {"Generated picture, not a patient"}


def test_a_picture_opens_large_and_escape_returns(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    case_id = save_clinic(workspace)
    page.show()
    open_case(page, qtbot, case_id)

    qtbot.mouseClick(page.findChildren(Thumbnail)[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.picture_page.canvas.has_picture)
    assert page.picture_page.isVisible()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(page.picture_page.canvas, Qt.Key.Key_Escape)

    assert not page.picture_page.isVisible()
    assert page.patient_view.isVisible()


def test_a_missing_picture_file_is_told_where_it_would_be(
    page: CasesWorkspace, workspace: Workspace, qtbot: QtBot
) -> None:
    saved = workspace.casework.save_case(draft(PatientDetails("P-1"), LesionDetails(Site.HEAD_NECK), EXAMPLES[0]))
    for file in workspace.profile.log.images.rglob("*.sealed"):
        file.unlink()
    page.show()

    open_case(page, qtbot, saved.case_id)

    thumbnails = page.findChildren(Thumbnail)
    qtbot.waitUntil(lambda: all(thumbnail.accessibleDescription() for thumbnail in thumbnails))
    assert [thumbnail.has_picture for thumbnail in thumbnails] == [False, False]


def test_add_picture_asks_for_one_of_this_lesion(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    case_id = save_clinic(workspace)
    page.show()
    open_case(page, qtbot, case_id)

    with qtbot.waitSignal(page.add_picture_wanted) as wish:
        page.patient_view.header.picture_button.click()

    patient, lesion = wish.args
    assert isinstance(lesion, Lesion)
    assert (patient.details.identifier, lesion.case_id) == ("10482", case_id)


def test_the_patients_other_lesion_is_one_press_away(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    case_id = save_clinic(workspace)
    page.show()
    open_case(page, qtbot, case_id)

    with qtbot.waitSignal(page.patient_changed):
        page.patient_view.table.selectRow(1)

    assert "L2 · posterior torso" in visible_words(page)
    assert "No network was asked about this picture." in visible_words(page)


def test_refresh_shows_what_was_saved_meanwhile(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    saved = workspace.casework.save_case(draft(PatientDetails("P-1"), LesionDetails(), EXAMPLES[0]))
    shown(page, qtbot, 1)
    open_case(page, qtbot, saved.case_id)
    workspace.casework.save_case(draft(saved.patient_id, saved.case_id, EXAMPLES[1]))

    page.refresh()

    qtbot.waitUntil(lambda: len(page.patient_view.lesion.timeline.tiles) == 2)
    assert page.case_list.table.chosen() is not None


def test_the_keyboard_goes_from_search_to_list_to_pictures(
    page: CasesWorkspace, workspace: Workspace, qtbot: QtBot
) -> None:
    save_clinic(workspace)
    shown(page, qtbot, 6)
    page.activateWindow()
    page.case_list.search_field.setFocus()

    with qtbot.waitSignal(page.patient_changed):
        qtbot.keyClick(page.case_list.search_field, Qt.Key.Key_Down)
    qtbot.keyClick(page.case_list.table, Qt.Key.Key_Return)
    qtbot.keyClick(page.patient_view.table, Qt.Key.Key_Return)

    assert isinstance(page.focusWidget(), Thumbnail)


def test_a_visit_card_names_its_day_to_screen_readers(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    case_id = save_clinic(workspace)
    page.show()
    open_case(page, qtbot, case_id)

    assert "Visit of 2026-06-20" in [card.accessibleName() for card in page.findChildren(VisitCard)]


def test_a_wider_page_shows_more_columns(page: CasesWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    save_clinic(workspace)
    shown(page, qtbot, 6)
    narrow = [column for column in CaseColumn if not page.case_list.table.isColumnHidden(column)]

    page.resize(1848, 1040)
    page.findChild(QSplitter).setSizes((1200, 600))

    qtbot.waitUntil(lambda: not any(page.case_list.table.isColumnHidden(column) for column in CaseColumn))
    assert {CaseColumn.PATIENT, CaseColumn.LESION} <= set(narrow)
    assert len(narrow) < len(CaseColumn)


def test_an_impression_that_is_a_code_reads_as_its_name(
    page: CasesWorkspace, workspace: Workspace, qtbot: QtBot
) -> None:
    save_clinic(workspace)
    shown(page, qtbot, 6)

    page.case_list.model.name_impressions({"mel": "Melanoma"})

    impressions = [page.case_list.model.index(row, CaseColumn.IMPRESSION).data() for row in range(6)]
    assert "Melanoma" in impressions
    assert "Spitz nevus" in impressions
