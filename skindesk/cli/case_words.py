"""How cases read in the terminal's tables."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skindesk.domain.case import CaseSummary, Patient

NOTHING = "–"


def patient_words(patient: "Patient") -> str:
    """FAMILY NAME, Given; a dash where no name is known."""
    details = patient.details
    return ", ".join(part for part in (details.family_name.upper(), details.given_name) if part) or NOTHING


def network_words(case: "CaseSummary") -> str:
    """The leading class with its probability."""
    return NOTHING if case.top_probability is None else f"{case.top_name} {case.top_probability:.0%}"


def sum_words(case: "CaseSummary") -> str:
    """The malignant sum."""
    return NOTHING if case.malignant_sum is None else f"{case.malignant_sum:.0%}"
