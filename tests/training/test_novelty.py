"""Novelty: each score knows what lies outside, and computes the same in numpy and in the graph."""

from pathlib import Path

import keras
import numpy as np
import pytest

from training.errors import TrainingError
from training.novelty import (
    REFUSED_SHARE,
    Novelty,
    area,
    compare_scores,
    fit_novelty,
    fit_scores,
    load_novelty,
    measure_novelty,
)
from training.runs import Run

FEATURES = 24


def embeddings(count: int, seed: int, shift: float = 0.0) -> np.ndarray:
    """Points near a curved six-dimensional sheet; `shift` moves them off it."""
    rng = np.random.default_rng(seed)
    sheet = np.random.default_rng(0).normal(size=(6, FEATURES))
    points = np.tanh(rng.normal(size=(count, 6))) @ sheet + rng.normal(scale=0.1, size=(count, FEATURES))
    return points + shift * np.random.default_rng(1).normal(size=FEATURES)


@pytest.mark.parametrize("method", ["mahalanobis", "residual", "nearest_neighbour"])
def test_score_knows_what_lies_off_the_training_data(method: str) -> None:
    score = fit_scores(embeddings(600, 2))[method]
    assert area(score, embeddings(200, 3), embeddings(200, 4, shift=3.0)) > 0.95
    assert 0.4 < area(score, embeddings(200, 3), embeddings(200, 5)) < 0.6


@pytest.mark.parametrize("method", ["mahalanobis", "residual", "nearest_neighbour"])
def test_graph_computes_what_the_threshold_was_set_on(method: str) -> None:
    score = fit_scores(embeddings(600, 2))[method]
    novelty = Novelty(method, score, 1.0, 0.03)
    inputs = keras.Input((FEATURES,))
    output = novelty.attach(inputs)
    assert output.shape == (None,)
    seen = np.concatenate((embeddings(20, 3), embeddings(20, 4, shift=3.0)))
    in_graph = keras.Model(inputs, output).predict_on_batch(seen.astype(np.float32))
    np.testing.assert_allclose(in_graph, score.measure(seen), rtol=1e-3, atol=1e-4)


def test_method_is_chosen_against_outliers_and_threshold_on_validation(tmp_path: Path) -> None:
    train, validation = embeddings(600, 2), embeddings(300, 3)
    outliers = embeddings(100, 4, shift=0.3)
    novelty = fit_novelty(train, validation, outliers)
    areas = {name: area(score, validation, outliers) for name, score in fit_scores(train).items()}
    assert areas[novelty.method] == max(areas.values())
    assert novelty.validation_refused == pytest.approx(REFUSED_SHARE, abs=1 / 300)
    run = Run(tmp_path)
    novelty.save(run)
    kept = load_novelty(run)
    assert (kept.method, kept.threshold) == (novelty.method, novelty.threshold)
    np.testing.assert_allclose(kept.score.measure(validation), novelty.score.measure(validation))


def test_figures_tell_what_is_refused_and_what_is_told_apart() -> None:
    train, test = embeddings(600, 2), embeddings(200, 6)
    novelty = fit_novelty(train, embeddings(300, 3), None)
    groups = tuple(f"lesion {at // 2}" for at in range(len(test)))
    outliers = {"far": embeddings(50, 4, 3.0), "same": embeddings(50, 9)}
    scores = {name: novelty.score.measure(found) for name, found in outliers.items()}
    figures = measure_novelty(novelty.rule, novelty.score.measure(test), groups, scores)
    assert figures["method"] == "mahalanobis"
    assert figures["against"]["far"]["auroc"]["value"] > 0.99
    assert figures["against"]["far"]["refused"]["value"] > 0.95
    assert figures["against"]["same"]["auroc"]["value"] < 0.7
    assert figures["test_refused"]["low"] <= figures["test_refused"]["value"] <= figures["test_refused"]["high"] < 0.1
    compared = compare_scores(train, test, outliers)
    assert {row["auroc_far"] > 0.9 for row in compared.values()} == {True}
    assert compared.keys() == {"mahalanobis", "residual", "nearest_neighbour"}


def test_run_without_novelty_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="evaluate"):
        load_novelty(Run(tmp_path))
