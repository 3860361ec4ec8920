"""Words and numbers that the window and the report share."""

import pytest

from skindesk.domain.case import Patient, PatientDetails
from skindesk.domain.patient_colour import hue_deg
from skindesk.domain.wording import lead_and_limit, novelty_and_limit, patient_name, percent


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0, "0\xa0%"),
        (0.004, "<\u20091\xa0%"),
        (0.005, "<\u20091\xa0%"),
        (0.62, "62\xa0%"),
        (0.996, ">\u200999\xa0%"),
        (1, "100\xa0%"),
    ],
)
def test_what_is_nearly_certain_never_reads_as_certain(probability: float, words: str) -> None:
    assert percent(probability) == words


@pytest.mark.parametrize(
    ("lead", "limit", "words"),
    [
        (0.03, None, ("3", "")),
        (0.03, 0.207, ("3", "21")),
        (0.205, 0.207, ("20", "21")),
        (0.2062, 0.2074, ("20.6", "20.7")),
    ],
)
def test_a_lead_and_its_limit_never_look_equal(lead: float, limit: float | None, words: tuple[str, str]) -> None:
    assert lead_and_limit(lead, limit) == words


def test_a_novelty_and_its_limit_never_look_equal() -> None:
    assert novelty_and_limit(3.0004, 3.0001) == ("3.0004", "3.0001")
    assert novelty_and_limit(4.123, None) == ("4.12", "")
    assert novelty_and_limit(float("nan"), 3.0) == ("", "")
    assert novelty_and_limit(None, 3.0) == ("", "")


def test_a_patient_without_a_name_goes_by_the_identifier() -> None:
    assert patient_name(Patient(1, PatientDetails("10482", " Lindqvist ", "Ada"))) == "LINDQVIST, Ada"
    assert patient_name(Patient(1, PatientDetails("10482"))) == "10482"


def test_a_patient_keeps_one_colour_however_the_identifier_is_typed() -> None:
    assert hue_deg(Patient(1, PatientDetails("p-1 "))) == hue_deg(Patient(2, PatientDetails("P-1")))
