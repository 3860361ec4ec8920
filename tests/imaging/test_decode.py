import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.domain.quality import PictureWarning
from skindesk.imaging.decode import decode, picture_from_bytes, read_picture_file
from skindesk.imaging.formats.usual import UsualPicture
from tests.support.pictures import ORIENTATIONS, RED, encoded, exif, gradient, picture, plain


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP"])
def test_lossless_formats_give_exactly_the_stored_pixels(file_format: str) -> None:
    decoded = decode(picture(Image.fromarray(gradient()), file_format))
    np.testing.assert_array_equal(decoded.rgb, gradient())
    assert decoded.warnings == ()


@pytest.mark.parametrize(("file_format", "options"), [("JPEG", {"quality": 95}), ("WEBP", {"lossless": True})])
def test_photographic_formats_give_nearly_the_stored_pixels(file_format: str, options: dict[str, object]) -> None:
    decoded = decode(picture(Image.fromarray(gradient()), file_format, **options))
    assert np.abs(decoded.rgb.astype(int) - gradient()).mean() < 2


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("at_least_px", [None, 32])
def test_every_exif_orientation_is_turned_upright(orientation: int, at_least_px: int | None) -> None:
    upright = gradient(256, 128)
    stored = Image.fromarray(np.ascontiguousarray(ORIENTATIONS[orientation](upright)))
    decoded = decode(picture(stored, "JPEG", quality=95, exif=exif(orientation)), at_least_px)
    assert (decoded.original_width_px, decoded.original_height_px) == (256, 128)
    height, width = decoded.rgb.shape[:2]
    assert width == 2 * height
    top_left, top_right, bottom_left = decoded.rgb[1, 1], decoded.rgb[1, -2], decoded.rgb[-2, 1]
    assert max(top_left[:2]) < 40
    assert top_right[0] > 215
    assert top_right[1] < 40
    assert bottom_left[1] > 215
    assert bottom_left[0] < 40


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_size_of_a_picture_on_its_side_is_given_upright(file_format: str) -> None:
    decoded = decode(picture(Image.fromarray(gradient(96, 64)), file_format, exif=exif(6)))
    assert (decoded.original_width_px, decoded.original_height_px) == (64, 96)
    assert decoded.rgb.shape == (96, 64, 3)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_unreadable_exif_is_no_reason_to_refuse_a_picture(file_format: str) -> None:
    decoded = decode(picture(Image.fromarray(gradient()), file_format, exif=b"no EXIF at all", lossless=True))
    np.testing.assert_array_equal(decoded.rgb, gradient())


def test_exif_that_cannot_be_written_anew_does_not_cost_the_picture() -> None:
    tags = exif(6)
    tags[0x0128] = 2
    whole = tags.tobytes()
    at = whole.index(b"\x01\x28") + 2
    odd = whole[:at] + b"\0\x01" + whole[at + 2 :]  # the unit of resolution declared as a byte
    decoded = decode(picture(Image.fromarray(gradient(96, 64)), "JPEG", exif=odd))
    assert decoded.rgb.shape == (96, 64, 3)


def test_drafted_jpeg_is_smaller_but_never_below_what_was_asked() -> None:
    decoded = decode(picture(plain(RED, 2000, 1500), "JPEG"), at_least_px=448)
    assert 448 <= min(decoded.rgb.shape[:2]) < 1500
    assert (decoded.original_width_px, decoded.original_height_px) == (2000, 1500)


def test_sixteen_bit_greyscale_keeps_its_high_byte() -> None:
    values = (np.arange(64, dtype=np.uint16)[None, :] * 1024).repeat(64, 0)
    decoded = decode(picture(Image.fromarray(values), "PNG"))
    np.testing.assert_array_equal(decoded.rgb[..., 0], values >> 8)
    assert PictureWarning.GREYSCALE in decoded.warnings


def test_cmyk_is_brought_to_rgb() -> None:
    red = decode(picture(plain(RED).convert("CMYK"), "JPEG", quality=95)).rgb[30, 40]
    assert np.abs(red.astype(int) - RED).max() < 30


def test_palette_keeps_its_colours() -> None:
    decoded = decode(picture(plain(RED).convert("P", palette=Image.Palette.ADAPTIVE), "PNG"))
    assert np.abs(decoded.rgb[30, 40].astype(int) - RED).max() <= 2


def test_transparency_lies_on_white_and_is_noted() -> None:
    layered = plain(RED).convert("RGBA")
    layered.putalpha(0)
    decoded = decode(picture(layered))
    assert (decoded.rgb == 255).all()
    assert PictureWarning.TRANSPARENCY_FLATTENED in decoded.warnings


def test_opaque_alpha_is_no_reason_for_a_warning() -> None:
    assert decode(picture(plain(RED).convert("RGBA"))).warnings == ()


def test_first_frame_is_used_and_noted() -> None:
    decoded = decode(picture(plain(RED), "TIFF", save_all=True, append_images=[plain((0, 0, 0))]))
    assert tuple(decoded.rgb[5, 5]) == RED
    assert PictureWarning.FIRST_OF_SEVERAL_FRAMES in decoded.warnings


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_srgb_profile_changes_nothing() -> None:
    srgb = decode(picture(plain(RED), icc_profile=srgb_profile()))
    assert tuple(srgb.rgb[5, 5]) == RED
    assert srgb.warnings == ()


@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA"])
def test_embedded_colour_profile_is_applied(mode: str) -> None:
    # A colour space whose red is sRGB's green: the profile's primaries change places, and its name.
    swapped = srgb_profile().replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")
    other = swapped.replace("sRGB".encode("utf-16-be"), "GRBs".encode("utf-16-be"))
    decoded = decode(picture(plain(RED).convert(mode, palette=Image.Palette.ADAPTIVE), icc_profile=other))
    assert np.abs(decoded.rgb[5, 5].astype(int) - (RED[1], RED[0], RED[2])).max() <= 3
    assert decoded.warnings == ()


def test_unusable_colour_profile_is_noted_and_ignored() -> None:
    decoded = decode(picture(plain(RED), icc_profile=b"nonsense"))
    assert tuple(decoded.rgb[5, 5]) == RED
    assert PictureWarning.COLOUR_PROFILE_IGNORED in decoded.warnings


@pytest.mark.parametrize("mode", ["P", "L"])
def test_profile_of_palette_and_grey_is_not_passed_over_in_silence(mode: str) -> None:
    decoded = decode(picture(plain(RED).convert(mode), icc_profile=b"nonsense"))
    assert PictureWarning.COLOUR_PROFILE_IGNORED in decoded.warnings


def test_phone_jpeg_with_preview_is_one_picture() -> None:
    decoded = decode(picture(plain(RED), "MPO", save_all=True, append_images=[plain((0, 0, 0))]))
    assert decoded.media_type == "image/jpeg"
    assert decoded.warnings == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"just text", RejectionReason.NOT_AN_IMAGE),
        (encoded(plain(RED), "GIF"), RejectionReason.NOT_AN_IMAGE),
        (encoded(plain(RED), "JPEG")[:400], RejectionReason.DAMAGED),
        (encoded(plain(RED, 31, 500), "PNG"), RejectionReason.TOO_SMALL),
    ],
)
def test_unusable_bytes_are_rejected_with_their_reason(content: bytes, reason: RejectionReason) -> None:
    with pytest.raises(ImageRejectedError) as caught:
        decode(picture_from_bytes("IMG_1.jpg", content))
    assert caught.value.reason is reason
    assert "IMG_1.jpg" in caught.value.what
    assert caught.value.advice


def test_empty_file_is_rejected() -> None:
    with pytest.raises(ImageRejectedError, match="is empty"):
        picture_from_bytes("IMG_1.jpg", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")  # as the module does, and pytest undoes
@pytest.mark.parametrize(("width_px", "height_px"), [(20_000, 20_000), (12_000, 10_700)])
def test_picture_over_the_pixel_cap_is_refused_before_it_is_decoded(
    width_px: int, height_px: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UsualPicture, "load", lambda *_: pytest.fail("was decoded"))
    flat = encoded(Image.new("1", (width_px, height_px)), "TIFF", compression="group4")
    with pytest.raises(ImageRejectedError) as caught:
        decode(picture_from_bytes("plan.tif", flat))
    assert caught.value.reason is RejectionReason.TOO_LARGE


def test_missing_file_and_folder_are_told_apart(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    with pytest.raises(ImageRejectedError, match="does not exist"):
        read_picture_file(folder / "no.jpg")
    with pytest.raises(ImageRejectedError, match="is not a file"):
        read_picture_file(folder)


def test_digest_is_of_the_files_bytes() -> None:
    import hashlib

    content = encoded(plain(RED), "PNG")
    assert decode(picture_from_bytes("a.png", content)).sha256 == hashlib.sha256(io.BytesIO(content).read()).hexdigest()
