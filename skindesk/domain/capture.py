"""How a photograph of a lesion was taken, in the words of the ISIC Archive's metadata dictionary where it has them."""

from dataclasses import dataclass
from enum import StrEnum


class PictureKind(StrEnum):
    """What a picture shows: ISIC `image_type`."""

    OVERVIEW = "clinical overview"
    CLOSE_UP = "clinical close-up"
    DERMOSCOPIC = "dermoscopic"


class DermoscopicType(StrEnum):
    """Light and contact of a dermoscopic picture: ISIC `dermoscopic_type`."""

    CONTACT_POLARIZED = "contact polarized"
    CONTACT_NON_POLARIZED = "contact non-polarized"
    NON_CONTACT_POLARIZED = "non-contact polarized"


@dataclass(frozen=True)
class Capture:
    """What is known of a picture's making; what is not known is empty or None.

    `taken_at` is the camera's own clock in ISO 8601, without a zone unless the camera gave one. `mm_per_px` is the
    scale on the lesion, in millimetres for one pixel of the upright original.
    """

    kind: PictureKind | None = None
    dermoscopic_type: DermoscopicType | None = None
    taken_at: str = ""
    device: str = ""
    mm_per_px: float | None = None


NOTHING_KNOWN = Capture()
