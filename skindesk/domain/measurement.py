"""What was measured on a lesion's outline: its size, and an aid to the ABCD rule."""

import math
from dataclasses import dataclass
from enum import StrEnum


class ScaleSource(StrEnum):
    """What the scale of a picture was read off."""

    RULER = "ruler"
    MARKER = "marker"
    DERMATOSCOPE = "dermatoscope"
    """The dermatoscope's own scale on its contact plate, or the width of its field of view."""
    FILE = "file"
    """The device wrote it into the file."""


class LesionColour(StrEnum):
    """The six colours of the ABCD rule of dermoscopy (Stolz et al. 1994)."""

    WHITE = "white"
    RED = "red"
    LIGHT_BROWN = "light brown"
    DARK_BROWN = "dark brown"
    BLUE_GREY = "blue-grey"
    BLACK = "black"


@dataclass(frozen=True)
class Scale:
    """How large a picture is on the lesion: millimetres for one pixel of the upright original. Above zero."""

    mm_per_px: float
    source: ScaleSource

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mm_per_px) and self.mm_per_px > 0):
            raise ValueError("a scale is a number above zero")


@dataclass(frozen=True)
class Abcd:
    """An aid to the ABCD rule, computed on the outline.

    `asymmetry` counts the axes, 0 to 2, across which shape or colour differ; `border_segments` counts the eighths, 0 to
    8, of the border where the pigment ends abruptly; `colours` are those of the six that are there.
    """

    asymmetry: int
    border_segments: int
    colours: tuple[LesionColour, ...]


@dataclass(frozen=True)
class Measurement:
    """What was measured on one picture, in pixels of the upright original; in millimetres where the scale is known.

    `outline` goes around the lesion once, at least three points, x before y; `by_hand` says whether the clinician has
    drawn or corrected it. `diameter_px` is the longest straight line between two of its points.
    """

    outline: tuple[tuple[float, float], ...]
    by_hand: bool
    diameter_px: float
    area_px: float
    perimeter_px: float
    abcd: Abcd | None = None
    scale: Scale | None = None

    @property
    def diameter_mm(self) -> float | None:
        """The diameter in millimetres."""
        return None if self.scale is None else self.diameter_px * self.scale.mm_per_px

    @property
    def area_mm2(self) -> float | None:
        """The area in square millimetres."""
        return None if self.scale is None else self.area_px * self.scale.mm_per_px**2

    @property
    def perimeter_mm(self) -> float | None:
        """The perimeter in millimetres."""
        return None if self.scale is None else self.perimeter_px * self.scale.mm_per_px
