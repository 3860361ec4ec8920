"""What the quality gate looks at: a small copy of a picture, its field of view, and where the lesion seems to be."""

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.domain.region import Region
from skindesk.imaging.field_of_view import field_of_view
from skindesk.imaging.quality.lesion import Lesion, find_lesion
from skindesk.imaging.quality.spot import Spot, find_spot

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

WORKING_SIDE_PX = 224
"""The longer side of the copy: what the networks see, so trouble that vanishes here does not reach them."""

_LEAST_SIDE_PX = 16
_LEAST_SHOWN = 0.15
_HAIR_PX, _HAIR_DEPTH = 9, 14
_LAB_ZERO, _LAB_STEP = np.array((0, 128, 128), np.float32), np.array((100 / 255, 1, 1), np.float32)


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture at working size.

    `rgb` uint8 (h, w, 3) is the copy; `shown` bool (h, w) is false in the dark surround of a lens. `width_px` and
    `height_px` are the original's.
    """

    rgb: Picture
    shown: Mask
    width_px: int
    height_px: int

    @classmethod
    def of(cls, rgb: Picture) -> "Scene":
        """The scene of uint8 (height, width, 3) sRGB of any size."""
        height, width = rgb.shape[:2]
        scale = WORKING_SIDE_PX / max(height, width)
        size = (max(_LEAST_SIDE_PX, round(width * scale)), max(_LEAST_SIDE_PX, round(height * scale)))
        small = _resized(rgb, size)
        return cls(small, _shown(small), width, height)

    @cached_property
    def grey(self) -> Picture:
        """The brightness, uint8 (h, w)."""
        return np.asarray(cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY), np.uint8)

    @cached_property
    def planes(self) -> tuple[Picture, Picture, Picture]:
        """Red, green and blue, each uint8 (h, w)."""
        red, green, blue = (np.asarray(plane, np.uint8) for plane in cv2.split(self.rgb))
        return red, green, blue

    @cached_property
    def darkest(self) -> Picture:
        """The least of each pixel's channels, uint8 (h, w)."""
        red, green, blue = self.planes
        return np.minimum(np.minimum(red, green), blue)

    @cached_property
    def brightest(self) -> Picture:
        """The greatest of each pixel's channels, uint8 (h, w)."""
        red, green, blue = self.planes
        return np.maximum(np.maximum(red, green), blue)

    @cached_property
    def depth(self) -> NDArray[np.int16]:
        """By how much thin dark lines are darker than what is beside them (a black top-hat, as DullRazor, Lee 1997)."""
        return cv2.cvtColor(self._closed, cv2.COLOR_RGB2GRAY).astype(np.int16) - self.grey

    @cached_property
    def lab(self) -> Floats:
        """CIELAB of the copy at half its size, float32 (h / 2, w / 2, 3)."""
        return _lab(_halved(self.rgb))

    @cached_property
    def lesion(self) -> Lesion:
        """Where the lesion seems to be."""
        dark = cv2.dilate(((self.depth > _HAIR_DEPTH) & self.shown).astype(np.uint8), np.ones((3, 3), np.uint8))
        bare = np.asarray(cv2.copyTo(self._closed, dark, self.rgb.copy()), np.uint8)
        half = _halved(bare)
        return find_lesion(_lab(half), self.shown)

    @cached_property
    def spot(self) -> Spot:
        """What small thing stands out most."""
        return find_spot(self.lesion)

    @cached_property
    def on_lesion(self) -> Mask:
        """The lesion in the working picture, bool (h, w)."""
        height, width = self.shown.shape
        mask = self.lesion.mask.astype(np.uint8)
        return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST) > 0)

    @cached_property
    def on_skin(self) -> Mask:
        """What is shown beside the lesion; all that is shown where the lesion leaves almost nothing."""
        skin = self.shown & ~(cv2.dilate(self.on_lesion.astype(np.uint8), np.ones((9, 9))) > 0)
        return np.asarray(skin if skin.mean() > 0.05 else self.shown)

    def region(self, left: float, top: float, right: float, bottom: float) -> Region:
        """The part of the original between two corners that are given in parts of its width and height, 0 to 1."""
        first_x, last_x = _whole(left, right, self.width_px)
        first_y, last_y = _whole(top, bottom, self.height_px)
        return Region(first_x, first_y, last_x - first_x, last_y - first_y)

    @cached_property
    def _closed(self) -> Picture:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_HAIR_PX, _HAIR_PX))
        return np.asarray(cv2.morphologyEx(self.rgb, cv2.MORPH_CLOSE, disc), np.uint8)


def _whole(first: float, last: float, side_px: int) -> tuple[int, int]:
    """Whole pixels, at least one, that hold what lies between two parts of a side."""
    begin = min(max(0, math.floor(first * side_px)), side_px - 1)
    return begin, max(begin + 1, min(side_px, math.ceil(last * side_px)))


def _resized(rgb: Picture, size: tuple[int, int]) -> Picture:
    shrinks = size[0] <= rgb.shape[1] and size[1] <= rgb.shape[0]
    resized = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)


def _halved(rgb: Picture) -> Picture:
    return np.asarray(cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def _lab(rgb: Picture) -> Floats:
    """CIELAB to the nearest unit or so: from a table, since the formula takes 2 ms."""
    steps = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    return np.asarray((steps - _LAB_ZERO) * _LAB_STEP, np.float32)


def _shown(rgb: Picture) -> Mask:
    """What lies in the field of view; everything where that would leave next to nothing, as in a dark picture."""
    shown = field_of_view(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)) > 0
    return np.asarray(shown if shown.mean() >= _LEAST_SHOWN else np.ones_like(shown))
