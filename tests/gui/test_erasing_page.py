"""Erasing a patient from the Cases page, through its menu and dialogs; what each role may change there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Case
from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.domain.people import OWNER, Person, Role
from skindesk.gui.background import Background
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.cases.erasure import ErasePatientDialog
from skindesk.gui.cases.patient_dialog import PatientDialog
from skindesk.gui.main_window import MainWindow
from skindesk.services.backups import Backups
from tests.gui.clinic import save_clinic, visible_words
from tests.gui.controls import nameless

PATIENCE_MS = 20_000


class Page:
    """The Cases page with Ada Lindqvist's forearm open."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, widget: CasesWorkspace) -> None:
        self.qtbot, self.workspace, self.widget = qtbot, workspace, widget
        self.case_id = save_clinic(workspace)
        with qtbot.waitSignal(widget.patient_changed, timeout=PATIENCE_MS):
            widget.show_case(self.case_id)

    def wait(self, condition: object) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def choose(self, words: str) -> None:
        self.action(words).trigger()

    def action(self, words: str) -> QAction:
        menu = self.widget.patient_view.header.more_button.menu()
        return next(action for action in menu.actions() if action.text() == words)

    def correct_patient(self) -> PatientDialog:
        self.choose("Correct patient…")
        dialog = self.widget.record_actions.dialog
        assert isinstance(dialog, PatientDialog)
        return dialog

    def erase(self, identifier: str) -> ErasePatientDialog:
        self.choose("Erase patient…")
        dialog = self.widget.erasing.dialog
        assert isinstance(dialog, ErasePatientDialog)
        assert nameless(dialog) == []
        QTest.keyClicks(dialog.identifier, identifier)
        return dialog

    def stored(self) -> Case:
        return self.workspace.casework.log.case(self.case_id)


@pytest.fixture
def page(workspace: Workspace, background: Background, qtbot: QtBot) -> Page:
    widget = CasesWorkspace(workspace, background)
    qtbot.addWidget(widget)
    widget.resize(1208, 760)
    widget.show()
    return Page(qtbot, workspace, widget)


def test_a_patient_is_erased_once_the_identifier_is_typed_again(page: Page) -> None:
    dialog = page.erase("1048")
    assert not dialog.go.isEnabled()
    assert "backups still hold the patient" in "\n".join(visible_words(dialog))
    QTest.keyClicks(dialog.identifier, "2")
    with page.qtbot.waitSignal(page.widget.erasing.patient_erased, timeout=PATIENCE_MS):
        dialog.go.click()
    assert page.workspace.casework.log.patient_by_identifier("10482") is None
    assert page.widget.notice.text() == (
        "LINDQVIST, Ada is erased from the case log. Backups that were made before still hold the patient; "
        "the command “skindesk backup erase” takes them out."
    )
    page.wait(lambda: page.widget.case_list.model.rowCount() == 4)
    page.wait(lambda: "No record is open" in visible_words(page.widget))
    assert not [word for word in visible_words(page.widget) if "forearm" in word]


def test_erasing_can_be_given_up(page: Page) -> None:
    page.erase("10482").cancel.click()
    assert page.stored().patient.details.identifier == "10482"


def test_an_erasure_that_leaves_files_is_told_as_done(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    casework = page.workspace.casework
    erase = casework.erase_patient

    def erase_rows_only(patient_id: int) -> None:
        erase(patient_id)
        raise CaseLogUnavailableError("The patient is erased, but not all of their files.", "SkinDesk removes them.")

    monkeypatch.setattr(casework, "erase_patient", erase_rows_only)
    dialog = page.erase("10482")
    with page.qtbot.waitSignal(page.widget.erasing.patient_erased, timeout=PATIENCE_MS):
        dialog.go.click()
    assert page.widget.notice.text().startswith("The patient is erased, but not all of their files.")


def test_a_refused_erasure_keeps_the_dialog_and_the_patient(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_patient_id: int) -> None:
        raise CaseLogUnavailableError("The disk that holds the case log is full.", "Free some space on it.")

    monkeypatch.setattr(page.workspace.casework, "erase_patient", full)
    dialog = page.erase("10482")
    dialog.go.click()
    page.wait(dialog.notice.isVisible)
    assert dialog.notice.text().startswith("The disk that holds the case log is full.")
    assert page.stored().patient.details.identifier == "10482"
    dialog.reject()


def test_an_erased_patient_is_taken_out_of_the_backups_when_the_user_says_so(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, drive = page.workspace, tmp_path / "drive"
    drive.mkdir()
    workspace.change_settings(replace(workspace.settings, backup_folder=str(drive)))
    backups = Backups(workspace.profile, workspace.access)
    before = backups.create(drive).written.snapshot.name
    dialog = page.erase("10482")
    with page.qtbot.waitSignal(page.widget.erasing.patient_erased, timeout=PATIENCE_MS):
        dialog.go.click()

    def press_remove(question: QMessageBox) -> int:
        next(button for button in question.buttons() if button.text() == "Remove them").click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press_remove)
    page.widget.notice.action_button.click()
    page.wait(lambda: page.widget.notice.text().startswith("1 backup held the patient and is removed."))
    assert before not in [entry.snapshot.name for entry in backups.list(drive)]


@pytest.mark.parametrize(
    ("person", "offered"),
    [
        (Person("a", "Ada", Role.ADMINISTRATOR), ["Correct patient…", "Merge with another record…", "Erase patient…"]),
        (OWNER, ["Correct patient…", "Merge with another record…", "Erase patient…"]),
        (Person("b", "Ben", Role.CLINICIAN), ["Correct patient…", "Merge with another record…"]),
        (Person("c", "Cleo", Role.ASSISTANT), []),
    ],
)
def test_each_role_is_offered_what_it_may_change(
    workspace: Workspace, background: Background, qtbot: QtBot, person: Person, offered: list[str]
) -> None:
    widget = CasesWorkspace(workspace, background, person)
    qtbot.addWidget(widget)
    widget.show()
    page = Page(qtbot, workspace, widget)
    button = page.widget.patient_view.header.more_button
    page.wait(widget.patient_view.isVisible)
    assert [action.text() for action in button.menu().actions() if action.isVisible()] == offered
    assert button.isVisible() == bool(offered)


@pytest.fixture
def window(workspace: Workspace, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(workspace)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.is_entered, timeout=PATIENCE_MS)
    yield made
    made.close()


def test_the_examine_page_follows_a_correction_and_forgets_who_was_erased(
    workspace: Workspace, window: MainWindow, qtbot: QtBot
) -> None:
    cases = window.show_page("cases")
    assert isinstance(cases, CasesWorkspace)
    page = Page(qtbot, workspace, cases)
    cases.patient_view.header.picture_button.click()
    assert window.band.text().startswith("LINDQVIST, Ada")
    window.show_page("cases")
    dialog = page.correct_patient()
    dialog.form.family.setText("Lindquist")
    dialog.go.click()
    page.wait(lambda: window.band.text().startswith("LINDQUIST, Ada"))
    window.show_page("examine")
    assert window.band.text().startswith("LINDQUIST, Ada")
    window.show_page("cases")
    erasing = page.erase("10482")
    with qtbot.waitSignal(cases.erasing.patient_erased, timeout=PATIENCE_MS):
        erasing.go.click()
    assert window.band.text() == "No patient chosen"
    window.show_page("examine")
    assert window.band.text() == "No patient: nothing is saved yet"
