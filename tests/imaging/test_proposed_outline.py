"""Proposed outlines: close to the lesion, honest about it, the same at any size, and always fit to be kept."""

import time

import numpy as np
import pytest

from skindesk.imaging.outline import MOST_POINTS, NoOutline, Points, ProposedOutline, propose_outline
from skindesk.imaging.phantoms import KINDS, generate
from tests.support.outlines import SKIN, alike, crosses_itself, inside, on_skin

KINDS_WITH_A_BORDER = tuple(kind for kind in KINDS if kind != "bcc")
"""A phantom's basal cell carcinoma is as pale as its skin: only its nests and vessels show."""


def propose(rgb: np.ndarray) -> ProposedOutline:
    found = propose_outline(rgb)
    assert isinstance(found, ProposedOutline)
    return found


def ellipse(width_px: int, height_px: int, across: float, down: float, centre: tuple[float, float]) -> np.ndarray:
    y, x = np.mgrid[:height_px, :width_px] + 0.5
    return ((x - centre[0]) / across) ** 2 + ((y - centre[1]) / down) ** 2 < 1


def test_proposals_are_the_lesions() -> None:
    all_alike, confidences = [], []
    for kind in KINDS_WITH_A_BORDER:
        for seed in range(7100, 7105):
            phantom = generate(kind, seed)
            found = propose(phantom.rgb)
            all_alike.append(alike(inside(found.points, 600, 450), phantom.mask))
            confidences.append(found.confidence)
    assert np.median(all_alike) > 0.87
    assert np.quantile(all_alike, 0.1) > 0.7
    assert abs(np.median(confidences) - np.median(all_alike)) < 0.15


def test_a_faint_lesion_is_proposed_with_less_confidence() -> None:
    mask = ellipse(600, 450, 110, 80, (300, 225))
    noise = np.random.default_rng(5).normal(0, 3, (450, 600, 1))
    clear, faint = (propose(on_skin(mask, colour, noise)) for colour in ((120, 70, 50), (211, 158, 138)))
    assert alike(inside(clear.points, 600, 450), mask) > 0.95
    assert faint.confidence < clear.confidence


@pytest.mark.parametrize("size", [(120, 90), (600, 450), (1024, 1024), (4032, 3024)])
def test_a_picture_of_any_size_has_the_outline_in_its_own_pixels(size: tuple[int, int]) -> None:
    width, height = size
    mask = ellipse(width, height, 0.2 * width, 0.15 * width, (0.55 * width, 0.45 * height))
    assert alike(inside(propose(on_skin(mask)).points, width, height), mask) > 0.93


def test_a_ruler_at_the_edge_is_not_the_lesion() -> None:
    mask = ellipse(600, 450, 100, 75, (300, 190))
    picture = on_skin(mask)
    picture[400:] = 238
    picture[400:430, ::12] = 20
    assert alike(inside(propose(picture).points, 600, 450), mask) > 0.9


def test_a_pen_ring_around_it_is_not_the_lesion() -> None:
    mask, ring = ellipse(600, 450, 70, 55, (300, 225)), ellipse(600, 450, 150, 130, (300, 225))
    ring &= ~ellipse(600, 450, 142, 122, (300, 225))
    picture = on_skin(mask)
    picture[ring] = (70, 60, 120)
    assert alike(inside(propose(picture).points, 600, 450), mask) > 0.85


def test_hairs_and_a_dark_surround_do_not_move_it() -> None:
    mask = ellipse(600, 450, 100, 75, (300, 225))
    picture = on_skin(mask)
    for x in range(60, 560, 50):
        picture[:, x : x + 3] = (45, 35, 30)
    picture[~ellipse(600, 450, 310, 310, (300, 225))] = 8
    assert alike(inside(propose(picture).points, 600, 450), mask) > 0.88


def test_a_lesion_beyond_the_edge_is_proposed_as_far_as_it_is_seen() -> None:
    mask = ellipse(600, 450, 160, 160, (500, 225))
    assert alike(inside(propose(on_skin(mask)).points, 600, 450), mask) > 0.8


@pytest.mark.parametrize("seed", range(12))
def test_every_proposal_can_be_dragged_and_kept(seed: int) -> None:
    points: Points = propose(generate(KINDS[seed % len(KINDS)], seed, 300, 200).rgb).points
    x, y = np.array(points).T
    assert 3 <= len(points) <= MOST_POINTS
    assert x.min() >= 0
    assert y.min() >= 0
    assert x.max() <= 300
    assert y.max() <= 200
    assert not crosses_itself(points)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_picture_of_one_colour_has_no_lesion(value: int) -> None:
    assert propose_outline(np.full((200, 300, 3), value, np.uint8)) is NoOutline.NO_LESION


@pytest.mark.parametrize("shape", [(32, 32), (33, 900), (900, 33)])
def test_noise_of_any_shape_does_no_harm(shape: tuple[int, int]) -> None:
    found = propose_outline(np.random.default_rng(1).integers(0, 255, (*shape, 3), dtype=np.uint8))
    assert isinstance(found, NoOutline) or not crosses_itself(found.points)


def test_a_large_picture_takes_hardly_longer_than_a_small_one() -> None:
    small = on_skin(ellipse(600, 450, 100, 75, (300, 225)))
    large = np.repeat(np.repeat(small, 8, axis=0), 8, axis=1)
    spent_s = []
    for picture in (small, large):
        begun_s = time.process_time()
        for _ in range(3):
            propose_outline(picture)
        spent_s.append(time.process_time() - begun_s)
    assert spent_s[1] < 3 * spent_s[0]


def test_bare_skin_is_proposed_with_little_confidence_or_not_at_all() -> None:
    noise = np.random.default_rng(3).normal(0, 3, (450, 600, 1))
    found = propose_outline(np.clip(np.array(SKIN) + noise, 0, 255).astype(np.uint8))
    assert isinstance(found, NoOutline) or found.confidence < 0.45
