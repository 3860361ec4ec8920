"""How measures become a verdict: one logistic score for each issue and kind of picture, and two limits on it.

The weights lie in resources/quality/weights.json; `python -m tests.benchmarks.quality_fit` fits them to one half of
HAM10000 (Tschandl 2018) and PAD-UFES-20 (Pacheco 2020), whose pictures are spoilt on purpose, and
`python -m tests.benchmarks.quality` measures them on the other half.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from skindesk.domain.contract import Modality
from skindesk.domain.quality import QualityIssue
from skindesk.imaging.quality.measures import Measures
from skindesk.system.paths import bundled

FARTHEST = 5.0
"""Spreads from the mean at which a measure stops to count for more: beyond lies what the fit has not seen."""


@dataclass(frozen=True)
class Score:
    """A logistic score.

    `scales` holds the mean and the spread of each measure; `weights` those of a measure, by name, or of the product
    of two, as "a*b". A score over `remark` is worth a remark, one over `severe` means that the picture does not do.
    """

    scales: Mapping[str, tuple[float, float]]
    weights: Mapping[str, float]
    bias: float
    remark: float
    severe: float

    def of(self, measures: Measures) -> float:
        """The score: the logarithm of the odds that the trouble is there, up to a constant."""
        scaled = {name: _scaled(measures[name], *scale) for name, scale in self.scales.items()}
        return self.bias + sum(weight * _product(term, scaled) for term, weight in self.weights.items())


@cache
def score_for(issue: QualityIssue, modality: Modality) -> Score:
    """The shipped score. Raises KeyError for an issue that is found by rule."""
    told = _shipped()[modality][issue]
    return Score(
        scales={name: (mean, spread) for name, (mean, spread) in told["scales"].items()},
        weights=dict(told["weights"]),
        bias=float(told["bias"]),
        remark=float(told["remark"]),
        severe=float(told["severe"]),
    )


@cache
def _shipped() -> dict[str, dict[str, dict[str, Any]]]:
    weights: dict[str, dict[str, dict[str, Any]]] = json.loads(
        bundled("resources", "quality", "weights.json").read_bytes()
    )
    return weights


def _scaled(value: float, mean: float, spread: float) -> float:
    return max(-FARTHEST, min(FARTHEST, (value - mean) / spread))


def _product(term: str, scaled: Mapping[str, float]) -> float:
    first, _, second = term.partition("*")
    return scaled[first] * scaled[second] if second else scaled[first]
