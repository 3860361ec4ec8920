"""A round sticker of known size beside the lesion, found by its form and its colour, which skin does not have."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.outline import Points

_WORKING_SIDE_PX = 480
_LEAST_AREA, _MOST_AREA = 0.0008, 0.15
"""Of the picture."""
_LEAST_ROUND = 0.94
"""How much of the area and of the ellipse fitted to it is in both (Jaccard index)."""
_LEAST_ASPECT = 0.6
"""A sticker that is seen at more than about 50 degrees is no measure of anything."""
_MOST_SPREAD = 6.0
_SKIN_HUES_DEG = (-20.0, 95.0)
_LEAST_COLOUR, _WHITE_COLOUR, _WHITER = 12.0, 12.0, 8.0
_SHADES = tuple(range(10, 130, 5))
_CORNERS = 48


@dataclass(frozen=True)
class Marker:
    """A round marker in the picture's pixels: the ellipse as which it is seen.

    `major_px` is its longest diameter, which is the marker's own however it is tilted; `outline` goes around it.
    """

    centre: tuple[float, float]
    major_px: float
    minor_px: float
    outline: Points


def find_marker(rgb: NDArray[np.uint8]) -> Marker | None:
    """The roundest area in uint8 (height, width, 3) of one colour that is no colour of skin; None where there is none.

    White counts where it is lighter than most of the picture. Brown and red markers are not told from lesions. Takes
    about 40 ms.
    """
    scale = min(1.0, _WORKING_SIDE_PX / max(rgb.shape[:2]))
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else rgb
    smooth = cv2.GaussianBlur(small, (0, 0), 1.2).astype(np.float32) / np.float32(255)
    lab = np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB), np.float32)
    found = [(roundness, ellipse) for plane in _unlike_skin(lab) for roundness, ellipse in _round_areas(plane, lab)]
    if not found:
        return None
    (x, y), (one, other), turned_deg = max(found, key=lambda each: each[0])[1]
    return _marker(x / scale, y / scale, one / scale, other / scale, turned_deg)


def _unlike_skin(lab: NDArray[np.float32]) -> list[NDArray[np.uint8]]:
    """Two planes, 0 to 255, in which stickers stand out: colours that skin has not, and whiteness."""
    lightness, a, b = np.moveaxis(lab, 2, 0)
    colour = np.hypot(a, b)
    hue_deg = np.degrees(np.arctan2(b, a))
    strange = (hue_deg < _SKIN_HUES_DEG[0]) | (hue_deg > _SKIN_HUES_DEG[1])
    vivid = np.where(strange & (colour > _LEAST_COLOUR), 2 * colour, 0)
    white = np.where(colour < _WHITE_COLOUR, lightness - np.median(lightness) - _WHITER, 0)
    return [np.clip(plane, 0, 255).astype(np.uint8) for plane in (vivid, 6 * white)]


Ellipse = tuple[tuple[float, float], tuple[float, float], float]


def _round_areas(plane: NDArray[np.uint8], lab: NDArray[np.float32]) -> list[tuple[float, Ellipse]]:
    """Areas that are an ellipse and of one colour, cut halfway up to it; with how exactly they are one."""
    found = []
    for shade in _SHADES:
        above = (plane > shade).astype(np.uint8)
        contours, _ = cv2.findContours(above, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for border in contours:
            part = cv2.contourArea(border) / plane.size
            if _LEAST_AREA <= part <= _MOST_AREA and len(border) >= 12:
                roundness, ellipse = _as_ellipse(np.asarray(border, np.int32), plane.shape[:2], lab)
                x, y = ellipse[0]
                halfway = plane[int(y), int(x)] / 2
                if roundness >= _LEAST_ROUND and abs(shade - halfway) <= _SHADES[1] - _SHADES[0]:
                    found.append((roundness, ellipse))
    return found


def _as_ellipse(border: NDArray[np.int32], shape: tuple[int, ...], lab: NDArray[np.float32]) -> tuple[float, Ellipse]:
    """The ellipse that fits a border, and how well: 0 where it is too flat, cut off or of many colours."""
    (x, y), (one, other), turned_deg = cv2.fitEllipse(border)
    ellipse = (
        (min(max(x, 0), shape[1] - 1) + 0.5, min(max(y, 0), shape[0] - 1) + 0.5),
        (one + 1, other + 1),
        turned_deg,
    )
    touches = border.min() <= 0 or (border.reshape(-1, 2).max(axis=0) >= np.array(shape[1::-1]) - 1).any()
    if touches or min(one, other) < _LEAST_ASPECT * max(one, other):
        return 0.0, ellipse
    area, oval = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    cv2.fillPoly(area, [border], 1)
    cv2.ellipse(oval, ((x, y), (one, other), turned_deg), 1, -1)
    within = cv2.erode(area, np.ones((5, 5))) > 0
    if not within.any() or float(np.median(np.abs(lab[within] - np.median(lab[within], axis=0)))) > _MOST_SPREAD:
        return 0.0, ellipse
    return float((area & oval).sum() / (area | oval).sum()), ellipse


def _marker(x: float, y: float, one: float, other: float, turned_deg: float) -> Marker:
    angle, turned = np.linspace(0, math.tau, _CORNERS, endpoint=False), math.radians(turned_deg)
    across, down = one / 2 * np.cos(angle), other / 2 * np.sin(angle)
    xs = x + across * math.cos(turned) - down * math.sin(turned)
    ys = y + across * math.sin(turned) + down * math.cos(turned)
    outline = tuple((float(px), float(py)) for px, py in zip(xs, ys, strict=True))
    return Marker((x, y), max(one, other), min(one, other), outline)
