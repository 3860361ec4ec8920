import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from skindesk.domain.contract import Geometry, Preprocessing, Resampling
from skindesk.domain.quality import PictureWarning
from skindesk.domain.region import Region
from skindesk.imaging.decode import decode, picture_from_bytes
from skindesk.imaging.preprocess import decode_for_input, decode_near_input, preprocess
from tests.support.pictures import ORIENTATIONS, RED, exif, gradient, heic, picture, plain

SQUASH = Preprocessing(224, 224, Geometry.SQUASH, Resampling.BILINEAR)
FIT = Preprocessing(224, 224, Geometry.FIT, Resampling.BILINEAR)


def test_input_has_the_contracts_shape_and_type() -> None:
    result = preprocess(gradient(600, 450), Preprocessing(160, 96, Geometry.SQUASH, Resampling.LANCZOS))
    assert result.shape == (96, 160, 3)
    assert result.dtype == np.uint8


def test_picture_of_the_right_size_is_not_touched() -> None:
    exact = gradient(224, 224)
    assert preprocess(exact, SQUASH) is exact


def test_squash_keeps_the_whole_frame() -> None:
    result = preprocess(gradient(600, 300), SQUASH)
    assert result[0, 0, 0] < 10
    assert result[0, -1, 0] > 245


def test_fit_takes_the_centred_square() -> None:
    result = preprocess(gradient(600, 300), FIT)
    assert result[0, 0, 0] == pytest.approx(255 * 0.25, abs=4)
    assert result[0, -1, 0] == pytest.approx(255 * 0.75, abs=4)


def test_shrinking_is_antialiased() -> None:
    stripes = np.zeros((1024, 1024, 3), np.uint8)
    stripes[:, ::2] = 255
    result = preprocess(stripes, SQUASH)
    assert np.abs(result.astype(int) - 127).max() < 25


def test_faster_decoding_moves_the_input_by_less_than_half_a_level() -> None:
    photo = Image.fromarray(gradient(2000, 1500))
    file = picture(photo, "JPEG", quality=92)
    fast = preprocess(decode_for_input(file, SQUASH).rgb, SQUASH)
    exact = preprocess(np.asarray(Image.open(io.BytesIO(file.content)).convert("RGB")), SQUASH)
    assert np.abs(fast.astype(int) - exact).mean() < 0.5


@pytest.mark.parametrize("spec", [SQUASH, FIT])
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("size", [(2600, 1700), (600, 450), (224, 224)])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_scaling_before_the_pixels_are_handed_out_gives_the_same_input(
    file_format: str, size: tuple[int, int], orientation: int, spec: Preprocessing
) -> None:
    stored = Image.fromarray(np.ascontiguousarray(ORIENTATIONS[orientation](gradient(*size))))
    file = picture(stored, file_format, exif=exif(orientation))
    decoded, near = decode_for_input(file, spec), decode_near_input(file, spec)
    np.testing.assert_array_equal(decoded.rgb, preprocess(near.rgb, spec))
    assert replace(decoded, rgb=near.rgb) == near


def test_picture_smaller_than_the_input_is_flagged() -> None:
    assert PictureWarning.LOW_RESOLUTION in decode_for_input(picture(plain(RED, 300, 180)), SQUASH).warnings
    assert PictureWarning.LOW_RESOLUTION not in decode_for_input(picture(plain(RED, 300, 224)), SQUASH).warnings


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("size", [(2000, 1500), (2003, 1501), (600, 450), (100, 80)])
def test_the_whole_picture_as_a_region_is_the_picture_bit_for_bit(
    file_format: str, orientation: int, size: tuple[int, int]
) -> None:
    stored = Image.fromarray(np.ascontiguousarray(ORIENTATIONS[orientation](gradient(*size))))
    file = picture(stored, file_format, exif=exif(orientation))
    np.testing.assert_array_equal(
        decode_for_input(file, SQUASH, Region(0, 0, *size)).rgb, decode_for_input(file, SQUASH).rgb
    )


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_region_is_cut_out_of_the_upright_picture(orientation: int) -> None:
    upright = gradient(256, 128)
    file = picture(Image.fromarray(np.ascontiguousarray(ORIENTATIONS[orientation](upright))), exif=exif(orientation))
    decoded = decode(file, region=Region(100, 20, 90, 50))
    np.testing.assert_array_equal(decoded.rgb, upright[20:70, 100:190])
    assert (decoded.original_width_px, decoded.original_height_px) == (256, 128)
    assert not decoded.is_full_size


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("region", [Region(1000, 300, 1100, 900), Region(1237, 411, 907, 913), Region(0, 0, 460, 450)])
def test_a_region_of_a_jpeg_is_decoded_no_larger_than_needed_and_gives_nearly_the_same_input(
    orientation: int, region: Region
) -> None:
    upright = gradient(2400, 1800)
    stored = Image.fromarray(np.ascontiguousarray(ORIENTATIONS[orientation](upright)))
    file = picture(stored, "JPEG", quality=95, exif=exif(orientation))
    decoded = decode_near_input(file, SQUASH, region)
    height, width = decoded.rgb.shape[:2]
    assert 2 * 224 <= min(height, width) < 4 * 224
    bottom, right = region.top + region.height, region.left + region.width
    exact = preprocess(upright[region.top : bottom, region.left : right], SQUASH)
    assert np.abs(preprocess(decoded.rgb, SQUASH).astype(int) - exact).mean() < 0.75
    np.testing.assert_array_equal(decode_for_input(file, SQUASH, region).rgb, preprocess(decoded.rgb, SQUASH))


def test_a_region_of_heic_is_cut_out() -> None:
    file = picture_from_bytes("IMG_1.HEIC", heic(Image.fromarray(gradient(640, 480))))
    decoded = decode_near_input(file, SQUASH, Region(200, 100, 300, 250))
    assert decoded.rgb.shape == (250, 300, 3)
    assert np.abs(decoded.rgb.astype(int) - gradient(640, 480)[100:350, 200:500]).max() <= 2


def test_a_region_smaller_than_the_input_is_flagged_though_the_picture_is_not() -> None:
    file = picture(plain(RED, 900, 700))
    assert PictureWarning.LOW_RESOLUTION in decode_for_input(file, SQUASH, Region(0, 0, 223, 600)).warnings
    assert PictureWarning.LOW_RESOLUTION not in decode_for_input(file, SQUASH, Region(0, 0, 224, 600)).warnings


@pytest.mark.parametrize("region", [Region(0, 0, 81, 60), Region(80, 0, 1, 1), Region(0, 0, 60, 80)])
def test_a_region_that_is_not_of_the_picture_is_an_error(region: Region) -> None:
    for file in (picture(plain(RED)), picture(plain(RED), "JPEG")):
        with pytest.raises(ValueError, match="no part of a picture"):
            decode_for_input(file, SQUASH, region)
