"""Looks a picture through before a network is asked: what speaks against it, and which part of it is the lesion."""

from dataclasses import dataclass, replace

from skindesk.domain.contract import Modality
from skindesk.domain.quality import QualityFinding
from skindesk.domain.region import Region
from skindesk.imaging.decode import DecodedImage, PictureFile, decode
from skindesk.imaging.region import propose_region
from skindesk.imaging.outline import ProposedOutline, propose_outline
from skindesk.imaging.quality import assess

_ENOUGH_PX = 450
"""The short side that is enough to judge sharpness: that of the archives' originals."""


@dataclass(frozen=True)
class Looked:
    """What was found, in the pixels of the upright original. `proposed_region` is None where the whole is as good."""

    findings: tuple[QualityFinding, ...]
    proposed_region: Region | None


def look_through(file: PictureFile, image: DecodedImage, modality: Modality, region: Region | None) -> Looked:
    """Assess what a network is to be given: a picture of that kind, or a part of it.

    `image` is what is at hand of the file, of which a mere preview does not do. Raises as `decode` does.
    """
    if min(image.rgb.shape[:2]) < min(_ENOUGH_PX, image.original_width_px, image.original_height_px):
        image = decode(file, at_least_px=_ENOUGH_PX)
    factor = image.rgb.shape[1] / image.original_width_px
    if region is not None:
        part = region.scaled(factor)
        rgb = image.rgb[part.top : part.top + part.height, part.left : part.left + part.width]
        findings = assess(rgb, modality)
        return Looked(tuple(_moved(each, 1 / factor, region.left, region.top) for each in findings), None)
    findings = assess(image.rgb, modality)
    return Looked(tuple(_moved(each, 1 / factor, 0, 0) for each in findings), _proposed(image))


def _proposed(image: DecodedImage) -> Region | None:
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
