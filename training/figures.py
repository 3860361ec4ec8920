"""The figures of an evaluation that follow from probabilities: overall, per class, calibration, selection."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skindesk.domain.labels import Label
from training import metrics
from training.calibrate import Calibration, top_margins
from training.metrics import Floats, Integers, Interval, Judged
from training.selective import measure_coverage

MIXES = {"archive_mix": 1.0, "halfway_mix": 0.5, "balanced_mix": 0.0}
"""The class mixes that figures are given for, as powers of the archive's shares."""
_OVERALL: Mapping[str, Callable[[Judged], float]] = {
    "accuracy": metrics.accuracy,
    "balanced_accuracy": metrics.balanced_accuracy,
    "macro_auc": metrics.macro_auc,
    "expected_calibration_error": metrics.expected_calibration_error,
    "negative_log_likelihood": metrics.negative_log_likelihood,
}
_PER_CLASS: Mapping[str, Callable[[Judged], Floats]] = {
    "precision": metrics.precisions,
    "recall": metrics.recalls,
    "f1": metrics.f1_scores,
    "auc": metrics.areas_under_roc,
    "sensitivity_at_90_specificity": metrics.sensitivities_at_specificity,
}
_TOP_ANSWERS = ("accuracy", "balanced_accuracy", "macro_auc")


def measure(
    probabilities: Floats, targets: Integers, groups: tuple[str, ...], labels: tuple[Label, ...]
) -> dict[str, Any]:
    """Every figure of one class mix, overall, per class and for the malignant sum, with intervals over groups.

    `probabilities` is (n, classes), `targets` (n,), `groups` names each picture's lesion or patient. A class that
    is absent has None for what needs its pictures.
    """
    result: dict[str, Any] = dict(_overall(_OVERALL, probabilities, targets, groups))
    columns = {
        name: metrics.with_intervals(figure, probabilities, targets, groups) for name, figure in _PER_CLASS.items()
    }
    result["per_class"] = {
        label.code: {"images": int((targets == at).sum()), **{name: column[at] for name, column in columns.items()}}
        for at, label in enumerate(labels)
    }
    result["malignant"] = measure_malignant(probabilities, targets, groups, labels)
    result["confusion"] = metrics.unweighted(probabilities, targets).confusion.astype(int).tolist()
    return result


def measure_top_answers(probabilities: Floats, targets: Integers, groups: tuple[str, ...]) -> dict[str, Interval]:
    """Accuracy, balanced accuracy and macro AUC with intervals."""
    return _overall({name: _OVERALL[name] for name in _TOP_ANSWERS}, probabilities, targets, groups)


def measure_malignant(
    probabilities: Floats, targets: Integers, groups: tuple[str, ...], labels: tuple[Label, ...]
) -> dict[str, Any] | None:
    """How the malignant sum separates malignant and premalignant classes from the rest; None where one side is absent.

    "images" counts the pictures whose reference is malignant or premalignant.
    """
    summed, malignant = metrics.against_rest(probabilities, targets, malignant_members(labels))
    if malignant.min() == malignant.max():
        return None

    def both(judged: Judged) -> Floats:
        areas, sensitivities = metrics.areas_under_roc(judged), metrics.sensitivities_at_specificity(judged)
        return np.array((areas[1], sensitivities[1]))

    area, sensitivity = metrics.with_intervals(both, summed, malignant, groups)
    return {"images": int(malignant.sum()), "auc": area, "sensitivity_at_90_specificity": sensitivity}


def malignant_members(labels: tuple[Label, ...]) -> Any:
    """Which classes count towards the malignant sum: bool (classes,)."""
    return np.array([label.group.counts_as_malignant for label in labels], np.bool_)


def measure_calibration(
    logits: Floats, targets: Integers, groups: tuple[str, ...], calibration: Calibration
) -> dict[str, Any]:
    """What the temperature did: calibration error and log loss before (temperature 1) and after, archive mix."""
    mix = np.array(calibration.class_mix)
    names = ("expected_calibration_error", "negative_log_likelihood")
    chosen = {name: _OVERALL[name] for name in names}
    return {
        "temperature": calibration.temperature,
        "before": _overall(chosen, metrics.softmax_with_prior(logits, mix, 1.0), targets, groups),
        "after": _overall(chosen, calibration.probabilities(logits), targets, groups),
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


def _overall(
    figures: Mapping[str, Callable[[Judged], float]], probabilities: Floats, targets: Integers, groups: tuple[str, ...]
) -> dict[str, Interval]:
    """Several figures over the same resamples."""
    intervals = metrics.with_intervals(
        lambda judged: np.array([figure(judged) for figure in figures.values()]), probabilities, targets, groups
    )
    return dict(zip(figures, intervals, strict=True))
