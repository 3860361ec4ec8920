"""Whom the file names, beside the picture."""

from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from skindesk.domain.case import Patient, PatientDetails
from skindesk.domain.offered import NOTHING_OFFERED, OfferedFacts
from skindesk.gui.examine.offered_note import OfferedNote
from tests.gui.controls import nameless

FACTS = OfferedFacts("10482", "Garcia", "Ana", date(1961, 4, 2))
LINE = "GARCIA, Ana · 1961-04-02 · ID 10482"
ANA = Patient(1, PatientDetails("10482", "García", "Ana", date(1961, 4, 2)))
ANNA = Patient(2, PatientDetails("77", "Müller", "Anna"))


@pytest.fixture
def note(qtbot: QtBot) -> OfferedNote:
    made = OfferedNote()
    qtbot.addWidget(made)
    return made


def test_a_file_that_names_nobody_is_passed_over(note: OfferedNote) -> None:
    note.show_offer(NOTHING_OFFERED, ANNA)
    assert note.text() == ""
    assert not note.isVisible()


def test_a_patient_whom_the_log_does_not_know_is_offered_as_a_new_one(note: OfferedNote, qtbot: QtBot) -> None:
    note.show_offer(FACTS, None)
    assert note.text() == f"The file names {LINE}."
    assert not note.choose_button.isVisible()
    with qtbot.waitSignal(note.new_patient_wanted) as wished:
        note.new_button.click()
    assert wished.args == [FACTS]
    assert nameless(note) == []


def test_a_patient_whom_the_log_knows_can_be_chosen(note: OfferedNote, qtbot: QtBot) -> None:
    note.show_offer(FACTS, None, known=ANA)
    assert note.text() == f"The file names {LINE}, who is in the case log."
    assert not note.new_button.isVisible()
    with qtbot.waitSignal(note.patient_wanted) as wished:
        note.choose_button.click()
    assert wished.args == [ANA]


def test_the_patient_in_the_band_needs_no_words(note: OfferedNote) -> None:
    note.show_offer(FACTS, ANA, known=ANA)
    assert note.text() == ""


def test_another_patient_than_in_the_band_is_warned_of(note: OfferedNote) -> None:
    note.show_offer(FACTS, ANNA)
    assert note.warns
    assert note.text() == f"The file names another patient: {LINE}. This picture is aimed at MÜLLER, Anna · ID 77."
    assert not note.new_button.isVisible()
    assert not note.choose_button.isVisible()


def test_the_files_patient_can_be_chosen_in_the_place_of_another(note: OfferedNote, qtbot: QtBot) -> None:
    note.show_offer(FACTS, ANNA, known=ANA)
    assert note.warns
    with qtbot.waitSignal(note.patient_wanted) as wished:
        note.choose_button.click()
    assert wished.args == [ANA]


def test_an_identifier_that_belongs_to_somebody_else_is_warned_of(note: OfferedNote) -> None:
    stranger = Patient(3, PatientDetails("10482", "Petrov", "Ivan"))
    note.show_offer(FACTS, None, known=stranger)
    assert note.warns
    assert "this identifier is PETROV, Ivan · ID 10482" in note.text()
    assert not note.choose_button.isVisible()


def test_what_cannot_be_compared_is_to_be_checked(note: OfferedNote) -> None:
    note.show_offer(OfferedFacts(family_name="Müller"), ANNA)
    assert not note.warns
    assert note.text() == "The file names MÜLLER. Check that this is MÜLLER, Anna · ID 77."


def test_a_warning_goes_with_its_file(note: OfferedNote) -> None:
    note.show_offer(FACTS, ANNA)
    note.clear()
    assert not note.warns
    note.show_offer(FACTS, None)
    assert not note.warns
