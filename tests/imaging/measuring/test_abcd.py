"""The ABCD aid counts what was drawn: mirrored halves, sharp eighths, colours."""

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from skindesk.domain.measurement import LesionColour
from skindesk.imaging.measuring import assess_abcd
from skindesk.imaging.outline import Points
from tests.support.outlines import PIGMENT, SKIN, Mask, on_skin

SIZE = 600
CENTRE = (300.0, 300.0)
COLOURS = {
    LesionColour.WHITE: (240, 232, 226),
    LesionColour.RED: (170, 50, 55),
    LesionColour.LIGHT_BROWN: (165, 115, 80),
    LesionColour.DARK_BROWN: (85, 50, 32),
    LesionColour.BLUE_GREY: (100, 108, 125),
    LesionColour.BLACK: (28, 24, 24),
}


def ellipse(across: float, down: float, turned_deg: float = 0) -> tuple[Mask, Points]:
    turned = math.radians(turned_deg)
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5 - CENTRE[0]
    along, aside = x * math.cos(turned) + y * math.sin(turned), y * math.cos(turned) - x * math.sin(turned)
    inside = (along / across) ** 2 + (aside / down) ** 2 < 1
    contours, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return inside, tuple((float(x) + 0.5, float(y) + 0.5) for x, y in contours[0][::4, 0])


def halves() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5 - CENTRE[0]
    return x, y


@pytest.mark.parametrize("turned_deg", [0, 25, 90])
def test_an_ellipse_of_one_colour_is_symmetric(turned_deg: float) -> None:
    inside, outline = ellipse(180, 120, turned_deg)
    assert assess_abcd(on_skin(inside), outline).asymmetry == 0


def test_two_colours_side_by_side_differ_across_one_axis() -> None:
    inside, outline = ellipse(180, 120)
    picture = on_skin(inside)
    picture[inside & (halves()[0] > 0)] = (40, 30, 30)
    assert assess_abcd(picture, outline).asymmetry == 1


def test_another_colour_in_one_quarter_differs_across_both_axes() -> None:
    inside, outline = ellipse(180, 120)
    picture = on_skin(inside)
    x, y = halves()
    picture[inside & (x > 0) & (y > 0)] = (40, 30, 30)
    assert assess_abcd(picture, outline).asymmetry == 2


def test_a_form_that_no_axis_mirrors_is_asymmetric_by_its_form_alone() -> None:
    hook: Points = ((100, 100), (300, 100), (300, 200), (200, 200), (200, 500), (100, 500))
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(mask, [np.array(hook, np.int32)], 1)
    assert assess_abcd(on_skin(mask > 0), hook).asymmetry == 2


def test_a_sharp_border_counts_all_round_and_a_soft_one_not_at_all() -> None:
    inside, outline = ellipse(160, 160)
    sharp = on_skin(inside)
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 35), np.uint8)
    assert assess_abcd(sharp, outline).border_segments == 8
    assert assess_abcd(soft, outline).border_segments == 0


def test_a_border_that_is_sharp_on_one_side_counts_there() -> None:
    inside, outline = ellipse(160, 160)
    sharp = on_skin(inside)
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 35), np.uint8)
    picture = np.where((halves()[0] > 0)[:, :, None], sharp, soft)
    assert 3 <= assess_abcd(picture, outline).border_segments <= 5


def test_an_outline_that_is_a_little_too_wide_leaves_a_sharp_border_sharp() -> None:
    inside, _ = ellipse(160, 160)
    assert assess_abcd(on_skin(inside), ellipse(166, 166)[1]).border_segments == 8


@pytest.mark.parametrize("colour", LesionColour)
def test_each_of_the_six_colours_is_named(colour: LesionColour) -> None:
    inside, outline = ellipse(160, 120)
    assert assess_abcd(on_skin(inside, COLOURS[colour]), outline).colours == (colour,)


def test_several_colours_are_named_in_order_and_specks_are_not() -> None:
    inside, outline = ellipse(180, 140)
    picture = on_skin(inside, COLOURS[LesionColour.LIGHT_BROWN])
    x, y = halves()
    picture[inside & (x > 60)] = COLOURS[LesionColour.DARK_BROWN]
    picture[inside & (x < -60)] = COLOURS[LesionColour.BLUE_GREY]
    picture[np.hypot(x, y) < 8] = COLOURS[LesionColour.WHITE]
    assert assess_abcd(picture, outline).colours == (
        LesionColour.LIGHT_BROWN,
        LesionColour.DARK_BROWN,
        LesionColour.BLUE_GREY,
    )


@pytest.mark.parametrize("gain", [(0.7, 0.7, 0.7), (1.1, 0.95, 0.9), (0.9, 0.85, 0.95)])
def test_exposure_and_colour_cast_do_not_change_the_colours(gain: tuple[float, float, float]) -> None:
    inside, outline = ellipse(180, 140)
    picture = on_skin(inside, COLOURS[LesionColour.LIGHT_BROWN])
    picture[inside & (halves()[0] > 40)] = COLOURS[LesionColour.BLACK]
    cast = np.clip(picture * np.array(gain), 0, 255).astype(np.uint8)
    assert assess_abcd(cast, outline).colours == assess_abcd(picture, outline).colours


def test_what_is_as_pale_as_the_skin_is_not_white() -> None:
    inside, outline = ellipse(160, 120)
    assert LesionColour.WHITE not in assess_abcd(on_skin(inside, SKIN), outline).colours


def test_an_outline_that_fills_the_picture_or_is_tiny_does_no_harm() -> None:
    picture = on_skin(np.ones((50, 60), bool), PIGMENT)
    assert assess_abcd(picture, ((0, 0), (60, 0), (60, 50), (0, 50))).asymmetry == 0
    assess_abcd(picture, ((10, 10), (12, 10), (11, 12)))


def test_two_points_are_no_outline() -> None:
    with pytest.raises(ValueError, match="three points"):
        assess_abcd(np.zeros((50, 50, 3), np.uint8), ((1, 1), (2, 2)))
