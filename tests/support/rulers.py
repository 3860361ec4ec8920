"""Rulers, stickers and dermatoscopes' surrounds drawn onto pictures, of which it is known how large they are."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.phantoms import KINDS, generate

Picture = NDArray[np.uint8]
Point = tuple[float, float]

_INK = (30.0, 30.0, 30.0)
_SHIFT = 4


@dataclass(frozen=True)
class DrawnRuler:
    """A picture with a ruler in it; `start` and `end` lie near its edge, on its first and last mark."""

    picture: Picture
    start: Point
    end: Point
    px_per_mm: float


def draw_ruler(
    px_per_mm: float, angle_deg: float, marks: int = 30, seed: int = 1, marks_per_mm: int = 1, blur: float = 0.6
) -> DrawnRuler:
    """Lay a ruler beside a generated lesion; every fifth and tenth mark is longer, the light and paper uneven."""
    rng = np.random.default_rng([seed, 5])
    picture = generate(KINDS[seed % len(KINDS)], seed, 800, 600).rgb.astype(np.float32)
    angle = math.radians(angle_deg)
    along, across = np.array((math.cos(angle), math.sin(angle))), np.array((-math.sin(angle), math.cos(angle)))
    step = px_per_mm / marks_per_mm
    origin = np.array((400, 300)) + 90 * across - along * (marks * step / 2)
    corners = [origin + along * x + across * y for x, y in _corners(marks * step, px_per_mm)]
    cv2.fillPoly(picture, [_fixed(corners)], (rng.uniform(200, 245),) * 3, cv2.LINE_AA, _SHIFT)
    for mark in range(marks + 1):
        length = px_per_mm * (4 if mark % 10 == 0 else 3 if mark % 5 == 0 else 2)
        if marks_per_mm == 2 and mark % 2:
            length = px_per_mm
        foot = origin + along * (mark * step)
        thickness = max(1, round(0.13 * step))
        cv2.line(picture, *_fixed([foot, foot + across * length]).tolist(), _INK, thickness, cv2.LINE_AA, _SHIFT)
    seen = cv2.GaussianBlur(picture, (0, 0), blur) + rng.normal(0, 3, picture.shape)
    aside = across * px_per_mm * rng.uniform(0, 1.2)
    ends = [origin + aside, origin + aside + along * marks * step]
    start, end = ((float(x), float(y)) for x, y in ends)
    return DrawnRuler(np.clip(seen, 0, 255).astype(np.uint8), start, end, px_per_mm)


def draw_sticker(diameter_px: float, tilt_deg: float = 0, colour: tuple[int, int, int] = (40, 90, 200)) -> Picture:
    """Stick a round marker beside a generated lesion, seen from the side by that much."""
    picture = generate("nv", 3, 800, 600).rgb.copy()
    axes = _fixed([(diameter_px / 2, diameter_px / 2 * math.cos(math.radians(tilt_deg)))])[0]
    cv2.ellipse(picture, _fixed([(140, 120)])[0].tolist(), axes.tolist(), 25, 0, 360, colour, -1, cv2.LINE_AA, _SHIFT)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.8), np.uint8)


def darken_around(picture: Picture, centre: Point, diameter_px: float, soft_px: float = 3) -> Picture:
    """Put a dermatoscope's dark surround around a circle."""
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]] + 0.5
    beyond = np.hypot(x - centre[0], y - centre[1]) - diameter_px / 2
    light = 0.04 + 0.96 * np.clip(0.5 - beyond / soft_px, 0, 1)
    return (picture * light[:, :, None]).astype(np.uint8)


def _corners(length: float, px_per_mm: float) -> list[Point]:
    return [(-px_per_mm, 0), (length + px_per_mm, 0), (length + px_per_mm, 6 * px_per_mm), (-px_per_mm, 6 * px_per_mm)]


def _fixed(points: list[Point]) -> NDArray[np.int32]:
    return np.round(np.array(points) * 2**_SHIFT).astype(np.int32)
