"""What turns balanced logits into the probabilities and decisions that ship, set on the validation part."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from training import metrics
from training.metrics import Floats, Integers
from training.runs import Run, read_json

ANSWERED_SHARE = 0.9
"""The decision rule's margin is set so that this share of the validation pictures is answered."""


@dataclass(frozen=True)
class Calibration:
    """What turns balanced logits into the probabilities and decisions that ship; set on the validation part."""

    temperature: float
    class_mix: tuple[float, ...]
    min_margin: float
    validation_coverage: float
    validation_accuracy: float

    def probabilities(self, logits: Floats, mix_weight: float = 1.0) -> Floats:
        """Calibrated probabilities (n, classes) for the archive's class mix, raised to a power of 0 to 1."""
        return metrics.softmax_with_prior(logits, np.array(self.class_mix) ** mix_weight, self.temperature)


def load_calibration(run: Run) -> Calibration:
    """A run's calibration. Raises TrainingError where it was not evaluated yet."""
    raw = read_json(run.calibration, "Run `python -m training evaluate` first.")
    return Calibration(**{**raw, "class_mix": tuple(raw["class_mix"])})


def calibrate(logits: Floats, targets: Integers, class_mix: Floats) -> Calibration:
    """Find the temperature of least negative log-likelihood (Guo et al. 2017, arXiv 1706.04599) and the margin."""

    def loss(log_temperature: float) -> float:
        probabilities = metrics.softmax_with_prior(logits, class_mix, float(np.exp(log_temperature)))
        return metrics.negative_log_likelihood(metrics.unweighted(probabilities, targets))

    temperature = float(np.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))
    probabilities = metrics.softmax_with_prior(logits, class_mix, temperature)
    return calibration_at(temperature, probabilities, targets, class_mix)


def calibration_at(temperature: float, probabilities: Floats, targets: Integers, class_mix: Floats) -> Calibration:
    """The calibration of validation probabilities (n, classes) that came of this temperature: it adds the margin."""
    margins = top_margins(probabilities)
    min_margin = float(np.quantile(margins, 1 - ANSWERED_SHARE))
    answered = margins >= min_margin
    right = probabilities.argmax(axis=1) == targets
    return Calibration(
        temperature=temperature,
        class_mix=tuple(float(share) for share in class_mix),
        min_margin=min_margin,
        validation_coverage=float(answered.mean()),
        validation_accuracy=float(right[answered].mean()),
    )


def top_margins(probabilities: Floats) -> Floats:
    """By how much the first class leads the second, 0 to 1, per picture."""
    ordered = np.sort(probabilities, axis=1)
    return np.asarray(ordered[:, -1] - ordered[:, -2])
