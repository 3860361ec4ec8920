import numpy as np
import pytest

from training.metrics import Judged, unweighted
from training.selective import accuracy_at, measure_coverage, risk_coverage

# Ten pictures whose margins fall from the first to the last; the last four are wrong.
TOP = np.linspace(0.95, 0.55, 10)
PROBABILITIES = np.column_stack((TOP, 1 - TOP))
TARGETS = np.array([0] * 6 + [1] * 4)


def test_closest_calls_are_left_unanswered_first() -> None:
    judged = unweighted(PROBABILITIES, TARGETS)
    assert accuracy_at(judged, 0.6) == 1.0
    assert accuracy_at(judged, 0.8) == pytest.approx(6 / 8)
    assert accuracy_at(judged, 1.0) == pytest.approx(0.6)


def test_pictures_that_were_not_drawn_do_not_count_towards_coverage() -> None:
    weights = np.array([0, 0, 0, 0, 0, 1, 1, 0, 0, 0], np.float64)
    assert accuracy_at(Judged(PROBABILITIES, TARGETS, weights), 0.5) == 1.0
    assert accuracy_at(Judged(PROBABILITIES, TARGETS, weights), 1.0) == 0.5


def test_gain_is_the_rise_over_all_pictures_in_points() -> None:
    groups = tuple(str(at) for at in range(10))
    measured = measure_coverage(PROBABILITIES, TARGETS, groups, 0.8)
    assert measured["accuracy"]["value"] == pytest.approx(0.75)
    assert measured["gain_points"]["value"] == pytest.approx(15)
    assert measured["gain_points"]["low"] <= 15 <= measured["gain_points"]["high"]
    answered = measured["min_margin"] <= TOP - (1 - TOP)
    assert answered.sum() == 8


def test_risk_ends_at_the_error_over_all_pictures() -> None:
    shares, wrong = risk_coverage(PROBABILITIES[::-1], TARGETS[::-1])
    assert shares[-1] == 1.0
    assert wrong[-1] == pytest.approx(0.4)
    assert (wrong[:6] == 0).all()
