"""What the ways to an outline hand out."""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
Point = tuple[float, float]
Points = tuple[Point, ...]
"""Around a lesion once, x before y, in the pixels of the picture; the last point is not the first one again."""


class NoOutline(StrEnum):
    """Why an outline is not reported."""

    NO_LESION = "no_lesion"
    TOO_LITTLE_CONTRAST = "too_little_contrast"
    CUT_OFF = "cut_off"
    NOT_CLEAR = "not_clear"


@dataclass(frozen=True)
class Outline:
    """A lesion's outline in the pixels of its picture.

    `mask` bool (height, width) is true within; `points` float32 (count, 2), x before y, go around it.
    """

    mask: Mask
    points: Floats

    @property
    def area_px(self) -> float:
        """The area in square pixels."""
        return float(cv2.contourArea(self.points))

    @property
    def diameter_px(self) -> float:
        """The longest straight line between two of its points."""
        hull = cv2.convexHull(self.points)[:, 0, :].astype(np.float64)
        return float(np.hypot(*np.moveaxis(hull[:, None] - hull[None], 2, 0)).max())


@dataclass(frozen=True)
class ProposedOutline:
    """A best guess, for the clinician to take over or to correct.

    `points` go around the lesion once, at most `MOST_POINTS`, within the picture and without crossing. `confidence`,
    0 to 1, is how much of the lesion and the outline together is expected to be in both (the Jaccard index).
    """

    points: Points
    confidence: float
