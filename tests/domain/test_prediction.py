from datetime import UTC, datetime

import pytest

from skindesk.domain.class_mix import archive_mix
from skindesk.domain.contract import DecisionRule, NoveltyRule
from skindesk.domain.prediction import AbstentionReason, Decision, ModelRef, Prediction, decide
from tests.support.tiny_bundle import tiny_contract

RULE = DecisionRule(min_margin=0.2, validation_coverage=0.9, validation_accuracy=0.9)


NOVELTY_RULE = NoveltyRule("novelty", "brightness", threshold=3.0, validation_refused=0.01)


def prediction(probabilities: tuple[float, ...]) -> Prediction:
    labels = tiny_contract().labels
    model = ModelRef("colours-3", "1", "d")
    mix = archive_mix(tiny_contract())
    return Prediction(model, "i", labels, probabilities, Decision.SUPPORTED, None, None, mix, datetime.now(UTC))


def test_differential_is_ordered_by_probability() -> None:
    assert [entry.label.code for entry in prediction((0.2, 0.5, 0.3)).ranked] == ["green", "blue", "red"]


def test_malignant_sum_counts_malignant_and_premalignant_and_nothing_benign() -> None:
    assert prediction((0.2, 0.5, 0.3)).malignant_sum == pytest.approx(0.5)


def test_answer_is_withheld_when_the_leading_classes_are_too_close() -> None:
    assert decide((0.45, 0.40, 0.15), RULE) == (Decision.ABSTAINED, AbstentionReason.CLASSES_TOO_CLOSE)


def test_clear_lead_is_supported() -> None:
    assert decide((0.7, 0.2, 0.1), RULE) == (Decision.SUPPORTED, None)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_probability_that_is_no_number_supports_nothing(place: int) -> None:
    probabilities = [0.9, 0.05, 0.05]
    probabilities[place] = float("nan")
    assert decide((probabilities[0], probabilities[1], probabilities[2]), RULE)[0] is Decision.ABSTAINED


def test_strange_picture_is_said_to_be_strange_before_its_classes_are_called_too_close() -> None:
    strange = (Decision.ABSTAINED, AbstentionReason.UNLIKE_TRAINING)
    assert decide((0.45, 0.40, 0.15), RULE, 3.01, NOVELTY_RULE) == strange
    assert decide((0.98, 0.01, 0.01), RULE, 3.01, NOVELTY_RULE) == strange


def test_picture_at_the_threshold_is_answered() -> None:
    assert decide((0.7, 0.2, 0.1), RULE, 3.0, NOVELTY_RULE) == (Decision.SUPPORTED, None)
    assert decide((0.45, 0.40, 0.15), RULE, 3.0, NOVELTY_RULE)[1] is AbstentionReason.CLASSES_TOO_CLOSE


@pytest.mark.parametrize("novelty", [None, float("nan"), float("inf")])
def test_novelty_that_was_not_measured_supports_nothing(novelty: float | None) -> None:
    assert decide((0.7, 0.2, 0.1), RULE, novelty, NOVELTY_RULE)[1] is AbstentionReason.UNLIKE_TRAINING


def test_network_without_a_novelty_rule_is_not_asked_for_one() -> None:
    assert decide((0.7, 0.2, 0.1), RULE, None, None) == (Decision.SUPPORTED, None)
