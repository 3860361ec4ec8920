"""Calibrates a run on the validation part and measures it on the test part, as JSON and plots."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from skindesk.domain.labels import Label
from training import metrics, plots
from training.architectures import build_network
from training.architectures.network import Network
from training.cache import Cache
from training.config import Config
from training.errors import TrainingError
from training.fit import predict_logits
from training.metrics import Floats, Integers, Interval
from training.runs import Run, read_json, write_json
from training.split import Part

MIXES = {"archive_mix": 1.0, "halfway_mix": 0.5, "balanced_mix": 0.0}
"""The class mixes that figures are given for, as powers of the archive's shares."""
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


def load_network(config: Config, classes: int, run: Run) -> Network:
    """Rebuild a run's network with its best weights. Raises TrainingError where the run has none."""
    if not run.best.exists():
        raise TrainingError(f"{run.folder} holds no trained weights.", "Run `python -m training fit` first.")
    network = build_network(config.model.architecture, classes, config.model.dropout, weights=None)
    network.training_model.load_weights(run.best)
    return network


def weights_digest(run: Run) -> str:
    """The SHA-256 of a run's best weights: which network its figures are of."""
    return hashlib.sha256(run.best.read_bytes()).hexdigest()


def load_calibration(run: Run) -> Calibration:
    """A run's calibration. Raises TrainingError where it was not evaluated yet."""
    raw = read_json(run.calibration, "Run `python -m training evaluate` first.")
    return Calibration(**{**raw, "class_mix": tuple(raw["class_mix"])})


def evaluate(config: Config, cache: Cache, run: Run) -> dict[str, Any]:
    """Calibrate and measure; writes calibration, figures and plots into the run's folder and returns the figures."""
    network = load_network(config, len(cache.labels), run)
    validation, test = cache.where(Part.VALIDATION), cache.where(Part.TEST)
    size = config.data.width_px
    calibration = calibrate(
        predict_logits(network, cache, validation, size), cache.targets[validation], cache.class_mix()
    )
    write_json(run.calibration, calibration.__dict__)
    logits, targets = predict_logits(network, cache, test, size), cache.targets[test]
    groups = tuple(cache.groups[at] for at in test)
    archive = calibration.probabilities(logits)
    mixes = {name: calibration.probabilities(logits, weight) for name, weight in MIXES.items()}
    figures = {
        "model_id": config.model.id,
        "architecture": config.model.architecture,
        "part": str(Part.TEST),
        "split_digest": cache.split_digest,
        "weights_digest": weights_digest(run),
        "images": len(test),
        "lesions": len(set(groups)),
        "views": 1,
        "interval": "95 % bootstrap over lesions, 1,000 resamples",
        **{name: measure(mixed, targets, groups, cache.labels) for name, mixed in mixes.items()},
        "selective": _selective(archive, targets, calibration),
    }
    write_json(run.figures, figures)
    plots.write_all(run, archive, targets, cache.labels, figures)
    return figures


def calibrate(logits: Floats, targets: Integers, class_mix: Floats) -> Calibration:
    """Find the temperature of least negative log-likelihood (Guo et al. 2017, arXiv 1706.04599) and the margin."""

    def loss(log_temperature: float) -> float:
        probabilities = metrics.softmax_with_prior(logits, class_mix, float(np.exp(log_temperature)))
        return metrics.negative_log_likelihood(metrics.unweighted(probabilities, targets))

    temperature = float(np.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))
    probabilities = metrics.softmax_with_prior(logits, class_mix, temperature)
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


def measure(
    probabilities: Floats, targets: Integers, groups: tuple[str, ...], labels: tuple[Label, ...]
) -> dict[str, Any]:
    """Every figure of one class mix, overall and per class, with intervals over lesions."""
    overall: dict[str, Callable[[metrics.Judged], float]] = {
        "accuracy": metrics.accuracy,
        "balanced_accuracy": metrics.balanced_accuracy,
        "macro_auc": metrics.macro_auc,
        "expected_calibration_error": metrics.expected_calibration_error,
        "negative_log_likelihood": metrics.negative_log_likelihood,
    }
    per_class: dict[str, Callable[[metrics.Judged], Floats]] = {
        "precision": metrics.precisions,
        "recall": metrics.recalls,
        "f1": metrics.f1_scores,
        "auc": metrics.areas_under_roc,
    }
    result: dict[str, Any] = {
        name: metrics.with_interval(figure, probabilities, targets, groups) for name, figure in overall.items()
    }
    columns = {
        name: metrics.with_intervals(figure, probabilities, targets, groups) for name, figure in per_class.items()
    }
    result["per_class"] = {
        label.code: {"images": int((targets == at).sum()), **{name: column[at] for name, column in columns.items()}}
        for at, label in enumerate(labels)
    }
    result["confusion"] = metrics.unweighted(probabilities, targets).confusion.astype(int).tolist()
    return result


def _selective(probabilities: Floats, targets: Integers, calibration: Calibration) -> dict[str, float | None]:
    answered = top_margins(probabilities) >= calibration.min_margin
    right = probabilities.argmax(axis=1) == targets
    return {
        "min_margin": calibration.min_margin,
        "coverage": float(answered.mean()),
        "accuracy_answered": float(right[answered].mean()) if answered.any() else None,
        "accuracy_abstained": float(right[~answered].mean()) if (~answered).any() else None,
    }


def format_share(share: float | None) -> str:
    """`81.2%`, or a dash where there is nothing to take a share of."""
    return "–" if share is None else f"{share:.1%}"


def format_interval(interval: Interval) -> str:
    """`0.812 [0.794, 0.829]`, or a dash where the figure is undefined."""
    if interval["value"] is None or interval["low"] is None or interval["high"] is None:
        return "–"
    return f"{interval['value']:.3f} [{interval['low']:.3f}, {interval['high']:.3f}]"


def format_figures(figures: dict[str, Any]) -> str:
    """The figures as a table for the terminal."""
    lines = [
        f"{figures['model_id']} ({figures['architecture']}): {figures['images']} test pictures of "
        f"{figures['lesions']} lesions, {figures['interval']}"
    ]
    for mix in MIXES:
        lines.append(f"  {mix.replace('_', ' ')}")
        for name in ("accuracy", "balanced_accuracy", "macro_auc", "expected_calibration_error"):
            lines.append(f"    {name.replace('_', ' '):<28} {format_interval(figures[mix][name])}")
    lines.append(f"  {'class':<8}{'images':>7}  {'precision':<22}{'recall':<22}{'F1':<22}AUC   (archive mix)")
    for code, row in figures["archive_mix"]["per_class"].items():
        cells = "".join(f"{format_interval(row[name]):<22}" for name in ("precision", "recall", "f1", "auc"))
        lines.append(f"  {code:<8}{row['images']:>7}  {cells.rstrip()}")
    selective = figures["selective"]
    lines.append(
        f"  decision rule: answers {selective['coverage']:.1%}, of which "
        f"{format_share(selective['accuracy_answered'])} right; of the rest "
        f"{format_share(selective['accuracy_abstained'])} would have been"
    )
    return "\n".join(lines)
