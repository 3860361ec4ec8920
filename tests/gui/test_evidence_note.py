import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from skindesk.domain.evidence import EvidenceLine, EvidenceWeight
from skindesk.gui.examine.evidence_note import EvidenceNote

LINES = (
    EvidenceLine(EvidenceWeight.NONE, "No evidence for skin type V: none in the test part."),
    EvidenceLine(EvidenceWeight.FEW, "Foot: 2 patients in the test part, too few to judge."),
    EvidenceLine(EvidenceWeight.FEW, "Few test pictures: melanoma 5."),
    EvidenceLine(EvidenceWeight.MEASURED, "Tested on 128 patients; malignant AUC 0.97 [0.95, 0.99]."),
)


@pytest.fixture
def note(qtbot: QtBot) -> EvidenceNote:
    made = EvidenceNote()
    qtbot.addWidget(made)
    return made


def _read(note: EvidenceNote) -> list[str]:
    return [label.text() for label in note.findChildren(QLabel) if label.isVisibleTo(note)]


def test_two_lines_are_shown_and_the_rest_on_demand(note: EvidenceNote) -> None:
    note.show_lines(LINES)
    note.show()
    assert _read(note) == [line.text for line in LINES[:2]]
    assert note.more.text() == "2 more"
    note.more.setFocus()
    QTest.keyClick(note.more, Qt.Key.Key_Space)
    assert _read(note) == [line.text for line in LINES]
    assert (note.more.text(), note.more.accessibleName()) == ("Less", "Show less of the evidence")
    QTest.keyClick(note.more, Qt.Key.Key_Space)
    assert _read(note) == [line.text for line in LINES[:2]]


def test_next_answer_begins_folded(note: EvidenceNote) -> None:
    note.show_lines(LINES)
    note.more.click()
    note.show_lines(LINES[:3])
    assert _read(note) == [line.text for line in LINES[:2]]
    assert note.more.text() == "1 more"


def test_two_lines_need_no_button_and_none_no_room(note: EvidenceNote) -> None:
    note.show_lines(LINES[:2])
    assert note.more.isHidden()
    assert not note.isHidden()
    note.show_lines(())
    assert note.isHidden()
