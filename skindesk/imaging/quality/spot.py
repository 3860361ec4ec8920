"""What small thing stands out most: the lesion of a picture that was taken from too far away."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.quality.lesion import Bounds, Lesion, bounds_of
from skindesk.imaging.quality.measures import Measures, log_of

Mask = NDArray[np.bool_]

_WIDEST = 0.22
"""Of the shorter side: what is wider does not stand out as small."""
_NEAR_PX, _AROUND_PX = 2, 6


@dataclass(frozen=True, eq=False)
class Spot:
    """The spot as a mask, bool (h, w), of the lesion's size; how much it differs from skin, from what is around it,
    and how much the next such spot does, all in units of CIELAB."""

    mask: Mask
    contrast: float
    around: float
    runner_up: float

    @property
    def share(self) -> float:
        """How much of the frame it fills, 0 to 1."""
        return float(self.mask.mean())

    @property
    def bounds(self) -> Bounds:
        """Left, top, right and bottom in parts of the frame."""
        return bounds_of(self.mask)


def find_spot(lesion: Lesion) -> Spot:
    """The spot that exceeds its surroundings most, by the distance from the skin's colour (a white top-hat)."""
    distance = lesion.distance
    widest = max(3, int(_WIDEST * min(distance.shape)) | 1)
    above = distance - cv2.morphologyEx(distance, cv2.MORPH_OPEN, np.ones((widest, widest), np.uint8))
    middle = np.unravel_index(int(above.argmax()), above.shape)
    _, parts = cv2.connectedComponents((above >= max(0.1, 0.5 * float(above[middle]))).astype(np.uint8))
    mask = np.asarray(parts == parts[middle]) if parts[middle] else np.zeros(above.shape, bool)
    near, far = (
        cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=reach) > 0
        for reach in (_NEAR_PX, _AROUND_PX)
    )
    ring, rest = distance[far & ~near], above[~far]
    contrast = float(distance[mask].mean()) if mask.any() else 0.0
    around = float(np.mean(np.sort(ring)[len(ring) // 2 :])) if ring.size else contrast
    return Spot(mask, contrast, around, float(rest.max()) if rest.size else contrast)


def measure_spot(spot: Spot) -> Measures:
    """How large the spot is, and how much it stands out."""
    return {
        "spot_share": log_of(spot.share),
        "spot_contrast": log_of(spot.contrast, 1.0),
        "spot_isolation": log_of(spot.contrast, 1.0) - log_of(spot.around, 1.0),
        "spot_uniqueness": log_of(spot.contrast, 1.0) - log_of(spot.runner_up, 1.0),
    }
