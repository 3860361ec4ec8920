"""Figures by the patient's and the picture's attributes, and an honest word where a group is too small to judge."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from skindesk.domain.labels import Label
from training import metrics
from training.figures import malignant_members, measure_malignant
from training.metrics import Floats, Integers

MIN_IMAGES = 30
"""Below this many pictures a group has no figures: an accuracy's 95 % interval would be over 0.3 wide."""
MIN_LESIONS = 5
"""Below this many malignant (or other) lesions a group has no area under the ROC curve."""
NOT_STATED = "not stated"
ATTRIBUTES = {
    "sex": "Sex",
    "age_band": "Age",
    "site": "Site",
    "skin_type": "Skin type (Fitzpatrick)",
    "source": "Image source",
    "dx_type": "How the reference was set",
    "biopsied": "Biopsied",
}
"""The attributes that figures are broken down by, with their headings."""
_BANDS = ((30, "under 30"), (50, "30 to 49"), (70, "50 to 69"))


def age_band(age: str) -> str:
    """The band of an age in years as text, empty where it is not a number."""
    try:
        years = float(age)
    except ValueError:
        return ""
    if not np.isfinite(years):
        return ""
    return next((band for limit, band in _BANDS if years < limit), "70 and over")


def measure_groups(
    probabilities: Floats,
    targets: Integers,
    clusters: tuple[str, ...],
    labels: tuple[Label, ...],
    attributes: Mapping[str, tuple[str, ...]],
) -> dict[str, dict[str, Any]]:
    """Accuracy, balanced accuracy and AUC of malignant against the rest, by attribute and its values.

    `attributes` has one entry a picture in each column, "" where unknown; `clusters` names the lesion or patient that
    intervals are over. Attributes that are unknown throughout are left out. Where a group is too small a figure is
    None and "too_few" says why.
    """
    columns = {**attributes, "age_band": tuple(age_band(age) for age in attributes.get("age", ()))}
    result: dict[str, dict[str, Any]] = {}
    for attribute in ATTRIBUTES:
        values = columns.get(attribute, ())
        if not any(values):
            continue
        named = np.array([value or NOT_STATED for value in values])
        result[attribute] = {
            value: _measure_group(probabilities, targets, clusters, labels, np.flatnonzero(named == value))
            for value in _in_order(attribute, set(named.tolist()))
        }
    return result


def _measure_group(
    probabilities: Floats,
    targets: Integers,
    clusters: tuple[str, ...],
    labels: tuple[Label, ...],
    chosen: Integers,
) -> dict[str, Any]:
    own, truth, drawn = probabilities[chosen], targets[chosen], tuple(clusters[at] for at in chosen)
    malignant = malignant_members(labels)[truth]
    lesions = np.array(drawn)
    ill, well = len(set(lesions[malignant].tolist())), len(set(lesions[~malignant].tolist()))
    result: dict[str, Any] = {
        "images": len(chosen),
        "lesions": len(set(drawn)),
        "malignant_lesions": ill,
        "accuracy": None,
        "balanced_accuracy": None,
        "malignant_auc": None,
        "too_few": None,
    }
    if len(chosen) < MIN_IMAGES:
        return {**result, "too_few": f"fewer than {MIN_IMAGES} pictures"}
    result["accuracy"] = metrics.with_interval(metrics.accuracy, own, truth, drawn)
    result["balanced_accuracy"] = metrics.with_interval(metrics.balanced_accuracy, own, truth, drawn)
    if min(ill, well) < MIN_LESIONS:
        kind = "malignant" if ill < MIN_LESIONS else "other"
        return {**result, "too_few": f"fewer than {MIN_LESIONS} {kind} lesions"}
    measured = measure_malignant(own, truth, drawn, labels)
    return {**result, "malignant_auc": measured["auc"] if measured else None}


def _in_order(attribute: str, values: set[str]) -> list[str]:
    """Bands by age, everything else by the alphabet; what is not stated comes last."""
    bands = [band for _, band in _BANDS] if attribute == "age_band" else []
    return sorted(values, key=lambda value: (value == NOT_STATED, _place(bands, value), value))


def _place(order: list[str], value: str) -> int:
    return order.index(value) if value in order else len(order)
