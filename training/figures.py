"""The figures of an evaluation that follow from probabilities; those that the program shares are its own."""

from typing import Any

import numpy as np

from skindesk.inference.figures import OVERALL, malignant_members, measure, measure_malignant, measure_overall
from training import metrics
from training.calibrate import Calibration, top_margins
from training.metrics import Floats, Integers, Interval
from training.selective import measure_coverage

__all__ = [
    "MIXES",
    "malignant_members",
    "measure",
    "measure_calibration",
    "measure_malignant",
    "measure_selection",
    "measure_top_answers",
]

MIXES = {"archive_mix": 1.0, "halfway_mix": 0.5, "balanced_mix": 0.0}
"""The class mixes that figures are given for, as powers of the archive's shares."""
_TOP_ANSWERS = ("accuracy", "balanced_accuracy", "macro_auc")


def measure_top_answers(probabilities: Floats, targets: Integers, groups: tuple[str, ...]) -> dict[str, Interval]:
    """Accuracy, balanced accuracy and macro AUC with intervals."""
    return measure_overall({name: OVERALL[name] for name in _TOP_ANSWERS}, probabilities, targets, groups)


def measure_calibration(
    logits: Floats, targets: Integers, groups: tuple[str, ...], calibration: Calibration
) -> dict[str, Any]:
    """What the temperature did: calibration error and log loss before (temperature 1) and after, archive mix."""
    mix = np.array(calibration.class_mix)
    names = ("expected_calibration_error", "negative_log_likelihood")
    chosen = {name: OVERALL[name] for name in names}
    return {
        "temperature": calibration.temperature,
        "before": measure_overall(chosen, metrics.softmax_with_prior(logits, mix, 1.0), targets, groups),
        "after": measure_overall(chosen, calibration.probabilities(logits), targets, groups),
    }


def measure_selection(
    probabilities: Floats, targets: Integers, groups: tuple[str, ...], calibration: Calibration
) -> dict[str, Any]:
    """The decision rule as it ships under "selective", and the best-led 80 % of the pictures under "selective_80"."""
    answered = top_margins(probabilities) >= calibration.min_margin
    right = probabilities.argmax(axis=1) == targets
    return {
        "selective": {
            "min_margin": calibration.min_margin,
            "coverage": float(answered.mean()),
            "accuracy_answered": float(right[answered].mean()) if answered.any() else None,
            "accuracy_abstained": float(right[~answered].mean()) if (~answered).any() else None,
        },
        "selective_80": measure_coverage(probabilities, targets, groups, 0.8),
    }
