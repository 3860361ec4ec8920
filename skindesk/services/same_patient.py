"""Whether a picture file names the patient that it is about to be saved for."""

from enum import Enum

from skindesk.domain.case import PatientDetails
from skindesk.domain.offered import OfferedFacts
from skindesk.storage.search import fold, identifier_key

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
"""How names are written by machines that know no accents; the other way is to leave the accent out."""


class Agreement(Enum):
    """What a file's patient has to do with one of the case log."""

    SAME = "same"
    ANOTHER = "another"
    UNCLEAR = "unclear"
    """They have nothing in common that could be compared, or too little to be sure."""


def names_somebody(facts: OfferedFacts) -> bool:
    """Whether a file says anything of who its patient is."""
    return any(text.strip() for text in (facts.identifier, facts.family_name, facts.given_name))


def agreement(facts: OfferedFacts, patient: PatientDetails) -> Agreement:
    """Compare by identifier, birth date and name, as far as both know them; whatever differs makes it another.

    Only an identifier may differ where name and birth date are the same in full: another house's number for the
    same person. A name may lack parts that the other has, as a second given name, and may be written without accents.
    """
    same_identifier = _same_if_both(identifier_key(facts.identifier), identifier_key(patient.identifier))
    same_birth_date = _same_if_both(facts.birth_date, patient.birth_date)
    same_family = _same_name(facts.family_name, patient.family_name)
    same_given = _same_name(facts.given_name, patient.given_name)
    if False in (same_birth_date, same_family, same_given):
        return Agreement.ANOTHER
    if same_identifier or (same_birth_date and same_family and same_given):
        return Agreement.SAME
    return Agreement.UNCLEAR if same_identifier is None else Agreement.ANOTHER


def _same_if_both(one: object, other: object) -> bool | None:
    return one == other if one and other else None


def _same_name(one: str, other: str) -> bool | None:
    """Whether all parts of the shorter name are in the longer; None where one is not known."""
    if not (one.strip() and other.strip()):
        return None
    return any(_holds(write(one), write(other)) for write in (fold, _without_accents))


def _without_accents(name: str) -> str:
    return fold(name.casefold().translate(_UMLAUTS))


def _holds(one: str, other: str) -> bool:
    parts, others = (set(name.replace("-", " ").split()) for name in (one, other))
    return parts <= others or others <= parts
