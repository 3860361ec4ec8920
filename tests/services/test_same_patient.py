"""Whether a file's patient is the one at hand: rather a warning too many than one too few."""

from datetime import date

import pytest

from skindesk.domain.case import PatientDetails
from skindesk.domain.offered import NOTHING_OFFERED, OfferedFacts
from skindesk.services.same_patient import Agreement, agreement, names_somebody

BORN = date(1961, 4, 2)
ANNA = PatientDetails("10482", "Müller", "Anna", BORN)


@pytest.mark.parametrize(
    "facts",
    [
        OfferedFacts(" 10482 "),
        OfferedFacts("10482", "MULLER", "Anna"),
        OfferedFacts("10482", "MUELLER", "Anna Maria", BORN),
        OfferedFacts("KIS-77", "Müller", "Anna", BORN),
        OfferedFacts("", "Müller", "Anna", BORN),
        OfferedFacts("10482", "Müller-Lüdenscheidt", ""),
    ],
)
def test_the_same_patient_is_told_however_the_name_is_written(facts: OfferedFacts) -> None:
    assert agreement(facts, ANNA) is Agreement.SAME


@pytest.mark.parametrize(
    "facts",
    [
        OfferedFacts("10483"),
        OfferedFacts("10483", "Müller", "Anna"),
        OfferedFacts("10482", "García", "Ana", BORN),
        OfferedFacts("10482", "Müller", "Anna", date(1961, 4, 20)),
        OfferedFacts("10482", "Müller", "Hanna"),
        OfferedFacts("", "García", ""),
    ],
)
def test_whatever_differs_makes_it_another(facts: OfferedFacts) -> None:
    assert agreement(facts, ANNA) is Agreement.ANOTHER


@pytest.mark.parametrize("facts", [OfferedFacts("", "Müller", "Anna"), OfferedFacts("", "", "", BORN), NOTHING_OFFERED])
def test_a_name_alone_is_too_little_to_be_sure(facts: OfferedFacts) -> None:
    assert agreement(facts, ANNA) is Agreement.UNCLEAR


def test_a_birth_date_alone_names_nobody() -> None:
    assert not names_somebody(OfferedFacts(birth_date=BORN))
    assert names_somebody(OfferedFacts(family_name="Müller"))
