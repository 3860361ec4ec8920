from collections.abc import Callable

import cv2
import numpy as np
import pytest

from skindesk.domain.contract import Modality
from skindesk.domain.quality import QualityFinding, QualityIssue
from skindesk.imaging import phantoms
from skindesk.imaging.quality import assess
from skindesk.imaging.quality.gate import SCORED
from skindesk.imaging.quality.scores import score_for
from tests.support import picture_defects
from tests.support.picture_defects import Picture

KINDS = ("mel", "nv", "bkl", "vasc")
SEEDS = (5, 6)
TONES = (0.0, 0.3, 0.6, 1.0)

SPOILT: dict[str, tuple[Callable[[Picture, np.random.Generator], Picture], QualityIssue]] = {
    "gaussian_blur": (picture_defects.gaussian_blur, QualityIssue.BLURRED),
    "defocus": (picture_defects.defocus, QualityIssue.BLURRED),
    "motion_blur": (picture_defects.motion_blur, QualityIssue.BLURRED),
    "underexposed": (picture_defects.underexposed, QualityIssue.UNDEREXPOSED),
    "overexposed": (picture_defects.overexposed, QualityIssue.OVEREXPOSED),
    "glare": (picture_defects.glare, QualityIssue.GLARE),
    "colour_cast": (picture_defects.colour_cast, QualityIssue.COLOUR_CAST),
    "hair": (picture_defects.hair, QualityIssue.HAIR),
    "ruler": (picture_defects.ruler, QualityIssue.RULER),
    "pen": (picture_defects.pen, QualityIssue.PEN),
    "bubbles": (picture_defects.bubbles, QualityIssue.BUBBLES),
}


def picture_of(kind: str, seed: int, tone: float = 0.2) -> tuple[Picture, picture_defects.Mask]:
    """A dermoscopic picture without bubbles, and where its lesion is."""
    skin = phantoms.paint_skin(kind, seed, (600, 450), (90, 130), tone)
    rgb = np.clip(skin.colours, 0, 1) * 235 + np.random.default_rng(seed).normal(0, 1.5, skin.colours.shape)
    return np.clip(cv2.GaussianBlur(rgb, (0, 0), 0.7), 0, 255).astype(np.uint8), skin.mask


def clean_pictures() -> list[tuple[Picture, picture_defects.Mask]]:
    return [picture_of(kind, seed) for kind in KINDS for seed in SEEDS]


def issues(rgb: Picture, modality: Modality = Modality.DERMOSCOPIC) -> set[QualityIssue]:
    return {finding.issue for finding in assess(rgb, modality)}


def the_finding(rgb: Picture, issue: QualityIssue) -> QualityFinding:
    return next(finding for finding in assess(rgb, Modality.DERMOSCOPIC) if finding.issue is issue)


def test_nothing_speaks_against_a_clean_picture() -> None:
    assert [issues(rgb) for rgb, _ in clean_pictures()] == [set()] * len(clean_pictures())


@pytest.mark.parametrize("tone", TONES)
def test_no_tone_of_skin_is_a_fault(tone: float) -> None:
    pictures = [picture_of(kind, seed, tone)[0] for kind in KINDS for seed in SEEDS]
    assert not any(finding.severe for rgb in pictures for finding in assess(rgb, Modality.DERMOSCOPIC))


@pytest.mark.parametrize("trouble", SPOILT)
def test_each_trouble_is_found(trouble: str) -> None:
    spoil, issue = SPOILT[trouble]
    rng = np.random.default_rng(11)
    found = [issue in issues(picture_defects.as_taken(spoil(rgb, rng), rng)) for rgb, _ in clean_pictures()]
    assert np.mean(found) >= 0.75


def test_a_lesion_that_the_frame_cuts_off_is_found_and_the_edge_named() -> None:
    rgb, mask = picture_of("nv", 5)
    middle = int(np.median(np.flatnonzero(mask.any(axis=0))))
    finding = the_finding(np.ascontiguousarray(rgb[:, middle:]), QualityIssue.CUT_OFF)
    assert any(place.left == 0 and place.width < 40 for place in finding.places)


def test_a_small_lesion_is_found_with_its_share_and_its_place() -> None:
    rgb, mask = picture_of("nv", 5)
    far = picture_defects.too_small(rgb, np.random.default_rng(3), mask)
    assert far is not None
    finding = the_finding(far, QualityIssue.TOO_SMALL)
    assert finding.share == pytest.approx(0.008, abs=0.008)
    (place,) = finding.places
    assert place.lies_within(600, 450)
    inside = far[place.top : place.top + place.height, place.left : place.left + place.width]
    assert inside.mean() < far.mean() - 10


@pytest.mark.parametrize("modality", Modality)
def test_a_photograph_of_no_skin_is_refused(modality: Modality) -> None:
    rng = np.random.default_rng(2)
    tiles = np.kron(rng.integers(0, 255, (12, 16, 3)), np.ones((25, 25, 1))).astype(np.uint8)
    page = np.full((400, 300, 3), 240, np.uint8)
    for row in range(20, 380, 14):
        cv2.putText(page, "the quick brown fox jumps", (10, row), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (20, 20, 20), 1)
    for rgb in (tiles, page):
        assert QualityIssue.NO_SKIN in {finding.issue for finding in assess(rgb, modality) if finding.severe}


def test_glare_is_marked_where_it_is_and_measured() -> None:
    rgb, _ = picture_of("nv", 6)
    cv2.circle(rgb, (450, 120), 45, (255, 255, 255), -1)
    finding = the_finding(rgb, QualityIssue.GLARE)
    assert finding.share == pytest.approx(np.pi * 45**2 / (600 * 450), rel=0.3)
    assert finding.places[0].left == pytest.approx(405, abs=12)
    assert finding.places[0].width == pytest.approx(90, abs=24)


def test_the_size_of_the_picture_does_not_change_what_is_found() -> None:
    rgb, _ = picture_of("mel", 5)
    spoilt = picture_defects.gaussian_blur(rgb, np.random.default_rng(4))
    for picture in (rgb, spoilt):
        large = cv2.resize(picture, (2400, 1800), interpolation=cv2.INTER_CUBIC)
        assert issues(np.asarray(large, np.uint8)) == issues(picture)


@pytest.mark.parametrize("modality", Modality)
@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (2, 3), (17, 31), (223, 225), (32, 3000)])
def test_no_size_is_too_odd(size: tuple[int, int], modality: Modality) -> None:
    rgb = np.random.default_rng(8).integers(0, 256, (*size, 3), dtype=np.uint8)
    for finding in assess(rgb, modality):
        assert all(place.lies_within(size[1], size[0]) for place in finding.places)
        assert finding.share is None or 0 <= finding.share <= 1


@pytest.mark.parametrize("modality", Modality)
@pytest.mark.parametrize("level", [0, 1, 128, 254, 255])
def test_a_picture_of_one_grey_is_refused_and_does_no_harm(level: int, modality: Modality) -> None:
    assert any(finding.severe for finding in assess(np.full((90, 120, 3), level, np.uint8), modality))


def test_a_lens_cap_is_too_dark_and_a_burnt_out_picture_too_bright() -> None:
    assert QualityIssue.UNDEREXPOSED in issues(np.zeros((300, 400, 3), np.uint8))
    assert QualityIssue.OVEREXPOSED in issues(np.full((300, 400, 3), 255, np.uint8))


def test_a_grey_picture_does_no_harm() -> None:
    rgb, _ = picture_of("mel", 6)
    grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    for modality in Modality:
        assert isinstance(assess(np.asarray(grey, np.uint8), modality), tuple)


def test_a_part_of_a_picture_is_assessed_without_a_copy() -> None:
    rgb, _ = picture_of("nv", 5)
    part = rgb[50:400, 60:560]
    assert assess(part, Modality.DERMOSCOPIC) == assess(np.ascontiguousarray(part), Modality.DERMOSCOPIC)


@pytest.mark.parametrize("modality", Modality)
@pytest.mark.parametrize("issue", SCORED)
def test_refusing_takes_no_less_than_remarking(issue: QualityIssue, modality: Modality) -> None:
    score = score_for(issue, modality)
    assert score.severe >= score.remark
    assert all(part in score.scales for term in score.weights for part in term.split("*"))
