"""The curves of an evaluation as inline SVG: ROC, precision-recall, reliability, risk-coverage, training.

Text and lines take their colours from the page around them, so that one drawing serves light, dark and paper.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve, roc_curve

from training.metrics import Floats, Integers
from training.selective import risk_coverage

_INK, _MUTED, _ACCENT, _WARM, _HAIRLINE = "#010101", "#020202", "#030303", "#040404", "#050505"
_FROM_PAGE = {
    _INK: "currentColor",
    _MUTED: "var(--muted)",
    _ACCENT: "var(--accent)",
    _WARM: "var(--malignant)",
    _HAIRLINE: "var(--hairline)",
}
"""Colours that matplotlib writes and that the page's own replace."""
_CLASS_COLOURS = ("#1687a8", "#d0603a", "#7d63c4", "#3f9560", "#c2478f", "#b3842a", "#6b7889", "#4c78c8", "#a05a34")
"""One a class, of a lightness that reads on white and on near-black alike."""
_DASHES: Sequence[Any] = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)))
_STYLE: Any = {
    "axes.edgecolor": _MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": _INK,
    "axes.labelsize": 9,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "figure.facecolor": "none",
    "figure.figsize": (4.8, 4.1),
    "font.family": "sans-serif",
    "font.size": 9,
    "grid.color": _HAIRLINE,
    "grid.linewidth": 0.6,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "skindesk",
    "text.color": _INK,
    "xtick.color": _MUTED,
    "xtick.labelcolor": _INK,
    "ytick.color": _MUTED,
    "ytick.labelcolor": _INK,
}


def roc(probabilities: Floats, targets: Integers, codes: Sequence[str]) -> str:
    """Each class against the rest: sensitivity by 1 - specificity, for the classes that have pictures."""
    with _drawing("roc") as (figure, drawn):
        axes = figure.subplots()
        for at, code in _judged(targets, codes):
            false_rate, true_rate, _ = roc_curve(targets == at, probabilities[:, at])
            axes.plot(false_rate, true_rate, label=code, **_class_line(at))
        axes.plot((0, 1), (0, 1), color=_MUTED, linewidth=0.8, linestyle=":")
        axes.set(xlabel="1 − specificity", ylabel="sensitivity", xlim=(0, 1), ylim=(0, 1.005))
        axes.legend(loc="lower right")
    return drawn.svg


def precision_recall(probabilities: Floats, targets: Integers, codes: Sequence[str]) -> str:
    """Each class against the rest: precision by sensitivity, for the classes that have pictures."""
    with _drawing("precision-recall") as (figure, drawn):
        axes = figure.subplots()
        for at, code in _judged(targets, codes):
            precision, recall, _ = precision_recall_curve(targets == at, probabilities[:, at])
            axes.plot(recall, precision, label=code, drawstyle="steps-post", **_class_line(at))
        axes.set(xlabel="sensitivity (recall)", ylabel="precision", xlim=(0, 1), ylim=(0, 1.005))
        axes.legend(loc="lower left")
    return drawn.svg


def reliability(before: Floats, after: Floats, targets: Integers, bins: int = 10) -> str:
    """How often the top answer is right by what it was given, before and after calibration; pictures a bin below."""
    with _drawing("reliability") as (figure, drawn):
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        axes.plot((0, 1), (0, 1), color=_MUTED, linewidth=0.8, linestyle=":")
        for probabilities, label, line in (
            (before, "before", {"color": _WARM, "linestyle": _DASHES[1], "marker": "s", "markersize": 4}),
            (after, "after calibration", {"color": _ACCENT, "marker": "o", "markersize": 4}),
        ):
            stated, observed, counts = _reliability(probabilities, targets, bins)
            axes.plot(stated, observed, label=label, **line)
        axes.set(ylabel="share that was right", ylim=(0, 1.005))
        axes.legend(loc="upper left")
        below.bar((np.arange(bins) + 0.5) / bins, counts, width=0.9 / bins, color=_MUTED)
        below.set(xlabel="probability of the top answer", ylabel="pictures", xlim=(0, 1))
    return drawn.svg


def risk(probabilities: Floats, targets: Integers, coverage: float) -> str:
    """The share of wrong answers by the share of pictures answered, with one coverage marked."""
    with _drawing("risk-coverage") as (figure, drawn):
        axes = figure.subplots()
        shares, wrong = risk_coverage(probabilities, targets)
        axes.plot(shares, wrong, color=_ACCENT)
        axes.axvline(coverage, color=_MUTED, linewidth=0.8, linestyle=":")
        axes.set(xlabel="share answered (coverage)", ylabel="share of wrong answers (risk)", xlim=(0, 1))
        axes.set_ylim(0, max(1.25 * float(wrong[-1]), 0.05))
    return drawn.svg


def training(history: Path) -> str:
    """The validation figures and losses of every epoch, from a run's history."""
    with history.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    epochs = [int(row["epoch"]) for row in rows]
    with _drawing("training") as (figure, drawn):
        axes, below = figure.subplots(2, 1, sharex=True)
        for name, colour, dash in (
            ("accuracy", _MUTED, _DASHES[1]),
            ("balanced_accuracy", _WARM, _DASHES[0]),
            ("macro_auc", _ACCENT, _DASHES[0]),
        ):
            values = [float(row[f"validation_{name}"]) for row in rows]
            axes.plot(epochs, values, label=name.replace("_", " "), color=colour, linestyle=dash)
        axes.set(ylabel="on the validation part", ylim=(None, 1))
        axes.legend(loc="lower right")
        for name, colour, label in (("loss", _WARM, "training"), ("validation_nll", _ACCENT, "validation")):
            below.plot(epochs, [float(row[name]) for row in rows], label=label, color=colour)
        below.set(xlabel="epoch", ylabel="log loss", ylim=(0, None))
        below.legend(loc="upper right")
    return drawn.svg


class _Drawn:
    """Receives the drawing when it is done."""

    svg = ""


@contextmanager
def _drawing(name: str) -> Iterator[tuple[Figure, _Drawn]]:
    """A figure in the house's style that becomes SVG, its ids beginning with `name`, when the block ends."""
    drawn = _Drawn()
    with mpl.rc_context(_STYLE):
        figure = Figure(layout="constrained")
        yield figure, drawn
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg")
    drawn.svg = _embeddable(buffer.getvalue(), name)


def _embeddable(svg: str, name: str) -> str:
    """The drawing without what only a file of its own needs, in the page's colours, its ids apart from others'."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"| version="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = svg.replace("url(#", f"url(#{name}-").replace('href="#', f'href="#{name}-')
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    for written, own in _FROM_PAGE.items():
        svg = svg.replace(written, own)
    return svg


def _judged(targets: Integers, codes: Sequence[str]) -> list[tuple[int, str]]:
    """The classes, with their places, that some pictures belong to and some do not."""
    return [(at, code) for at, code in enumerate(codes) if 0 < (targets == at).sum() < len(targets)]


def _class_line(at: int) -> dict[str, Any]:
    count = len(_CLASS_COLOURS)
    return {"color": _CLASS_COLOURS[at % count], "linestyle": _DASHES[at // 3 % len(_DASHES)]}


def _reliability(probabilities: Floats, targets: Integers, bins: int) -> tuple[Floats, Floats, Floats]:
    """Per filled bin what was stated and observed, and how many pictures each bin holds."""
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == targets
    at = np.minimum((top * bins).astype(int), bins - 1)
    counts = np.bincount(at, minlength=bins)
    filled = counts > 0
    stated = np.bincount(at, top, bins)[filled] / counts[filled]
    observed = np.bincount(at, right, bins)[filled] / counts[filled]
    return stated, observed, counts.astype(np.float64)
