"""The pictures of an evaluation: confusion matrix, ROC curves, reliability diagram and training curves."""

import csv
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from skindesk.domain.labels import Label
from training.metrics import Floats, Integers
from training.runs import Run

_ACCENT, _WARM, _MUTED = "#0B6580", "#A8330D", "#8A94A3"
_STYLE: Any = {
    "figure.dpi": 120,
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "legend.frameon": False,
}


def write_all(
    run: Run, probabilities: Floats, targets: Integers, labels: tuple[Label, ...], figures: dict[str, Any]
) -> None:
    """Write every plot as PNG into the run's evaluation folder."""
    mpl.use("Agg")
    with plt.rc_context(_STYLE):
        drawn = {
            "confusion": _confusion(np.array(figures["archive_mix"]["confusion"]), labels),
            "roc": _roc(probabilities, targets, labels, figures),
            "reliability": _reliability(probabilities, targets, figures),
            "training": _training(run),
        }
        for name, figure in drawn.items():
            figure.savefig(run.evaluation / f"{name}.png", bbox_inches="tight")
            plt.close(figure)


def _confusion(counts: Floats, labels: tuple[Label, ...]) -> Figure:
    figure, axes = plt.subplots(figsize=(5.2, 4.6))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(len(labels)):
        for column in range(len(labels)):
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, f"{int(counts[row, column])}", ha="center", va="center", color=colour)
    codes = [label.code for label in labels]
    axes.set_xticks(range(len(codes)), codes)
    axes.set_yticks(range(len(codes)), codes)
    axes.set(xlabel="network", ylabel="reference", title="Test pictures; shade: share of the reference class")
    return figure


def _roc(probabilities: Floats, targets: Integers, labels: tuple[Label, ...], figures: dict[str, Any]) -> Figure:
    figure, axes = plt.subplots(figsize=(5.2, 4.6))
    for at, label in enumerate(labels):
        area = figures["archive_mix"]["per_class"][label.code]["auc"]["value"]
        if area is None:
            continue
        false_rate, true_rate, _ = roc_curve(targets == at, probabilities[:, at])
        axes.plot(false_rate, true_rate, label=f"{label.code} {area:.3f}", linewidth=1.4)
    axes.plot((0, 1), (0, 1), color=_MUTED, linewidth=0.8, linestyle=":")
    axes.set(xlabel="1 - specificity", ylabel="sensitivity", title="Each class against the rest, with its area")
    axes.legend(loc="lower right")
    return figure


def _reliability(probabilities: Floats, targets: Integers, figures: dict[str, Any], bins: int = 10) -> Figure:
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == targets
    at = np.minimum((top * bins).astype(int), bins - 1)
    counts = np.bincount(at, minlength=bins)
    filled = counts > 0
    stated = np.bincount(at, top, bins)[filled] / counts[filled]
    observed = np.bincount(at, right, bins)[filled] / counts[filled]
    figure, (axes, below) = plt.subplots(
        2, 1, figsize=(5.2, 5.2), sharex=True, height_ratios=(4, 1), gridspec_kw={"hspace": 0.08}
    )
    axes.plot((0, 1), (0, 1), color=_MUTED, linewidth=0.8, linestyle=":")
    axes.plot(stated, observed, marker="o", color=_ACCENT)
    error = figures["archive_mix"]["expected_calibration_error"]["value"]
    axes.set(ylabel="share that was right", ylim=(0, 1), title=f"Reliability; expected calibration error {error:.3f}")
    below.bar((np.arange(bins) + 0.5) / bins, counts, width=0.9 / bins, color=_MUTED)
    below.set(xlabel="stated probability of the top class", ylabel="pictures", xlim=(0, 1))
    return figure


def _training(run: Run) -> Figure:
    with run.history.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    epochs = [int(row["epoch"]) for row in rows]
    figure, (axes, below) = plt.subplots(2, 1, figsize=(6, 5.2), sharex=True, gridspec_kw={"hspace": 0.1})
    curves = (
        ("validation_accuracy", _MUTED),
        ("validation_balanced_accuracy", _WARM),
        ("validation_macro_auc", _ACCENT),
    )
    for name, colour in curves:
        axes.plot(epochs, [float(row[name]) for row in rows], label=name.replace("_", " "), color=colour)
    axes.set(title="Training", ylim=(0.3, 1))
    axes.legend(loc="lower right")
    below.plot(epochs, [float(row["loss"]) for row in rows], label="training loss", color=_WARM)
    below.plot(epochs, [float(row["validation_nll"]) for row in rows], label="validation log loss", color=_ACCENT)
    below.set(xlabel="epoch", ylim=(0, None))
    below.legend(loc="upper right")
    return figure
