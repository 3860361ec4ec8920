import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

from training import metrics
from training.metrics import Judged, unweighted, with_interval

RNG = np.random.default_rng(5)
TARGETS = RNG.integers(0, 4, 300)
LOGITS = RNG.normal(size=(300, 4)) + 1.5 * np.eye(4)[TARGETS]
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
WEIGHTS = RNG.integers(0, 4, 300).astype(np.float64)
JUDGED = Judged(PROBABILITIES, TARGETS, WEIGHTS)
PREDICTED = PROBABILITIES.argmax(axis=1)


def test_overall_figures_equal_scikit_learns() -> None:
    assert metrics.accuracy(JUDGED) == pytest.approx(accuracy_score(TARGETS, PREDICTED, sample_weight=WEIGHTS))
    expected = balanced_accuracy_score(TARGETS, PREDICTED, sample_weight=WEIGHTS)
    assert metrics.balanced_accuracy(JUDGED) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(metrics.precisions, precision_score), (metrics.recalls, recall_score), (metrics.f1_scores, f1_score)],
)
def test_figures_per_class_equal_scikit_learns(ours: object, theirs: object) -> None:
    expected = theirs(TARGETS, PREDICTED, average=None, sample_weight=WEIGHTS)  # type: ignore[operator]
    np.testing.assert_allclose(ours(JUDGED), expected)  # type: ignore[operator]


def test_areas_equal_scikit_learns() -> None:
    expected = [roc_auc_score(at == TARGETS, PROBABILITIES[:, at], sample_weight=WEIGHTS) for at in range(4)]
    np.testing.assert_allclose(metrics.areas_under_roc(JUDGED), expected)


def test_areas_count_equal_scores_half() -> None:
    coarse = np.round(PROBABILITIES, 1)
    expected = [roc_auc_score(at == TARGETS, coarse[:, at], sample_weight=WEIGHTS) for at in range(4)]
    np.testing.assert_allclose(metrics.areas_under_roc(Judged(coarse, TARGETS, WEIGHTS)), expected)


@pytest.mark.parametrize("specificity", [0.5, 0.9, 1.0])
def test_sensitivity_is_the_best_that_the_curve_offers_at_the_specificity(specificity: float) -> None:
    found = metrics.sensitivities_at_specificity(JUDGED, specificity)
    for at in range(4):
        false_rate, true_rate, _ = roc_curve(at == TARGETS, PROBABILITIES[:, at], sample_weight=WEIGHTS)
        assert found[at] == pytest.approx(true_rate[false_rate <= 1 - specificity + 1e-9].max())


def test_sum_of_classes_is_judged_as_one_question() -> None:
    members = np.array([True, False, True, False])
    summed, targets = metrics.against_rest(PROBABILITIES, TARGETS, members)
    np.testing.assert_allclose(summed[:, 1], PROBABILITIES[:, 0] + PROBABILITIES[:, 2])
    np.testing.assert_allclose(summed.sum(axis=1), 1)
    np.testing.assert_array_equal(targets, np.isin(TARGETS, (0, 2)))


def test_absent_class_has_no_figure_instead_of_a_wrong_one() -> None:
    present = TARGETS != 3
    judged = unweighted(PROBABILITIES[present], TARGETS[present])
    assert np.isnan(metrics.recalls(judged)[3])
    assert np.isnan(metrics.areas_under_roc(judged)[3])
    assert np.isnan(metrics.sensitivities_at_specificity(judged)[3])
    assert np.isfinite(metrics.balanced_accuracy(judged))
    assert np.isfinite(metrics.macro_auc(judged))


def test_single_class_has_no_macro_auc() -> None:
    alone = np.zeros(5, np.int64)
    interval = with_interval(metrics.macro_auc, PROBABILITIES[:5], alone, tuple("abcde"))
    assert interval == {"value": None, "low": None, "high": None}


def test_calibration_error_of_honest_probabilities_is_small_and_of_boastful_ones_large() -> None:
    rng = np.random.default_rng(1)
    stated = rng.uniform(0.5, 1, 20_000)
    targets = (rng.random(20_000) > stated).astype(np.int64)
    honest = np.column_stack((stated, 1 - stated))
    assert metrics.expected_calibration_error(unweighted(honest, targets)) < 0.015
    boastful = np.column_stack((np.full(20_000, 0.999), np.full(20_000, 0.001)))
    assert metrics.expected_calibration_error(unweighted(boastful, targets)) > 0.2


def test_interval_is_wider_when_pictures_share_a_lesion() -> None:
    groups = tuple(str(at) for at in range(300))
    alone = with_interval(metrics.accuracy, PROBABILITIES, TARGETS, groups)
    # The same pictures ten times over say nothing new, if the bootstrap respects lesions.
    repeated = with_interval(
        metrics.accuracy, np.repeat(PROBABILITIES, 10, 0), np.repeat(TARGETS, 10), tuple(np.repeat(groups, 10))
    )
    assert alone["low"] is not None
    assert alone["high"] is not None
    assert alone["low"] < alone["value"] < alone["high"]  # type: ignore[operator]
    assert repeated == pytest.approx(alone, abs=0.01)


def test_class_mix_moves_probabilities_by_bayes_rule() -> None:
    mix = np.array([0.7, 0.1, 0.1, 0.1])
    balanced = metrics.softmax_with_prior(LOGITS, np.ones(4), 1.0)
    moved = metrics.softmax_with_prior(LOGITS, mix, 1.0)
    expected = balanced * mix / (balanced * mix).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(moved, expected)
