"""The scale by a line, a marker, the field of view and the file."""

import math

import numpy as np
import pytest

from skindesk.domain.capture import NOTHING_KNOWN, Capture
from skindesk.domain.measurement import Scale, ScaleSource
from skindesk.imaging.measuring import (
    find_field_of_view,
    find_marker,
    scale_from_field_of_view,
    scale_from_file,
    scale_from_line,
    scale_from_marker,
)
from skindesk.imaging.phantoms import KINDS, generate, paint_skin
from tests.support.rulers import darken_around, draw_sticker


def lit(kind: str, seed: int) -> np.ndarray:
    """A generated lesion under even light, without a surround of its own."""
    return (255 * np.clip(paint_skin(kind, seed, (600, 450), (60.0, 100.0), 0.2).colours, 0, 1)).astype(np.uint8)


def test_a_line_of_known_length_gives_the_scale() -> None:
    assert scale_from_line((10, 10), (40, 50), 5) == Scale(0.1, ScaleSource.RULER)


@pytest.mark.parametrize(("end", "length_mm"), [((10, 10), 5), ((40, 50), 0), ((40, 50), -1), ((40, 50), math.nan)])
def test_a_line_without_length_gives_none(end: tuple[float, float], length_mm: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        scale_from_line((10, 10), end, length_mm)


@pytest.mark.parametrize("tilt_deg", [0, 20, 40])
@pytest.mark.parametrize("colour", [(40, 90, 200), (30, 140, 60), (250, 250, 250)])
def test_a_sticker_gives_the_scale_also_where_it_is_tilted(tilt_deg: float, colour: tuple[int, int, int]) -> None:
    marker = find_marker(draw_sticker(90, tilt_deg, colour))
    assert marker is not None
    assert marker.centre == pytest.approx((140, 120), abs=1.5)
    assert marker.major_px == pytest.approx(90, rel=0.02)
    scale = scale_from_marker(marker.outline, diameter_mm=9)
    assert scale.source is ScaleSource.MARKER
    assert scale.mm_per_px == pytest.approx(0.1, rel=0.02)


def test_lesions_are_no_markers() -> None:
    assert [kind for kind in KINDS for seed in range(6) if find_marker(generate(kind, seed).rgb)] == []


@pytest.mark.parametrize("factor", [0.5, 1, 4])
@pytest.mark.parametrize(("centre", "diameter_px"), [((300, 225), 420), ((310, 220), 560), ((290, 230), 660)])
def test_the_field_of_view_is_found_also_where_the_picture_cuts_it(
    centre: tuple[float, float], diameter_px: float, factor: float
) -> None:
    picture = darken_around(lit("nv", 3), centre, diameter_px)
    if factor > 1:
        picture = np.repeat(np.repeat(picture, int(factor), axis=0), int(factor), axis=1)
    elif factor < 1:
        picture = np.ascontiguousarray(picture[::2, ::2])
    seen = find_field_of_view(picture)
    assert seen is not None
    assert seen.diameter_px == pytest.approx(diameter_px * factor, rel=0.02)
    scale = scale_from_field_of_view(seen, diameter_mm=20)
    assert scale.source is ScaleSource.DERMATOSCOPE
    assert scale.mm_per_px == pytest.approx(20 / (diameter_px * factor), rel=0.02)


def test_a_picture_without_a_dark_surround_has_no_field_of_view() -> None:
    assert find_field_of_view(lit("mel", 5)) is None


@pytest.mark.parametrize("value", [0, 255])
def test_a_picture_of_one_colour_has_neither_marker_nor_field_of_view(value: int) -> None:
    picture = np.full((100, 120, 3), value, np.uint8)
    assert find_marker(picture) is None
    assert find_field_of_view(picture) is None


def test_a_dark_band_along_one_edge_is_no_field_of_view() -> None:
    picture = lit("nv", 4)
    picture[:, :80] = 5
    assert find_field_of_view(picture) is None


def test_the_file_gives_the_scale_that_its_device_wrote() -> None:
    assert scale_from_file(Capture(mm_per_px=0.02)) == Scale(0.02, ScaleSource.FILE)
    assert scale_from_file(NOTHING_KNOWN) is None
