"""A part of a picture that is looked at by itself."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Region:
    """A rectangle in the pixels of an upright original, at least one pixel wide and high, from `left` and `top` on.

    Raises ValueError where it has no size or begins outside the picture.
    """

    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if min(self.left, self.top) < 0 or min(self.width, self.height) < 1:
            raise ValueError(f"not a part of a picture: {self}")

    def lies_within(self, width_px: int, height_px: int) -> bool:
        """Whether a picture of that size holds all of it."""
        return self.left + self.width <= width_px and self.top + self.height <= height_px

    def scaled(self, factor: float) -> "Region":
        """The same part of a picture of another size."""
        left, top = round(self.left * factor), round(self.top * factor)
        return Region(left, top, max(1, round(self.width * factor)), max(1, round(self.height * factor)))

    @classmethod
    def around(cls, left: float, top: float, right: float, bottom: float, width_px: int, height_px: int) -> Self:
        """The region of a picture of that size between two corners, as far as it lies within the picture.

        Raises ValueError where nothing of it does.
        """
        first_x, first_y = max(0, round(left)), max(0, round(top))
        last_x, last_y = min(width_px, round(right)), min(height_px, round(bottom))
        return cls(first_x, first_y, last_x - first_x, last_y - first_y)
