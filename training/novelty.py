"""How unlike the training data a picture is, measured on the network's own pooled features.

Three scores are fitted to the training part's embeddings and compared; the best one's parameters go into the graph:
`mahalanobis` (Lee et al. 2018, arXiv 1807.03888, with one Gaussian for all classes whose covariance is that of
probabilistic PCA, Tipping and Bishop 1999), `residual` (the distance to the features' principal subspace, as in ViM,
Wang et al. 2022, arXiv 2203.10807) and `nearest_neighbour` (the cosine distance to the nearest of a sample of
training pictures, Sun et al. 2022, arXiv 2204.06507).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from skindesk.domain.contract import NoveltyRule
from training.errors import TrainingError
from training.metrics import Floats, Interval, Judged, areas_under_roc, with_interval
from training.runs import Run

OUTPUT = "novelty"
REFUSED_SHARE = 0.03
"""The threshold is set so that this share of the validation pictures lies above it."""
DEFAULT_METHOD = "mahalanobis"
MOST_FITTED = 4_000
"""More training pictures than this change the scores no further."""
_RANK = 64
_NEIGHBOURS = 1_000


class Score(Protocol):
    """Larger for stranger pictures: computed by numpy for setting thresholds, and in the graph for the program."""

    def measure(self, embeddings: Floats) -> Floats:
        """Scores (n,) of embeddings (n, features)."""

    def attach(self, embedding: Any) -> Any:
        """The same as a Keras tensor (n,) on an embedding tensor (n, features)."""

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        """What `load_score` rebuilds it from."""


@dataclass(frozen=True)
class SubspaceScore:
    """Root of `scale` |x - mean|² less the sum over the basis of `discounts` times the squared coordinate.

    `mean` is float32 (features,), `basis` (rank, features) with orthonormal rows, `discounts` (rank,). With
    discounts equal to the scale it is the distance to the subspace; with scale 1/s² less each direction's inverse
    variance it is the Mahalanobis distance.
    """

    mean: NDArray[np.float32]
    basis: NDArray[np.float32]
    discounts: NDArray[np.float32]
    scale: float

    def measure(self, embeddings: Floats) -> Floats:
        """Scores (n,) of embeddings (n, features)."""
        centred = embeddings - self.mean
        squares = self.scale * np.square(centred).sum(axis=1) - np.square(centred @ self.basis.T) @ self.discounts
        return np.asarray(np.sqrt(np.maximum(squares, 0)))

    def attach(self, embedding: Any) -> Any:
        """The same as a Keras tensor (n,)."""
        ops = keras.ops
        centred = ops.subtract(embedding, self.mean)
        coordinates = ops.matmul(centred, self.basis.T)
        outside = ops.multiply(ops.sum(ops.square(centred), axis=-1), np.float32(self.scale))
        squares = ops.subtract(outside, ops.sum(ops.multiply(ops.square(coordinates), self.discounts), axis=-1))
        return ops.sqrt(ops.maximum(squares, np.float32(0)))

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        """What `load_score` rebuilds it from."""
        scale = np.array(self.scale, np.float32)
        return {"mean": self.mean, "basis": self.basis, "discounts": self.discounts, "scale": scale}


@dataclass(frozen=True)
class NeighbourScore:
    """One less the cosine to the nearest of `bank`, float32 (pictures, features) with rows of length 1."""

    bank: NDArray[np.float32]

    def measure(self, embeddings: Floats) -> Floats:
        """Scores (n,) of embeddings (n, features)."""
        return np.asarray(1 - (_unit(embeddings) @ self.bank.T).max(axis=1))

    def attach(self, embedding: Any) -> Any:
        """The same as a Keras tensor (n,)."""
        ops = keras.ops
        length = ops.sqrt(ops.add(ops.sum(ops.square(embedding), axis=-1), np.float32(1e-12)))
        nearest = ops.max(ops.matmul(embedding, self.bank.T), axis=-1)
        return ops.subtract(np.float32(1), ops.divide(nearest, length))

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        """What `load_score` rebuilds it from."""
        return {"bank": self.bank}


@dataclass(frozen=True)
class Novelty:
    """A fitted score with the threshold above which a picture is refused."""

    method: str
    score: Score
    threshold: float
    validation_refused: float

    @property
    def rule(self) -> NoveltyRule:
        """What the contract says of it."""
        return NoveltyRule(OUTPUT, self.method, self.threshold, self.validation_refused)

    def attach(self, embedding: Any) -> Any:
        """The graph's output, a Keras tensor (n,) of the contract's name."""
        return keras.layers.Identity(name=OUTPUT)(self.score.attach(embedding))

    def save(self, run: Run) -> None:
        """Keep it in the run's folder, whole or not at all."""
        temporary = run.novelty.with_name(f"new-{run.novelty.name}")
        about: dict[str, Any] = {
            "method": np.array(self.method),
            "threshold": np.array(self.threshold),
            "validation_refused": np.array(self.validation_refused),
            **self.score.parameters(),
        }
        np.savez(temporary, **about)
        temporary.replace(run.novelty)


def load_novelty(run: Run) -> Novelty:
    """A run's novelty score. Raises TrainingError where it was not evaluated yet."""
    if not run.novelty.exists():
        raise TrainingError(f"{run.novelty} does not exist.", "Run `python -m training evaluate` first.")
    with np.load(run.novelty) as saved:
        score: Score = (
            NeighbourScore(saved["bank"])
            if "bank" in saved
            else SubspaceScore(saved["mean"], saved["basis"], saved["discounts"], float(saved["scale"]))
        )
        return Novelty(str(saved["method"]), score, float(saved["threshold"]), float(saved["validation_refused"]))


def fit_novelty(train: Floats, validation: Floats, outliers: Floats | None) -> Novelty:
    """Fit the scores to training embeddings (n, features), keep the best and set its threshold.

    The best tells validation embeddings from those of `outliers`, pictures of another kind, most surely by the area
    under the ROC curve; without outliers it is the DEFAULT_METHOD.
    """
    scores = fit_scores(train)
    method = DEFAULT_METHOD
    if outliers is not None:
        method = max(scores, key=lambda name: area(scores[name], validation, outliers))
    return Novelty(method, scores[method], *threshold_of(scores[method].measure(validation)))


def threshold_of(scores: Floats) -> tuple[float, float]:
    """The threshold set on validation scores (n,), and the share of them above it."""
    threshold = float(np.quantile(scores, 1 - REFUSED_SHARE))
    return threshold, float((scores > threshold).mean())


def fit_scores(train: Floats) -> dict[str, Score]:
    """Every score, by method, fitted to training embeddings (n, features)."""
    mean = train.mean(axis=0)
    _, lengths, directions = np.linalg.svd(train - mean, full_matrices=False)
    variances = np.square(lengths) / max(1, len(train) - 1)
    rank = max(1, min(_RANK, len(variances) // 2))
    # What probabilistic PCA takes for the variance of every direction outside the subspace.
    rest = variances[rank:].sum() / max(1, train.shape[1] - rank)
    scale = float(np.float32(1 / max(rest, 1e-12)))  # as the graph and the saved file hold it
    basis = directions[:rank].astype(np.float32)
    inverse = 1 / np.maximum(variances[:rank], 1e-12)

    def subspace(discounts: Floats) -> SubspaceScore:
        return SubspaceScore(mean.astype(np.float32), basis, discounts.astype(np.float32), scale)

    bank = _unit(train[:: max(1, len(train) // _NEIGHBOURS)][:_NEIGHBOURS]).astype(np.float32)
    return {
        "mahalanobis": subspace(scale - inverse),
        "residual": subspace(np.full(rank, scale)),
        "nearest_neighbour": NeighbourScore(bank),
    }


def area(score: Score, usual: Floats, outliers: Floats) -> float:
    """The area under the ROC curve of telling outliers from usual embeddings."""
    values = np.concatenate((score.measure(usual), score.measure(outliers)))
    return float(roc_auc_score(np.repeat((0, 1), (len(usual), len(outliers))), values))


def compare_scores(train: Floats, test: Floats, outliers: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    """How surely each score, fitted to training embeddings, tells test embeddings from outliers, by their name."""
    return {
        method: {f"auroc_{name}": area(score, test, found) for name, found in outliers.items()}
        for method, score in fit_scores(train).items()
    }


def measure_novelty(
    rule: NoveltyRule, test: Floats, groups: tuple[str, ...], outliers: Mapping[str, Floats]
) -> dict[str, Any]:
    """The figures of a rule from the scores (n,) of test pictures and of outliers by name.

    `test_refused` and each `auroc` have 95 % intervals by resampling `groups`, every outlier being its own.
    """
    return {
        "method": rule.method,
        "threshold": rule.threshold,
        "validation_refused": rule.validation_refused,
        "test_refused": _refused(rule, test, groups),
        "against": {name: _against(rule, test, groups, found) for name, found in outliers.items()},
    }


def _against(rule: NoveltyRule, test: Floats, groups: tuple[str, ...], outliers: Floats) -> dict[str, Any]:
    values = np.concatenate((test, outliers))
    each_its_own = tuple(f"outlier {at}" for at in range(len(outliers)))
    return {
        "pictures": len(outliers),
        "auroc": with_interval(
            lambda judged: float(areas_under_roc(judged)[1]),
            np.column_stack((-values, values)),
            np.repeat((0, 1), (len(test), len(outliers))),
            (*groups, *each_its_own),
        ),
        "refused": _refused(rule, outliers, each_its_own),
    }


def _refused(rule: NoveltyRule, scores: Floats, groups: tuple[str, ...]) -> Interval:
    def share(judged: Judged) -> float:
        return float(np.average(judged.probabilities[:, 0] > rule.threshold, weights=judged.weights))

    return with_interval(share, scores[:, None], np.zeros(len(scores), np.int64), groups)


def _unit(embeddings: Floats) -> Floats:
    return np.asarray(embeddings / np.sqrt(np.square(embeddings).sum(axis=1, keepdims=True) + 1e-12))
