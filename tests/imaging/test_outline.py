from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from skindesk.imaging.outline import NoOutline, Outline, trace_outline
from skindesk.imaging.phantoms import KINDS, generate

KINDS_WITH_A_BORDER = tuple(kind for kind in KINDS if kind != "bcc")
SEEDS = range(3000, 3005)


def find_outline(rgb: Any) -> Outline | None:
    """The outline, or None for whatever reason."""
    found = trace_outline(rgb)
    return found if isinstance(found, Outline) else None


def alike(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    return float((first & second).sum() / (first | second).sum())


def test_reported_outlines_are_the_lesions() -> None:
    found, all_alike = 0, []
    for kind in KINDS_WITH_A_BORDER:
        for seed in SEEDS:
            phantom = generate(kind, seed)
            outline = find_outline(phantom.rgb)
            if outline is not None:
                found += 1
                all_alike.append(alike(outline.mask, phantom.mask))
    assert found >= 0.7 * len(KINDS_WITH_A_BORDER) * len(SEEDS)
    assert np.median(all_alike) > 0.92
    assert np.mean(np.array(all_alike) > 0.8) > 0.9


@pytest.mark.parametrize("scale", [1, 3])
def test_area_and_diameter_are_in_the_pictures_own_pixels(scale: int) -> None:
    y, x = np.mgrid[: 450 * scale, : 600 * scale] / scale
    ellipse = ((x - 300) / 150) ** 2 + ((y - 225) / 100) ** 2 < 1
    picture = np.where(ellipse[:, :, None], (120, 70, 50), (220, 170, 150)).astype(np.uint8)
    outline = find_outline(picture)
    assert outline is not None
    assert outline.area_px == pytest.approx(np.pi * 150 * 100 * scale**2, rel=0.03)
    assert outline.diameter_px == pytest.approx(300 * scale, rel=0.02)
    assert alike(outline.mask, ellipse) > 0.97


def test_hairs_over_the_border_do_not_move_it() -> None:
    phantom = generate("nv", 63)
    bare = find_outline(phantom.rgb)
    hairy = phantom.rgb.copy()
    for x in range(60, 560, 70):
        hairy[:, x : x + 3] = (45, 35, 30)
    outline = find_outline(hairy)
    assert bare is not None
    assert outline is not None
    assert alike(outline.mask, bare.mask) > 0.93


def test_uneven_light_is_not_taken_for_pigment() -> None:
    phantom = generate("nv", 63)
    light = np.linspace(0.7, 1.0, phantom.rgb.shape[1])[None, :, None]
    outline = find_outline((phantom.rgb * light).astype(np.uint8))
    assert outline is not None
    assert alike(outline.mask, phantom.mask) > 0.85


def test_bare_skin_has_no_outline_and_says_so() -> None:
    noise = np.random.default_rng(3).normal(0, 3, (450, 600, 3))
    skin = np.clip(np.array((220, 170, 150)) + noise, 0, 255).astype(np.uint8)
    assert find_outline(skin) is None
    assert trace_outline(skin) in {NoOutline.NO_LESION, NoOutline.TOO_LITTLE_CONTRAST}


def test_a_lesion_that_leaves_the_picture_is_said_to_be_cut_off() -> None:
    y, x = np.mgrid[:450, :600]
    inside = np.hypot(x - 500, y - 225) < 160
    picture = np.where(inside[:, :, None], (120, 70, 50), (220, 170, 150)).astype(np.uint8)
    assert trace_outline(picture) is NoOutline.CUT_OFF


def test_a_faint_lesion_has_too_little_contrast() -> None:
    y, x = np.mgrid[:450, :600]
    inside = np.hypot(x - 300, y - 225) < 120
    picture = np.where(inside[:, :, None], (214, 165, 146), (220, 170, 150)).astype(np.uint8)
    assert trace_outline(picture) is NoOutline.TOO_LITTLE_CONTRAST


@pytest.mark.parametrize("value", [0, 255])
def test_a_picture_of_one_colour_has_no_outline(value: int) -> None:
    assert not isinstance(trace_outline(np.full((200, 300, 3), value, np.uint8)), Outline)


def test_the_smallest_picture_does_no_harm() -> None:
    assert find_outline(np.random.default_rng(1).integers(0, 255, (32, 32, 3), dtype=np.uint8)) is None
