"""What is to happen with a lesion next."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from skindesk.domain.case import Plan, Review, ReviewDetails
from skindesk.domain.following import Standing, asked_for, standing_after
from skindesk.domain.lesion_state import LesionState
from tests.support.whole_cases import whole_case

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
NEXT = date(2026, 6, 14)


def review(plan: Plan) -> Review:
    return Review(1, ReviewDetails("nv", plan=plan, follow_up_on=NEXT), NOON)


@pytest.mark.parametrize(
    ("plan", "state"),
    [
        (Plan.NONE, LesionState.NEW),
        (Plan.WATCH, LesionState.WATCHED),
        (Plan.REFER, LesionState.WATCHED),
        (Plan.BIOPSY, LesionState.BIOPSY_PENDING),
        (Plan.EXCISE, LesionState.BIOPSY_PENDING),
    ],
)
def test_the_latest_plan_asks_for_a_state(plan: Plan, state: LesionState) -> None:
    assert standing_after(review(plan), None) == Standing(state, NEXT)


def test_a_diagnosis_closes_unless_something_is_planned_after_it() -> None:
    closed = Standing(LesionState.CLOSED, None)
    assert standing_after(None, NOON) == closed
    assert standing_after(review(Plan.WATCH), NOON) == closed
    assert standing_after(review(Plan.WATCH), NOON - timedelta(seconds=1)) == Standing(LesionState.WATCHED, NEXT)


def test_the_review_of_the_latest_visit_is_the_latest_whenever_it_was_typed() -> None:
    case = replace(whole_case(1, 1), final_diagnoses=())
    first, second = case.visits
    belated = replace(first.reviews[0], created_at=NOON + timedelta(days=300))
    typed = replace(case, visits=(replace(first, reviews=(belated,)), second))
    assert asked_for(typed) == standing_after(second.reviews[1], None)
    assert asked_for(whole_case(1, 1)).state is LesionState.CLOSED
