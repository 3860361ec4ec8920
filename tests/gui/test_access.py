"""Who may come in: first start, sign-in, lock, recovery, people and their roles, through the real windows."""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import AccessRefusedError, CaseLogUnavailableError
from skindesk.domain.people import Person, Role
from skindesk.gui.access import lock
from skindesk.gui.access.dialogs import (
    AddPersonDialog,
    ChangePassphraseDialog,
    GivePassphraseDialog,
    NewRecoveryKeyDialog,
)
from skindesk.gui.access.first_start import FirstStartPage
from skindesk.gui.access.recovery import RecoveryPage
from skindesk.gui.access.recovery_key import RecoveryKeyPage, recovery_sheet
from skindesk.gui.access.sheet import Sheet
from skindesk.gui.access.sign_in import SignInPage
from skindesk.gui.backups.restore_page import RestorePage
from skindesk.gui.batch import BatchWorkspace
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.clipboard import copy_text
from skindesk.gui.main_window import MainWindow
from skindesk.gui.settings import SettingsWorkspace
from skindesk.services.access import Door
from skindesk.storage.case_log import open_case_log
from tests.gui.clinic import save_clinic, visible_words
from tests.gui.controls import nameless

PATIENCE_MS = 20_000
PASSPHRASE = "correct horse battery"
OTHER = "another passphrase"
P = TypeVar("P", bound=Sheet)


class Desk:
    """The program's window on one profile, driven as its users would."""

    def __init__(self, qtbot: QtBot, workspace: Workspace) -> None:
        self.qtbot, self.workspace = qtbot, workspace
        self.window = MainWindow(workspace)
        qtbot.addWidget(self.window, before_close_func=lambda _window: self.close())
        self.window.resize(1280, 800)
        with qtbot.waitActive(self.window):
            self.window.show()

    def wait(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def wait_entered(self) -> None:
        self.wait(lambda: self.window.is_entered)

    def page(self, kind: type[P]) -> P:
        self.wait(lambda: isinstance(self.window.gate.page, kind))
        page = self.window.gate.page
        assert isinstance(page, kind)
        return page

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)

    def lock(self) -> None:
        with self.qtbot.waitActive(self.window):
            self.window.activateWindow()
        with self.qtbot.waitSignal(self.window.locking.locked, timeout=PATIENCE_MS):
            self.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)

    def sign_in(self, name: str, passphrase: str) -> None:
        page = self.page(SignInPage)
        page.who.choose(self.person(name).person_id)
        _type(page.passphrase.line, passphrase)
        QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)

    def person(self, name: str) -> Person:
        return next(person for person in self.workspace.access.people() if person.name == name)

    def settings(self) -> SettingsWorkspace:
        page = self.window.show_page("settings")
        assert isinstance(page, SettingsWorkspace)
        return page

    def close(self) -> None:
        if self.window.is_entered:
            self.window.examine.panel.reset()
        self.window.close()


OpenDesk = Callable[[Workspace], Desk]


@pytest.fixture
def desk(qtbot: QtBot) -> OpenDesk:
    return lambda workspace: Desk(qtbot, workspace)


@pytest.fixture
def protected(fresh_workspace: Workspace) -> Workspace:
    """A locked log with an administrator, a clinician and an assistant."""
    access = fresh_workspace.access
    access.set_up_protected("Ada", PASSPHRASE)
    access.add_person("Ben", Role.CLINICIAN, OTHER)
    access.add_person("Cleo", Role.ASSISTANT, OTHER)
    access.lock()
    return fresh_workspace


@pytest.fixture
def at_work(desk: OpenDesk, protected: Workspace) -> Iterator[Desk]:
    """Ada is signed in, and the log holds a few patients."""
    protected.access.sign_in(protected.access.people()[0].person_id, PASSPHRASE)
    save_clinic(protected)
    protected.lock()
    opened = desk(protected)
    opened.sign_in("Ada", PASSPHRASE)
    opened.wait_entered()
    yield opened
    opened.close()


def _type(line: QLineEdit, text: str) -> None:
    line.clear()
    QTest.keyClicks(line, text)


def _protect(opened: Desk) -> RecoveryKeyPage:
    """Protect the log on the page of the first start; the recovery key is in sight then."""
    page = opened.page(FirstStartPage)
    _type(page.name, "Ada")
    for line in (page.passphrase.first.line, page.passphrase.again.line):
        _type(line, PASSPHRASE)
    page.go.click()
    return opened.page(RecoveryKeyPage)


def _words(widget: QWidget) -> str:
    return "\n".join(visible_words(widget))


def _key_on(page: QWidget) -> str:
    """The recovery key as it stands in groups on the screen."""
    words = [label.text() for label in page.findChildren(QLabel)]
    return "-".join(word for word in words if len(word) == 4 and word.isalnum() and word == word.upper())


def test_first_start_protects_the_log_unless_asked_otherwise(desk: OpenDesk, fresh_workspace: Workspace) -> None:
    opened = desk(fresh_workspace)
    page = opened.page(FirstStartPage)
    assert page.protect.isChecked()
    assert not opened.window.rail_button("examine").isVisible()
    assert nameless(page) == []
    assert page.name.hasFocus()
    QTest.keyClicks(page.name, "Ada Ivers")
    opened.press(Qt.Key.Key_Return)
    assert page.passphrase.first.line.hasFocus()
    QTest.keyClicks(page.passphrase.first.line, PASSPHRASE)
    opened.press(Qt.Key.Key_Return)
    QTest.keyClicks(page.passphrase.again.line, PASSPHRASE)
    opened.press(Qt.Key.Key_Return)

    shown = opened.page(RecoveryKeyPage)
    recovery_key = _key_on(shown)
    assert len(recovery_key) == 8 * 4 + 7
    assert not shown.go.isEnabled()
    assert nameless(shown) == []
    shown.view.kept_box.click()
    shown.go.click()
    opened.wait_entered()
    assert fresh_workspace.access.door is Door.SIGNED_IN
    assert opened.window.band.lock_button.isVisible()
    opened.close()
    assert fresh_workspace.access.door is Door.LOCKED
    fresh_workspace.access.recover(recovery_key, fresh_workspace.access.people()[0].person_id, OTHER)


def test_first_start_refuses_what_will_not_do_and_says_so(desk: OpenDesk, fresh_workspace: Workspace) -> None:
    opened = desk(fresh_workspace)
    page = opened.page(FirstStartPage)
    QTest.keyClicks(page.name, "Ada")
    QTest.keyClicks(page.passphrase.first.line, PASSPHRASE)
    page.go.click()
    assert page.notice.text() == "The two passphrases differ. Type the same one in both fields."
    assert page.passphrase.again.line.hasFocus()
    for line in (page.passphrase.first.line, page.passphrase.again.line):
        _type(line, "short")
    page.go.click()
    opened.wait(page.notice.isVisible)
    assert page.notice.text().startswith("The passphrase is too short.")
    assert fresh_workspace.access.door is Door.NEW


def test_a_personal_machine_needs_no_passphrase_and_the_window_says_what_that_means(
    desk: OpenDesk, fresh_workspace: Workspace
) -> None:
    opened = desk(fresh_workspace)
    page = opened.page(FirstStartPage)
    page.personal.click()
    assert f"Whoever can read the folder {fresh_workspace.profile.root} can read its patients." in _words(page)
    page.go.click()
    opened.wait_entered()
    assert fresh_workspace.access.door is Door.OPEN
    assert not opened.window.band.lock_button.isVisible()
    opened.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert opened.window.is_entered
    opened.close()


def test_a_log_of_the_first_version_is_encrypted_and_kept_whole(
    desk: OpenDesk, fresh_workspace: Workspace, workspace_of_0_1: int
) -> None:
    opened = desk(fresh_workspace)
    page = opened.page(FirstStartPage)
    assert "case log of SkinDesk 0.1" in _words(page)
    page.personal.click()
    page.go.click()
    assert "It stays whole" in page.progress.text()
    opened.wait_entered()
    assert fresh_workspace.casework.log.count() == workspace_of_0_1
    assert not fresh_workspace.profile.unsealed_log.database.exists()
    opened.close()


@pytest.fixture
def workspace_of_0_1(fresh_workspace: Workspace) -> int:
    """How many cases lie in the profile as SkinDesk 0.1 left them."""
    log = open_case_log(fresh_workspace.profile.unsealed_log, None)
    count = log.count()
    log.close()
    return count


def test_signing_in_takes_a_name_and_a_passphrase(desk: OpenDesk, protected: Workspace) -> None:
    opened = desk(protected)
    page = opened.page(SignInPage)
    assert nameless(page) == []
    assert page.passphrase.line.hasFocus()
    assert page.passphrase.line.echoMode() is QLineEdit.EchoMode.Password
    page.passphrase.eye.click()
    assert page.passphrase.line.echoMode() is QLineEdit.EchoMode.Normal
    opened.sign_in("Ben", "wrong passphrase")
    opened.wait(page.notice.isVisible)
    assert page.notice.text() == "The passphrase is not right. Try again."
    assert not opened.window.is_entered
    opened.sign_in("Ben", OTHER)
    opened.wait_entered()
    assert protected.access.person.name == "Ben"
    assert "Ben" in opened.window.band.lock_button.toolTip()
    opened.close()


def test_after_several_wrong_passphrases_the_button_counts_the_seconds(desk: OpenDesk, protected: Workspace) -> None:
    opened = desk(protected)
    page = opened.page(SignInPage)
    for _ in range(3):
        opened.wait(page.go.isEnabled)
        opened.sign_in("Ada", "wrong passphrase")
        opened.wait(lambda: page.passphrase.isEnabled() and page.notice.isVisible())
    assert not page.go.isEnabled()
    assert page.go.text() in ("Try again in 2 s", "Try again in 1 s")
    page.who.choose(opened.person("Ben").person_id)
    page.who.buttons.idClicked.emit(1)
    assert page.go.isEnabled()
    page.who.choose(opened.person("Ada").person_id)
    page.who.buttons.idClicked.emit(0)
    assert not page.go.isEnabled()
    opened.wait(page.go.isEnabled)
    assert page.go.text() == "Sign in"
    opened.sign_in("Ada", PASSPHRASE)
    opened.wait_entered()
    opened.close()


def test_the_lock_takes_patients_away_and_unlocking_brings_them_back(at_work: Desk) -> None:
    window = at_work.window
    cases = window.show_page("cases")
    cases.show_case(1)
    at_work.wait(lambda: "LINDQVIST, Ada" in window.band.text())
    examine = window.examine
    copy_text("LINDQVIST, Ada")
    at_work.lock()
    assert at_work.workspace.access.door is Door.LOCKED
    assert not at_work.workspace.is_open
    page = at_work.page(SignInPage)
    assert page.who.person_id() == at_work.person("Ada").person_id
    assert QGuiApplication.clipboard().text() == ""
    assert window.pages() <= {"batch"}
    QApplication.processEvents()
    gc.collect()
    assert not isValid(cases)
    assert not isValid(examine)
    everything = "\n".join(
        label.text() for widget in QApplication.topLevelWidgets() for label in widget.findChildren(QLabel)
    )
    assert "LINDQVIST" not in everything.upper()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert page.isVisible()

    at_work.sign_in("Ada", PASSPHRASE)
    at_work.wait_entered()
    again = window.page("cases")
    assert again.isVisible()
    at_work.wait(lambda: again.case_list.model.rowCount() > 0)


def test_the_lock_button_locks(at_work: Desk) -> None:
    with at_work.qtbot.waitSignal(at_work.window.locking.locked, timeout=PATIENCE_MS):
        at_work.window.band.lock_button.click()
    assert at_work.workspace.access.door is Door.LOCKED


def _note(opened: Desk, example: Path) -> None:
    examine = opened.window.examine
    examine.open_file(example)
    opened.wait(examine.panel.save_button.isEnabled)
    examine.panel.notes.setPlainText("regression structures")


def test_locking_on_demand_asks_before_an_impression_is_lost(
    at_work: Desk, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _note(at_work, example)
    monkeypatch.setattr(at_work.window.examine, "ask_discard", lambda: False)
    at_work.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert at_work.window.is_entered
    assert at_work.window.examine.panel.notes.toPlainText() == "regression structures"
    monkeypatch.setattr(at_work.window.examine, "ask_discard", lambda: True)
    at_work.lock()


def test_an_idle_program_locks_by_itself(at_work: Desk) -> None:
    with at_work.qtbot.waitSignal(at_work.window.locking.locked, timeout=PATIENCE_MS):
        at_work.window.idle.watch(0.2)
    at_work.page(SignInPage)


def test_input_keeps_the_program_from_locking(at_work: Desk) -> None:
    idle = at_work.window.idle
    idle.watch(0.6)
    with at_work.qtbot.assertNotEmitted(idle.idle):
        for _ in range(10):
            QTest.mouseMove(at_work.window)
            at_work.press(Qt.Key.Key_Shift)
            at_work.qtbot.wait(100)
    at_work.qtbot.waitSignal(at_work.window.locking.locked, timeout=PATIENCE_MS).wait()


def test_an_impression_is_warned_of_before_an_idle_lock_drops_it(
    at_work: Desk, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "GRACE_S", 1)
    window = at_work.window
    _note(at_work, example)
    window.idle.watch(0.2, lock.GRACE_S)
    at_work.wait(window.notice.isVisible)
    assert window.notice.text().startswith("SkinDesk locks in 1 seconds")
    at_work.press(Qt.Key.Key_Shift)
    assert not window.notice.isVisible()
    with at_work.qtbot.waitSignal(window.locking.locked, timeout=PATIENCE_MS):
        at_work.wait(window.notice.isVisible)
    assert at_work.workspace.access.door is Door.LOCKED


def _sleep(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The computer sleeps: the wall clock goes on, the monotonic one stands still."""
    wall = time.time
    monkeypatch.setattr("skindesk.gui.access.idle.time.time", lambda: wall() + seconds)


def test_waking_from_a_long_sleep_locks_at_once_though_something_is_not_saved(
    at_work: Desk, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _note(at_work, example)
    at_work.window.idle.watch(600, lock.GRACE_S)
    _sleep(monkeypatch, 600 + lock.GRACE_S)
    with at_work.qtbot.waitSignal(at_work.window.locking.locked, timeout=PATIENCE_MS):
        at_work.press(Qt.Key.Key_Shift)
    at_work.page(SignInPage)


def test_a_clock_that_is_set_back_does_not_keep_the_program_open(
    at_work: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.window.idle.watch(0.5)
    _sleep(monkeypatch, -3600)
    at_work.qtbot.waitSignal(at_work.window.locking.locked, timeout=PATIENCE_MS).wait()


def test_a_recovery_key_is_not_left_on_an_unattended_screen(desk: OpenDesk, fresh_workspace: Workspace) -> None:
    opened = desk(fresh_workspace)
    recovery_key = _key_on(_protect(opened))
    with opened.qtbot.waitSignal(opened.window.locking.locked, timeout=PATIENCE_MS):
        opened.window.idle.watch(0.2)
    page = opened.page(SignInPage)
    assert fresh_workspace.access.door is Door.LOCKED
    assert "an administrator can make a new one in Settings" in page.notice.text()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert recovery_key.split("-")[0] not in [label.text() for label in opened.window.findChildren(QLabel)]


def test_a_recovery_key_in_a_dialog_goes_with_the_idle_lock_and_that_is_told(at_work: Desk) -> None:
    protection = at_work.settings().protection
    protection.recovery_button.click()
    dialog = protection.dialog
    assert isinstance(dialog, NewRecoveryKeyDialog)
    dialog.passphrase.line.setText(PASSPHRASE)
    dialog.go.click()
    at_work.wait(lambda: dialog.view is not None)
    with at_work.qtbot.waitSignal(at_work.window.locking.locked, timeout=PATIENCE_MS):
        at_work.window.idle.watch(0.2)
    assert "make a new one in Settings" in at_work.page(SignInPage).notice.text()


def test_what_is_typed_at_the_gate_goes_when_nobody_is_there(desk: OpenDesk, protected: Workspace) -> None:
    opened = desk(protected)
    page = opened.page(SignInPage)
    page.passphrase.eye.click()
    _type(page.passphrase.line, PASSPHRASE)
    opened.window.idle.watch(0.2)
    opened.wait(lambda: page.passphrase.text() == "")
    assert page.passphrase.line.echoMode() is QLineEdit.EchoMode.Password
    page.forgot.click()
    recovery = opened.page(RecoveryPage)
    for line in (recovery.key, recovery.passphrase.first.line, recovery.passphrase.again.line):
        _type(line, OTHER)
    opened.window.idle.watch(0.2)
    opened.wait(lambda: recovery.key.text() == "")
    assert recovery.passphrase.first.text() == recovery.passphrase.again.text() == ""


def test_whoever_was_offered_a_backup_is_locked_out_when_nobody_is_there(at_work: Desk, tmp_path: Path) -> None:
    at_work.window.locking.restore(tmp_path, "")
    at_work.page(RestorePage)
    assert at_work.workspace.access.door is Door.SIGNED_IN
    with at_work.qtbot.waitSignal(at_work.window.locking.locked, timeout=PATIENCE_MS):
        at_work.window.idle.watch(0.2)
    at_work.page(SignInPage)
    assert at_work.workspace.access.door is Door.LOCKED


def test_the_gate_is_watched_even_where_the_pages_never_lock(desk: OpenDesk, protected: Workspace) -> None:
    protected.change_settings(replace(protected.settings, lock_after_min=0))
    opened = desk(protected)
    page = opened.page(SignInPage)
    _type(page.passphrase.line, PASSPHRASE)
    with pytest.MonkeyPatch.context() as patched:
        _sleep(patched, 600)
        opened.wait(lambda: page.passphrase.text() == "")


def test_an_idle_lock_closes_dialogs_and_their_questions(at_work: Desk, example: Path) -> None:
    examine = at_work.window.examine
    examine.open_file(example)
    at_work.wait(examine.panel.save_button.isEnabled)
    examine.save()
    dialog = examine.dialog
    assert dialog is not None
    _type(dialog.picker.line, "10482")
    with at_work.qtbot.waitSignal(at_work.window.locking.locked, timeout=PATIENCE_MS):
        at_work.window.idle.watch(0.2)
    QApplication.processEvents()
    assert not isValid(dialog) or not dialog.isVisible()


def test_a_batch_goes_on_while_the_log_is_locked(at_work: Desk, example: Path) -> None:
    batch = at_work.window.show_page("batch")
    assert isinstance(batch, BatchWorkspace)
    names = {path.name for path in example.parent.glob("*.jpg")}
    batch.start([example.parent])
    at_work.wait(lambda: batch.model.rowCount() > 0)
    batch.triage.table.selectRow(0)
    at_work.lock()
    at_work.page(SignInPage)
    at_work.wait(lambda: not batch.is_running)
    assert batch.model.rowCount() == 0
    assert not [label.text() for label in batch.findChildren(QLabel) if "generated-" in label.text()]
    assert str(example.parent) not in [label.text() for label in batch.findChildren(QLabel)]
    assert not batch.view.canvas.has_picture()
    at_work.sign_in("Ada", PASSPHRASE)
    at_work.wait_entered()
    assert at_work.window.page("batch") is batch
    assert {batch.model.index(row, 0).data() for row in range(batch.model.rowCount())} == names
    assert batch.export_button.isEnabled()


def test_a_forgotten_passphrase_is_replaced_by_the_recovery_key(desk: OpenDesk, fresh_workspace: Workspace) -> None:
    recovery_key = fresh_workspace.access.set_up_protected("Ada", PASSPHRASE)
    fresh_workspace.access.lock()
    opened = desk(fresh_workspace)
    opened.page(SignInPage).forgot.click()
    page = opened.page(RecoveryPage)
    assert nameless(page) == []
    assert page.key.hasFocus()
    for line in (page.passphrase.first.line, page.passphrase.again.line):
        _type(line, OTHER)
    _type(page.key, "AAAA-AAAA")
    page.go.click()
    opened.wait(page.notice.isVisible)
    assert page.notice.text() == "The recovery key is not right. Try again."
    _type(page.key, recovery_key.lower().replace("-", " "))
    opened.wait(page.go.isEnabled)
    page.go.click()
    shown = opened.page(RecoveryKeyPage)
    assert _key_on(shown) not in ("", recovery_key)
    shown.view.kept_box.click()
    shown.go.click()
    opened.wait_entered()
    opened.lock()
    opened.sign_in("Ada", OTHER)
    opened.wait_entered()
    opened.close()


def _is_marked(line: QLineEdit) -> bool:
    return line.property("invalid") == "true"


def test_only_the_field_that_is_wrong_is_marked_at_the_recovery(desk: OpenDesk, fresh_workspace: Workspace) -> None:
    recovery_key = fresh_workspace.access.set_up_protected("Ada", PASSPHRASE)
    fresh_workspace.access.lock()
    opened = desk(fresh_workspace)
    opened.page(SignInPage).forgot.click()
    page = opened.page(RecoveryPage)
    fields = (page.key, page.passphrase.first.line, page.passphrase.again.line)
    for line, typed in zip(fields, (recovery_key, "short", "short"), strict=True):
        _type(line, typed)
    page.go.click()
    assert page.notice.text().startswith("The passphrase is too short.")
    assert [_is_marked(line) for line in fields] == [False, True, False]
    for line, typed in zip(fields, (recovery_key, OTHER, PASSPHRASE), strict=True):
        _type(line, typed)
    page.go.click()
    assert [_is_marked(line) for line in fields] == [False, False, True]
    for line, typed in zip(fields, ("AAAA-AAAA", OTHER, OTHER), strict=True):
        _type(line, typed)
    page.go.click()
    opened.wait(lambda: "recovery key is not right" in page.notice.text())
    assert [_is_marked(line) for line in fields] == [True, False, False]


def test_a_recovery_that_the_disk_refuses_marks_no_field(
    desk: OpenDesk, fresh_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery_key = fresh_workspace.access.set_up_protected("Ada", PASSPHRASE)
    fresh_workspace.access.lock()
    opened = desk(fresh_workspace)
    opened.page(SignInPage).forgot.click()
    page = opened.page(RecoveryPage)
    fields = (page.key, page.passphrase.first.line, page.passphrase.again.line)
    for line, typed in zip(fields, (recovery_key, OTHER, OTHER), strict=True):
        _type(line, typed)

    def full(*_: object) -> None:
        raise CaseLogUnavailableError("The disk that holds the case log is full.", "Free some space on it.")

    monkeypatch.setattr(fresh_workspace.access, "recover", full)
    page.go.click()
    opened.wait(page.notice.isVisible)
    assert not any(map(_is_marked, fields))


def test_a_sign_in_that_has_to_wait_or_meets_a_fault_marks_no_passphrase(
    desk: OpenDesk, protected: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = desk(protected)
    page = opened.page(SignInPage)

    def too_soon(*_: object) -> None:
        raise AccessRefusedError("There were too many wrong attempts.", "Wait 2 seconds.")

    with monkeypatch.context() as patched:
        patched.setattr(protected.access, "sign_in", too_soon)
        opened.sign_in("Ben", OTHER)
        opened.wait(page.notice.isVisible)
    assert not _is_marked(page.passphrase.line)
    opened.sign_in("Ben", "wrong passphrase")
    opened.wait(lambda: _is_marked(page.passphrase.line))


def test_going_back_from_recovery_leads_to_signing_in(desk: OpenDesk, protected: Workspace) -> None:
    opened = desk(protected)
    page = opened.page(SignInPage)
    page.who.choose(opened.person("Ben").person_id)
    page.forgot.click()
    back = opened.page(RecoveryPage)
    assert back.who.person_id() == opened.person("Ben").person_id
    back.back.click()
    assert opened.page(SignInPage).who.person_id() == opened.person("Ben").person_id


def test_the_recovery_key_is_printed_saved_and_copied_only_when_asked(
    desk: OpenDesk, fresh_workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = desk(fresh_workspace)
    view = _protect(opened).view
    recovery_key = _key_on(view)
    printed, saved = tmp_path / "key.pdf", tmp_path / "key.txt"

    def to_file(dialog: QPrintDialog) -> int:
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(printed))
        return 1

    monkeypatch.setattr(QPrintDialog, "exec", to_file)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(saved), ""))
    view.print_button.click()
    assert printed.read_bytes().startswith(b"%PDF")
    assert recovery_key in recovery_sheet(recovery_key, tmp_path).toPlainText()
    view.save_button.click()
    assert recovery_key in saved.read_text()
    assert "Wrote" in view.notice.text()
    assert not view.copy_button.isEnabled()
    view.copy_box.click()
    view.copy_button.click()
    assert QGuiApplication.clipboard().text() == recovery_key
    opened.close()


def test_a_passphrase_is_changed_in_settings(at_work: Desk) -> None:
    protection = at_work.settings().protection
    protection.passphrase_button.click()
    dialog = protection.dialog
    assert isinstance(dialog, ChangePassphraseDialog)
    assert nameless(dialog) == []
    _type(dialog.old.line, "wrong passphrase")
    for line in (dialog.new.first.line, dialog.new.again.line):
        _type(line, "a new passphrase")
    dialog.go.click()
    at_work.wait(dialog.notice.isVisible)
    assert dialog.notice.text() == "The passphrase is not right. Try again."
    fields = (dialog.old.line, dialog.new.first.line, dialog.new.again.line)
    assert [_is_marked(line) for line in fields] == [True, False, False]
    _type(dialog.old.line, PASSPHRASE)
    at_work.wait(dialog.go.isEnabled)
    dialog.go.click()
    at_work.wait(protection.notice.isVisible)
    assert protection.notice.text() == "Your passphrase is changed."
    at_work.lock()
    at_work.sign_in("Ada", "a new passphrase")
    at_work.wait_entered()


def test_an_administrator_lets_somebody_in_and_out(at_work: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    protection = at_work.settings().protection
    protection.add_button.click()
    dialog = protection.dialog
    assert isinstance(dialog, AddPersonDialog)
    assert nameless(dialog) == []
    _type(dialog.name, "Dora")
    dialog.role.setCurrentIndex(dialog.role.findData(Role.ASSISTANT))
    for line in (dialog.new.first.line, dialog.new.again.line):
        _type(line, "doras passphrase")
    dialog.go.click()
    at_work.wait(lambda: len(protection.rows) == 4)
    assert at_work.person("Dora").role is Role.ASSISTANT

    row = protection.rows[3]
    row.role.setCurrentIndex(row.role.findData(Role.CLINICIAN))
    row.role.activated.emit(row.role.currentIndex())
    at_work.wait(lambda: at_work.person("Dora").role is Role.CLINICIAN)
    at_work.wait(protection.isEnabled)

    protection.rows[3].passphrase_button.click()
    given = protection.dialog
    assert isinstance(given, GivePassphraseDialog)
    for line in (given.new.first.line, given.new.again.line):
        _type(line, "doras second one")
    given.go.click()
    at_work.wait(lambda: "Dora has a new passphrase" in protection.notice.text())
    at_work.lock()
    at_work.sign_in("Dora", "doras second one")
    at_work.wait_entered()
    at_work.lock()
    at_work.sign_in("Ada", PASSPHRASE)
    at_work.wait_entered()

    def press_remove(question: QMessageBox) -> int:
        next(button for button in question.buttons() if button.text() == "Remove").click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press_remove)
    protection = at_work.settings().protection
    protection.rows[3].remove_button.click()
    at_work.wait(lambda: len(protection.rows) == 3)
    assert "Dora" not in [person.name for person in at_work.workspace.access.people()]


def test_the_last_administrator_stays(at_work: Desk) -> None:
    ada, ben = at_work.settings().protection.rows[:2]
    assert not ada.role.isEnabled()
    assert "last administrator" in ada.role.toolTip()
    assert not ada.remove_button.isEnabled()
    assert "cannot remove yourself" in ada.remove_button.toolTip()
    ben.role.setCurrentIndex(ben.role.findData(Role.ADMINISTRATOR))
    ben.role.activated.emit(ben.role.currentIndex())
    at_work.wait(lambda: at_work.person("Ben").role is Role.ADMINISTRATOR)
    protection = at_work.settings().protection
    at_work.wait(lambda: protection.rows[0].role.isEnabled())
    ada = protection.rows[0]
    ada.role.setCurrentIndex(ada.role.findData(Role.CLINICIAN))
    ada.role.activated.emit(ada.role.currentIndex())
    at_work.wait(lambda: at_work.person("Ada").role is Role.CLINICIAN)


def _take_role(opened: Desk, role: Role) -> None:
    """Somebody changes the role of whoever is first in the list of people: here, their own."""
    row = opened.settings().protection.rows[0]
    row.role.setCurrentIndex(row.role.findData(role))
    row.role.activated.emit(row.role.currentIndex())


def test_changing_ones_own_role_counts_at_once(at_work: Desk) -> None:
    access = at_work.workspace.access
    access.give_role(at_work.person("Ben").person_id, Role.ADMINISTRATOR)
    before = at_work.window.examine
    _take_role(at_work, Role.ASSISTANT)
    at_work.wait(lambda: at_work.window.locking.person.role is Role.ASSISTANT)
    assert at_work.window.notice.text() == "Your role is assistant now. You see what it may do."
    assert at_work.window.page("settings").isVisible()
    assert at_work.settings().protection.rows == ()
    assert at_work.window.examine is not before
    at_work.window.show_page("examine")
    assert not at_work.window.examine.panel.impression.isVisible()


def test_changing_ones_own_role_asks_before_an_impression_is_lost(
    at_work: Desk, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.workspace.access.give_role(at_work.person("Ben").person_id, Role.ADMINISTRATOR)
    _note(at_work, example)
    monkeypatch.setattr(at_work.window.examine, "ask_discard", lambda: False)
    _take_role(at_work, Role.CLINICIAN)
    assert at_work.person("Ada").role is Role.ADMINISTRATOR
    role = at_work.settings().protection.rows[0].role
    assert role.currentData() == Role.ADMINISTRATOR
    assert at_work.window.examine.panel.notes.toPlainText() == "regression structures"


def test_a_new_recovery_key_replaces_the_printed_one(at_work: Desk) -> None:
    protection = at_work.settings().protection
    protection.recovery_button.click()
    dialog = protection.dialog
    assert isinstance(dialog, NewRecoveryKeyDialog)
    dialog.passphrase.line.setText("not the passphrase")
    dialog.go.click()
    at_work.wait(lambda: "not right" in _words(dialog))
    assert dialog.view is None
    dialog.passphrase.line.setText(PASSPHRASE)
    dialog.go.click()
    at_work.wait(lambda: dialog.view is not None)
    assert dialog.view is not None
    assert not dialog.passphrase.isVisible()
    recovery_key = _key_on(dialog)
    dialog.reject()
    assert dialog.isVisible()
    dialog.view.kept_box.click()
    dialog.go.click()
    assert not dialog.isVisible()
    at_work.lock()
    at_work.workspace.access.recover(recovery_key, at_work.person("Ada").person_id, "a new passphrase")


def test_the_minutes_until_the_lock_are_kept(at_work: Desk) -> None:
    at_work.settings().protection.lock_after.setValue(3)
    assert at_work.workspace.settings.lock_after_min == 3


@pytest.mark.parametrize("name", ["Ben", "Cleo"])
def test_only_administrators_manage_people(desk: OpenDesk, protected: Workspace, name: str) -> None:
    opened = desk(protected)
    opened.sign_in(name, OTHER)
    opened.wait_entered()
    protection = opened.settings().protection
    assert "An administrator decides" in _words(protection)
    assert protection.rows == ()
    assert not protection.add_button.isVisible()
    assert not protection.recovery_button.isVisible()
    assert not protection.lock_after.isEnabled()
    assert protection.passphrase_button.isVisible()
    opened.close()


_CORRECTIONS = ["Correct patient…", "Merge with another record…", "Correct lesion…"]
_REVIEWS = ["Close the case"]


@pytest.mark.parametrize(
    ("name", "judges", "corrects", "administers"),
    [
        ("Ada", True, [*_CORRECTIONS[:2], "Erase patient…", *_CORRECTIONS[2:], *_REVIEWS], True),
        ("Ben", True, _CORRECTIONS + _REVIEWS, False),
        ("Cleo", False, [], False),
    ],
)
def test_each_role_sees_exactly_what_it_may(
    desk: OpenDesk, protected: Workspace, name: str, judges: bool, corrects: list[str], administers: bool
) -> None:
    protected.access.sign_in(protected.access.people()[0].person_id, PASSPHRASE)
    case_id = save_clinic(protected)
    protected.lock()
    opened = desk(protected)
    opened.sign_in(name, PASSPHRASE if name == "Ada" else OTHER)
    opened.wait_entered()
    panel = opened.window.examine.panel
    assert [field.isVisible() for field in (panel.impression, panel.plan, panel.notes)] == 3 * [judges]
    assert panel.save_button.isVisible()

    cases = opened.window.show_page("cases")
    assert isinstance(cases, CasesWorkspace)
    cases.show_case(case_id)
    opened.wait(cases.patient_view.isVisible)
    header, lesion = cases.patient_view.header, cases.patient_view.lesion
    assert header.picture_button.isVisible()
    offered = [action for more in (header.more_button, lesion.more_button) for action in more.menu().actions()]
    assert [action.text() for action in offered if action.isVisible() and not action.isSeparator()] == corrects
    assert [header.more_button.isVisible(), lesion.more_button.isVisible()] == 2 * [bool(corrects)]
    assert [button.isVisible() for button in (lesion.review_button, lesion.diagnosis_button)] == 2 * [judges]

    protection = opened.settings().protection
    assert protection.passphrase_button.isVisible()
    for button in (protection.add_button, protection.recovery_button, protection.audit_button):
        assert button.isVisible() == administers
    assert [row.role.isVisible() for row in protection.rows] == (3 * [True] if administers else [])
    assert protection.lock_after.isEnabled() == administers
    assert not protection.protect_button.isVisible()
    opened.close()


def test_an_assistant_saves_without_an_impression(desk: OpenDesk, protected: Workspace, example: Path) -> None:
    opened = desk(protected)
    opened.sign_in("Cleo", OTHER)
    opened.wait_entered()
    examine = opened.window.examine
    assert "The impression is the clinician's." in _words(examine.panel)
    for field in (examine.panel.impression, examine.panel.plan, examine.panel.notes):
        assert not field.isVisible()
    examine.open_file(example)
    opened.wait(examine.panel.save_button.isEnabled)
    examine.save()
    assert examine.dialog is not None
    _type(examine.dialog.picker.line, "10482")
    with opened.qtbot.waitSignal(examine.case_saved, timeout=PATIENCE_MS) as saved:
        examine.dialog.save_button.click()
    assert protected.casework.log.case(saved.args[0]).visits[0].reviews == ()
    opened.lock()
    opened.sign_in("Ben", OTHER)
    opened.wait_entered()
    assert opened.window.examine.panel.impression.isVisible()
    opened.close()


def test_an_open_log_is_protected_from_settings(desk: OpenDesk, workspace: Workspace) -> None:
    save_clinic(workspace)
    count = workspace.casework.log.count()
    opened = desk(workspace)
    opened.wait_entered()
    opened.settings().protection.protect_button.click()
    page = opened.page(FirstStartPage)
    assert page.back.isVisible()
    page.back.click()
    opened.wait_entered()
    assert workspace.access.door is Door.OPEN
    opened.settings().protection.protect_button.click()
    shown = _protect(opened)
    shown.view.kept_box.click()
    shown.go.click()
    opened.wait_entered()
    assert workspace.access.door is Door.SIGNED_IN
    assert workspace.casework.log.count() == count
    opened.close()


def test_pictures_that_were_left_behind_when_the_log_was_encrypted_are_told_of(
    desk: OpenDesk, workspace: Workspace
) -> None:
    save_clinic(workspace)
    workspace.close_case_log()
    picture = next(workspace.profile.log.images.glob("*/*.sealed"))
    picture.write_bytes(picture.read_bytes()[:-1])
    opened = desk(workspace)
    opened.wait_entered()
    opened.settings().protection.protect_button.click()
    shown = _protect(opened)
    shown.view.kept_box.click()
    shown.go.click()
    opened.wait_entered()
    opened.wait(opened.window.warnings.isVisible)
    (told,) = opened.window.warnings.sentences()
    assert told.startswith("1 damaged picture could not be taken along")
    opened.close()


def test_a_damaged_keyring_is_told_and_pictures_can_still_be_classified(
    desk: OpenDesk, workspace: Workspace, example: Path
) -> None:
    workspace.profile.log.keyring.write_text("nonsense")
    opened = desk(Workspace(workspace.profile, None))
    opened.page(RestorePage).leave.click()
    opened.wait(opened.window.notice.isVisible)
    assert "the case log's key is damaged" in opened.window.notice.text()
    opened.window.examine.open_file(example)
    opened.wait(opened.window.examine.panel.save_button.isEnabled)
    opened.close()


def test_many_people_are_chosen_from_a_list(desk: OpenDesk, protected: Workspace) -> None:
    access = protected.access
    access.sign_in(access.people()[0].person_id, PASSPHRASE)
    for number in range(4):
        access.add_person(f"Locum {number}", Role.CLINICIAN, OTHER)
    access.lock()
    opened = desk(protected)
    page = opened.page(SignInPage)
    assert page.who.combo.isVisible()
    assert page.who.findChildren(QPushButton) == []
    opened.sign_in("Locum 3", OTHER)
    opened.wait_entered()
    assert protected.access.person.name == "Locum 3"
    opened.close()


def test_never_locking_by_itself_is_a_choice(at_work: Desk) -> None:
    workspace = at_work.workspace
    workspace.change_settings(replace(workspace.settings, lock_after_min=0))
    at_work.settings().settings_changed.emit(workspace.settings)
    with at_work.qtbot.assertNotEmitted(at_work.window.idle.idle, wait=300):
        at_work.window.idle._look()
