"""What of a picture is compared: its structure at a working size, freed of light, contrast and dark corners."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.field_of_view import field_of_view

WORKING_SIDE_PX = 560
"""The longer side that every picture is brought to: network and vessels are still there, and it takes 0.05 s."""
_FINE_PX, _COARSE_PX, _AROUND_PX = 1.5, 8.0, 24.0
_LEAST_CONTRAST = 0.01
_MOST_DEVIATIONS = 3.0
"""Hairs and reflections are the strongest structure there is, and not of the lesion; they count no more than this."""


@dataclass(frozen=True)
class WorkingPicture:
    """A picture at its working size, (height, width).

    `grey` is uint8 with evened contrast. `structure` is float32: what is between 1.5 and 8 px wide, in deviations of
    its neighbourhood, 0 where nothing is shown. `shown` is uint8, 1 within the field of view. `scale` is in working
    pixels for each of the original's.
    """

    grey: NDArray[np.uint8]
    structure: NDArray[np.float32]
    shown: NDArray[np.uint8]
    scale: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as OpenCV wants them."""
        return self.grey.shape[1], self.grey.shape[0]


def working_picture(rgb: NDArray[np.uint8]) -> WorkingPicture:
    """Prepare uint8 (height, width, 3) sRGB for comparison."""
    scale = WORKING_SIDE_PX / max(rgb.shape[:2])
    size = tuple(max(1, round(scale * side)) for side in rgb.shape[1::-1])
    resized = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    grey = np.asarray(cv2.cvtColor(resized, cv2.COLOR_RGB2GRAY), np.uint8)
    shown = field_of_view(grey)
    evened = cv2.createCLAHE(clipLimit=3, tileGridSize=(6, 6)).apply(grey)
    return WorkingPicture(np.asarray(evened, np.uint8), _structure(grey) * shown, shown, scale)


def _structure(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The logarithm turns stronger light into an offset, which the difference of two blurs takes away."""
    brightness = np.log1p(grey.astype(np.float32))
    fine = cv2.GaussianBlur(brightness, (0, 0), _FINE_PX) - cv2.GaussianBlur(brightness, (0, 0), _COARSE_PX)
    contrast = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), _AROUND_PX)) + _LEAST_CONTRAST
    return np.asarray(np.clip(fine / contrast, -_MOST_DEVIATIONS, _MOST_DEVIATIONS), np.float32)
