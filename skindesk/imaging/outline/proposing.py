"""The best guess at a lesion's outline in any picture, with a measure of how sure it is.

The lesion is looked for in several ways: by what differs from the skin in colour, in lightness, in redness, or as the
middle of the picture does, each with several thresholds. Every area so found is judged by its border; the best one's
border is then drawn to where the colour lies halfway between what is within and what is beyond, nearby (a local model
of two colours after Lankton and Tannenbaum 2008).
"""

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.field_of_view import field_of_view
from skindesk.imaging.outline.areas import closed, depth, disc, filled, without_arms
from skindesk.imaging.outline.cleaning import boards, without_lines
from skindesk.imaging.outline.drawn import outline_of_area
from skindesk.imaging.outline.judging import judge
from skindesk.imaging.outline.skin import otsu, skin_colour, smooth_lab
from skindesk.imaging.outline.values import Floats, Mask, NoOutline, ProposedOutline

WORKING_SIDE_PX = 176
POINTS = 80

_LEAST_SKIN = 0.15
_RIM = 14
_LEAST_AREA_PX = 20
_CENTRAL = 0.3
"""How far from the middle a lesion still counts fully, of the picture's sides."""
_BAY, _ARM = 0.17, 0.12
"""How wide bays that are filled, and arms that are cut off, may be: half their width, of the area's root."""
_FIRST_LOOK = tuple((way, part) for way in (0, 3, 4) for part in (0.75, 1.1))
_SECOND_LOOK = tuple((way, part) for way in range(5) for part in (0.55, 0.8, 1.15))
"""Ways to look, see `_ways`, and parts of Otsu's threshold."""
_BAND, _REACH, _STEPS = 0.18, 0.3, 2
"""How far a border is moved, and how far is nearby: of the lesion's radius; how often."""


def propose_outline(rgb: NDArray[np.uint8]) -> ProposedOutline | NoOutline:
    """The likeliest outline in uint8 (height, width, 3) sRGB; NO_LESION only where nothing differs from anything.

    Takes about 50 ms of one core, whatever the picture's size.
    """
    height, width = rgb.shape[:2]
    small = _reduced(rgb)
    shown = field_of_view(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)) > 0
    lab = smooth_lab(without_lines(small), 1.2)
    shown &= ~boards(lab, shown)
    found = _likeliest(lab, shown) if shown.mean() >= _LEAST_SKIN else None
    if found is None:
        return NoOutline.NO_LESION
    area, likelihood = found
    points = outline_of_area(_drawn_to_the_border(area, lab, shown), width, height, POINTS)
    return NoOutline.NO_LESION if points is None else ProposedOutline(points, min(1.0, max(0.0, likelihood)))


def _reduced(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The working picture. Rows and columns of a large one are skipped first, for speed."""
    height, width = rgb.shape[:2]
    scale = WORKING_SIDE_PX / max(height, width)
    skip = max(1, int(1 / scale / 3))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb[::skip, ::skip], size, interpolation=way), np.uint8)


def _likeliest(lab: Floats, shown: Mask) -> tuple[Mask, float] | None:
    """The best of all areas, and how good it is. The skin is looked at again once the lesion is roughly known."""
    rim = shown & (depth(np.pad(shown, 1))[1:-1, 1:-1] <= max(shown.shape) // _RIM)
    first = list(_judged(lab, skin_colour(lab, rim, terms=3), shown, _FIRST_LOOK))
    if not first:
        return None
    best = max(first, key=_likelihood)
    around = shown & (depth(~best[0]) > 5)
    if around.mean() < _LEAST_SKIN:
        return best
    second = _judged(lab, skin_colour(lab, around, terms=6), shown, _SECOND_LOOK)
    return max((best, *second), key=_likelihood)


def _likelihood(found: tuple[Mask, float]) -> float:
    return found[1]


def _judged(
    lab: Floats, skin: Floats, shown: Mask, look: tuple[tuple[int, float], ...]
) -> Iterator[tuple[Mask, float]]:
    ways = _ways(lab - skin, shown)
    thresholds = [otsu(way, shown) for way in ways]
    for way, part in look:
        area = _central_area((ways[way] > part * thresholds[way]) & shown)
        likelihood = None if area is None else judge(area, lab, shown)
        if area is not None and likelihood is not None:
            yield area, likelihood


def _ways(unlike: Floats, shown: Mask) -> list[Floats]:
    """How unlike the skin the picture is: in all, darker, in hue, darker or redder, as the middle of the picture is."""
    height, width = shown.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    central = np.exp(-(x * x + y * y) / (2 * _CENTRAL**2)) * shown
    usual = (unlike * central[:, :, None]).sum(axis=(0, 1))
    towards = (usual / max(1e-6, float(np.linalg.norm(usual)))).astype(np.float32)
    darker, redder = -unlike[:, :, 0], unlike[:, :, 1]
    return [
        np.asarray(np.linalg.norm(unlike, axis=2), np.float32),
        np.maximum(0, darker),
        np.asarray(np.hypot(redder, unlike[:, :, 2]), np.float32),
        np.maximum(0, np.float32(0.6) * darker + np.float32(0.8) * redder),
        np.maximum(0, unlike @ towards),
    ]


def _central_area(differs: Mask) -> Mask | None:
    """The largest area near the middle, with its bays and holes filled; None where nothing is left but specks."""
    areas_only = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, disc(3))
    count, areas, sizes, middles = cv2.connectedComponentsWithStats(areas_only)
    if count < 2:
        return None
    away = (middles[1:] / differs.shape[::-1] - 0.5) / _CENTRAL
    weights = sizes[1:, cv2.CC_STAT_AREA] * np.exp(-np.square(away).sum(axis=1))
    area = np.asarray(areas == 1 + int(weights.argmax()))
    area = filled(closed(area, max(2, round(_BAY * math.sqrt(area.sum())))))
    area = without_arms(area, _ARM * math.sqrt(area.sum()))
    return area if area.sum() >= _LEAST_AREA_PX else None


def _drawn_to_the_border(area: Mask, lab: Floats, shown: Mask) -> Mask:
    """Move the border, within a band, to where the colour is as like the inside nearby as the outside."""
    radius_px = math.sqrt(area.sum() / math.pi)
    band_px = _BAND * radius_px + 1
    may, must = (depth(~area) <= band_px) & shown, depth(area) > band_px
    nearby = (int(2 * max(2.0, _REACH * radius_px)) | 1,) * 2
    for _ in range(_STEPS):
        within, beyond = _mean_nearby(lab, area, nearby), _mean_nearby(lab, ~area & shown, nearby)
        contrast = within - beyond
        lean = 2 * ((lab - (within + beyond) / 2) * contrast).sum(axis=2) / (np.square(contrast).sum(axis=2) + 9)
        lean = cv2.GaussianBlur(np.clip(lean, -1, 1), (0, 0), max(1.0, 0.06 * radius_px))
        area = filled(((lean > 0) & may) | must)
    return without_arms(area, _ARM * math.sqrt(area.sum()))


def _mean_nearby(lab: Floats, where: Mask, nearby: tuple[int, int]) -> Floats:
    weight = where.astype(np.float32)
    total = cv2.blur(lab * weight[:, :, None], nearby)
    return np.asarray(total / (cv2.blur(weight, nearby) + np.float32(1e-4))[:, :, None], np.float32)
