"""Backups in the window: chosen in Settings, made by themselves, verified, restored, and offered for a damaged log."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.case import LesionDetails, PatientDetails
from skindesk.domain.people import Role
from skindesk.gui.access.sign_in import SignInPage
from skindesk.gui.backups.restore_page import RestorePage
from skindesk.gui.main_window import MainWindow
from skindesk.gui.settings import SettingsWorkspace
from skindesk.gui.settings.backup_section import BackupSection
from skindesk.services.access import Access
from skindesk.services.backups import Backups
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile
from tests.gui.clinic import EXAMPLES, draft, save_many
from tests.gui.controls import nameless

PASSPHRASE = "correct horse battery"
LONG_MS = 20_000


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    (tmp_path / "drive").mkdir()
    return tmp_path / "drive"


@pytest.fixture
def clinic(workspace: Workspace, drive: Path) -> Iterator[Workspace]:
    """Two cases, and a folder for the backups from which none are made by themselves."""
    save_many(workspace, 2)
    workspace.close_case_log()
    choose(workspace, drive, daily=False)
    yield workspace
    workspace.close_case_log()


def choose(workspace: Workspace, drive: Path, daily: bool) -> None:
    workspace.change_settings(
        replace(workspace.settings, backup_folder=str(drive), backup_daily=daily, notice_accepted=True)
    )


def save_more(workspace: Workspace, count: int) -> None:
    for number in range(count):
        workspace.casework.save_case(draft(PatientDetails(f"Q-{number}"), LesionDetails(), EXAMPLES[3]))


def back_up(workspace: Workspace, drive: Path, days_ago: float = 0) -> str:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    return Backups(workspace.profile, workspace.access, lambda: at).create(drive).written.snapshot.name


def again(workspace: Workspace) -> Workspace:
    """The same profile at the next start."""
    workspace.close_case_log()
    opened = Workspace(Profile(workspace.profile.root), log_file=None)
    opened._access = Access(opened.profile, Cost(memory_kib=64, passes=1, lanes=1))
    return opened


def window_of(qtbot: QtBot, workspace: Workspace) -> MainWindow:
    window = MainWindow(workspace)
    qtbot.addWidget(window)
    window.show()
    return window


def section_of(qtbot: QtBot, window: MainWindow) -> BackupSection:
    qtbot.waitUntil(lambda: window.is_entered, timeout=LONG_MS)
    settings = window.show_page("settings")
    assert isinstance(settings, SettingsWorkspace)
    qtbot.waitUntil(lambda: settings.backups._found is not None, timeout=LONG_MS)
    return settings.backups


def offer_of(qtbot: QtBot, window: MainWindow) -> RestorePage:
    """The page on the gate that offers a backup, once it has found one."""
    qtbot.waitUntil(
        lambda: isinstance(window.gate.page, RestorePage) and "Looking" not in window.gate.page.offer.text(),
        timeout=LONG_MS,
    )
    page = window.gate.page
    assert isinstance(page, RestorePage)
    return page


def press_in_question(qtbot: QtBot, words: str) -> None:
    """Answer the question that comes up next."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(50, press)
            return
        next(button for button in box.buttons() if button.text() == words).click()

    QTimer.singleShot(0, press)


def rewrite(path: Path) -> None:
    path.write_bytes(b"nonsense" * 1000)


def test_choosing_a_folder_starts_the_daily_backup(
    qtbot: QtBot, workspace: Workspace, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_many(workspace, 2)
    window = window_of(qtbot, workspace)
    section = section_of(qtbot, window)
    assert not section.create_button.isEnabled()
    assert not section.daily_box.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(drive))
    section.folder_button.click()
    assert workspace.settings.backup_folder == str(drive)
    assert section.daily_box.isChecked()
    qtbot.waitUntil(lambda: len(section.list.choices) == 1, timeout=LONG_MS)
    assert "2 cases" in section.list.choices[0].accessibleName()
    qtbot.waitUntil(lambda: "less than an hour ago" in section.age.text(), timeout=LONG_MS)
    assert nameless(section) == []
    window.close()


def test_a_folder_inside_the_case_log_is_refused(
    qtbot: QtBot, clinic: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = window_of(qtbot, clinic)
    section = section_of(qtbot, window)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(clinic.profile.log.root))
    section.folder_button.click()
    assert "would be lost with it" in section.notice.text()
    assert clinic.settings.backup_folder != str(clinic.profile.log.root)
    window.close()


def test_the_daily_backup_is_made_once_the_log_is_open_and_again_after_a_day(
    qtbot: QtBot, clinic: Workspace, drive: Path
) -> None:
    back_up(clinic, drive, days_ago=2)
    choose(clinic, drive, daily=True)
    window = window_of(qtbot, clinic)
    backups = Backups(clinic.profile, clinic.access)
    with qtbot.waitSignal(window.automatic.made, timeout=LONG_MS):
        pass
    assert [entry.verified for entry in backups.list(drive)] == [True, True]
    assert not window.notice.isVisible()
    qtbot.waitUntil(lambda: not window.automatic._busy, timeout=LONG_MS)
    window.automatic.look()
    qtbot.waitUntil(lambda: not window.automatic._busy, timeout=LONG_MS)
    assert len(backups.list(drive)) == 2
    window.close()


def test_a_drive_that_is_away_is_said_once_with_the_age_and_the_next_start_tries_again(
    qtbot: QtBot, clinic: Workspace, drive: Path
) -> None:
    back_up(clinic, drive, days_ago=3)
    choose(clinic, drive, daily=True)
    away = drive.rename(drive.with_name("away"))
    window = window_of(qtbot, clinic)
    qtbot.waitUntil(lambda: "Today's backup could not be made." in window.notice.text(), timeout=LONG_MS)
    assert "3 days ago" in window.notice.text()
    window.notice.clear()
    qtbot.waitUntil(lambda: not window.automatic._busy)
    window.automatic.look()
    qtbot.waitUntil(lambda: not window.automatic._busy, timeout=LONG_MS)
    assert not window.notice.isVisible()
    section = section_of(qtbot, window)
    assert "cannot be found" in section.age.text()
    assert not section.restore_button.isEnabled()
    window.close()
    away.rename(drive)
    next_start = window_of(qtbot, again(clinic))
    with qtbot.waitSignal(next_start.automatic.made, timeout=LONG_MS):
        pass
    next_start.close()


def test_backing_up_verifying_and_trying_a_restore(qtbot: QtBot, clinic: Workspace, drive: Path) -> None:
    window = window_of(qtbot, clinic)
    section = section_of(qtbot, window)
    section.create_button.click()
    assert section.stop_button.isVisible()
    qtbot.waitUntil(lambda: "Backed up and verified: 2 cases" in section.notice.text(), timeout=LONG_MS)
    qtbot.waitUntil(lambda: len(section.list.choices) == 1, timeout=LONG_MS)
    section.verify_button.click()
    qtbot.waitUntil(lambda: "is sound" in section.notice.text(), timeout=LONG_MS)
    section.drill_button.click()
    qtbot.waitUntil(lambda: "for a trial and is whole" in section.notice.text(), timeout=LONG_MS)
    qtbot.waitUntil(lambda: "restored for a trial" in section.list.choices[0].accessibleName(), timeout=LONG_MS)
    next(drive.glob("*/objects/*/*.sealed")).unlink()
    section.verify_button.click()
    qtbot.waitUntil(lambda: "1 flaws" in section.notice.text(), timeout=LONG_MS)
    qtbot.waitUntil(lambda: "not verified" in section.list.choices[0].accessibleName(), timeout=LONG_MS)
    window.close()


def test_a_stop_leaves_the_backups_as_they_were(qtbot: QtBot, clinic: Workspace, drive: Path) -> None:
    window = window_of(qtbot, clinic)
    section = section_of(qtbot, window)
    section.create_button.click()
    section.stop_button.click()
    qtbot.waitUntil(lambda: "Stopped" in section.notice.text(), timeout=LONG_MS)
    assert Backups(clinic.profile, clinic.access).list(drive) == ()
    window.close()


def test_restoring_says_what_it_means_and_sets_the_log_of_now_aside(
    qtbot: QtBot, clinic: Workspace, drive: Path
) -> None:
    back_up(clinic, drive, days_ago=1)
    save_more(clinic, 1)
    window = window_of(qtbot, clinic)
    section = section_of(qtbot, window)
    section.restore_button.click()
    page = offer_of(qtbot, window)
    assert "2 cases" in page.offer.text()
    for words in ("last written", "caselog.replaced", "People and passphrases stay"):
        assert words in page.meaning.text()
    assert nameless(page) == []
    page.leave.click()
    qtbot.waitUntil(lambda: window.is_entered and clinic.is_open, timeout=LONG_MS)
    assert clinic.casework.log.count() == 3

    section = section_of(qtbot, window)
    qtbot.waitUntil(section.restore_button.isEnabled, timeout=LONG_MS)
    section.restore_button.click()
    page = offer_of(qtbot, window)
    page.go.click()
    qtbot.waitUntil(lambda: "is restored" in page.title.text(), timeout=LONG_MS)
    (aside,) = clinic.profile.root.glob("caselog.replaced-*")
    assert str(aside) in page.offer.text()
    page.go.click()
    qtbot.waitUntil(lambda: window.is_entered and clinic.is_open, timeout=LONG_MS)
    assert clinic.casework.log.count() == 2

    section = section_of(qtbot, window)
    qtbot.waitUntil(lambda: section.erase_button.isVisible(), timeout=LONG_MS)
    press_in_question(qtbot, "Keep")
    section.erase_button.click()
    assert aside.exists()
    press_in_question(qtbot, "Erase")
    section.erase_button.click()
    qtbot.waitUntil(lambda: not aside.exists() and not section.erase_button.isVisible(), timeout=LONG_MS)
    window.close()


def test_a_damaged_log_is_kept_and_its_newest_verified_backup_offered(
    qtbot: QtBot, clinic: Workspace, drive: Path
) -> None:
    back_up(clinic, drive, days_ago=1)
    opened = again(clinic)
    rewrite(opened.profile.log.database)
    window = window_of(qtbot, opened)
    page = offer_of(qtbot, window)
    assert "damaged" in page.title.text()
    assert "2 cases" in page.offer.text()
    page.leave.click()
    qtbot.waitUntil(lambda: window.is_entered, timeout=LONG_MS)
    assert "cannot be opened with its key" in window.notice.text()
    assert opened.profile.log.database.read_bytes() == b"nonsense" * 1000
    window.close()

    window = window_of(qtbot, again(opened))
    page = offer_of(qtbot, window)
    page.go.click()
    qtbot.waitUntil(lambda: "is restored" in page.title.text(), timeout=LONG_MS)
    page.go.click()
    qtbot.waitUntil(lambda: window.is_entered, timeout=LONG_MS)
    (aside,) = opened.profile.root.glob("caselog.replaced-*")
    assert (aside / "caselog.sqlite3").read_bytes() == b"nonsense" * 1000
    window.close()


def test_another_folder_can_be_chosen_for_a_damaged_log(
    qtbot: QtBot, clinic: Workspace, drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(clinic, drive)
    elsewhere = drive.rename(tmp_path / "elsewhere")
    opened = again(clinic)
    rewrite(opened.profile.log.database)
    window = window_of(qtbot, opened)
    page = offer_of(qtbot, window)
    assert "cannot be found" in page.notice.text()
    assert not page.go.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(elsewhere))
    page.other_folder.click()
    qtbot.waitUntil(page.go.isEnabled, timeout=LONG_MS)
    assert str(elsewhere) in page.offer.text()
    window.close()


def test_a_log_whose_key_is_damaged_is_restored_by_the_passphrase_of_its_backup(
    qtbot: QtBot, clinic: Workspace, drive: Path
) -> None:
    clinic.access.set_up_protected("Ada", PASSPHRASE)
    back_up(clinic, drive)
    clinic.lock()
    opened = again(clinic)
    opened.profile.log.keyring.write_text("{")
    window = window_of(qtbot, opened)
    page = offer_of(qtbot, window)
    assert page.who is not None
    assert page.passphrase.isVisible()
    page.passphrase.line.setText("not the passphrase")
    page.go.click()
    qtbot.waitUntil(page.notice.isVisible, timeout=LONG_MS)
    assert not list(opened.profile.root.glob("caselog.replaced-*"))
    page.passphrase.line.setText(PASSPHRASE)
    page.passphrase.entered.emit()
    qtbot.waitUntil(lambda: "is restored" in page.title.text(), timeout=LONG_MS)
    page.go.click()
    qtbot.waitUntil(lambda: isinstance(window.gate.page, SignInPage), timeout=LONG_MS)
    window.close()


def test_a_backup_with_lost_pictures_is_restored_only_where_that_is_accepted(
    qtbot: QtBot, clinic: Workspace, drive: Path
) -> None:
    back_up(clinic, drive)
    opened = again(clinic)
    shutil.rmtree(opened.profile.log.images)
    next(drive.glob("*/objects/*/*.sealed")).unlink()
    rewrite(opened.profile.log.database)
    window = window_of(qtbot, opened)
    page = offer_of(qtbot, window)
    assert not page.accept_box.isVisible()
    page.go.click()
    qtbot.waitUntil(page.accept_box.isVisible, timeout=LONG_MS)
    assert "Nothing was restored" in page.notice.text()
    page.accept_box.setChecked(True)
    page.go.click()
    qtbot.waitUntil(lambda: "Missing in the backup: 1 pictures." in page.offer.text(), timeout=LONG_MS)
    window.close()


def test_who_is_no_administrator_backs_up_and_verifies_but_replaces_nothing(
    qtbot: QtBot, clinic: Workspace, drive: Path
) -> None:
    clinic.access.set_up_protected("Ada", PASSPHRASE)
    ben = clinic.access.add_person("Ben", Role.CLINICIAN, "another passphrase")
    back_up(clinic, drive)
    clinic.lock()
    clinic.access.sign_in(ben.person_id, "another passphrase")
    window = window_of(qtbot, clinic)
    section = section_of(qtbot, window)
    qtbot.waitUntil(section.verify_button.isEnabled, timeout=LONG_MS)
    assert section.create_button.isEnabled()
    for button in (section.folder_button, section.restore_button, section.daily_box):
        assert not button.isEnabled()
        assert "administrator" in button.toolTip()
    rewrite(clinic.profile.log.database)
    clinic.close_case_log()
    window.locking.enter()
    page = offer_of(qtbot, window)
    assert not page.go.isEnabled()
    assert "Only an administrator" in page.meaning.text()
    page.other_person.click()
    qtbot.waitUntil(lambda: isinstance(window.gate.page, SignInPage), timeout=LONG_MS)
    window.close()


def test_backups_of_before_the_passphrase_are_told_and_removed(qtbot: QtBot, clinic: Workspace, drive: Path) -> None:
    back_up(clinic, drive, days_ago=2)
    clinic.access.set_up_protected("Ada", PASSPHRASE)
    choose(clinic, drive, daily=True)
    window = window_of(qtbot, clinic)
    qtbot.waitUntil(lambda: "not protected as this log is: 1" in window.notice.text(), timeout=LONG_MS)
    section = section_of(qtbot, window)
    qtbot.waitUntil(section.remove_button.isVisible, timeout=LONG_MS)
    press_in_question(qtbot, "Remove")
    section.remove_button.click()
    qtbot.waitUntil(lambda: "Removed: 1." in section.notice.text(), timeout=LONG_MS)
    qtbot.waitUntil(lambda: not section.remove_button.isVisible(), timeout=LONG_MS)
    assert len(section.list.choices) == 1
    window.close()


def test_damage_that_the_daily_backup_finds_is_told_with_a_way_out(
    qtbot: QtBot, clinic: Workspace, drive: Path
) -> None:
    back_up(clinic, drive, days_ago=2)
    choose(clinic, drive, daily=True)
    damage_table(clinic, "prediction")  # which opening does not read
    window = window_of(qtbot, again(clinic))
    qtbot.waitUntil(lambda: "damaged" in window.notice.text(), timeout=LONG_MS)
    assert window.is_entered
    window.notice.action_button.click()
    page = offer_of(qtbot, window)
    assert "2 cases" in page.offer.text()
    window.close()


def damage_table(workspace: Workspace, table: str) -> None:
    """Change one byte of the page with which a table begins."""
    database = workspace.profile.log.database
    with closing(DatabaseFile(database, workspace.access.key.database).connect()) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(database.read_bytes())
    content[(int(page) - 1) * int(page_bytes) + 100] ^= 1
    database.write_bytes(content)
