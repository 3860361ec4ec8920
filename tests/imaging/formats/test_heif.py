"""HEIC as phones write it: upright once, in sRGB, within the limits, and a first look from its preview."""

import io
import struct

import numpy as np
import pillow_heif
import pytest
from PIL import Image, features

from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.domain.quality import PictureWarning
from skindesk.imaging.decode import DecodedImage, decode, decode_for_screen, picture_from_bytes
from skindesk.imaging.formats.heif import HeifPicture
from tests.support.pictures import BLUE, GREEN, RED, encoded, gradient, heic, heic_of, plain

PQ, DISPLAY_P3, BT_709_MATRIX = 16, 12, 6
DISPLAY_P3_TO_SRGB = ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979))
"""Linear light, D65 (CSS Color 4, sample code, rounded)."""
UPRIGHT = Image.fromarray(gradient(96, 64))


def opened(content: bytes) -> DecodedImage:
    return decode(picture_from_bytes("IMG_1.HEIC", content))


def orientation(number: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = number
    return tags.tobytes()


def rejected(content: bytes) -> ImageRejectedError:
    with pytest.raises(ImageRejectedError) as caught:
        opened(content)
    assert "IMG_1.HEIC" in caught.value.what
    assert caught.value.advice
    return caught.value


def declared(content: bytes, width_px: int, height_px: int, number: int = 0) -> bytes:
    """The same file, with another size in one of its `ispe` properties."""
    at = -1
    for _ in range(number + 1):
        at = content.index(b"ispe", at + 1)
    return content[: at + 8] + struct.pack(">II", width_px, height_px) + content[at + 16 :]


def test_heic_gives_the_stored_pixels() -> None:
    decoded = opened(heic(UPRIGHT))
    assert np.abs(decoded.rgb.astype(int) - gradient(96, 64)).max() <= 2
    assert (decoded.original_width_px, decoded.original_height_px) == (96, 64)
    assert (decoded.media_type, decoded.warnings, decoded.is_full_size) == ("image/heic", (), True)


def test_heic_of_a_wrong_ending_is_told_by_its_bytes() -> None:
    assert decode(picture_from_bytes("IMG_1.jpg", heic(UPRIGHT))).media_type == "image/heic"


@pytest.mark.parametrize("number", range(1, 9))
def test_a_picture_is_turned_by_the_file_once_and_not_again_by_its_exif(number: int) -> None:
    content = heic(UPRIGHT, exif=orientation(number))
    turned = np.asarray(UPRIGHT if number == 1 else UPRIGHT.transpose(TURNS[number]))
    decoded = opened(content)
    assert decoded.rgb.shape == turned.shape
    assert np.abs(decoded.rgb.astype(int) - turned).max() <= 2
    assert (decoded.original_width_px, decoded.original_height_px) == turned.shape[1::-1]


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def test_a_grid_of_tiles_is_one_picture() -> None:
    photo = Image.fromarray(gradient(300, 200))
    decoded = opened(heic(photo, tile_size=128))
    assert np.abs(decoded.rgb.astype(int) - gradient(300, 200)).max() <= 2
    assert decoded.warnings == ()


def test_ten_bits_keep_their_high_eight() -> None:
    values = gradient(96, 64).astype(np.uint16) * 257
    decoded = opened(heic_of("RGB;16", (96, 64), values.tobytes()))
    assert np.abs(decoded.rgb.astype(int) - gradient(96, 64)).max() <= 2


def test_grey_is_noted() -> None:
    decoded = opened(heic(UPRIGHT.convert("L")))
    assert PictureWarning.GREYSCALE in decoded.warnings
    assert np.abs(decoded.rgb[..., 0].astype(int) - np.asarray(UPRIGHT.convert("L"))).max() <= 2


def test_transparency_lies_on_white_and_is_noted() -> None:
    layered = plain(RED).convert("RGBA")
    layered.putalpha(0)
    decoded = opened(heic(layered))
    assert (decoded.rgb >= 254).all()
    assert decoded.warnings == (PictureWarning.TRANSPARENCY_FLATTENED,)


def test_the_primary_of_several_pictures_is_used_and_noted() -> None:
    several = pillow_heif.HeifFile()
    for colour in (BLUE, RED, GREEN):
        several.add_from_pillow(plain(colour))
    buffer = io.BytesIO()
    several.save(buffer, quality=-1, chroma=444, primary_index=1)
    decoded = opened(buffer.getvalue())
    assert np.abs(decoded.rgb[5, 5].astype(int) - RED).max() <= 2
    assert decoded.warnings == (PictureWarning.FIRST_OF_SEVERAL_FRAMES,)


def test_primaries_told_by_number_are_brought_to_srgb() -> None:
    colour = (200, 120, 90)
    content = heic(
        plain(colour), color_primaries=DISPLAY_P3, transfer_characteristics=13, matrix_coefficients=BT_709_MATRIX,
        full_range_flag=1,
    )  # fmt: skip
    linear = [value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour]
    wanted = [255 * (1.055 * value ** (1 / 2.4) - 0.055) for value in np.array(DISPLAY_P3_TO_SRGB) @ linear]
    decoded = opened(content)
    assert np.abs(decoded.rgb[5, 5] - wanted).max() <= 3
    assert np.abs(decoded.rgb[5, 5].astype(int) - colour).max() >= 8
    assert decoded.warnings == ()


def test_high_dynamic_range_is_shown_and_said_to_have_other_colours() -> None:
    content = heic(plain(RED), color_primaries=9, transfer_characteristics=PQ, matrix_coefficients=9, full_range_flag=1)
    assert opened(content).warnings == (PictureWarning.COLOUR_PROFILE_IGNORED,)


def test_embedded_profile_goes_before_numbers() -> None:
    decoded = opened(heic(plain(RED), icc_profile=b"nonsense", icc_profile_type="prof"))
    assert PictureWarning.COLOUR_PROFILE_IGNORED in decoded.warnings


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_file_cut_off_is_damaged(share: float) -> None:
    content = heic(Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8)))
    assert rejected(content[: round(len(content) * share)]).reason is RejectionReason.DAMAGED


def test_a_head_alone_is_damaged() -> None:
    assert rejected(b"\0\0\0\x18ftypheic" + bytes(200)).reason is RejectionReason.DAMAGED


@pytest.mark.parametrize("side", [11_400, 40_000, 2**31 - 1])
def test_a_size_over_the_limit_is_refused_by_the_head(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeifPicture, "load", lambda *_: pytest.fail("was decoded"))
    assert rejected(declared(heic(UPRIGHT), side, side)).reason is RejectionReason.TOO_LARGE


@pytest.mark.parametrize("side", [0, 2**31, 2**32 - 1])
def test_a_size_that_is_none_is_refused(side: int) -> None:
    rejected(declared(heic(UPRIGHT), side, side))


def test_pixels_of_another_size_than_declared_are_damaged() -> None:
    assert rejected(declared(heic(UPRIGHT), 4_000, 4_000)).reason is RejectionReason.DAMAGED


def test_a_picture_under_the_limit_is_refused() -> None:
    assert rejected(heic(plain(RED, 31, 500))).reason is RejectionReason.TOO_SMALL


@pytest.mark.skipif(not features.check("avif"), reason="Pillow was built without AVIF")
def test_another_codec_in_the_same_container_is_told_apart_from_damage() -> None:
    other = encoded(plain(RED), "AVIF").replace(b"ftypavif", b"ftypmif1")
    assert "HEIC" in rejected(other).what


def test_avif_is_no_format_that_is_read() -> None:
    assert rejected(b"\0\0\0\x1cftypavif" + bytes(100)).reason is RejectionReason.NOT_AN_IMAGE


def first_look(content: bytes) -> DecodedImage:
    return decode_for_screen(picture_from_bytes("IMG_1.HEIC", content), 1000)


@pytest.mark.parametrize("number", [1, 3, 6])
def test_the_first_look_is_the_preview_beside_the_picture(number: int) -> None:
    photo = Image.fromarray(gradient(640, 480))
    content = heic(photo, exif=orientation(number), thumbnails=[160])
    whole, early = opened(content), first_look(content)
    assert max(early.rgb.shape) == 160
    assert not early.is_full_size
    assert (early.original_width_px, early.original_height_px) == (whole.original_width_px, whole.original_height_px)
    assert (early.sha256, early.media_type, early.capture) == (whole.sha256, whole.media_type, whole.capture)
    small = np.asarray(Image.fromarray(whole.rgb).resize(early.rgb.shape[1::-1], Image.Resampling.BOX))
    assert np.abs(small.astype(int) - early.rgb).mean() < 3


def test_without_a_preview_the_first_look_is_the_picture() -> None:
    content = heic(UPRIGHT)
    np.testing.assert_array_equal(first_look(content).rgb, opened(content).rgb)


def test_a_preview_of_another_shape_is_passed_over() -> None:
    content = heic(Image.fromarray(gradient(640, 480)), thumbnails=[160])
    assert content.count(b"ispe") == 2
    odd = declared(content, 120, 160, 1)
    assert first_look(odd).is_full_size


def test_decoding_after_the_first_look_brings_every_pixel() -> None:
    content = heic(Image.fromarray(gradient(640, 480)), thumbnails=[160])
    first_look(content)
    assert opened(content).is_full_size
