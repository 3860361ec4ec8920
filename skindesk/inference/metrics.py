"""The figures by which a network is judged, each with a 95 % interval that respects lesions.

Pictures of one lesion are not independent, so whole lesions are drawn with replacement (cluster bootstrap,
Field and Welsh 2007).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_REPEATS = 1000
_RELIABILITY_BINS = 15
REFERENCE_SPECIFICITY = 0.90
"""Where this project compares sensitivities between networks."""


class Interval(TypedDict):
    """A figure and the 2.5 and 97.5 % quantiles of its bootstrap; None where it is undefined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Judged:
    """Probabilities float (n, classes), true labels int (n,) and, per picture, how often its lesion was drawn.

    `ranking` spares resamples of the same probabilities from sorting them again.
    """

    probabilities: Floats
    targets: Integers
    weights: Floats
    ranking: "Ranking | None" = None

    @property
    def confusion(self) -> Floats:
        """Weighted counts (true class, predicted class)."""
        classes = self.probabilities.shape[1]
        flat = self.targets * classes + self.probabilities.argmax(axis=1)
        counts = np.bincount(flat, self.weights, minlength=classes * classes)
        return np.asarray(counts.reshape(classes, classes), np.float64)


@dataclass(frozen=True)
class Ranking:
    """Per class the pictures' order by falling probability, and the last place of each run of equal ones.

    It depends on the probabilities alone, so that all resamples share it.
    """

    orders: tuple[Integers, ...]
    ends: tuple[Integers, ...]

    @classmethod
    def of(cls, probabilities: Floats) -> "Ranking":
        """The ranking of probabilities (n, classes)."""
        orders = tuple(np.argsort(-column) for column in probabilities.T)
        ends = tuple(
            np.flatnonzero(np.diff(column[order], append=-np.inf))
            for column, order in zip(probabilities.T, orders, strict=True)
        )
        return cls(orders, ends)


def accuracy(judged: Judged) -> float:
    """The share of pictures whose most probable class is the true one."""
    confusion = judged.confusion
    return float(np.trace(confusion) / confusion.sum())


def recalls(judged: Judged) -> Floats:
    """Sensitivity per class; NaN for a class without pictures."""
    confusion = judged.confusion
    return _divide(np.diag(confusion), confusion.sum(axis=1))


def precisions(judged: Judged) -> Floats:
    """Positive predictive value per class; NaN for a class that was never predicted."""
    confusion = judged.confusion
    return _divide(np.diag(confusion), confusion.sum(axis=0))


def f1_scores(judged: Judged) -> Floats:
    """The harmonic mean of precision and recall per class; NaN for a class neither true nor predicted."""
    confusion = judged.confusion
    return _divide(2 * np.diag(confusion), confusion.sum(axis=0) + confusion.sum(axis=1))


def balanced_accuracy(judged: Judged) -> float:
    """The mean sensitivity over the classes that occur."""
    return mean_defined(recalls(judged))


def areas_under_roc(judged: Judged) -> Floats:
    """One-against-rest area under the ROC curve per class; NaN for a class that is absent or alone."""
    return _per_roc(judged, _area)


def sensitivities_at_specificity(judged: Judged, specificity: float = REFERENCE_SPECIFICITY) -> Floats:
    """The best sensitivity per class whose specificity, 0 to 1, is at least the given one; NaN as for the areas.

    The threshold is read off the judged pictures' own ROC curve, anew in every resample.
    """
    allowed = 1 - specificity + 1e-9
    return _per_roc(judged, lambda sensitivity, false_rate: float(sensitivity[false_rate <= allowed].max()))


def macro_auc(judged: Judged) -> float:
    """The mean of the classes' areas under the ROC curve."""
    return mean_defined(areas_under_roc(judged))


def expected_calibration_error(judged: Judged) -> float:
    """The mean gap, 0 to 1, between the top probability and how often it is right, over 15 equal bins."""
    top = judged.probabilities.max(axis=1)
    right = judged.probabilities.argmax(axis=1) == judged.targets
    bins = np.minimum((top * _RELIABILITY_BINS).astype(int), _RELIABILITY_BINS - 1)
    gap = np.bincount(bins, judged.weights * (right - top), minlength=_RELIABILITY_BINS)
    return float(np.abs(gap).sum() / judged.weights.sum())


def negative_log_likelihood(judged: Judged) -> float:
    """The mean negative logarithm (nats) of the true class's probability."""
    chosen = judged.probabilities[np.arange(len(judged.targets)), judged.targets]
    return float(np.average(-np.log(np.maximum(chosen, 1e-12)), weights=judged.weights))


def against_rest(probabilities: Floats, targets: Integers, members: NDArray[np.bool_]) -> tuple[Floats, Integers]:
    """Probabilities (n, 2) and targets (n,) of one question: 1 for classes among `members` (classes,)."""
    summed = probabilities[:, members].sum(axis=1)
    return np.column_stack((1 - summed, summed)), members[targets].astype(np.int64)


def mean_defined(values: Floats) -> float:
    """The mean of the values that are numbers; NaN where none is."""
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if len(defined) else float("nan")


def unweighted(probabilities: Floats, targets: Integers) -> Judged:
    """Every picture counted once."""
    return Judged(probabilities, targets, np.ones(len(targets)))


def with_interval(
    figure: Callable[[Judged], float], probabilities: Floats, targets: Integers, groups: tuple[str, ...]
) -> Interval:
    """One figure with its interval over lesions."""
    return with_intervals(lambda judged: np.array([figure(judged)]), probabilities, targets, groups)[0]


def with_intervals(
    figures: Callable[[Judged], Floats], probabilities: Floats, targets: Integers, groups: tuple[str, ...]
) -> list[Interval]:
    """Several figures with their intervals; the same lesions are drawn for all, from a fixed seed."""
    _, group_of = np.unique(np.array(groups), return_inverse=True)
    count = int(group_of.max()) + 1
    rng = np.random.default_rng(20180803)
    value, ranking = figures(unweighted(probabilities, targets)), Ranking.of(probabilities)
    samples = np.array(
        [
            figures(Judged(probabilities, targets, drawn[group_of].astype(np.float64), ranking))
            for drawn in (np.bincount(rng.integers(count, size=count), minlength=count) for _ in range(_REPEATS))
        ]
    )
    # A class may be missing from a resample; the interval is over those in which the figure is defined.
    with np.errstate(all="ignore"):
        low, high = _quantiles(samples)
    return [
        Interval(value=_finite(v), low=_finite(a), high=_finite(b)) for v, a, b in zip(value, low, high, strict=True)
    ]


def _area(sensitivity: Floats, false_rate: Floats) -> float:
    return float(np.trapezoid(sensitivity, false_rate))


def _per_roc(judged: Judged, figure: Callable[[Floats, Floats], float]) -> Floats:
    """A figure of each class's ROC curve, given as (sensitivity, false positive rate) from (0, 0) to (1, 1)."""
    ranking = judged.ranking or Ranking.of(judged.probabilities)
    result = np.full(judged.probabilities.shape[1], np.nan)
    for at in range(len(result)):
        order, ends = ranking.orders[at], ranking.ends[at]  # equal probabilities are one step
        weights, truth = judged.weights[order], judged.targets[order] == at
        hits = np.concatenate(((0.0,), np.cumsum(weights * truth)[ends]))
        false = np.concatenate(((0.0,), np.cumsum(weights * ~truth)[ends]))
        if hits[-1] > 0 and false[-1] > 0:
            result[at] = figure(hits / hits[-1], false / false[-1])
    return result


def _quantiles(samples: Floats) -> tuple[Floats, Floats]:
    columns = [column[np.isfinite(column)] for column in samples.T]
    bounds = [np.quantile(column, (0.025, 0.975)) if len(column) else (np.nan, np.nan) for column in columns]
    return np.array([low for low, _ in bounds]), np.array([high for _, high in bounds])


def _divide(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan, dtype=np.float64), where=whole > 0)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
