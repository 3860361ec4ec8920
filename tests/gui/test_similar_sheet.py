"""The page of like confirmed cases: what it shows, what it never shows, and that the keyboard reaches all of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.domain.people import Person, Role
from skindesk.domain.prediction import ModelRef, Prediction
from skindesk.gui.background import Background
from skindesk.gui.examine.similar_sheet import MEASURED_NETWORK, SimilarSheet
from skindesk.imaging.decode import picture_from_bytes
from skindesk.inference.classifier import Classifier
from skindesk.services.access import Access
from skindesk.services.classify import answer_for
from skindesk.services.similar_cases import SimilarCases
from tests.gui.clinic import EXAMPLES, prediction, visible_words
from tests.gui.controls import nameless
from tests.support.confirmed_cases import DIGEST, features, save_clinic, save_confirmed
from tests.support.tiny_bundle import write_tiny_bundle

PATIENCE_MS = 20_000
PICTURES = [path.read_bytes() for path in EXAMPLES]

Ask = Callable[..., SimilarSheet]


def answer(digest: str = DIGEST, model_id: str = "dermoscopy-7") -> Prediction:
    said = prediction(PICTURES[0], (0.05, 0.04, 0.2, 0.62, 0.09))
    return replace(said, model=ModelRef(model_id, "2.0.0", digest))


@pytest.fixture
def sheet(qtbot: QtBot, workspace: Workspace, background: Background) -> SimilarSheet:
    made = SimilarSheet(workspace, background)
    qtbot.addWidget(made)
    made.resize(400, 700)
    made.show()
    return made


def asked(qtbot: QtBot, sheet: SimilarSheet, patient_id: int | None = None) -> SimilarSheet:
    """The page with its answer and its pictures."""
    sheet.show_for(answer(), features(1), patient_id)
    qtbot.waitUntil(lambda: not sheet.words().startswith("Comparing"), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: all(card.thumbnail.has_picture for card in sheet.cards), timeout=PATIENCE_MS)
    return sheet


def everything_told(widget: QWidget) -> str:
    """All that can be read, heard or pointed at."""
    parts = [widget, *widget.findChildren(QWidget)]
    words = [text for part in parts for text in (part.accessibleName(), part.accessibleDescription(), part.toolTip())]
    return "\n".join([*words, *(label.text() for label in widget.findChildren(QLabel))])


def test_the_likest_cases_stand_with_their_outcome_in_words(
    qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace
) -> None:
    saved = save_clinic(workspace.casework.log, [*PICTURES, *(content + b" " for content in PICTURES)])
    asked(qtbot, sheet)

    assert [card.case.case_id for card in sheet.cards] == [case.case_id for case in saved[:8]]
    assert sheet.words().startswith(f"Of {len(saved)} confirmed cases the 8 most alike were:\nAlike to the network, ")
    shown = visible_words(sheet)
    assert shown.count("Melanoma") == 2
    assert shown.count("Melanocytic nevus") == 4
    assert "Basal cell carcinoma (malignant)" in shown
    assert {"Likeness 0.98", "histopathology, 2026", "malignant", "benign class", "plan: excise"} <= set(shown)


def test_nothing_tells_whose_the_cases_are(qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace) -> None:
    save_clinic(workspace.casework.log, PICTURES[:4])
    told = everything_told(asked(qtbot, sheet)).casefold()

    assert "melanoma" in told
    for secret in ("family", "given", "id-", "1961", "worried", "alone", "lindqvist", "letter", "scar", "torso"):
        assert secret not in told


def test_every_control_has_a_name(qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace) -> None:
    save_clinic(workspace.casework.log, PICTURES[:2])
    asked(qtbot, sheet)

    assert nameless(sheet) == []
    assert sheet.cards[0].thumbnail.accessibleName() == "Picture: Melanoma, malignant, likeness 0.98"


def test_few_cases_are_called_few_and_none_says_what_is_needed(
    qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace
) -> None:
    assert asked(qtbot, sheet).words().startswith("No case to compare with yet\nCases of other patients count once")
    save_clinic(workspace.casework.log, PICTURES[:1])
    assert asked(qtbot, sheet).words().startswith("There is only 1 confirmed case, which tells little:")
    first = save_confirmed(workspace.casework.log, 5, PICTURES[1], features(0.7, 3))
    assert asked(qtbot, sheet).words().startswith("There are only 2 confirmed cases, which tell little:")
    assert asked(qtbot, sheet, first.patient_id).words().startswith("There is only 1 confirmed case")


def test_trouble_is_told(
    qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_asked: object) -> None:
        raise CaseLogUnavailableError("The drive is gone.", "Connect it.")

    save_clinic(workspace.casework.log, PICTURES[:2])
    asked(qtbot, sheet)
    monkeypatch.setattr(SimilarCases, "find", fail)
    sheet.show_for(answer(), features(1), None)
    qtbot.waitUntil(lambda: bool(sheet.notice.text()), timeout=PATIENCE_MS)

    assert sheet.words() == "The drive is gone. Connect it."
    assert sheet.cards == []


def test_a_picture_whose_file_is_lost_says_so(qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace) -> None:
    log = workspace.casework.log
    (saved,) = save_clinic(log, PICTURES[:1])
    log._images.remove(log.case(saved.case_id).visits[0].pictures[0].details.sha256)
    sheet.show_for(answer(), features(1), None)
    qtbot.waitUntil(lambda: bool(sheet.cards), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "missing" in sheet.cards[0].thumbnail.accessibleDescription(), timeout=PATIENCE_MS)


def test_a_case_can_be_opened_by_those_who_judge(
    qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save_clinic(workspace.casework.log, PICTURES[:2])
    asked(qtbot, sheet)
    with qtbot.waitSignal(sheet.case_wanted) as wanted:
        QTest.mouseClick(sheet.cards[1].open_button, Qt.MouseButton.LeftButton)
    assert wanted.args == [saved[1].case_id]

    monkeypatch.setattr(Access, "person", Person("p-2", "Ines", Role.ASSISTANT))
    asked(qtbot, sheet)
    assert not any(card.open_button.isVisible() for card in sheet.cards)


def test_the_keyboard_leads_from_case_to_case_and_back(qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace) -> None:
    save_clinic(workspace.casework.log, PICTURES[:6])
    sheet.setFocus(Qt.FocusReason.OtherFocusReason)
    asked(qtbot, sheet)
    first, second = sheet.cards[0].thumbnail, sheet.cards[1].thumbnail
    qtbot.waitUntil(first.hasFocus)

    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    small = second.size()
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert second.width() > 2 * small.width()
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert second.size() == small
    QTest.keyClick(second, Qt.Key.Key_Up)
    QTest.keyClick(first, Qt.Key.Key_Up)
    assert first.hasFocus()
    with qtbot.waitSignal(sheet.closed):
        QTest.keyClick(first, Qt.Key.Key_Escape)


def test_a_large_picture_fits_beside_the_scroll_bar(qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace) -> None:
    save_clinic(workspace.casework.log, PICTURES[:6])
    asked(qtbot, sheet).cards[0].thumbnail.click()

    qtbot.waitUntil(lambda: sheet.cards[0].thumbnail.width() > 300)
    QTest.qWait(0)
    assert sheet.area.widget().width() <= sheet.area.viewport().width()


def test_pictures_that_the_network_has_not_seen_are_shown_to_it(
    qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace
) -> None:
    classifier = Classifier.load(write_tiny_bundle(workspace.profile.models))
    saved = [save_confirmed(workspace.casework.log, number, PICTURES[number], None) for number in range(3)]
    query = answer_for(picture_from_bytes("picture", PICTURES[1]), classifier).answer

    sheet.show_for(query.prediction, query.embedding, None)
    qtbot.waitUntil(lambda: len(sheet.cards) == 3, timeout=PATIENCE_MS)
    assert sheet.cards[0].case.case_id == saved[1].case_id
    assert np.isclose(sheet.cards[0].case.likeness, 1, atol=1e-3)


def test_what_was_measured_is_told_of_the_network_it_was_measured_of(
    qtbot: QtBot, sheet: SimilarSheet, workspace: Workspace
) -> None:
    save_clinic(workspace.casework.log, PICTURES[:2])
    assert "Measured" not in asked(qtbot, sheet).words()
    installed = {model.model_id: model.card.digest for model in workspace.models.installed()}

    assert installed["dermoscopy-7"] == MEASURED_NETWORK
    assert "81 % had the same diagnosis" in sheet._about_words(MEASURED_NETWORK)
