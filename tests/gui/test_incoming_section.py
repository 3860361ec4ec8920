"""Settings: the watched folder and the camera."""

import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.gui.background import Background
from skindesk.gui.incoming.camera_support import missing_library
from skindesk.gui.settings import SettingsWorkspace
from skindesk.gui.settings.incoming_section import IncomingSection
from skindesk.system.settings import Settings, load_settings
from tests.gui.controls import nameless


@pytest.fixture
def section(qtbot: QtBot) -> IncomingSection:
    made = IncomingSection()
    qtbot.addWidget(made)
    made.resize(760, 240)
    made.show()
    return made


def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skindesk.gui.incoming.camera_support.find_spec", lambda _name: None)


def test_no_folder_is_watched_at_first(section: IncomingSection) -> None:
    section.show_settings(Settings())
    assert section.folder_row.told().startswith("None.")
    assert "Nothing in it is ever changed" in section.folder_row.told()
    assert not section.stop_button.isVisible()
    assert nameless(section) == []


def test_the_chosen_folder_is_kept_at_once_and_can_be_given_up(
    workspace: Workspace, background: Background, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = SettingsWorkspace(workspace, background)
    qtbot.addWidget(page)
    monkeypatch.setattr(
        "skindesk.gui.settings.incoming_section.QFileDialog.getExistingDirectory", lambda *_: str(tmp_path)
    )
    with qtbot.waitSignal(page.settings_changed):
        page.incoming.choose_button.click()
    assert load_settings(workspace.profile).watched_folder == str(tmp_path)
    assert page.incoming.folder_row.told().splitlines()[0] == str(tmp_path)
    with qtbot.waitSignal(page.settings_changed):
        page.incoming.stop_button.click()
    assert load_settings(workspace.profile).watched_folder is None


def test_thinking_better_of_it_changes_nothing(
    section: IncomingSection, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.gui.settings.incoming_section.QFileDialog.getExistingDirectory", lambda *_: "")
    with qtbot.assertNotEmitted(section.changed):
        section.choose_button.click()


def test_the_last_camera_is_named(section: IncomingSection) -> None:
    section.show_settings(Settings(camera="HD dermatoscope"))
    assert "Last used: HD dermatoscope." in section.camera_row.told()
    assert not section.copy_button.isVisible()


def test_without_the_camera_part_the_exact_command_is_given(
    section: IncomingSection, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_library(monkeypatch)
    section.show_settings(Settings())
    command = f'{sys.executable} -m pip install "skindesk[camera]"'
    assert section.camera_row.told() == (
        f"The camera part of SkinDesk is not installed. Run {command}, then start SkinDesk again."
    )
    section.copy_button.click()
    assert QGuiApplication.clipboard().text() == command


def test_the_frozen_program_leads_to_the_watched_folder_instead(
    section: IncomingSection, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_library(monkeypatch)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    error = missing_library()
    assert error is not None
    assert "watched folder" in error.advice
    section.show_settings(Settings())
    assert not section.copy_button.isVisible()
