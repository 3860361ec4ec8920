"""What a user looks for among the cases, and how a filter is kept."""

from dataclasses import dataclass
from datetime import date

from skindesk.domain.case import Site
from skindesk.domain.lesion_state import LesionState


@dataclass(frozen=True)
class CaseFilter:
    """Cases that fit everything that is given; an empty set, None or an empty text leaves a thing open.

    Every word of `words` must begin a word of what is recorded of the patient or of the case: names, identifiers,
    notes, descriptions, impressions, answers, final diagnoses. Dates are of the latest visit, both included, in
    UTC. `due_by` asks for follow-ups due on that day or before. `malignant_sum_from` and `_to` are of the leading
    answer, 0 to 1, both included. `case_ids` asks for these cases and no others; None leaves them open.
    """

    words: str = ""
    states: frozenset[LesionState] = frozenset()
    sites: frozenset[Site] = frozenset()
    visited_from: date | None = None
    visited_to: date | None = None
    due_by: date | None = None
    malignant_sum_from: float | None = None
    malignant_sum_to: float | None = None
    model_id: str = ""
    case_ids: frozenset[int] | None = None


EVERY_CASE = CaseFilter()


@dataclass(frozen=True)
class SavedFilter:
    """A filter under the name that a user gave it."""

    name: str
    criteria: CaseFilter
