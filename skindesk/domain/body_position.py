"""A place on the drawn body."""

from dataclasses import dataclass
from enum import StrEnum

from skindesk.domain.errors import InvalidCaseError


class BodyView(StrEnum):
    """One drawing of the body or of a part of it. Left and right are the patient's own."""

    FRONT = "front"
    BACK = "back"
    LEFT_SIDE = "left side"
    RIGHT_SIDE = "right side"
    HEAD_FRONT = "head, front"
    HEAD_BACK = "head, back"
    HEAD_LEFT = "head, left"
    HEAD_RIGHT = "head, right"
    PALMS = "palms"
    HANDS_BACK = "backs of the hands"
    SOLES = "soles"
    FEET_BACK = "backs of the feet"


@dataclass(frozen=True)
class BodyPosition:
    """A point on a view: `x` from its left edge and `y` from its upper edge, as fractions of its width and height.

    They are fractions of the neutral figure's drawing, to which `imaging.body_map` fits the other figures.

    Raises InvalidCaseError for a point outside the drawing.
    """

    view: BodyView
    x: float
    y: float

    def __post_init__(self) -> None:
        if not (0 <= self.x <= 1 and 0 <= self.y <= 1):
            raise InvalidCaseError("The place lies outside the drawing of the body.", "Click on the body.")
