"""The figures by which a network is judged: the program's own, and what only the trainer needs."""

import numpy as np
from scipy.special import log_softmax

from skindesk.inference.metrics import (
    REFERENCE_SPECIFICITY,
    Floats,
    Integers,
    Interval,
    Judged,
    Ranking,
    accuracy,
    against_rest,
    areas_under_roc,
    balanced_accuracy,
    expected_calibration_error,
    f1_scores,
    macro_auc,
    mean_defined,
    negative_log_likelihood,
    precisions,
    recalls,
    sensitivities_at_specificity,
    unweighted,
    with_interval,
    with_intervals,
)

__all__ = [
    "REFERENCE_SPECIFICITY",
    "Floats",
    "Integers",
    "Interval",
    "Judged",
    "Ranking",
    "accuracy",
    "against_rest",
    "areas_under_roc",
    "balanced_accuracy",
    "expected_calibration_error",
    "f1_scores",
    "macro_auc",
    "mean_defined",
    "negative_log_likelihood",
    "precisions",
    "recalls",
    "sensitivities_at_specificity",
    "softmax_with_prior",
    "unweighted",
    "with_interval",
    "with_intervals",
]


def softmax_with_prior(logits: Floats, class_mix: Floats, temperature: float) -> Floats:
    """Calibrated probabilities (n, classes): balanced logits over the temperature, moved to a class mix."""
    return np.asarray(np.exp(log_softmax(logits / temperature + np.log(class_mix), axis=1)))
