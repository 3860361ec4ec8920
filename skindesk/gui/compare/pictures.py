"""The pictures that can be compared, and the slow work on them: reading, aligning, measuring."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from skindesk.gui.widgets.screen_picture import ScreenPicture, screen_picture

if TYPE_CHECKING:
    from skindesk.imaging.change import Change
    from skindesk.imaging.registration import Alignment


@dataclass(frozen=True)
class ComparedPicture:
    """One picture of the lesion, not yet read.

    `load` reads it in the background and returns uint8 (height, width, 3) sRGB, or raises SkinDeskError.
    `generated` is asked after it, likewise in the background: whether this is one of the program's own pictures.
    `mm_per_px` is the scale, where it is known.
    """

    key: int
    date_text: str
    caption: str
    load: Callable[[], NDArray[np.uint8]]
    mm_per_px: float | None = None
    generated: Callable[[], bool] | None = None


@dataclass(frozen=True)
class ReadPicture:
    """A picture that has been read: its pixels, and the same for the screen."""

    about: ComparedPicture
    rgb: NDArray[np.uint8]
    screen: ScreenPicture


@dataclass(frozen=True)
class Comparison:
    """How the later of two pictures lies on the earlier one, and what has changed."""

    alignment: "Alignment"
    change: "Change"


def read(picture: ComparedPicture) -> ReadPicture:
    """Read a picture. Slow: for the background."""
    rgb = picture.load()
    generated = picture.generated is not None and picture.generated()
    return ReadPicture(picture, rgb, screen_picture(rgb, generated))


def compare(earlier: ReadPicture, later: ReadPicture) -> Comparison:
    """Align and measure two pictures. Slow: for the background, where OpenCV is loaded too."""
    from skindesk.imaging.change import measure_change
    from skindesk.imaging.registration import align

    alignment = align(earlier.rgb, later.rgb)
    scales = earlier.about.mm_per_px, later.about.mm_per_px
    return Comparison(alignment, measure_change(earlier.rgb, later.rgb, alignment, *scales))
