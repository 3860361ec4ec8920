"""Calibrates a run on the validation part and measures it on the test part, as JSON and plots."""

import hashlib
from collections.abc import Callable
from typing import Any

from skindesk.domain.labels import Label
from training import metrics, plots
from training.architectures import build_network
from training.architectures.network import Network
from training.cache import Cache
from training.calibrate import Calibration, calibrate, top_margins
from training.config import Config
from training.errors import TrainingError
from training.fit import predict_logits
from training.formatting import format_interval, format_share
from training.metrics import Floats, Integers
from training.runs import Run, write_json
from training.split import Part

MIXES = {"archive_mix": 1.0, "halfway_mix": 0.5, "balanced_mix": 0.0}
"""The class mixes that figures are given for, as powers of the archive's shares."""


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
