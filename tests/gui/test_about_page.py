"""The About page: what the program is, and whose work it stands on, as far as is recorded."""

from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PySide6.QtCore import QUrl
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.gui.about import AboutWorkspace, distributions
from skindesk.gui.about.card_view import CardView
from skindesk.gui.about.distributions import RUNTIME, Distribution, distribution, runtime_distributions
from skindesk.gui.about.licence_model import LicenceModel
from skindesk.gui.background import Background
from tests.gui.clinic import visible_words


@pytest.fixture
def page(workspace: Workspace, background: Background, qtbot: QtBot) -> AboutWorkspace:
    made = AboutWorkspace(workspace, background)
    qtbot.addWidget(made)
    made.resize(1208, 760)
    made.show()
    return made


def test_it_says_what_the_program_is_and_is_not(page: AboutWorkspace) -> None:
    words = visible_words(page)

    assert "Decision support for research and second opinion. Not a cleared medical device." in words
    assert "Making a diagnosis without a clinician, or ruling out malignancy." in words


def test_the_licences_of_all_libraries_are_in_the_table(page: AboutWorkspace) -> None:
    model = page.licences.model()
    licences = {model.index(row, 0).data(): model.index(row, 2).data() for row in range(model.rowCount())}

    assert set(RUNTIME) < set(licences)
    assert "LGPL-3.0" in licences["PySide6_Essentials"]
    assert "not recorded" not in licences.values()


def test_the_list_of_libraries_is_what_the_program_requires() -> None:
    wanted, found = ["skindesk"], set()
    while wanted:
        for line in requires(wanted.pop()) or []:
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            if name not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
                found.add(name)
                wanted.append(name)

    assert {canonicalize_name(name) for name in RUNTIME} == found


def test_what_a_frozen_program_has_lost_reads_not_recorded(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(distributions, "metadata", lost)
    model = LicenceModel(runtime_distributions())

    assert distribution("numpy") == Distribution("numpy", None, None)
    rows = {model.index(row, 0).data(): model.index(row, 2).data() for row in range(model.rowCount())}
    assert rows["numpy"] == "not recorded"
    assert rows["Python"] == "PSF-2.0"


def test_the_licence_table_is_a_sound_model(qapp: object) -> None:
    model = LicenceModel(runtime_distributions())

    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)


def test_a_card_opens_no_links(qapp: object, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened_urls: list[QUrl] = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened_urls.append)
    view = CardView("# Title\n\n[a link](https://example.org)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    qtbot.addWidget(view)

    view.anchorClicked.emit(QUrl("https://example.org"))

    assert not view.openLinks()
    assert not view.openExternalLinks()
    assert opened_urls == []
    assert "a link" in view.toPlainText()


def test_the_cards_of_all_installed_networks_are_shown(
    page: AboutWorkspace, workspace: Workspace, qtbot: QtBot
) -> None:
    installed = workspace.models.installed()

    qtbot.waitUntil(lambda: len(page.card_views) == len(installed))
    assert page.tabs.count() == len(installed) + 1
