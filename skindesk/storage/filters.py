"""Writes a filter as JSON and reads it back."""

from datetime import date
from typing import Any

from skindesk.domain.case import Site
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.lesion_state import LesionState


def filter_to_json(criteria: CaseFilter) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "words": criteria.words,
        "states": sorted(criteria.states),
        "sites": sorted(criteria.sites),
        "visited_from": _text(criteria.visited_from),
        "visited_to": _text(criteria.visited_to),
        "due_by": _text(criteria.due_by),
        "malignant_sum_from": criteria.malignant_sum_from,
        "malignant_sum_to": criteria.malignant_sum_to,
        "model_id": criteria.model_id,
        "case_ids": None if criteria.case_ids is None else sorted(criteria.case_ids),
    }


def json_to_filter(values: dict[str, Any]) -> CaseFilter:
    """The filter that was written."""
    return CaseFilter(
        words=values["words"],
        states=frozenset(map(LesionState, values["states"])),
        sites=frozenset(map(Site, values["sites"])),
        visited_from=_day(values["visited_from"]),
        visited_to=_day(values["visited_to"]),
        due_by=_day(values["due_by"]),
        malignant_sum_from=values["malignant_sum_from"],
        malignant_sum_to=values["malignant_sum_to"],
        model_id=values["model_id"],
        case_ids=None if values.get("case_ids") is None else frozenset(values["case_ids"]),
    )


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
