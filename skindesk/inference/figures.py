"""How well a network's probabilities fit what the pictures show: overall, per class and for the malignant sum."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skindesk.domain.labels import Label
from skindesk.inference import metrics
from skindesk.inference.metrics import Floats, Integers, Interval, Judged

OVERALL: Mapping[str, Callable[[Judged], float]] = {
    "accuracy": metrics.accuracy,
    "balanced_accuracy": metrics.balanced_accuracy,
    "macro_auc": metrics.macro_auc,
    "expected_calibration_error": metrics.expected_calibration_error,
    "negative_log_likelihood": metrics.negative_log_likelihood,
}
"""The figures over all classes, by the names under which they are written."""
_PER_CLASS: Mapping[str, Callable[[Judged], Floats]] = {
    "precision": metrics.precisions,
    "recall": metrics.recalls,
    "f1": metrics.f1_scores,
    "auc": metrics.areas_under_roc,
    "sensitivity_at_90_specificity": metrics.sensitivities_at_specificity,
}


def measure(
    probabilities: Floats, targets: Integers, groups: tuple[str, ...], labels: tuple[Label, ...]
) -> dict[str, Any]:
    """Every figure of one class mix, overall, per class and for the malignant sum, with intervals over groups.

    `probabilities` is (n, classes), `targets` (n,), `groups` names each picture's lesion or patient. A class that
    is absent has None for what needs its pictures.
    """
    result: dict[str, Any] = dict(measure_overall(OVERALL, probabilities, targets, groups))
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


def measure_overall(
    figures: Mapping[str, Callable[[Judged], float]], probabilities: Floats, targets: Integers, groups: tuple[str, ...]
) -> dict[str, Interval]:
    """Several figures over the same resamples."""
    intervals = metrics.with_intervals(
        lambda judged: np.array([figure(judged) for figure in figures.values()]), probabilities, targets, groups
    )
    return dict(zip(figures, intervals, strict=True))
