"""An aid to the ABCD rule of dermoscopy (Stolz et al. 1994): asymmetry, border and colours, counted within an outline.

It is an aid and not the clinical score: it counts what can be counted in colours, and sees no structures, which are the
rule's D. Its thresholds were set by eye on generated lesions and on pictures of HAM10000, not by a reader study; on
smartphone photographs and on dark skin it was not validated at all. On 148 nevi and 113 melanomas that nothing was set
on (HAM10000's test part, outlines proposed) the medians are 1 and 1 asymmetric axes, 0 and 2 border segments, 2 and 2
colours; as a test for melanoma the areas under the ROC curve are 0.67, 0.69 and 0.54. No sum of them stands for a
diagnosis.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.domain.measurement import Abcd, LesionColour
from skindesk.imaging.outline import Points

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_WORKING_SIDE_PX = 256
_MARGIN = 0.35
"""Of the lesion's extent: the skin around it that is looked at too."""
_SHAPE_DIFFERS = 0.2
"""How much of lesion and mirrored lesion may lie in one of them only: of the lesion's area."""
_COLOUR_DIFFERS = 9.0
"""How unlike two mirrored places may be on average, in units of CIELAB."""
_SEGMENTS = 8
_RAYS = 160
_EDGE, _SURROUND = 0.05, 0.2
_ABRUPT = 0.5
"""How much of the difference between lesion and skin across the surround of a border lies within its edge; both are
that wide, of the lesion's diameter."""
_LEAST_STEP = 10.0
_RIM = 0.05
_LEAST_PART = 0.03
"""Of the lesion without its rim, that a colour has to cover to be counted."""
_USUAL_SKIN = (73.0, 14.0, 17.0)
"""The surrounding skin is brought to this colour (CIELAB) before colours are named: exposure and cast do not count."""
_SKIN_NOISE = 8.0


def assess_abcd(rgb: NDArray[np.uint8], outline: Points) -> Abcd:
    """Count asymmetric axes, abrupt border segments and colours of a lesion in uint8 (height, width, 3) sRGB.

    Takes about 20 ms. Raises ValueError for an outline of fewer than three points.
    """
    if len(outline) < 3:
        raise ValueError("an outline has at least three points")
    lab, inside = _cut_out(rgb, np.asarray(outline, np.float64))
    if inside.sum() < 16:
        return Abcd(0, 0, ())
    turned_lab, turned = _turned(lab, inside)
    return Abcd(_asymmetry(turned_lab, turned), _abrupt_segments(turned_lab, turned), _colours(lab, inside))


def _cut_out(rgb: NDArray[np.uint8], points: NDArray[np.float64]) -> tuple[Floats, Mask]:
    """The lesion with some skin around it, in CIELAB, and where it is: at most _WORKING_SIDE_PX wide and high."""
    height, width = rgb.shape[:2]
    low, high = points.min(axis=0), points.max(axis=0)
    margin = _MARGIN * float((high - low).max()) + 2
    left, top = np.maximum(np.floor(low - margin), 0).astype(int)
    right, bottom = np.minimum(np.ceil(high + margin), (width, height)).astype(int)
    part = rgb[top : max(bottom, top + 1), left : max(right, left + 1)]
    scale = _WORKING_SIDE_PX / max(part.shape[:2])
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    smooth = cv2.GaussianBlur(small, (0, 0), 1.5).astype(np.float32) / np.float32(255)
    inside = np.zeros(size[::-1], np.uint8)
    within = (points - (left, top)) * (size[0] / part.shape[1], size[1] / part.shape[0])
    cv2.fillPoly(inside, [np.round((within - 0.5) * 16).astype(np.int32)], 1, shift=4)
    return np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB), np.float32), inside > 0


def _turned(lab: Floats, inside: Mask) -> tuple[Floats, Mask]:
    """The picture turned so that the lesion's principal axes lie along its sides, its centroid in the middle."""
    y, x = np.nonzero(inside)
    centre = np.array((x.mean(), y.mean()))
    _, axes = np.linalg.eigh(np.cov(np.stack((x, y)), ddof=0))
    angle_deg = math.degrees(math.atan2(axes[1, 1], axes[0, 1]))
    side = 2 * math.ceil(math.hypot(*inside.shape) / 2) + 1
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle_deg, 1)
    turn[:, 2] = turn[:, 2] + (side / 2 - 0.5 - centre)
    colours = cv2.warpAffine(lab, turn, (side, side), borderMode=cv2.BORDER_REPLICATE)
    area = cv2.warpAffine(inside.astype(np.float32), turn, (side, side))
    return np.asarray(colours, np.float32), np.asarray(area > 0.5)


def _asymmetry(lab: Floats, inside: Mask) -> int:
    """Across how many of the two axes shape or colour differ."""
    return sum(_differs(lab, inside, axis) for axis in (0, 1))


def _differs(lab: Floats, inside: Mask, axis: int) -> bool:
    mirrored = np.flip(inside, axis)
    both = inside & mirrored
    shape = float((inside ^ mirrored).sum() / inside.sum())
    soft = cv2.GaussianBlur(lab, (0, 0), 0.04 * math.sqrt(float(inside.sum())))
    apart = np.linalg.norm(soft - np.flip(soft, axis), axis=2)[both]
    return shape > _SHAPE_DIFFERS or (bool(apart.size) and float(apart.mean()) > _COLOUR_DIFFERS)


def _abrupt_segments(lab: Floats, inside: Mask) -> int:
    """In how many eighths of the border most rays meet a step from lesion to skin instead of a slope."""
    away, colours = _profiles(lab, inside)
    diameter = 2 * math.sqrt(float(inside.sum()) / math.pi)
    whole, middle = (
        np.linalg.norm(_at(colours, away, -part * diameter / 2) - _at(colours, away, part * diameter / 2), axis=1)
        for part in (_SURROUND, _EDGE)
    )
    abrupt = (whole > _LEAST_STEP) & (middle > _ABRUPT * whole)
    return int((abrupt.reshape(_SEGMENTS, -1).mean(axis=1) > 0.5).sum())


def _profiles(lab: Floats, inside: Mask) -> tuple[NDArray[np.float64], Floats]:
    """Colours along rays from the middle, float32 (rays, samples, 3), and the samples' distances from the border.

    The border of a ray is where its colour changes fastest near the outline, so that an outline a little too wide or
    too narrow does not make it soft.
    """
    middle = inside.shape[0] / 2 - 0.5
    angles = (np.arange(_RAYS) + 0.5) * math.tau / _RAYS
    reach = np.arange(0, middle)
    x, y = middle + np.cos(angles)[:, None] * reach, middle + np.sin(angles)[:, None] * reach
    colours = cv2.remap(lab, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    within = inside[np.round(y).astype(int), np.round(x).astype(int)]
    border = len(reach) - 1 - within[:, ::-1].argmax(axis=1)
    near = np.abs(reach - border[:, None]) <= 0.06 * math.sqrt(float(inside.sum())) + 1
    change = np.linalg.norm(np.gradient(colours, axis=1), axis=2)
    steepest = np.where(near, change, -1).argmax(axis=1)
    return reach - steepest[:, None].astype(np.float64), np.asarray(colours, np.float32)


def _at(colours: Floats, away: NDArray[np.float64], distance: float) -> Floats:
    """Each ray's colour that far beyond its border: float32 (rays, 3)."""
    place = np.abs(away - distance).argmin(axis=1)
    return np.asarray(colours[np.arange(len(colours)), place], np.float32)


def _colours(lab: Floats, inside: Mask) -> tuple[LesionColour, ...]:
    """Which of the six colours cover enough of the lesion, in the order of LesionColour.

    The rim is left out: on the way from black to skin a soft border passes through every brown.
    """
    rim = max(1.0, _RIM * math.sqrt(float(inside.sum())))
    within = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3) > rim
    around = cv2.dilate(inside.astype(np.uint8), np.ones((9, 9))) == 0
    skin = np.median(lab[around if around.any() else inside], axis=0)
    named = _named(_under_usual_light(lab[within if within.any() else inside], skin))
    return tuple(colour for number, colour in enumerate(LesionColour) if (named == number).mean() >= _LEAST_PART)


def _under_usual_light(lab: Floats, skin: Floats) -> Floats:
    """Colours, float32 (count, 3), as if the skin around had the usual colour, by von Kries's rule in linear sRGB."""
    light, own, usual = (
        np.asarray(cv2.cvtColor(colours[None].astype(np.float32), cv2.COLOR_LAB2LRGB)[0], np.float32)
        for colours in (lab, skin[None], np.array([_USUAL_SKIN]))
    )
    balanced = np.clip(light * (usual / np.maximum(own, np.float32(0.02))), 0, 1)
    return np.asarray(cv2.cvtColor(balanced[None].astype(np.float32), cv2.COLOR_LRGB2LAB)[0], np.float32)


def _named(lab: Floats) -> NDArray[np.int64]:
    """The number of the colour of each pixel, float32 (count, 3), in the order of LesionColour; -1 for skin's own.

    The limits in CIELAB were set by eye. White is only what is lighter than the skin around, as the rule says.
    """
    light, a, b = lab.T
    colour, hue_deg = np.hypot(a, b), np.degrees(np.arctan2(b, a))
    usual = np.array(_USUAL_SKIN)
    skin = np.linalg.norm(lab - usual, axis=1) < _SKIN_NOISE
    white = (light > usual[0] + 4) & (colour < np.hypot(*usual[1:]) - 5)
    black = (light < 20) & (colour < 22)
    blue = (b < 8) & (a < 13) & (light < 62)
    red = (hue_deg < 28) & (a > 22) & (light > 22)
    dark = light < 38
    return np.asarray(np.select([white, skin, black, blue, red, dark], [0, -1, 5, 4, 1, 3], 2), np.int64)
