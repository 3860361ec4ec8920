"""Fits the scores of the quality gate to one half of the archives: `python -m tests.benchmarks.quality_fit`.

Writes resources/quality/weights.json. Each score is a logistic regression with a ridge on a few measures, between
pictures with one trouble and pictures without. Its limits come from scores of pictures that the fit had not seen (five
folds): a remark from some 2 % of the untroubled on, a refusal from 1 % on, or later where the trouble is still found.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import combinations_with_replacement
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.domain.contract import Modality
from skindesk.domain.quality import QualityIssue
from skindesk.imaging import phantoms
from skindesk.imaging.quality.gate import SCORED, measure
from skindesk.imaging.quality.measures import Measures
from skindesk.imaging.quality.scene import Scene
from skindesk.imaging.quality.scores import FARTHEST
from tests.support import quality_pictures as pictures
from tests.support.quality_pictures import Half, Source

OUT = Path("resources/quality/weights.json")
SPOILT, UNTOUCHED = 250, 2_000
"""How many dermoscopic pictures are spoilt, and how many are looked at as they are; of the clinical ones all."""
PHANTOMS = 168
REMARKED, REFUSED = 0.025, 0.01
"""Of each kind of untroubled pictures, at most."""
OFTENER_REMARKED = {QualityIssue.CUT_OFF: 0.05, QualityIssue.COLOUR_CAST: 0.04}
"""What is harder to tell: the archives hold such pictures, too."""
STILL_REMARKED, STILL_REFUSED = 0.985, 0.95
"""Of the troubled pictures: the limit rises for as long as so many of them are beyond it."""
FOLDS = 5

Floats = NDArray[np.float64]

TROUBLES = {
    QualityIssue.NO_SKIN: (pictures.NO_SKIN, pictures.PART_OF_NO_SKIN),
    QualityIssue.BLURRED: ("gaussian_blur", "defocus", "motion_blur"),
    QualityIssue.UNDEREXPOSED: ("underexposed",),
    QualityIssue.OVEREXPOSED: ("overexposed",),
    QualityIssue.GLARE: ("glare",),
    QualityIssue.COLOUR_CAST: ("colour_cast",),
    QualityIssue.CUT_OFF: ("cut_off",),
    QualityIssue.TOO_SMALL: ("too_small",),
}
MARKED = ("hair", "ruler", "pen", "bubbles")
"""Troubles that are found by rule, and that no score is to take for its own."""
PHANTOM = "phantom"
UNTROUBLED = (pictures.UNTOUCHED, pictures.RECODED, "darker_skin", PHANTOM)

_SHARPNESS = ("detail_", "peaks_", "poorest_", "directions_", "partiality_", "narrowness_")
_EXPOSURE = ("light_", "burnt_out", "black", "clipped_", "spent_", "skin_light", "lesion_light")
_GLARE = ("shine", "strong_shine", "largest_shine", "white", "light_50", "light_99")
_COLOUR = ("skin_red", "skin_blue", "lesion_red", "lesion_blue", "bright_red", "bright_blue", "dark_red", "dark_blue")
_FRAMING = (
    "lesion_share",
    "lesion_contrast",
    "threshold",
    "salien",
    "chord",
    "strip",
    "towards",
    "shown",
    "centre",
    "solidity",
)
_SPOT = ("spot_",)
_GROUND = (
    "patches_",
    "light_spread",
    "chroma_spread",
    "grey",
    "hues",
    "skin_light",
    "lesion_light",
    "light_5",
    "light_95",
)
_SKIN = (
    "grey",
    "skin_like",
    "green_or_blue",
    "hues",
    "chroma_",
    "light_spread",
    "edges",
    "strong_edges",
    "patches_",
    "rim_",
)


@dataclass(frozen=True)
class Design:
    """Which measures a score is made of, by the beginnings of their names; whether of products, too; the ridge."""

    beginnings: tuple[str, ...]
    products: bool = False
    ridge: float = 3.0


DESIGNS = {
    QualityIssue.NO_SKIN: Design(
        (*_SKIN, *_COLOUR, "detail_0", "detail_1", "detail_2", "narrowness_1"), products=True, ridge=100.0
    ),
    QualityIssue.BLURRED: Design(_SHARPNESS),
    QualityIssue.UNDEREXPOSED: Design((*_EXPOSURE, "skin_red", "skin_blue")),
    QualityIssue.OVEREXPOSED: Design(_EXPOSURE),
    QualityIssue.GLARE: Design(_GLARE),
    QualityIssue.COLOUR_CAST: Design((*_COLOUR, "skin_light"), products=True),
    QualityIssue.CUT_OFF: Design((*_FRAMING, *_GROUND), products=True, ridge=100.0),
    QualityIssue.TOO_SMALL: Design((*_SPOT, "lesion_share", "lesion_contrast", "threshold", "salien"), products=True),
}


@dataclass(frozen=True)
class Row:
    """What was measured on a picture, and what was done to it before. A photograph without skin has no modality."""

    modality: Modality | None
    group: str
    trouble: str
    measures: Measures
    source: Source | None = None


def rows_of(source: Source, spoilt: bool) -> list[Row]:
    """Measure a picture of an archive as it is and, if `spoilt`, in every way in which it is spoilt."""
    cv2.setNumThreads(1)
    return [
        Row(source.modality, source.group, view.trouble, measure(Scene.of(view.rgb)), source)
        for view in pictures.views(source, spoilt)
    ]


def phantom_row(seed: int) -> Row:
    """Measure a generated picture of skin of any tone."""
    kind, tone = phantoms.KINDS[seed % len(phantoms.KINDS)], seed % 6 / 5
    skin = phantoms.paint_skin(kind, 70_000 + seed, (600, 450), (90, 170), tone)
    rgb = phantoms.take(skin, 70_000 + seed, np.eye(2, 3), (600, 450))
    return Row(Modality.DERMOSCOPIC, str(seed), PHANTOM, measure(Scene.of(rgb)))


def gather(folder: Path) -> list[Row]:
    """All rows of the half that is for fitting."""
    dermoscopic = _of_half(pictures.dermoscopic(folder))
    clinical, no_skin = _of_half(pictures.clinical(folder)), _of_half(pictures.no_skin(folder))
    with ProcessPoolExecutor(2) as workers:
        work = (
            workers.map(partial(rows_of, spoilt=True), dermoscopic[:SPOILT], chunksize=4),
            workers.map(partial(rows_of, spoilt=False), dermoscopic[SPOILT:UNTOUCHED], chunksize=16),
            workers.map(partial(rows_of, spoilt=True), clinical, chunksize=4),
            workers.map(partial(rows_of, spoilt=True), no_skin, chunksize=4),
        )
        rows = [row for part in work for found in part for row in found]
        return rows + list(workers.map(phantom_row, range(PHANTOMS), chunksize=8))


def fit(rows: Sequence[Row], issue: QualityIssue, modality: Modality) -> dict[str, object]:
    """One score with its limits, as it is shipped."""
    troubled = [row for row in rows if row.trouble in TROUBLES[issue] and row.modality in (modality, None)]
    untroubled = [row for row in rows if row.modality is modality and row.trouble in _untroubled(issue)]
    every = [*troubled, *untroubled]
    is_troubled = np.arange(len(every)) < len(troubled)
    names, terms = _names(issue, every[0].measures)
    values = np.array([[row.measures[name] for name in names] for row in every])
    plain = values[[row.trouble == pictures.UNTOUCHED for row in every]]
    means, spreads = plain.mean(axis=0), plain.std(axis=0) + 1e-6
    columns = _columns(np.clip((values - means) / spreads, -FARTHEST, FARTHEST), terms)
    importance = _importance(every, is_troubled)
    weights = _regression(columns, is_troubled, importance, DESIGNS[issue].ridge)
    unseen = _unseen(columns, is_troubled, importance, [row.group for row in every], DESIGNS[issue].ridge)
    remark, severe = _limits(unseen, every, is_troubled, OFTENER_REMARKED.get(issue, REMARKED))
    return {
        "scales": {name: _rounded(mean, spread) for name, mean, spread in zip(names, means, spreads, strict=True)},
        "weights": dict(
            zip(("*".join(names[i] for i in term) for term in terms), _rounded(*weights[:-1]), strict=True)
        ),
        "bias": _rounded(weights[-1])[0],
        "remark": remark,
        "severe": severe,
    }


def _of_half(sources: Iterable[Source]) -> list[Source]:
    return [source for source in sources if source.half is Half.FIT]


def _untroubled(issue: QualityIssue) -> tuple[str, ...]:
    """What is no trouble of this kind. Skin is skin whatever is wrong, and a mirrored lamp is glare only."""
    if issue is QualityIssue.NO_SKIN:
        return (
            *UNTROUBLED,
            *MARKED,
            *(trouble for other in SCORED if other is not issue for trouble in TROUBLES[other]),
        )
    if issue is QualityIssue.COLOUR_CAST:
        return UNTROUBLED
    return (*UNTROUBLED, *MARKED, "glare") if issue is QualityIssue.OVEREXPOSED else (*UNTROUBLED, *MARKED)


def _names(issue: QualityIssue, measures: Measures) -> tuple[list[str], list[tuple[int, ...]]]:
    """The measures of a score, and its terms: each measure, and each product of two where wanted."""
    names = [name for name in measures if name.startswith(DESIGNS[issue].beginnings)]
    terms: list[tuple[int, ...]] = [(number,) for number in range(len(names))]
    if DESIGNS[issue].products:
        terms += combinations_with_replacement(range(len(names)), 2)
    return names, terms


def _columns(scaled: Floats, terms: Sequence[tuple[int, ...]]) -> Floats:
    products = [scaled[:, list(term)].prod(axis=1) for term in terms]
    return np.stack((*products, np.ones(len(scaled))), axis=1)


def _importance(rows: Sequence[Row], is_troubled: NDArray[np.bool_]) -> Floats:
    """Weights by which troubled and untroubled count alike, and a few phantoms do not outweigh an archive."""
    sums = {pictures.UNTOUCHED: 0.5, PHANTOM: 0.15}
    kinds = ["troubled" if troubled else row.trouble for row, troubled in zip(rows, is_troubled, strict=True)]
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    others = len(counts.keys() - {"troubled", pictures.UNTOUCHED, PHANTOM})
    parts = np.array([1.0 if kind == "troubled" else sums.get(kind, 0.35 / max(1, others)) for kind in kinds])
    weights = parts / np.array([counts[kind] for kind in kinds])
    return np.asarray(weights / weights.sum() * len(rows))


def _regression(columns: Floats, is_troubled: NDArray[np.bool_], importance: Floats, ridge: float) -> Floats:
    """Weights of the columns, the last of which is the bias, by Newton's method."""
    weights = np.zeros(columns.shape[1])
    penalty = np.full(columns.shape[1], ridge)
    penalty[-1] = 1e-6
    for _ in range(60):
        odds = 1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30)))
        slope = columns.T @ (importance * (odds - is_troubled)) + penalty * weights
        curve = (columns * (importance * np.maximum(odds * (1 - odds), 1e-5))[:, None]).T @ columns + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights -= step * min(1.0, 5 / (1e-9 + float(np.abs(step).max())))
        if float(np.abs(step).max()) < 1e-4:
            break
    return weights


def _unseen(
    columns: Floats, is_troubled: NDArray[np.bool_], importance: Floats, groups: Sequence[str], ridge: float
) -> Floats:
    """The score of each row by a fit that has seen no row of its group."""
    numbers = {group: number % FOLDS for number, group in enumerate(sorted(set(groups)))}
    fold = np.array([numbers[group] for group in groups])
    scores = np.zeros(len(groups))
    for number in range(FOLDS):
        rest = fold != number
        weights = _regression(columns[rest], is_troubled[rest], importance[rest], ridge)
        scores[~rest] = columns[~rest] @ weights
    return scores


def _limits(
    scores: Floats, rows: Sequence[Row], is_troubled: NDArray[np.bool_], remarked: float
) -> tuple[float, float]:
    """Over which score to remark, and over which to refuse."""
    kinds = np.array([row.trouble for row in rows])
    untroubled = [scores[kinds == kind] for kind in UNTROUBLED if kind in kinds]
    found = scores[is_troubled]
    remark, severe = (
        max(float(np.quantile(found, 1 - still)), *(float(np.quantile(group, 1 - part)) for group in untroubled))
        for part, still in ((remarked, STILL_REMARKED), (REFUSED, STILL_REFUSED))
    )
    return round(remark, 3), round(max(remark, severe), 3)


def _rounded(*numbers: float) -> list[float]:
    return [float(f"{number:.4g}") for number in numbers]


def main() -> None:
    folder = pictures.data_folder()
    if folder is None:
        sys.exit("error: no public archives here: set SKINDESK_DATA to their folder")
    rows = gather(folder)
    scores = {modality: {issue: fit(rows, issue, modality) for issue in SCORED} for modality in Modality}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
