"""Measures a lesion on a picture, which may be at hand in fewer pixels than its original has."""

from dataclasses import dataclass

from skindesk.domain.errors import SkinDeskError
from skindesk.domain.measurement import Measurement, Scale
from skindesk.imaging.decode import DecodedImage
from skindesk.imaging.measuring import assess_abcd, find_field_of_view, find_ruler, measure, read_ruler
from skindesk.imaging.outline import NoOutline, Point, Points, outline_from_points, propose_outline


class NoLesionFoundError(SkinDeskError):
    """No outline could be proposed."""


@dataclass(frozen=True)
class MeasuredLine:
    """A line of the upright original; `mm_per_px` is what a ruler's marks along it say, where they could be read."""

    start: Point
    end: Point
    mm_per_px: float | None


def proposed_measurement(image: DecodedImage, scale: Scale | None) -> Measurement:
    """Outline a lesion and measure it; takes about 0.1 s.

    Raises NoLesionFoundError where nothing in the picture differs from anything.
    """
    found = propose_outline(image.rgb)
    if isinstance(found, NoOutline):
        raise NoLesionFoundError("No lesion was found in the picture.", "Draw its outline by hand (O).")
    points = tuple(_scaled(point, 1 / _factor(image)) for point in found.points)
    return measured(image, points, scale, by_hand=False)


def measured(image: DecodedImage, points: Points, scale: Scale | None, by_hand: bool) -> Measurement:
    """Measure what an outline encloses; `points` are in the pixels of the upright original.

    Raises NoLesionFoundError where they enclose nothing.
    """
    outline = outline_from_points(points, image.original_width_px, image.original_height_px)
    if outline is None:
        raise NoLesionFoundError("The outline encloses nothing.", "Draw it around the lesion.")
    factor = _factor(image)
    abcd = assess_abcd(image.rgb, tuple(_scaled(point, factor) for point in outline))
    return measure(outline, by_hand, scale, abcd)


def suggested_line(image: DecodedImage) -> MeasuredLine | None:
    """A line whose length can be told: along a ruler, or else across a dermatoscope's field of view; about 0.1 s."""
    ruler, factor = find_ruler(image.rgb), 1 / _factor(image)
    if ruler is not None:
        ends = _scaled(ruler.start, factor), _scaled(ruler.end, factor)
        return MeasuredLine(*ends, ruler.mm_per_px / factor)
    view = find_field_of_view(image.rgb)
    if view is None:
        return None
    x, y = view.centre
    half = view.diameter_px / 2
    return MeasuredLine(_scaled((x - half, y), factor), _scaled((x + half, y), factor), None)


def marks_along(image: DecodedImage, start: Point, end: Point) -> float | None:
    """What a ruler's marks along a line of the original say, in millimetres for one of its pixels; None if unsure."""
    factor = _factor(image)
    reading = read_ruler(image.rgb, _scaled(start, factor), _scaled(end, factor))
    return None if reading is None else reading.mm_per_px * factor


def _factor(image: DecodedImage) -> float:
    """How many pixels are at hand for one of the original."""
    return float(image.rgb.shape[1] / image.original_width_px)


def _scaled(point: Point, factor: float) -> Point:
    return point[0] * factor, point[1] * factor
