"""The few figures of a network's card that say most; a card that is silent on something leaves it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from skindesk.domain.insights import Interval
from skindesk.services.models import InstalledModel


class Measure(StrEnum):
    """What was measured on the test part; the value is the card's own name for it."""

    ACCURACY = "accuracy"
    BALANCED_ACCURACY = "balanced_accuracy"
    MACRO_AUC = "macro_auc"
    CALIBRATION_ERROR = "expected_calibration_error"


@dataclass(frozen=True)
class Figures:
    """Figures with their 95 % intervals, under the archive's class mix, over so many test pictures."""

    pictures: int
    measured: Mapping[Measure, Interval]


def figures_of(model: InstalledModel) -> Figures:
    """What the card tells."""
    metrics = _object(model.card.raw.get("metrics"))
    told = _object(metrics.get("archive_mix"))
    found = {measure: _interval(told.get(measure.value)) for measure in Measure}
    pictures = metrics.get("images")
    return Figures(
        pictures if isinstance(pictures, int) else 0,
        {measure: interval for measure, interval in found.items() if interval is not None},
    )


def _interval(value: object) -> Interval | None:
    ends = [_object(value).get(name) for name in ("value", "low", "high")]
    numbers = [float(end) for end in ends if isinstance(end, int | float)]
    return Interval(*numbers) if len(numbers) == len(ends) else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
