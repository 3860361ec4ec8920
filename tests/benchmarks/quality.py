"""What the quality gate finds and what it alarms at in vain, on the half of the archives that it was not fitted to.

`python -m tests.benchmarks.quality [PICTURES]`, where PICTURES is how many dermoscopic pictures are spoilt (200).
Needs the public archives (SKINDESK_DATA); without them it says so and measures nothing.
"""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from skindesk.domain.contract import Modality
from skindesk.domain.quality import QualityIssue
from skindesk.imaging import phantoms
from skindesk.imaging.quality import assess
from skindesk.imaging.quality.gate import SCORED, judge, measure
from skindesk.imaging.quality.scene import Scene
from skindesk.imaging.quality.scores import score_for
from tests.benchmarks.quality_fit import TROUBLES
from tests.support import quality_pictures as pictures
from tests.support.quality_pictures import Half, Source

SPOILT, UNTOUCHED, PHANTOMS = 200, 1_500, 120
FALSE_ALARMS = 0.05
_RULED = {
    "hair": QualityIssue.HAIR,
    "ruler": QualityIssue.RULER,
    "pen": QualityIssue.PEN,
    "bubbles": QualityIssue.BUBBLES,
}
EXPECTED = {trouble: issue for issue, troubles in TROUBLES.items() for trouble in troubles} | _RULED
"""Which issue each trouble is to raise."""


@dataclass(frozen=True)
class Judged:
    """What the gate made of one picture: its remarks, its refusals, its scores."""

    modality: Modality
    source: Source | None
    trouble: str
    remarked: frozenset[QualityIssue]
    refused: frozenset[QualityIssue]
    scores: dict[QualityIssue, float]


def judge_picture(rgb: pictures.Picture, modality: Modality, trouble: str, source: Source | None = None) -> Judged:
    """Put one picture before the gate."""
    scene = Scene.of(rgb)
    measures = measure(scene)
    found = judge(scene, measures, modality)
    remarked, refused = (frozenset(each.issue for each in found if each.severe is severe) for severe in (False, True))
    scores = {issue: score_for(issue, modality).of(measures) for issue in SCORED}
    return Judged(modality, source, trouble, remarked, refused, scores)


def judge_source(source: Source, spoilt: bool) -> list[Judged]:
    """Put a picture of an archive before the gate as it is and, if `spoilt`, in every way in which it is spoilt."""
    cv2.setNumThreads(1)
    modalities = tuple(Modality) if source.modality is None else (source.modality,)
    return [
        judge_picture(view.rgb, modality, view.trouble, source)
        for view in pictures.views(source, spoilt)
        for modality in modalities
    ]


def judge_phantom(seed: int) -> Judged:
    """Put a generated picture before the gate; the tone of its skin, 0 to 5, stands for the Fitzpatrick type."""
    kind, tone = phantoms.KINDS[seed % len(phantoms.KINDS)], seed % 6
    skin = phantoms.paint_skin(kind, 90_000 + seed, (600, 450), (90, 170), tone / 5)
    rgb = phantoms.take(skin, 90_000 + seed, np.eye(2, 3), (600, 450))
    return judge_picture(rgb, Modality.DERMOSCOPIC, f"phantom {tone}")


def gather(folder: Path, spoilt: int) -> list[Judged]:
    """Everything of the half that is for measuring."""
    dermoscopic = _of_half(pictures.dermoscopic(folder))
    clinical, no_skin = _of_half(pictures.clinical(folder)), _of_half(pictures.no_skin(folder))
    with ProcessPoolExecutor(2) as workers:
        work = (
            workers.map(partial(judge_source, spoilt=True), dermoscopic[:spoilt], chunksize=2),
            workers.map(
                partial(judge_source, spoilt=False), dermoscopic[spoilt : max(spoilt, UNTOUCHED)], chunksize=16
            ),
            workers.map(partial(judge_source, spoilt=True), clinical[:spoilt], chunksize=2),
            workers.map(partial(judge_source, spoilt=False), clinical[spoilt:], chunksize=16),
            workers.map(partial(judge_source, spoilt=False), no_skin, chunksize=4),
        )
        judged = [each for part in work for found in part for each in found]
        return judged + list(workers.map(judge_phantom, range(PHANTOMS), chunksize=8))


def main(spoilt: int = SPOILT) -> None:
    """Print the tables."""
    folder = pictures.data_folder()
    if folder is None:
        print("Skipped: no public archives here; set SKINDESK_DATA to their folder.")
        return
    judged = gather(folder, spoilt)
    for modality in Modality:
        _print_findings([each for each in judged if each.modality is modality], modality)
    _print_groups(judged)
    print(f"\nA 600 x 450 picture takes {_milliseconds(folder):.1f} ms on one thread (median of processor time).")


def _print_findings(judged: Sequence[Judged], modality: Modality) -> None:
    untouched = [each for each in judged if each.trouble == pictures.UNTOUCHED]
    print(f"\n{modality.capitalize()}: {len(untouched)} untouched pictures of the measuring half. Per cent.")
    heading = ("trouble", "pictures", "remarked", "refused", "at 5 % false", "false: remarked", "refused")
    print("  {:<16}{:>9}{:>10}{:>9}{:>14}{:>17}{:>9}".format(*heading))
    for trouble, issue in EXPECTED.items():
        spoilt = [each for each in judged if each.trouble == trouble]
        if not spoilt or (issue is QualityIssue.BUBBLES and modality is Modality.CLINICAL):
            continue
        at_five = _at_false_alarms(spoilt, untouched, issue) if issue in SCORED else None
        figures = (_rate(spoilt, _raises(issue)), _rate(spoilt, _refuses(issue)))
        false = (_rate(untouched, _raises(issue)), _rate(untouched, _refuses(issue)))
        columns = (f"{figure:.1f}" for figure in (*figures, *false))
        raised, refused, false_raised, false_refused = columns
        shown = "" if at_five is None else f"{at_five:.1f}"
        print(f"  {trouble:<16}{len(spoilt):>9}{raised:>10}{refused:>9}{shown:>14}{false_raised:>17}{false_refused:>9}")


def _print_groups(judged: Sequence[Judged]) -> None:
    """How often anything at all is said, in groups of pictures without trouble done to them."""
    print("\nPictures without trouble: any refusal, any scored issue, anything at all. Per cent.")
    for name, chosen in _groups(judged).items():
        if chosen:
            refused = _rate(chosen, lambda each: bool(each.refused))
            scored = _rate(chosen, lambda each: bool((each.refused | each.remarked) & set(SCORED)))
            anything = _rate(chosen, lambda each: bool(each.refused | each.remarked))
            print(f"  {name:<44}{len(chosen):>6}{refused:>8.1f}{scored:>8.1f}{anything:>8.1f}")


def _groups(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {}
    for modality in Modality:
        for trouble in (pictures.UNTOUCHED, pictures.RECODED, "darker_skin"):
            chosen = [each for each in judged if each.modality is modality and each.trouble == trouble]
            groups[f"{modality}, {trouble.replace('_', ' ')}"] = chosen
    untouched = [each for each in judged if each.trouble == pictures.UNTOUCHED and each.source is not None]
    groups["dermatoscopes' own files, 600 x 450"] = [
        each for each in untouched if each.source and each.source.is_original
    ]
    for skin_type in "123456":
        chosen = [each for each in untouched if each.source and each.source.skin_type == skin_type]
        groups[f"clinical, Fitzpatrick type {skin_type}"] = chosen
    for tone in range(6):
        groups[f"phantoms, tone {tone} of 5"] = [each for each in judged if each.trouble == f"phantom {tone}"]
    return groups


def _raises(issue: QualityIssue) -> Callable[[Judged], bool]:
    return lambda each: issue in each.remarked | each.refused


def _refuses(issue: QualityIssue) -> Callable[[Judged], bool]:
    return lambda each: issue in each.refused


def _rate(judged: Sequence[Judged], holds: Callable[[Judged], bool]) -> float:
    return 100 * sum(map(holds, judged)) / max(1, len(judged))


def _at_false_alarms(spoilt: Sequence[Judged], untouched: Sequence[Judged], issue: QualityIssue) -> float:
    """How much is found at the score that a twentieth of the untouched pictures exceeds."""
    limit = float(np.quantile([each.scores[issue] for each in untouched], 1 - FALSE_ALARMS))
    return _rate(spoilt, lambda each: each.scores[issue] > limit)


def _of_half(sources: Iterable[Source]) -> list[Source]:
    return [source for source in sources if source.half is Half.MEASURE]


def _milliseconds(folder: Path) -> float:
    cv2.setNumThreads(1)
    originals = [pictures.read(source) for source in pictures.dermoscopic(folder)[:40] if source.is_original]
    spent_s = []
    for rgb in originals * 3:
        begun_s = time.thread_time()
        assess(rgb, Modality.DERMOSCOPIC)
        spent_s.append(time.thread_time() - begun_s)
    return 1000 * float(np.median(spent_s))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SPOILT)
