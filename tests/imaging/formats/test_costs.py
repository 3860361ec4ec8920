"""What the bounds on a picture's cost let through; the bombs that they stop are those of tests/faults."""

import numpy as np
import pytest
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from skindesk.domain.errors import ImageRejectedError
from skindesk.imaging.decode import decode, picture_from_bytes
from skindesk.imaging.formats import bands
from tests.support.bombs import ENDS_OF_BLOCKS, bmp, first_scan, jpeg
from tests.support.dicom_files import described, written
from tests.support.originals import grainy
from tests.support.pictures import ORIENTATIONS, encoded, exif, gradient, picture

PHOTO = Image.fromarray(grainy(200, 150))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "I;16"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_picture_in_bands_is_that_in_one_piece(mode: str, orientation: int, monkeypatch: pytest.MonkeyPatch) -> None:
    grey = np.asarray(PHOTO.convert("L")).astype(np.uint16) * 257
    stored = Image.fromarray(grey) if mode == "I;16" else PHOTO.convert(mode)
    whole = picture(stored, exif=exif(orientation))
    in_one = decode(whole)
    monkeypatch.setattr(bands, "BAND_PIXELS", 200 * 13)
    in_bands = decode(whole)
    np.testing.assert_array_equal(in_bands.rgb, in_one.rgb)
    assert in_bands.warnings == in_one.warnings


def test_a_large_photograph_is_no_bomb() -> None:
    grain = np.random.default_rng(1).normal(0, 2, (500, 600, 1))
    skin = np.tile((np.array((210, 160, 140)) + grain).clip(0, 255).astype(np.uint8), (10, 10, 1))
    content = encoded(Image.fromarray(skin), "JPEG", quality=40, optimize=True)
    assert decode(picture_from_bytes("skin.jpg", content), 400).original_width_px == 6000


def test_a_small_picture_of_one_colour_is_no_bomb() -> None:
    assert decode(picture(Image.new("1", (4000, 3000)), "TIFF", compression="group4")).rgb.shape == (3000, 4000, 3)


@pytest.mark.parametrize("options", [{"progressive": True}, {"progressive": True, "subsampling": 0}, {"quality": 100}])
def test_a_jpeg_with_as_many_scans_as_encoders_write_is_read(options: dict[str, object]) -> None:
    assert decode(picture(PHOTO, "JPEG", **options)).rgb.shape == (150, 200, 3)


def test_scans_are_counted_where_a_preview_has_some_of_its_own() -> None:
    sound = encoded(PHOTO, "JPEG", progressive=True)
    preview = jpeg(0xC2, 64, 64, first_scan(64), ENDS_OF_BLOCKS * 100)
    inner = b"\xff\xe3" + (len(preview) + 2).to_bytes(2, "big") + preview
    assert decode(picture_from_bytes("a.jpg", sound[:2] + inner + sound[2:] + preview)).rgb.shape == (150, 200, 3)


@pytest.mark.parametrize("scans", [62, 63, 64])
def test_scans_are_counted_exactly(scans: int) -> None:
    content = picture_from_bytes("a.jpg", jpeg(0xC2, 64, 64, first_scan(64), ENDS_OF_BLOCKS * scans))
    if scans < 64:
        decode(content)
    else:
        with pytest.raises(ImageRejectedError, match="damaged"):
            decode(content)


@pytest.mark.parametrize(
    "options",
    [{}, {"tile_size": (32, 32)}, {"codeblock_size": (16, 16)}, {"precinct_size": (64, 64)}, {"num_resolutions": 1}],
)
def test_a_codestream_in_as_many_pieces_as_encoders_write_is_read(options: dict[str, object]) -> None:
    frame = encoded(PHOTO, "JPEG2000", no_jp2=True, mct=1, **options)
    content = written(described(np.asarray(PHOTO), "YBR_RCT"), encapsulate([frame]), JPEG2000Lossless)
    np.testing.assert_array_equal(decode(picture_from_bytes("a.dcm", content)).rgb, np.asarray(PHOTO))


def test_a_bitmap_in_run_lengths_is_read() -> None:
    shades = gradient(200, 150)[..., 0]
    rows = (b"".join(bytes((1, shade)) for shade in row) + b"\0\0" for row in shades[::-1])
    decoded = decode(picture_from_bytes("a.bmp", bmp(200, 150, b"".join(rows))))
    np.testing.assert_array_equal(decoded.rgb[..., 0], shades)
