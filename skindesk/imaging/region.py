"""Which part of a picture to show to a network, where the lesion is small in it."""

import math

from skindesk.domain.region import Region
from skindesk.imaging.outline import Points

FILLED = 0.55
"""How long the lesion's bounding box is to be in the proposed region, of the side that it is tighter against: in 474
training pictures of HAM10000 the median is 0.54, the quartiles are 0.39 and 0.69."""
ENOUGH = 0.33
"""A lesion whose bounding box is that long already, against either side, needs no region."""
ASPECT = 4 / 3
LEAST_SIDE_PX = 224


def propose_region(outline: Points, width_px: int, height_px: int, least_px: int = LEAST_SIDE_PX) -> Region | None:
    """The part around a lesion that shows it as large as the pictures show theirs that networks learn from.

    It lies within a picture of that size, is 4:3 (or 3:4, as the picture) as far as it can be, and at least `least_px`
    high and wide, the network's input, so that nothing is enlarged: a tiny lesion then stays smaller in it. None where
    the lesion is large enough in the whole picture, or a region would be no smaller than that.
    """
    left, right = min(x for x, _ in outline), max(x for x, _ in outline)
    top, bottom = min(y for _, y in outline), max(y for _, y in outline)
    if max((right - left) / width_px, (bottom - top) / height_px) >= ENOUGH:
        return None
    aspect = ASPECT if width_px >= height_px else 1 / ASPECT
    high = max((bottom - top) / FILLED, (right - left) / FILLED / aspect, least_px, least_px / aspect)
    high = min(high, height_px, width_px / aspect)
    wide = high * aspect
    if min(wide, high) < least_px or wide * high > 0.8 * width_px * height_px:
        return None
    first_x = _placed((left + right) / 2 - wide / 2, wide, width_px)
    first_y = _placed((top + bottom) / 2 - high / 2, high, height_px)
    return Region.around(first_x, first_y, first_x + wide, first_y + high, width_px, height_px)


def _placed(first: float, length: float, within_px: int) -> float:
    """Where to begin so that the region stays in the picture."""
    return math.floor(min(max(0.0, first), within_px - length))
