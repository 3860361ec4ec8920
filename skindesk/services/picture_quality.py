"""Looks a picture through before a network speaks: what is against it, and which part of it is the lesion.

What does it loads with the first picture, in the background, so that the window does not wait for it.
"""

from dataclasses import replace

import numpy as np

from skindesk.domain.contract import Modality
from skindesk.domain.quality import QualityFinding
from skindesk.domain.region import Region
from skindesk.imaging.decode import DecodedImage

_SMALL_PX = 32


def look_through(image: DecodedImage, modality: Modality, region: Region | None) -> tuple[QualityFinding, ...]:
    """Assess what a network is to be given: a picture of that kind, or a part of it.

    `image` may have fewer pixels than the original, in whose pixels all places are told.
    """
    from skindesk.imaging.quality import assess

    factor = image.rgb.shape[1] / image.original_width_px
    if region is not None:
        part = region.scaled(factor)
        rgb = image.rgb[part.top : part.top + part.height, part.left : part.left + part.width]
        findings = assess(rgb, modality)
        return tuple(_moved(each, 1 / factor, region.left, region.top) for each in findings)
    return tuple(_moved(each, 1 / factor, 0, 0) for each in assess(image.rgb, modality))


def make_ready() -> None:
    """Load what looks pictures through and have it make its tables, so that the first picture is not kept waiting."""
    from skindesk.imaging.quality import assess

    assess(np.zeros((_SMALL_PX, _SMALL_PX, 3), np.uint8), Modality.DERMOSCOPIC)


def proposed_part(image: DecodedImage) -> Region | None:
    """The part of the upright original that a network should be given; None where the whole is as good.

    Takes about 50 ms.
    """
    from skindesk.imaging.outline import ProposedOutline, propose_outline
    from skindesk.imaging.region import propose_region

    outline = propose_outline(image.rgb)
    if not isinstance(outline, ProposedOutline):
        return None
    factor = image.original_width_px / image.rgb.shape[1]
    points = tuple((x * factor, y * factor) for x, y in outline.points)
    return propose_region(points, image.original_width_px, image.original_height_px)


def _moved(finding: QualityFinding, factor: float, left: int, top: int) -> QualityFinding:
    """A finding in a part of a picture, or in a smaller one, as one in the whole original."""
    places = (place.scaled(factor) for place in finding.places)
    moved = (replace(place, left=place.left + left, top=place.top + top) for place in places)
    return replace(finding, places=tuple(moved))
