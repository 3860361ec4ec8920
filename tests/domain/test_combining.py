"""The common answer of several pictures."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.combining import Disagreement, Range, combine
from skindesk.domain.contract import DecisionRule
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.prediction import AbstentionReason, Decision, ModelRef, Prediction

LABELS = (
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT),
    Label("nv", "Nevus", MalignancyGroup.BENIGN),
    Label("bkl", "Keratosis", MalignancyGroup.BENIGN),
)
RULE = DecisionRule(0.2, 0.9, 0.9)


def said(*probabilities: float, novelty: float = 1.0, digest: str = "a") -> Prediction:
    return Prediction(
        ModelRef("m", "1", digest),
        "b" * 64,
        LABELS,
        probabilities,
        Decision.SUPPORTED,
        None,
        novelty,
        ClassMix("archive", (0.1, 0.8, 0.1)),
        datetime(2026, 3, 14, tzinfo=UTC),
    )


def strange() -> Prediction:
    abstained = AbstentionReason.UNLIKE_TRAINING
    return replace(said(0.9, 0.05, 0.05), decision=Decision.ABSTAINED, abstention_reason=abstained)


def test_the_mean_stands_with_its_spread() -> None:
    combined = combine([said(0.2, 0.7, 0.1, novelty=1), said(0.3, 0.5, 0.2, novelty=2.5)], RULE)

    assert combined is not None
    assert combined.prediction.probabilities == pytest.approx((0.25, 0.6, 0.15))
    assert sum(combined.prediction.probabilities) == pytest.approx(1)
    assert combined.spread == (Range(0.2, 0.3), Range(0.5, 0.7), Range(0.1, 0.2))
    assert combined.malignant_spread == Range(0.2, 0.3)
    assert (combined.prediction.decision, combined.prediction.novelty) == (Decision.SUPPORTED, 2.5)
    assert (combined.used, combined.left_out, combined.disagreement) == ((0, 1), (), None)


def test_two_sure_pictures_that_contradict_each_other_are_no_answer() -> None:
    combined = combine([said(0.9, 0.05, 0.05), said(0.05, 0.9, 0.05)], RULE)

    assert combined is not None
    assert combined.disagreement is Disagreement.MALIGNANCY
    assert combined.prediction.decision is Decision.ABSTAINED
    assert combined.prediction.abstention_reason is AbstentionReason.CLASSES_TOO_CLOSE


def test_different_leading_classes_of_one_risk_are_the_smaller_disagreement() -> None:
    combined = combine([said(0.1, 0.6, 0.3), said(0.1, 0.3, 0.6)], RULE)
    assert combined is not None
    assert combined.disagreement is Disagreement.LEADING_CLASS


def test_strange_pictures_and_those_of_other_networks_are_left_out() -> None:
    combined = combine([said(0.2, 0.7, 0.1), strange(), None, said(0.9, 0.1, 0, digest="c"), said(0.2, 0.7, 0.1)], RULE)
    assert combined is not None
    assert (combined.used, combined.left_out) == ((0, 4), (1, 2, 3))


@pytest.mark.parametrize("others", [(), (None,), (strange(),), (said(0.9, 0.1, 0, digest="c"),)])
def test_one_picture_is_no_common_answer(others: tuple[Prediction | None, ...]) -> None:
    assert combine([said(0.2, 0.7, 0.1), *others], RULE) is None
    assert combine([None, said(0.2, 0.7, 0.1), said(0.2, 0.7, 0.1)], RULE) is None


def test_pictures_go_with_the_one_that_is_looked_at() -> None:
    other = said(0.9, 0.1, 0.0, digest="c")
    combined = combine([said(0.2, 0.7, 0.1), other, other], RULE, leader=1)
    assert combined is not None
    assert combined.used == (1, 2)
