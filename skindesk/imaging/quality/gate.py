"""What speaks against a picture, before a network is asked: the issues, how grave they are, and where they are seen."""

from collections.abc import Iterator

import numpy as np

from skindesk.domain.contract import Modality
from skindesk.domain.quality import QualityFinding, QualityIssue
from skindesk.imaging.quality.bubbles import bubbles
from skindesk.imaging.quality.framing import cut_edges, measure_framing
from skindesk.imaging.quality.hair import hairs
from skindesk.imaging.quality.ink import pen_marks
from skindesk.imaging.quality.light import burnt_out, measure_colour, measure_exposure, measure_glare, shining
from skindesk.imaging.quality.measures import Measures
from skindesk.imaging.quality.places import boxes_around
from skindesk.imaging.quality.ruler import find_ruler
from skindesk.imaging.quality.scene import Picture, Scene
from skindesk.imaging.quality.scores import score_for
from skindesk.imaging.quality.sharpness import measure_sharpness
from skindesk.imaging.quality.skin import measure_skin
from skindesk.imaging.quality.spot import measure_spot

SCORED = (
    QualityIssue.NO_SKIN,
    QualityIssue.BLURRED,
    QualityIssue.UNDEREXPOSED,
    QualityIssue.OVEREXPOSED,
    QualityIssue.GLARE,
    QualityIssue.COLOUR_CAST,
    QualityIssue.CUT_OFF,
    QualityIssue.TOO_SMALL,
)
"""What a fitted score tells; the rest is found by rule and never more than a remark."""

LARGEST_SMALL_LESION = 0.05
"""Of the frame: a lesion that fills more is not small, whatever its score."""
LEAST_HAIR = {Modality.DERMOSCOPIC: 0.03, Modality.CLINICAL: 0.015}
LEAST_PEN, LEAST_BUBBLES = 0.0015, 0.006
"""Of the frame: from here on each is worth a remark."""
LEAST_REGULARITY = 0.65
"""Of the ticks of a ruler."""

_SILENCED = {
    QualityIssue.NO_SKIN: frozenset(
        {
            QualityIssue.BLURRED,
            QualityIssue.HAIR,
            QualityIssue.RULER,
            QualityIssue.PEN,
            QualityIssue.BUBBLES,
            QualityIssue.CUT_OFF,
            QualityIssue.TOO_SMALL,
        }
    ),
    QualityIssue.UNDEREXPOSED: frozenset({QualityIssue.COLOUR_CAST}),
    QualityIssue.OVEREXPOSED: frozenset({QualityIssue.COLOUR_CAST, QualityIssue.GLARE, QualityIssue.BUBBLES}),
    QualityIssue.CUT_OFF: frozenset({QualityIssue.TOO_SMALL}),
}
"""What is not told beside a grave trouble, of which it is a mere consequence."""


def assess(rgb: Picture, modality: Modality) -> tuple[QualityFinding, ...]:
    """What speaks against a picture, uint8 (height, width, 3) sRGB of any size; the issues in their own order.

    Works on a copy whose longer side has 224 pixels, which is what the networks see: a softness or a hair that is gone
    there does not reach them. Places are in the pixels of `rgb`. Takes about 10 ms, and 1 ms for each 4 megapixels.
    """
    scene = Scene.of(rgb)
    return judge(scene, measure(scene), modality)


def judge(scene: Scene, measures: Measures, modality: Modality) -> tuple[QualityFinding, ...]:
    """What speaks against a picture of which all is measured; the issues in their own order."""
    scored = _scored(scene, measures, modality)
    found = {finding.issue: finding for finding in (*scored, *_marks(scene, modality))}
    grave = (finding.issue for finding in found.values() if finding.severe)
    silenced = frozenset[QualityIssue]().union(*(_SILENCED.get(issue, frozenset()) for issue in grave))
    return tuple(found[issue] for issue in QualityIssue if issue in found and issue not in silenced)


def measure(scene: Scene) -> Measures:
    """All measures that the scores are made of."""
    return (
        measure_sharpness(scene)
        | measure_exposure(scene)
        | measure_glare(scene)
        | measure_colour(scene)
        | measure_framing(scene)
        | measure_spot(scene.spot)
        | measure_skin(scene)
    )


def _scored(scene: Scene, measures: Measures, modality: Modality) -> Iterator[QualityFinding]:
    for issue in SCORED:
        score = score_for(issue, modality)
        value = score.of(measures)
        if value > score.remark and not (issue is QualityIssue.TOO_SMALL and scene.spot.share > LARGEST_SMALL_LESION):
            yield _described(scene, issue, value > score.severe)


def _described(scene: Scene, issue: QualityIssue, severe: bool) -> QualityFinding:
    """The finding with how much of the frame it is about, and where."""
    if issue is QualityIssue.OVEREXPOSED:
        mask = burnt_out(scene)
    elif issue is QualityIssue.GLARE:
        mask = shining(scene)
    elif issue is QualityIssue.TOO_SMALL:
        return QualityFinding(issue, severe, scene.spot.share, (scene.region(*scene.spot.bounds),))
    elif issue is QualityIssue.CUT_OFF:
        return QualityFinding(issue, severe, None, tuple(scene.region(*box) for box in cut_edges(scene.lesion)))
    else:
        return QualityFinding(issue, severe)
    return QualityFinding(issue, severe, float(mask.mean()), boxes_around(mask, scene))


def _marks(scene: Scene, modality: Modality) -> Iterator[QualityFinding]:
    """What lies on the skin, all of it remarks."""
    masks = {
        QualityIssue.HAIR: (hairs(scene), LEAST_HAIR[modality]),
        QualityIssue.PEN: (pen_marks(scene), LEAST_PEN),
    }
    if modality is Modality.DERMOSCOPIC:
        masks[QualityIssue.BUBBLES] = (bubbles(scene), LEAST_BUBBLES)
    for issue, (mask, least) in masks.items():
        if (share := float(np.mean(mask))) >= least:
            yield QualityFinding(issue, False, share, boxes_around(mask, scene))
    regular, box = find_ruler(scene)
    if regular >= LEAST_REGULARITY:
        left, top, right, bottom = box
        share = (right - left) * (bottom - top)
        yield QualityFinding(QualityIssue.RULER, False, share, (scene.region(*box),))
