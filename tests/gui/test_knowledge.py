from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.knowledge import NOTICE
from skindesk.gui.knowledge.rich_text import rich_text
from skindesk.gui.knowledge.sheet import KnowledgeSheet
from skindesk.gui.theme import apply_theme, current
from skindesk.services.knowledge import Knowledge, Passage
from skindesk.system.settings import Theme

KNOWLEDGE = Knowledge()


@pytest.fixture
def sheet(qtbot: QtBot) -> KnowledgeSheet:
    made = KnowledgeSheet(KNOWLEDGE)
    qtbot.addWidget(made)
    made.resize(400, 800)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def _plain(label: QLabel) -> str:
    if label.textFormat() is not Qt.TextFormat.RichText:
        return label.text()
    document = QTextDocument()
    document.setHtml(label.text())
    return document.toPlainText()


def _read(widget: QWidget) -> str:
    return "\n".join(_plain(label) for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def _title(sheet: KnowledgeSheet) -> str:
    return sheet.accessibleName()


def _found(sheet: KnowledgeSheet) -> list[str]:
    return [sheet.found.item(row).text() for row in range(sheet.found.count())]


def _links(sheet: KnowledgeSheet) -> QLabel:
    return next(label for label in sheet.findChildren(QLabel) if "<a href" in label.text() and label.isVisible())


def test_class_shows_its_page_with_urgent_referral_first(sheet: KnowledgeSheet) -> None:
    sheet.show_class("dermoscopy-7", "bcc")
    assert _title(sheet) == "Basal cell carcinoma"
    said = _read(sheet)
    order = ["When to refer urgently", "What it is", "Signs and symptoms", "Differential diagnosis", "Codes", "Sources"]
    places = [said.index(f"\n{heading}\n") for heading in order]
    assert places == sorted(places)
    assert "malignant" in said[: places[0]]
    assert "ICD-10 C44 · ICD-11 2C32 (read in WHO ICD-11 MMS" in said
    assert "Last read through 2026-11-21." in said
    assert sheet.choice.isHidden()


def test_every_class_of_the_default_networks_opens_a_page(sheet: KnowledgeSheet) -> None:
    for code in ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"):
        sheet.show_class("dermoscopy-7", code)
        assert sheet.page is not None
    for code in ("ack", "bcc", "mel", "nev", "scc", "sek"):
        sheet.show_class("clinical-6", code)
        assert sheet.page is not None


def test_class_of_several_diseases_offers_each(sheet: KnowledgeSheet, qtbot: QtBot) -> None:
    sheet.show_class("dermoscopy-7", "vasc")
    offered = [sheet.choice.itemText(row) for row in range(sheet.choice.count())]
    assert offered == [
        "Cherry angioma · benign class",
        "Angiokeratoma · benign class",
        "Pyogenic granuloma · benign class",
        "Haemorrhage in the skin or under the nail · other",
    ]
    assert sheet.choice.isVisible()
    sheet.choice.setFocus()
    QTest.keyClick(sheet.choice, Qt.Key.Key_Down)
    assert _title(sheet) == "Angiokeratoma"
    assert sheet.choice.currentText() == "Angiokeratoma · benign class"


def test_class_without_a_page_leads_to_the_search(sheet: KnowledgeSheet) -> None:
    sheet.show_class("a-clinics-own", "mel")
    assert "There is no page for this class. Search the other pages." in _read(sheet)
    assert sheet.focusWidget() is sheet.search
    assert sheet.page is None


def test_codes_that_were_not_checked_are_said_to_be_so(sheet: KnowledgeSheet) -> None:
    sheet.show_page("angiosarcoma")
    assert "ICD-10 C49 · ICD-11 2B56.1 (not checked at their source: look them up before use)." in _read(sheet)
    sheet.show_page("skin-haemorrhage")
    assert "No codes known; look them up." in _read(sheet)


def test_notice_stays_in_sight(sheet: KnowledgeSheet) -> None:
    sheet.show_page("melanoma")
    for words in ("", "melan", "unicorn"):
        sheet.search.setText(words)
        QApplication.processEvents()
        notice = next(label for label in sheet.findChildren(QLabel) if label.text() == NOTICE)
        assert notice.isVisible()
        assert notice.height() < 80
        assert sheet.search.mapTo(sheet, QPoint(0, 0)).y() < 80
        below = notice.mapTo(sheet, QPoint(0, notice.height())).y()
        assert sheet.height() - 24 <= below <= sheet.height()
    sheet.search.clear()
    bar = sheet.area.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    assert notice.isVisible()


def test_search_by_keyboard_opens_what_was_found_and_leads_back(sheet: KnowledgeSheet) -> None:
    sheet.show_class("dermoscopy-7", "mel")
    QTest.keyClick(sheet.area, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert sheet.focusWidget() is sheet.search
    QTest.keyClicks(sheet.search, "rodent")
    assert _found(sheet) == ["Basal cell carcinoma · malignant"]
    assert sheet.area.isHidden()
    QTest.keyClick(sheet.search, Qt.Key.Key_Return)
    assert _title(sheet) == "Basal cell carcinoma"
    assert (sheet.search.text(), sheet.area.isHidden(), sheet.choice.isHidden()) == ("", False, True)
    assert sheet.earlier.text() == "Back to Melanoma"
    QTest.keyClick(sheet.area, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert _title(sheet) == "Melanoma"
    assert sheet.earlier.isHidden()
    assert sheet.choice.isVisible()


def test_arrows_go_down_into_what_was_found_and_back_up(sheet: KnowledgeSheet) -> None:
    QTest.keyClick(sheet.area, Qt.Key.Key_Slash)
    QTest.keyClicks(sheet.search, "naev")
    assert len(_found(sheet)) > 5
    QTest.keyClick(sheet.search, Qt.Key.Key_Down)
    assert sheet.focusWidget() is sheet.found
    QTest.keyClick(sheet.found, Qt.Key.Key_Up)
    assert sheet.focusWidget() is sheet.search
    QTest.keyClick(sheet.search, Qt.Key.Key_Down)
    QTest.keyClick(sheet.found, Qt.Key.Key_Down)
    wanted = _found(sheet)[1].partition(" · ")[0]
    QTest.keyClick(sheet.found, Qt.Key.Key_Return)
    assert _title(sheet) == wanted


def test_slash_can_be_typed_into_the_search(sheet: KnowledgeSheet) -> None:
    sheet.search.setFocus()
    QTest.keyClicks(sheet.search, "a/b")
    assert sheet.search.text() == "a/b"


def test_click_on_what_was_found_opens_it(sheet: KnowledgeSheet) -> None:
    sheet.search.setText("scabies")
    QApplication.processEvents()
    where = sheet.found.visualItemRect(sheet.found.item(0)).center()
    QTest.mouseClick(sheet.found.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert _title(sheet) == "Scabies"


def test_search_that_finds_nothing_says_so(sheet: KnowledgeSheet) -> None:
    sheet.show_page("melanoma")
    sheet.search.setText("unicorn")
    assert "No page holds all these words." in _read(sheet)
    assert sheet.found.isHidden()
    QTest.keyClick(sheet.search, Qt.Key.Key_Return)
    assert _title(sheet) == "Melanoma"


def test_escape_leaves_the_search_before_the_sheet(sheet: KnowledgeSheet, qtbot: QtBot) -> None:
    sheet.show_page("melanoma")
    sheet.search.setFocus()
    QTest.keyClicks(sheet.search, "nae")
    with qtbot.assertNotEmitted(sheet.closed):
        QTest.keyClick(sheet.search, Qt.Key.Key_Escape)
    assert (sheet.search.text(), sheet.area.isHidden()) == ("", False)
    with qtbot.waitSignal(sheet.closed):
        QTest.keyClick(sheet.area, Qt.Key.Key_Escape)


def test_differential_leads_to_other_pages(sheet: KnowledgeSheet) -> None:
    sheet.show_page("solar-lentigo")
    label = _links(sheet)
    label.setFocus()
    QTest.keyClick(label, Qt.Key.Key_Tab)
    QTest.keyClick(label, Qt.Key.Key_Return)
    assert _title(sheet) in ("Melanoma in situ and lentigo maligna", "Seborrhoeic keratosis")
    assert sheet.earlier.text() == "Back to Solar lentigo"
    sheet.earlier.click()
    assert _title(sheet) == "Solar lentigo"


def test_links_lead_nowhere_outside(sheet: KnowledgeSheet) -> None:
    for page in KNOWLEDGE.pages:
        sheet.show_page(page.slug)
        assert not any(label.openExternalLinks() for label in sheet.findChildren(QLabel))


def test_text_can_be_selected(sheet: KnowledgeSheet) -> None:
    sheet.show_page("melanoma")
    told = [label for label in sheet.findChildren(QLabel) if label.textFormat() is Qt.TextFormat.RichText]
    assert len([label for label in told if label.isVisible()]) >= 8
    assert all(label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse for label in told)


def test_page_begins_at_its_top(sheet: KnowledgeSheet) -> None:
    sheet.show_page("melanoma")
    QApplication.processEvents()
    sheet.area.verticalScrollBar().setValue(200)
    sheet.show_page("melanocytic-naevus")
    assert sheet.area.verticalScrollBar().value() == 0


def test_links_take_the_colour_of_the_theme(sheet: KnowledgeSheet, qapp: QApplication) -> None:
    sheet.show_page("melanoma")
    apply_theme(qapp, Theme.DARK)
    QApplication.processEvents()
    assert sheet.page is not None
    picture = _links(sheet).grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert QColor(current().accent).name() in colours


def test_pages_that_cannot_be_read_are_said(qtbot: QtBot, tmp_path: Path) -> None:
    sheet = KnowledgeSheet(Knowledge(tmp_path))
    qtbot.addWidget(sheet)
    sheet.show_class("dermoscopy-7", "mel")
    assert "There are no knowledge pages in" in _read(sheet)
    sheet.search.setText("mel")
    assert "There are no knowledge pages in" in _read(sheet)


def test_workspace_has_the_pages_before_anybody_signs_in(fresh_workspace: Workspace) -> None:
    assert fresh_workspace.knowledge.page("melanoma").title == "Melanoma"
    assert fresh_workspace.knowledge is fresh_workspace.knowledge


def test_nothing_in_a_text_is_markup() -> None:
    assert "&lt;b&gt;5 &amp; more&lt;/b&gt;" in rich_text("<b>5 & more</b>")
    shown = rich_text("- one\n  wrapped\n- two <i>", lambda text: (Passage(text, 'x"><script>'),))
    assert shown.count("<li") == 2
    assert "one wrapped" in shown
    assert "<script>" not in shown
