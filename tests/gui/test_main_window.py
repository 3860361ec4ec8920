import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.caution import Caution
from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.gui.app import ExceptionHook
from skindesk.gui.main_window import MainWindow
from skindesk.gui.theme import current
from skindesk.gui.theme.tokens import DARK
from skindesk.system.presence import OTHER_WINDOW, Presence
from skindesk.system.settings import Theme, load_settings
from tests.gui.controls import nameless

PATIENCE_MS = 20_000
INTENDED_USE = "Decision support for research and second opinion. Not a cleared medical device."
PAGES = ("examine", "cases", "worklist", "batch", "insights", "models", "settings", "about")


def opened(qtbot: QtBot, workspace: Workspace) -> MainWindow:
    window = MainWindow(workspace)
    qtbot.addWidget(window, before_close_func=lambda shown: shown.examine.panel.reset())
    with qtbot.waitActive(window):
        window.show()
    qtbot.waitUntil(lambda: window.is_entered, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.examine.examiner.contract is not None, timeout=PATIENCE_MS)
    return window


@pytest.fixture
def window(qtbot: QtBot, workspace: Workspace) -> Iterator[MainWindow]:
    made = opened(qtbot, workspace)
    yield made
    made.examine.panel.reset()
    made.close()


def visible_text(window: MainWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_every_page_opens_by_its_key_and_names_its_controls(window: MainWindow) -> None:
    for number, key in enumerate(PAGES, start=1):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        page = window.page(key)
        assert page.isVisible(), key
        assert nameless(page) == [], key
    assert nameless(window) == []


def test_no_part_of_a_page_shows_as_a_window_of_its_own_while_it_is_made(
    qapp: QApplication, window: MainWindow
) -> None:
    class Shown(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                strangers.append("".join(traceback.format_stack(limit=4)[:-1]))
            return False

    strangers: list[str] = []
    shown = Shown()
    qapp.installEventFilter(shown)
    for key in (*PAGES[1:], "audit"):
        window.show_page(key)
    qapp.removeEventFilter(shown)
    assert strangers == []


def test_pages_are_made_at_their_first_visit(window: MainWindow) -> None:
    made_at_start = window.pages()
    window.show_page("about")
    assert made_at_start == {"examine"}
    assert window.pages() == {"examine", "about"}


def test_intended_use_is_said_until_it_is_accepted(qtbot: QtBot, workspace: Workspace, window: MainWindow) -> None:
    assert INTENDED_USE in visible_text(window)
    window.intended_use.action_button.click()
    qtbot.waitUntil(window.intended_use.isHidden, timeout=PATIENCE_MS)
    assert load_settings(workspace.profile).notice_accepted
    window.close()
    again = opened(qtbot, Workspace(workspace.profile, None))
    assert INTENDED_USE not in visible_text(again)
    again.close()


def test_pictures_named_at_the_start_are_opened_as_soon_as_the_pages_are_in_sight(
    qtbot: QtBot, workspace: Workspace, example: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    workspace.settings = replace(workspace.settings, impression_first=False)
    window = MainWindow(workspace)
    qtbot.addWidget(window, before_close_func=lambda shown: shown.examine.panel.reset())
    window.open_when_entered([example])
    window.show()
    qtbot.waitUntil(lambda: "an answer is in sight" in caplog.messages, timeout=PATIENCE_MS)
    assert caplog.messages.index("the window is there") < caplog.messages.index("an answer is in sight")
    assert window.examine.examination is not None
    assert window.examine.examination.picture.file.name == example.name
    window.close()


def test_a_picture_named_at_the_start_is_answered_before_the_case_log_is_opened(
    qtbot: QtBot, workspace: Workspace, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.gui.access.lock._ANSWER_FIRST_S", PATIENCE_MS / 1000)
    workspace.settings = replace(workspace.settings, impression_first=False)
    window = MainWindow(workspace)
    qtbot.addWidget(window, before_close_func=lambda shown: shown.examine.panel.reset())
    open_then: list[bool] = []

    def watch() -> None:
        window.examine.answering.revealed.connect(lambda: open_then.append(workspace.is_open))

    window.locking.entered.connect(watch)
    window.open_when_entered([example])
    with qtbot.waitSignal(window.locking.opened, timeout=2 * PATIENCE_MS):
        window.show()
    assert open_then[:1] == [False]
    assert workspace.is_open
    window.close()


def test_a_network_that_fails_unexpectedly_does_not_keep_the_record_closed(
    qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("no processor for it")

    monkeypatch.setattr(workspace, "first_network", fail)
    window = MainWindow(workspace)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.locking.opened, timeout=PATIENCE_MS):
        window.show()
    window.close()


def test_the_band_names_the_patient_after_saving(qtbot: QtBot, window: MainWindow, example: Path) -> None:
    assert window.band.text() == "No patient: nothing is saved yet"
    examine = window.examine
    examine.open_file(example)
    qtbot.waitUntil(examine.panel.save_button.isEnabled, timeout=PATIENCE_MS)
    examine.save()
    assert examine.dialog is not None
    examine.dialog.picker.line.setText("10482")
    with qtbot.waitSignal(examine.case_saved, timeout=PATIENCE_MS):
        examine.dialog.save_button.click()
    assert window.band.text() == "ID 10482"
    window.show_page("settings")
    assert not window.band.isVisible()
    window.show_page("examine")
    assert window.band.text() == "ID 10482"


def test_a_saved_case_can_be_shown_and_gets_another_picture(
    qtbot: QtBot, workspace: Workspace, window: MainWindow, example: Path
) -> None:
    examine = window.examine
    examine.open_file(example)
    qtbot.waitUntil(examine.panel.save_button.isEnabled, timeout=PATIENCE_MS)
    examine.save()
    assert examine.dialog is not None
    examine.dialog.picker.line.setText("10482")
    with qtbot.waitSignal(examine.case_saved, timeout=PATIENCE_MS) as saved:
        examine.dialog.save_button.click()
    examine.viewer.notice.action_button.click()
    cases = window.page("cases")
    assert cases.isVisible()
    case = workspace.casework.log.case(saved.args[0])
    cases.add_picture_wanted.emit(case.patient, case.lesion)
    assert examine.isVisible()
    assert "New picture of L1" in examine.viewer.notice.text()
    assert window.band.text() == "ID 10482"


def test_a_changed_theme_shows_at_once(window: MainWindow, workspace: Workspace) -> None:
    settings = window.show_page("settings")
    workspace.settings = replace(workspace.settings, theme=Theme.DARK)
    settings.settings_changed.emit(workspace.settings)
    assert current() is DARK


def test_without_a_case_log_pictures_are_still_classified(
    qtbot: QtBot, workspace: Workspace, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise CaseLogUnavailableError("The case log is damaged.", "Restore the latest backup.")

    monkeypatch.setattr("skindesk.storage.case_log.open_case_log", refuse)
    window = opened(qtbot, workspace)
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE_MS)
    assert window.notice.text() == "The case log is damaged. Restore the latest backup."
    window.examine.open_file(example)
    qtbot.waitUntil(window.examine.panel.save_button.isEnabled, timeout=PATIENCE_MS)
    window.examine.reveal()
    assert window.examine.panel.network.differential.isVisible()
    window.close()


def test_the_window_keeps_its_size(qtbot: QtBot, workspace: Workspace, window: MainWindow) -> None:
    window.resize(1000, 650)  # low enough for the 800 x 800 screen of the offscreen platform
    window.close()
    again = opened(qtbot, Workspace(workspace.profile, None))
    assert again.height() == 650
    again.close()


def test_closing_asks_before_an_impression_is_lost(
    qtbot: QtBot, window: MainWindow, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examine = window.examine
    examine.open_file(example)
    qtbot.waitUntil(examine.panel.save_button.isEnabled, timeout=PATIENCE_MS)
    examine.panel.notes.setPlainText("regression structures")
    monkeypatch.setattr(examine, "ask_discard", lambda: False)
    assert not window.close()
    monkeypatch.setattr(examine, "ask_discard", lambda: True)
    assert window.close()


def test_in_a_narrow_window_the_steps_can_be_put_away(window: MainWindow, qtbot: QtBot) -> None:
    drawer = window.examine.viewer.panel_button
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: not drawer.isVisible(), timeout=PATIENCE_MS)
    window.resize(1000, 700)
    qtbot.waitUntil(drawer.isVisible, timeout=PATIENCE_MS)
    drawer.click()
    assert not window.examine.panel.isVisible()
    window.resize(1280, 800)
    qtbot.waitUntil(window.examine.panel.isVisible, timeout=PATIENCE_MS)


def test_what_nobody_expected_is_logged_and_told_with_the_logs_place(
    qtbot: QtBot, window: MainWindow, caplog: pytest.LogCaptureFixture
) -> None:
    hook = ExceptionHook(Path("/profile/logs/skindesk.log"))
    hook.happened.connect(window.show_trouble)
    error = ZeroDivisionError("division by zero")
    hook.report(type(error), error, None)
    assert "/profile/logs/skindesk.log" in window.notice.text()
    assert "division by zero" not in window.notice.text()
    assert "division by zero" in caplog.text


def test_the_rail_can_be_walked_with_the_keyboard(window: MainWindow) -> None:
    window.rail_button("examine").setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert window.rail_button("cases").hasFocus()


def test_another_window_on_the_profile_is_told_of(qtbot: QtBot, workspace: Workspace) -> None:
    other = Presence(workspace.profile.window_lock)
    other.announce()
    window = opened(qtbot, workspace)
    qtbot.waitUntil(lambda: window.warnings.sentences() == [str(OTHER_WINDOW)], timeout=PATIENCE_MS)
    assert window.warnings.isVisible()
    assert str(OTHER_WINDOW) in visible_text(window)
    window.close()
    other.leave()
    alone = Presence(workspace.profile.window_lock)
    alone.announce()
    assert not alone.met_another
    alone.leave()


def test_a_warning_that_was_closed_does_not_come_again(
    qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    caution = Caution("The profile folder lies on a network drive (nfs4).", "Move it.")
    monkeypatch.setattr("skindesk.bootstrap.caution_of_drive", lambda _folder: caution)
    window = opened(qtbot, workspace)
    qtbot.waitUntil(window.warnings.isVisible, timeout=PATIENCE_MS)
    assert str(caution) in visible_text(window)
    close = next(button for button in window.warnings.findChildren(QToolButton) if "Close" in button.accessibleName())
    close.click()
    assert not window.warnings.isVisible()
    window.warnings.look()
    window._lasting.wait()
    QApplication.processEvents()
    assert not window.warnings.isVisible()
    window.close()
