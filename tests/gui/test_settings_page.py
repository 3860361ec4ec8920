"""The Settings page: a choice takes effect at once and is still there after the program was closed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality
from skindesk.gui.background import Background
from skindesk.gui.settings import SettingsWorkspace
from skindesk.gui.settings.mix_row import MixRow
from skindesk.gui.theme import apply_theme, current
from skindesk.system.settings import Settings, Theme, load_settings
from tests.gui.clinic import visible_words
from tests.support.tiny_bundle import tiny_contract, write_tiny_bundle


@pytest.fixture
def workspace(workspace: Workspace, tiny_bundle: Path) -> Workspace:
    shutil.copytree(tiny_bundle, workspace.profile.models / "colours-3")
    write_tiny_bundle(workspace.profile.models, tiny_contract("photographs-3", modality=Modality.CLINICAL))
    return workspace


@pytest.fixture(autouse=True)
def _light_in_the_end(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, Theme.LIGHT)


@pytest.fixture
def page(workspace: Workspace, background: Background, qtbot: QtBot) -> SettingsWorkspace:
    made = SettingsWorkspace(workspace, background)
    qtbot.addWidget(made)
    made.resize(1208, 760)
    made.show()
    qtbot.waitUntil(lambda: bool(made.mix_rows))
    return made


def kept(workspace: Workspace) -> Settings:
    return load_settings(workspace.profile)


def test_choices_are_kept_and_told(page: SettingsWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    with qtbot.waitSignals([page.settings_changed] * 2):
        page.impression_box.click()
        page.workers_box.setValue(3)

    assert kept(workspace) == Settings(impression_first=False, batch_workers=3)


def test_the_theme_changes_at_once(page: SettingsWorkspace, workspace: Workspace) -> None:
    page.theme_choice.choose(Theme.DARK)
    assert current().name == "dark"
    page.theme_choice.choose(Theme.LIGHT)
    assert current().name == "light"

    assert kept(workspace).theme is Theme.LIGHT


def answer_with(workspace: Workspace, model_id: str, modality: Modality = Modality.DERMOSCOPIC) -> None:
    workspace.change_settings(workspace.settings.with_model(modality, model_id))


def test_networks_that_answer_are_named_and_lead_to_the_models_page(
    page: SettingsWorkspace, workspace: Workspace, qtbot: QtBot
) -> None:
    answer_with(workspace, "colours-3")
    answer_with(workspace, "photographs-3@1.0.0", Modality.CLINICAL)
    page.hide()
    page.show()

    qtbot.waitUntil(
        lambda: (
            page.models_label.text()
            == "Dermoscopic pictures: colours-3 1.0.0\nClinical photographs: photographs-3 1.0.0"
        )
    )
    with qtbot.waitSignal(page.models_wanted):
        qtbot.mouseClick(page.models_button, Qt.MouseButton.LeftButton)


def mix_row(page: SettingsWorkspace, modality: Modality) -> MixRow:
    return next(row for row in page.mix_rows if row.modality is modality)


def press_mix(page: SettingsWorkspace, modality: Modality, words: str, qtbot: QtBot) -> None:
    buttons = mix_row(page, modality).choice.findChildren(QAbstractButton)
    (button,) = (button for button in buttons if button.text() == words)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_class_mix_of_each_kind_is_kept_and_shown(page: SettingsWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    answer_with(workspace, "colours-3")
    row = mix_row(page, Modality.DERMOSCOPIC)
    row.show_kept()
    shares = "colours-3: green\u00a050\u00a0%, blue\u00a030\u00a0%, red\u00a020\u00a0%"
    qtbot.waitUntil(lambda: row.shares.text() == shares)

    press_mix(page, Modality.DERMOSCOPIC, "Every class alike", qtbot)

    qtbot.waitUntil(lambda: row.shares.text().count("33\u00a0%") == 3)
    assert kept(workspace) == Settings(model_id="colours-3", class_mix="balanced")
    press_mix(page, Modality.DERMOSCOPIC, "The archive's", qtbot)
    assert kept(workspace).class_mix == "archive"


def test_own_mix_is_kept_once_it_fits_the_network(
    page: SettingsWorkspace, workspace: Workspace, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, row = tmp_path / "spring.toml", mix_row(page, Modality.CLINICAL)
    monkeypatch.setattr("skindesk.gui.settings.mix_row.QFileDialog.getOpenFileName", lambda *_: (str(file), ""))
    file.write_text("red = 1")
    answer_with(workspace, "photographs-3", Modality.CLINICAL)

    press_mix(page, Modality.CLINICAL, "Own file", qtbot)

    qtbot.waitUntil(lambda: "spring lacks green, blue" in row.shares.text())
    assert kept(workspace) == Settings(clinical_model_id="photographs-3")
    assert not row.file_button.isVisible()
    file.write_text("red = 1\ngreen = 8\nblue = 1")
    press_mix(page, Modality.CLINICAL, "Own file", qtbot)
    qtbot.waitUntil(lambda: "green\u00a080\u00a0%" in row.shares.text())
    assert kept(workspace) == Settings(clinical_model_id="photographs-3", clinical_class_mix=str(file))
    assert row.file_button.isVisible()


def test_choosing_no_file_changes_nothing(
    page: SettingsWorkspace, workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.gui.settings.mix_row.QFileDialog.getOpenFileName", lambda *_: ("", ""))

    press_mix(page, Modality.DERMOSCOPIC, "Own file", qtbot)

    buttons = mix_row(page, Modality.DERMOSCOPIC).choice.findChildren(QAbstractButton)
    assert [button.text() for button in buttons if button.isChecked()] == ["The archive's"]
    assert kept(workspace) == Settings()


def test_a_network_that_is_no_longer_there_is_told(page: SettingsWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    workspace.change_settings(Settings(model_id="gone-1"))
    page.hide()
    page.show()

    qtbot.waitUntil(lambda: "gone-1" in page.notice.text())


def test_a_profile_that_cannot_be_written_is_told_and_nothing_changes(
    page: SettingsWorkspace, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(settings: Settings) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace, "change_settings", refuse)

    page.impression_box.click()
    page.theme_choice.choose(Theme.DARK)

    assert "could not be kept: No space left on device" in page.notice.text()
    assert page.impression_box.isChecked()
    assert page.theme_choice.value() is Theme.SYSTEM
    assert current().name == "light"


def test_the_profile_folder_is_shown_and_can_be_copied(page: SettingsWorkspace, workspace: Workspace) -> None:
    page.copy_button.click()

    assert QGuiApplication.clipboard().text() == str(workspace.profile.root)
    assert str(workspace.profile.root) in visible_words(page)


def test_every_control_has_a_name_for_screen_readers(page: SettingsWorkspace) -> None:
    nameless = [
        button for button in page.findChildren(QAbstractButton) if button.isVisible() and not button.accessibleName()
    ]

    assert nameless == []
