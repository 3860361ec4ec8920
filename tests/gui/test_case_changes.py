"""Correcting and erasing from the Cases page, through its menu and dialogs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction
from skindesk.domain.case import Case, Site
from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.domain.people import OWNER, Person, Role
from skindesk.gui.background import Background
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.cases.corrections import CorrectLesionDialog, CorrectPatientDialog
from skindesk.gui.cases.erasure import ErasePatientDialog
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
        return next(action for action in self.widget.case_view.more_button.menu().actions() if action.text() == words)

    def correct_patient(self) -> CorrectPatientDialog:
        self.choose("Correct patient…")
        dialog = self.widget.changes.dialog
        assert isinstance(dialog, CorrectPatientDialog)
        return dialog

    def erase(self, identifier: str) -> ErasePatientDialog:
        self.choose("Erase patient…")
        dialog = self.widget.changes.dialog
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


def test_a_patient_is_corrected_and_the_audit_keeps_the_old_value(page: Page) -> None:
    dialog = page.correct_patient()
    assert nameless(dialog) == []
    assert dialog.identifier.text() == "10482"
    assert dialog.form.born.text() == "1961-04-02"
    assert "The old value is kept in the audit" in "\n".join(visible_words(dialog))
    dialog.form.family.setText("Lindquist")
    QTest.keyClick(dialog.form.family, Qt.Key.Key_Return)
    page.wait(lambda: page.widget.notice.text() == "Corrected. The audit keeps the old value.")
    assert page.stored().patient.details.family_name == "Lindquist"
    assert page.stored().patient.details.birth_date is not None
    entry = next(
        entry for entry in page.workspace.casework.audit_entries() if entry.action == AuditAction.PATIENT_CORRECTED
    )
    assert entry.detail == '{"family_name": {"new": "Lindquist", "old": "Lindqvist"}}'
    model = page.widget.case_list.model
    page.wait(lambda: "LINDQUIST, Ada" in [model.index(row, 0).data() for row in range(model.rowCount())])


def test_an_identifier_of_another_patient_is_refused_and_what_was_typed_stays(page: Page) -> None:
    dialog = page.correct_patient()
    dialog.identifier.setText("20310")
    dialog.form.given.setText("Adda")
    dialog.go.click()
    page.wait(dialog.notice.isVisible)
    assert "already has a patient with the identifier 20310" in dialog.notice.text()
    assert dialog.identifier.property("invalid") == "true"
    assert dialog.form.given.text() == "Adda"
    dialog.identifier.setText(" ")
    dialog.go.click()
    assert dialog.notice.text().startswith("A patient needs an identifier.")
    dialog.cancel.click()
    assert page.stored().patient.details.given_name == "Ada"


def test_a_lesion_is_corrected(page: Page) -> None:
    page.choose("Correct lesion…")
    dialog = page.widget.changes.dialog
    assert isinstance(dialog, CorrectLesionDialog)
    assert nameless(dialog) == []
    assert dialog.form.description.text() == "left forearm, radial"
    dialog.form.site.setCurrentIndex(dialog.form.site.findData(Site.LOWER_EXTREMITY))
    dialog.form.description.setText("left shin")
    dialog.go.click()
    page.wait(lambda: page.widget.notice.text() == "Corrected. The audit keeps the old value.")
    assert page.stored().lesion.details.site is Site.LOWER_EXTREMITY
    assert page.stored().lesion.details.description == "left shin"
    assert "L1 · lower extremity" in visible_words(page.widget)


def test_a_patient_is_erased_once_the_identifier_is_typed_again(page: Page) -> None:
    dialog = page.erase("1048")
    assert not dialog.go.isEnabled()
    assert "backups still hold the patient" in "\n".join(visible_words(dialog))
    QTest.keyClicks(dialog.identifier, "2")
    with page.qtbot.waitSignal(page.widget.changes.patient_erased, timeout=PATIENCE_MS):
        dialog.go.click()
    assert page.workspace.casework.log.patient_by_identifier("10482") is None
    assert page.widget.notice.text() == (
        "LINDQVIST, Ada is erased from the case log. Backups that were made before still hold the patient; "
        "the command “skindesk backup erase” takes them out."
    )
    page.wait(lambda: page.widget.case_list.model.rowCount() == 4)
    page.wait(lambda: "No case is open" in visible_words(page.widget))
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
    with page.qtbot.waitSignal(page.widget.changes.patient_erased, timeout=PATIENCE_MS):
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
    with page.qtbot.waitSignal(page.widget.changes.patient_erased, timeout=PATIENCE_MS):
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
        (Person("a", "Ada", Role.ADMINISTRATOR), ["Correct patient…", "Correct lesion…", "Erase patient…"]),
        (OWNER, ["Correct patient…", "Correct lesion…", "Erase patient…"]),
        (Person("b", "Ben", Role.CLINICIAN), ["Correct patient…", "Correct lesion…"]),
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
    button = page.widget.case_view.more_button
    page.wait(widget.case_view.isVisible)
    assert [action.text() for action in button.menu().actions() if not action.isSeparator()] == offered
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
    cases.case_view.add_button.click()
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
    with qtbot.waitSignal(cases.changes.patient_erased, timeout=PATIENCE_MS):
        erasing.go.click()
    assert window.band.text() == "No patient chosen"
    window.show_page("examine")
    assert window.band.text() == "No patient: nothing is saved yet"
