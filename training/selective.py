"""What leaving pictures unanswered is worth: accuracy by coverage when the closest calls are left out first.

The order is the margin between the two leading probabilities, which is also what the decision rule compares. Here the
share that is answered is fixed and the margin follows from the judged pictures; the rule that ships has its margin
from the validation part (El-Yaniv and Wiener 2010, JMLR 11: risk-coverage).
"""

from typing import Any

import numpy as np

from training import metrics
from training.calibrate import top_margins
from training.metrics import Floats, Integers, Judged


def measure_coverage(
    probabilities: Floats, targets: Integers, groups: tuple[str, ...], coverage: float
) -> dict[str, Any]:
    """Accuracy among the share `coverage`, 0 to 1, with the widest margins, and what that gains over all pictures.

    "gain_points" is in percentage points. "min_margin" is the margin that leaves this share answered.
    """

    def figures(judged: Judged) -> Floats:
        answered = accuracy_at(judged, coverage)
        return np.array((answered, 100 * (answered - metrics.accuracy(judged))))

    accuracy, gain = metrics.with_intervals(figures, probabilities, targets, groups)
    return {
        "coverage": coverage,
        "min_margin": float(np.quantile(top_margins(probabilities), 1 - coverage)),
        "accuracy": accuracy,
        "gain_points": gain,
    }


def accuracy_at(judged: Judged, coverage: float) -> float:
    """The accuracy among the share `coverage`, 0 to 1, of the pictures whose first class leads by most."""
    order = np.argsort(-top_margins(judged.probabilities), kind="stable")
    weights = judged.weights[order]
    right = (judged.probabilities.argmax(axis=1) == judged.targets)[order]
    answered = np.cumsum(weights) <= coverage * weights.sum() + 1e-9
    total = weights[answered].sum()
    return float((weights * right)[answered].sum() / total) if total else float("nan")


def risk_coverage(probabilities: Floats, targets: Integers) -> tuple[Floats, Floats]:
    """The curve: shares answered, ascending to 1, and the share of wrong answers among them."""
    order = np.argsort(-top_margins(probabilities), kind="stable")
    wrong = (probabilities.argmax(axis=1) != targets)[order]
    count = np.arange(1, len(wrong) + 1)
    return count / len(wrong), np.cumsum(wrong) / count
