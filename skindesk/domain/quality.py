"""What speaks against a picture, so that it can be taken again before a network is asked."""

from dataclasses import dataclass
from enum import StrEnum

from skindesk.domain.region import Region


class QualityIssue(StrEnum):
    """The kinds of trouble with a picture."""

    NO_SKIN = "no_skin"
    BLURRED = "blurred"
    UNDEREXPOSED = "underexposed"
    OVEREXPOSED = "overexposed"
    GLARE = "glare"
    COLOUR_CAST = "colour_cast"
    HAIR = "hair"
    RULER = "ruler"
    PEN = "pen"
    BUBBLES = "bubbles"
    CUT_OFF = "cut_off"
    TOO_SMALL = "too_small"


@dataclass(frozen=True)
class QualityFinding:
    """One trouble with a picture.

    `severe` says that the answer is not to be relied on before the picture is taken again; otherwise it is a remark.
    `share` is how much of the frame it is about, 0 to 1: the lesion's share where it is too small, the covered share
    for glare, hair, pen, ruler and bubbles; None where that means nothing. `places` are where it is seen, for marking.
    """

    issue: QualityIssue
    severe: bool
    share: float | None = None
    places: tuple[Region, ...] = ()


class PictureWarning(StrEnum):
    """What a reader should know of a picture that was decoded all the same."""

    FIRST_OF_SEVERAL_FRAMES = "first_of_several_frames"
    TRANSPARENCY_FLATTENED = "transparency_flattened"
    COLOUR_PROFILE_IGNORED = "colour_profile_ignored"
    GREYSCALE = "greyscale"
    LOW_RESOLUTION = "low_resolution"
