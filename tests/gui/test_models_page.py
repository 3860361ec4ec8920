"""The Models page as an administrator uses it, and what others see of it."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.people import OWNER, Person, Role
from skindesk.gui.background import Background
from skindesk.gui.models import ModelsWorkspace
from skindesk.gui.models.change_model import ChangeColumn
from skindesk.inference.bundle import CARD_TEXT
from skindesk.system.settings import load_settings
from tests.gui.clinic import visible_words
from tests.gui.controls import nameless
from tests.support.colour_log import close_as, picture_of, save_picture, swapped_contract
from tests.support.tiny_bundle import tiny_contract, write_arriving_bundle, write_tiny_bundle

PATIENCE_MS = 20_000


@pytest.fixture
def workspace(workspace: Workspace, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr("skindesk.services.models.DEFAULT_MODELS", dict.fromkeys(Modality, "colours-3"))
    shutil.copytree(tiny_bundle, workspace.profile.models / "colours-3")
    write_tiny_bundle(workspace.profile.models, tiny_contract("photographs-3", modality=Modality.CLINICAL))
    return workspace


@pytest.fixture
def arriving(tmp_path: Path) -> Path:
    return write_arriving_bundle(tmp_path / "elsewhere", swapped_contract())


def made_page(workspace: Workspace, background: Background, qtbot: QtBot, person: Person = OWNER) -> ModelsWorkspace:
    made = ModelsWorkspace(workspace, background, person)
    qtbot.addWidget(made)
    made.resize(1208, 760)
    made.show()
    qtbot.waitUntil(lambda: bool(made.list.names()))
    return made


@pytest.fixture
def page(workspace: Workspace, background: Background, qtbot: QtBot) -> ModelsWorkspace:
    return made_page(workspace, background, qtbot)


def install(page: ModelsWorkspace, source: Path, qtbot: QtBot) -> None:
    page.install(source)
    qtbot.waitUntil(lambda: "is installed" in page.notice.text(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: chosen(page).startswith("swapped-3"))


def chosen(page: ModelsWorkspace) -> str:
    model = page.list.chosen()
    return "" if model is None else model.name


def activate(page: ModelsWorkspace, name: str, qtbot: QtBot) -> None:
    page.list.choose(name)
    qtbot.mouseClick(page.detail.activate_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: name in page.list.active_names(), timeout=PATIENCE_MS)


def test_networks_are_listed_by_kind_and_the_one_that_answers_is_marked(page: ModelsWorkspace) -> None:
    assert {"colours-3@1.0.0", "photographs-3@1.0.0", "dermoscopy-7"} < set(page.list.names())
    assert page.list.active_names()[0] == chosen(page) == "colours-3@1.0.0"
    assert page.detail.answers_label.text() == "Answers dermoscopic pictures"
    assert not page.detail.activate_button.isVisible()
    words = " ".join(visible_words(page))
    assert "Strongest colour" in words
    assert "CC0-1.0" in words


def test_card_and_its_figures_follow_the_keyboard(page: ModelsWorkspace, qtbot: QtBot) -> None:
    page.list.choose("dermoscopy-7")
    words = visible_words(page)
    assert "Balanced accuracy" in words
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Up)
    assert chosen(page) == "colours-3@1.0.0"
    assert "Balanced accuracy" not in visible_words(page)


def test_bundle_is_installed_and_chosen_but_does_not_answer_yet(
    page: ModelsWorkspace, arriving: Path, qtbot: QtBot
) -> None:
    install(page, arriving, qtbot)

    assert page.notice.text() == "Strongest colour (swapped-3 1.0.0) is installed. It answers once you activate it."
    assert page.detail.answers_label.text() == "Does not answer"
    assert "swapped-3@1.0.0" not in page.list.active_names()


def test_bundle_is_chosen_in_a_dialog(
    page: ModelsWorkspace, arriving: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = shutil.make_archive(str(arriving), "zip", arriving)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (file, ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(arriving))
    from_zip, from_folder = page.install_button.menu().actions()
    from_zip.trigger()
    qtbot.waitUntil(lambda: "is installed" in page.notice.text(), timeout=PATIENCE_MS)
    from_folder.trigger()
    qtbot.waitUntil(lambda: "is installed already" in page.notice.text(), timeout=PATIENCE_MS)


def test_refused_bundle_is_told_in_a_sentence(page: ModelsWorkspace, arriving: Path, qtbot: QtBot) -> None:
    before = page.list.names()
    (arriving / CARD_TEXT).write_text("other words")
    page.install(arriving)
    qtbot.waitUntil(lambda: "card.md is not what it was" in page.notice.text(), timeout=PATIENCE_MS)
    assert page.install_button.isEnabled()
    assert page.list.names() == before


def test_network_is_activated_and_rolled_back(
    page: ModelsWorkspace, workspace: Workspace, arriving: Path, qtbot: QtBot
) -> None:
    install(page, arriving, qtbot)
    assert not page.back_button.isEnabled()
    with qtbot.waitSignal(page.settings_changed):
        activate(page, "swapped-3@1.0.0", qtbot)
    assert load_settings(workspace.profile).model_id == "swapped-3@1.0.0"
    assert page.detail.answers_label.text() == "Answers dermoscopic pictures"
    assert "answers from now on" in page.notice.text()

    with qtbot.waitSignal(page.settings_changed, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.back_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: page.list.active_names()[0] == "colours-3@1.0.0")
    assert page.notice.text() == "Strongest colour (colours-3 1.0.0) answers again."
    assert not page.back_button.isEnabled()


def test_damaged_network_is_not_activated(
    page: ModelsWorkspace, workspace: Workspace, arriving: Path, qtbot: QtBot
) -> None:
    install(page, arriving, qtbot)
    (workspace.models.find("swapped-3").folder / CARD_TEXT).write_text("other words")
    qtbot.mouseClick(page.detail.activate_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "card.md is not what it was" in page.detail.check_label.text(), timeout=PATIENCE_MS)
    assert page.list.active_names()[0] == "colours-3@1.0.0"
    assert page.detail.activate_button.isEnabled()


def test_network_is_verified(page: ModelsWorkspace, workspace: Workspace, qtbot: QtBot) -> None:
    assert page.detail.check_label.text() == "Not verified since SkinDesk was started"
    page.detail.verify_button.click()
    assert page.detail.check_label.text() == "Verifying…"
    words = "Verified: digest, contract and golden outputs hold"
    qtbot.waitUntil(lambda: page.detail.check_label.text() == words, timeout=PATIENCE_MS)

    network = workspace.profile.models / "colours-3" / "model.onnx"
    network.write_bytes(network.read_bytes() + b"\0")
    page.detail.verify_button.click()
    qtbot.waitUntil(page.detail.verify_button.isEnabled, timeout=PATIENCE_MS)
    assert "is not the one its card describes" in page.detail.check_label.text()


def compare(page: ModelsWorkspace, qtbot: QtBot) -> None:
    page.list.choose("swapped-3@1.0.0")
    qtbot.mouseClick(page.detail.compare_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.detail.compare_button.isEnabled, timeout=PATIENCE_MS)


def test_comparison_lists_what_would_change_and_its_rows_open_the_case(
    page: ModelsWorkspace, workspace: Workspace, arriving: Path, qtbot: QtBot
) -> None:
    cases = [save_picture(workspace.casework, at, picture_of(name)) for at, name in enumerate(("red", "green", "blue"))]
    close_as(workspace.casework, cases[0], "Red", MalignancyGroup.MALIGNANT)
    skipped = save_picture(workspace.casework, 9, b"no picture")
    install(page, arriving, qtbot)

    compare(page, qtbot)

    view = page.detail.comparison
    table = view.table
    rows = range(table.changes.rowCount())
    assert [table.changes.index(row, ChangeColumn.CASE).data() for row in rows] == [str(cases[0]), str(cases[1])]
    first = [table.changes.index(0, column).data() for column in ChangeColumn]
    assert first[ChangeColumn.EFFECT] == "Falls below 50\u00a0% malignant"
    assert (first[ChangeColumn.SUM_BEFORE], first[ChangeColumn.SUM_AFTER]) == ("95\u00a0%", "9\u00a0%")
    assert first[ChangeColumn.DIAGNOSIS] == "Red"
    words = " ".join(visible_words(page))
    assert "In 1 closed cases" in words
    assert "1 of 3" in words
    assert view.summary.text().startswith("3 pictures answered by colours-3 1.0.0 (now) and swapped-3 1.0.0")
    with qtbot.waitSignal(page.case_wanted) as wanted:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert wanted.args == [cases[0]]

    view.listing.button("skipped").click()
    assert table.changes.index(0, ChangeColumn.CASE).data() == str(skipped)
    assert "9.png" in table.changes.index(0, ChangeColumn.EFFECT).data()
    QAbstractItemModelTester(table.changes, QAbstractItemModelTester.FailureReportingMode.Warning)


def test_comparison_stays_with_its_network_until_another_one_answers(
    page: ModelsWorkspace, workspace: Workspace, arriving: Path, qtbot: QtBot
) -> None:
    save_picture(workspace.casework, 1, picture_of("red"))
    install(page, arriving, qtbot)
    compare(page, qtbot)
    page.list.choose("dermoscopy-7")
    assert "Nothing compared yet" in visible_words(page)
    page.list.choose("swapped-3@1.0.0")
    assert page.detail.comparison.table.isVisible()
    activate(page, "dermoscopy-7", qtbot)
    page.list.choose("swapped-3@1.0.0")
    assert not page.detail.comparison.table.isVisible()


def test_comparison_is_stopped_and_shows_what_is_done(
    page: ModelsWorkspace, workspace: Workspace, arriving: Path, qtbot: QtBot
) -> None:
    for number in range(60):
        save_picture(workspace.casework, number, picture_of("red", number))
    install(page, arriving, qtbot)
    qtbot.mouseClick(page.detail.compare_button, Qt.MouseButton.LeftButton)
    view = page.detail.comparison
    assert view.stop_button.isVisible()
    qtbot.mouseClick(view.stop_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.detail.compare_button.isEnabled, timeout=PATIENCE_MS)
    assert "Compare goes on where it was stopped" in page.notice.text()


def test_log_without_pictures_says_what_to_do(page: ModelsWorkspace, arriving: Path, qtbot: QtBot) -> None:
    install(page, arriving, qtbot)
    compare(page, qtbot)
    assert "No pictures of this kind" in visible_words(page)


def test_network_that_is_gone_is_told(workspace: Workspace, background: Background, qtbot: QtBot) -> None:
    workspace.change_settings(workspace.settings.with_model(Modality.DERMOSCOPIC, "gone-1"))
    page = made_page(workspace, background, qtbot)
    assert "no model 'gone-1'" in page.notice.text()


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.ASSISTANT])
def test_who_may_not_administer_sees_the_networks_and_no_actions(
    workspace: Workspace, background: Background, qtbot: QtBot, role: Role
) -> None:
    page = made_page(workspace, background, qtbot, Person("x", "Ben", role))
    page.list.choose("dermoscopy-7")
    for button in (
        page.install_button,
        page.back_button,
        page.detail.activate_button,
        page.detail.compare_button,
        page.detail.comparison.limit,
    ):
        assert not button.isVisible()
    assert page.detail.verify_button.isVisible()
    assert page.detail.tabs.count() == 1


def test_every_control_has_a_name(page: ModelsWorkspace, workspace: Workspace, arriving: Path, qtbot: QtBot) -> None:
    save_picture(workspace.casework, 1, picture_of("red"))
    install(page, arriving, qtbot)
    compare(page, qtbot)
    assert nameless(page) == []


def test_page_fits_the_smallest_window(
    page: ModelsWorkspace, workspace: Workspace, arriving: Path, qtbot: QtBot
) -> None:
    save_picture(workspace.casework, 1, picture_of("red"))
    install(page, arriving, qtbot)
    compare(page, qtbot)
    assert page.minimumSizeHint().width() <= 888
    assert page.minimumSizeHint().height() <= 560
