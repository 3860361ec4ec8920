"""The report in the window: seen, saved, printed, and its letterhead in Settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction
from skindesk.domain.paper import Paper
from skindesk.domain.people import Role
from skindesk.gui.background import Background
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.main_window import MainWindow
from skindesk.gui.report import ReportDialog, open_report
from skindesk.gui.report.printing import print_pages, printer_for
from skindesk.gui.report.rendering import facts_of_pages, opened, page_image
from skindesk.gui.settings import SettingsWorkspace
from tests.gui.controls import nameless
from tests.support.report_cases import save_followed_lesion

PASSPHRASE = "correct horse battery"


@pytest.fixture
def case_id(workspace: Workspace) -> int:
    return save_followed_lesion(workspace)


@pytest.fixture
def dialog(qtbot: QtBot, workspace: Workspace, background: Background, case_id: int) -> Iterator[ReportDialog]:
    made = ReportDialog(workspace, background, case_id)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: not made.busy)
    yield made
    qtbot.waitUntil(lambda: not made.busy)


def exports(workspace: Workspace) -> int:
    entries = workspace.casework.log.audit_entries(limit=500)
    return sum(entry.action == AuditAction.PATIENT_EXPORTED for entry in entries)


def text_of(file: Path) -> str:
    return " ".join(facts.text for facts in facts_of_pages(file.read_bytes()))


def test_the_pages_are_shown_under_the_patients_band(qtbot: QtBot, dialog: ReportDialog, workspace: Workspace) -> None:
    assert "MÜLLER-ŁUKASIEWICZ, Žofie" in dialog.band.text()
    assert len(dialog.preview.pages) >= 2
    first = dialog.preview.pages[0]
    qtbot.waitUntil(lambda: first.image is not None)
    assert first.image is not None
    assert first.image.width() >= first.width() - 1
    assert "Skin lesion report" in first.accessibleDescription()
    assert first.accessibleName().startswith("Page 1 of ")
    assert exports(workspace) == 0
    assert dialog.notice.text() == ""


def test_a_page_out_of_sight_is_not_drawn_yet(qtbot: QtBot, dialog: ReportDialog) -> None:
    qtbot.waitUntil(lambda: dialog.preview.pages[0].image is not None)
    last = dialog.preview.pages[-1]
    assert last.image is None
    bar = dialog.preview.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: last.image is not None)


def test_zoom_by_button_wheel_and_back_to_the_width(qtbot: QtBot, dialog: ReportDialog) -> None:
    fitted = dialog.preview.pages[0].width()
    qtbot.mouseClick(dialog.zoom_in, Qt.MouseButton.LeftButton)
    larger = dialog.preview.pages[0].width()
    assert larger > fitted
    area = dialog.preview.viewport()
    wheel = QWheelEvent(
        QPointF(50, 50), area.mapToGlobal(QPointF(50, 50)), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(area, wheel)
    assert dialog.preview.pages[0].width() < larger
    for _ in range(20):
        dialog.zoom_in.click()
    assert dialog.zoom_label.text() == "300\xa0%"
    page = dialog.preview.pages[0]
    qtbot.waitUntil(lambda: page.image is not None and page.image.width() > 2300)
    dialog.fit.click()
    assert dialog.preview.pages[0].width() == fitted


def test_another_paper_makes_the_report_anew(qtbot: QtBot, dialog: ReportDialog) -> None:
    assert round(dialog.preview.pages[0].width_pt) == 595
    dialog.paper.choose(Paper.LETTER)
    qtbot.waitUntil(lambda: not dialog.busy)
    assert round(dialog.preview.pages[0].width_pt) == 612


def test_saved_under_the_chosen_name_and_told(
    qtbot: QtBot, dialog: ReportDialog, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(_parent: QWidget, _title: str, suggested: str, _kinds: str) -> tuple[str, str]:
        asked.append(suggested)
        return str(tmp_path / "out"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.notice.text() != "")
    assert dialog.notice.text() == "Saved as out.pdf. The file is not encrypted."
    assert asked == ["report-case-1.pdf"]
    assert "Žofie" in text_of(tmp_path / "out.pdf")
    assert exports(workspace) == 1
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "exists already" in dialog.notice.text())
    assert exports(workspace) == 1


def test_printed_on_its_own_paper_and_told(
    qtbot: QtBot, dialog: ReportDialog, workspace: Workspace, tmp_path: Path
) -> None:
    printer = printer_for(Paper.A4)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    dialog.print_on(printer)
    qtbot.waitUntil(lambda: dialog.notice.text() == "Sent to the printer.")
    with opened((tmp_path / "printed.pdf").read_bytes()) as document:
        assert len(document) == len(dialog.preview.pages)
        assert [round(side) for side in document[0].get_size()] == [595, 842]
        seen = document[0].render(scale=1).to_pil().convert("L")
    assert seen.crop((40, 40, 300, 300)).getextrema()[0] < 100
    assert seen.crop((0, 0, 40, 842)).getextrema()[0] > 250
    assert exports(workspace) == 1


def test_only_the_wanted_pages_are_printed(dialog: ReportDialog, tmp_path: Path) -> None:
    shown = dialog._shown
    assert shown is not None
    printer = printer_for(Paper.LETTER)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "second.pdf"))
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 2)
    print_pages(shown.made.report.pdf, shown.pages, printer)
    assert len(facts_of_pages((tmp_path / "second.pdf").read_bytes())) == 1


def test_nothing_of_the_report_is_on_the_disk_before_it_is_saved(
    qtbot: QtBot, dialog: ReportDialog, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: dialog.preview.pages[0].image is not None)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"%PDF"]


def test_who_may_not_export_is_told_and_sees_nothing(
    qtbot: QtBot, workspace: Workspace, background: Background, case_id: int
) -> None:
    workspace.close_case_log()
    workspace.access.set_up_protected("Ada", PASSPHRASE)
    ben = workspace.access.add_person("Ben", Role.ASSISTANT, PASSPHRASE)
    workspace.lock()
    workspace.access.sign_in(ben.person_id, PASSPHRASE)
    window = QWidget()
    qtbot.addWidget(window)
    dialog = open_report(workspace, background, case_id, window)
    qtbot.waitUntil(lambda: not dialog.busy)
    assert "As assistant you may not do this." in dialog.notice.text()
    assert not dialog.preview.isVisible()
    assert not dialog.save_button.isEnabled()
    assert not dialog.print_button.isEnabled()
    dialog.close_button.click()


def test_a_page_is_drawn_as_it_is_on_paper(dialog: ReportDialog) -> None:
    shown = dialog._shown
    assert shown is not None
    facts = facts_of_pages(shown.made.report.pdf)[0]
    image = page_image(shown.made.report.pdf, 0, 2.0)
    assert image.width() == pytest.approx(facts.width_pt * 2, abs=1)
    assert image.height() == pytest.approx(facts.height_pt * 2, abs=1)
    stripe = [image.pixelColor(2 * 50, y).saturation() for y in range(2 * 300)]
    assert 50 < sum(saturation > 60 for saturation in stripe) < 200


def test_the_letterhead_is_kept_when_the_keyboard_leaves_its_fields(
    qtbot: QtBot, workspace: Workspace, background: Background, example: Path
) -> None:
    page = SettingsWorkspace(workspace, background)
    qtbot.addWidget(page)
    page.show()
    section = page.letterhead
    qtbot.keyClicks(section.name, "Hautpraxis")
    qtbot.keyClick(section.name, Qt.Key.Key_Return)
    assert workspace.settings.clinic_name == "Hautpraxis"
    section.address.setPlainText("Marktplatz 1\n12345 Ort\n")
    QApplication.sendEvent(section.address, QFocusEvent(QEvent.Type.FocusOut))
    assert workspace.settings.clinic_address == "Marktplatz 1\n12345 Ort"
    section.paper.choose(Paper.LETTER)
    assert workspace.settings.report_paper is Paper.LETTER
    section.keep_logo(example)
    qtbot.waitUntil(section.logo.isVisible)
    section.remove_button.click()
    qtbot.waitUntil(lambda: not section.logo.isVisible())
    assert not workspace.profile.letterhead_logo.exists()
    section.keep_logo(Path("missing.png"))
    qtbot.waitUntil(lambda: "does not exist" in section.notice.text())


def test_the_cases_page_opens_the_report_and_closing_the_window_ends_it(
    qtbot: QtBot, workspace: Workspace, case_id: int
) -> None:
    window = MainWindow(workspace)
    qtbot.addWidget(window, before_close_func=lambda shown: shown.examine.panel.reset())
    window.show()
    qtbot.waitUntil(lambda: window.is_entered, timeout=20_000)
    cases = window.show_page("cases")
    assert isinstance(cases, CasesWorkspace)
    cases.show_case(case_id)
    qtbot.waitUntil(lambda: cases.record is not None, timeout=20_000)
    qtbot.mouseClick(cases.patient_view.header.report_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.findChildren(ReportDialog)), timeout=20_000)
    (dialog,) = window.findChildren(ReportDialog)
    qtbot.waitUntil(dialog.preview.isVisible, timeout=20_000)
    assert "Žofie" in dialog.band.text()
    assert nameless(dialog) == []
    dialog.close_button.click()
    qtbot.waitUntil(lambda: not window.findChildren(ReportDialog), timeout=20_000)
    window.close()
