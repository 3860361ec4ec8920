"""DICOM photographs: every way in which a device may pack them, and what is refused in a sentence."""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLSLossless,
)

from skindesk.domain.capture import PictureKind
from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.domain.quality import PictureWarning
from skindesk.domain.region import Region
from skindesk.imaging.decode import DecodedImage, decode, decode_for_screen, picture_from_bytes
from skindesk.imaging.formats.dicom import DicomPicture
from tests.support.dicom_files import (
    DERMOSCOPIC,
    PHOTOGRAPH,
    SECONDARY,
    described,
    jpeg_dicom,
    native_dicom,
    run_length_dicom,
    wavelet_dicom,
    written,
)
from tests.support.pictures import RED, encoded, gradient, plain

SAMPLES = gradient(96, 64)
GREY = SAMPLES[..., 0]
UPRIGHT = Image.fromarray(SAMPLES)
Pack = Callable[..., bytes]
CT = "1.2.840.10008.5.1.4.1.1.2"


def opened(content: bytes, **options: Any) -> DecodedImage:
    return decode(picture_from_bytes("IM_0001", content), **options)


def rejected(content: bytes) -> ImageRejectedError:
    with pytest.raises(ImageRejectedError) as caught:
        opened(content)
    assert "IM_0001" in caught.value.what
    assert caught.value.advice
    return caught.value


def assert_like(decoded: DecodedImage, wanted: np.ndarray, tolerance: float = 0) -> None:
    assert decoded.rgb.shape == wanted.shape
    assert np.abs(decoded.rgb.astype(int) - wanted).max() <= tolerance


@pytest.mark.parametrize("sop_class", [DERMOSCOPIC, PHOTOGRAPH, SECONDARY, f"{SECONDARY}.4"])
def test_photographs_of_each_kind_are_read(sop_class: str) -> None:
    decoded = opened(native_dicom(SAMPLES, SOPClassUID=sop_class))
    assert_like(decoded, SAMPLES)
    assert (decoded.media_type, decoded.warnings, decoded.is_full_size) == ("application/dicom", (), True)
    assert decoded.capture.kind is (PictureKind.DERMOSCOPIC if sop_class == DERMOSCOPIC else None)


@pytest.mark.parametrize(
    "content",
    [
        native_dicom(SAMPLES),
        native_dicom(SAMPLES, syntax=ImplicitVRLittleEndian),
        native_dicom(SAMPLES.transpose(2, 0, 1).reshape(64, 96, 3), PlanarConfiguration=1),
        native_dicom(SAMPLES.astype(np.uint16) * 257),
        native_dicom(SAMPLES.astype(np.uint16) * 16, BitsStored=12),
        native_dicom((SAMPLES.astype(np.uint16) * 16) | 0x8000, BitsStored=12),
        run_length_dicom(SAMPLES),
        run_length_dicom(SAMPLES.astype(np.uint16) * 257),
        wavelet_dicom(UPRIGHT),
        wavelet_dicom(UPRIGHT, "RGB"),
    ],
    ids=["explicit", "implicit", "planes", "16 bits", "12 bits", "overlay bits", "run lengths", "16-bit run lengths",
         "wavelets", "wavelets in RGB"],
)  # fmt: skip
def test_ways_without_loss_give_exactly_the_pixels(content: bytes) -> None:
    assert_like(opened(content), SAMPLES)


@pytest.mark.parametrize(
    "content",
    [
        native_dicom(np.asarray(UPRIGHT.convert("YCbCr")), "YBR_FULL"),
        run_length_dicom(np.asarray(UPRIGHT.convert("YCbCr")), "YBR_FULL"),
        wavelet_dicom(Image.merge("RGB", UPRIGHT.convert("YCbCr").split()), "YBR_FULL"),
        jpeg_dicom(UPRIGHT),
        jpeg_dicom(UPRIGHT, "YBR_FULL"),
        jpeg_dicom(UPRIGHT, "RGB"),
        jpeg_dicom(UPRIGHT, frames=3),
    ],
    ids=["full", "full in run lengths", "full in wavelets", "JPEG", "JPEG full", "JPEG that says RGB", "frames"],
)
def test_brightness_and_colour_apart_give_nearly_the_pixels(content: bytes) -> None:
    assert_like(opened(content), SAMPLES, 6)


def test_two_pixels_that_share_their_colour() -> None:
    image = plain(RED, 96, 64).convert("YCbCr")
    bright, blue, red = (np.asarray(band) for band in image.split())
    pairs = np.stack((bright[:, ::2], bright[:, 1::2], blue[:, ::2], red[:, ::2]), axis=2)
    content = written(described(np.asarray(image), "YBR_FULL_422"), pairs.tobytes(), "1.2.840.10008.1.2.1")
    assert_like(opened(content), np.asarray(plain(RED, 96, 64)), 2)


def test_jpeg_of_rgb_without_a_marker_is_taken_as_the_head_says() -> None:
    content = encoded(Image.merge("YCbCr", UPRIGHT.split()), "JPEG", quality=95, subsampling=0)
    bare = content.replace(content[2 : 4 + int.from_bytes(content[4:6], "big")], b"", 1)
    assert b"JFIF" not in bare
    held = written(described(SAMPLES, "RGB"), encapsulate([bare]), JPEGBaseline8Bit)
    assert_like(opened(held), SAMPLES, 12)


@pytest.mark.parametrize("pack", [native_dicom, run_length_dicom])
@pytest.mark.parametrize(("photometric", "wanted"), [("MONOCHROME2", GREY), ("MONOCHROME1", 255 - GREY)])
def test_grey_is_read_and_noted(pack: Pack, photometric: str, wanted: np.ndarray) -> None:
    decoded = opened(pack(GREY, photometric))
    assert_like(decoded, np.dstack([wanted] * 3))
    assert decoded.warnings == (PictureWarning.GREYSCALE,)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_grey_jpeg_is_read(photometric: str) -> None:
    wanted = 255 - GREY if photometric == "MONOCHROME1" else GREY
    assert_like(opened(jpeg_dicom(UPRIGHT.getchannel("R"), photometric)), np.dstack([wanted] * 3), 6)


@pytest.mark.parametrize(
    ("stored", "values"),
    [
        (GREY.astype(np.uint16) + 1000, {"WindowCenter": 1127.5 + 0.5, "WindowWidth": 256}),
        (GREY.astype(np.uint16) + 1000, {"WindowCenter": [128, 40], "WindowWidth": [256, 80], "RescaleIntercept": -1000,
                                         "RescaleSlope": 1}),
        (GREY.astype(np.uint16) * 16, {"BitsStored": 12}),
        ((GREY.astype(np.int16) - 128) * 16, {"BitsStored": 12, "PixelRepresentation": 1}),
    ],
    ids=["window", "window after rescaling", "no window", "signed"],
)  # fmt: skip
@pytest.mark.parametrize("pack", [native_dicom, run_length_dicom])
def test_sixteen_bits_of_grey_are_seen_through_the_window(
    pack: Pack, stored: np.ndarray, values: dict[str, object]
) -> None:
    assert_like(opened(pack(stored, "MONOCHROME2", **values)), np.dstack([GREY] * 3), 1)


@pytest.mark.parametrize("stored", [GREY, GREY.astype(np.uint16) * 257])
def test_wavelets_of_grey_keep_their_bits(stored: np.ndarray) -> None:
    assert_like(opened(wavelet_dicom(Image.fromarray(stored), "MONOCHROME2")), np.dstack([GREY] * 3))


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", ImplicitVRLittleEndian])
@pytest.mark.parametrize("wide", [False, True])
def test_palette_gives_its_colours(syntax: str, wide: bool) -> None:
    codes = np.arange(96 * 64).reshape(64, 96).astype(np.uint8) % 7 + 3
    table = np.random.default_rng(1).integers(0, 255, (7, 3), np.uint8)
    values: dict[str, object] = {}
    for number, colour in enumerate(("Red", "Green", "Blue")):
        values[f"{colour}PaletteColorLookupTableDescriptor"] = [7, 3, 16 if wide else 8]
        column = table[:, number].astype(np.uint16) * 257 if wide else table[:, number]
        values[f"{colour}PaletteColorLookupTableData"] = column.tobytes()
    decoded = opened(native_dicom(codes, "PALETTE COLOR", syntax, **values))
    assert_like(decoded, table[codes - 3])
    assert decoded.warnings == ()


def test_only_the_first_frame_is_read_and_that_is_noted() -> None:
    both = np.concatenate((SAMPLES, 255 - SAMPLES))
    content = written(described(SAMPLES, NumberOfFrames=2), both.tobytes(), "1.2.840.10008.1.2.1")
    assert_like(opened(content), SAMPLES)
    assert opened(content).warnings == (PictureWarning.FIRST_OF_SEVERAL_FRAMES,)


def test_profile_of_the_file_is_applied() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")
    other = swapped.replace("sRGB".encode("utf-16-be"), "GRBs".encode("utf-16-be"))
    for content in (
        native_dicom(np.asarray(plain(RED)), ICCProfile=other),
        jpeg_dicom(plain(RED), ICCProfile=other),
    ):
        decoded = opened(content)
        assert np.abs(decoded.rgb[5, 5].astype(int) - (RED[1], RED[0], RED[2])).max() <= 4
        assert decoded.warnings == ()
    assert PictureWarning.COLOUR_PROFILE_IGNORED in opened(native_dicom(SAMPLES, ICCProfile=b"none")).warnings


def test_jpeg_is_scaled_down_while_it_is_decoded() -> None:
    content = jpeg_dicom(Image.fromarray(gradient(2000, 1500)))
    early = decode_for_screen(picture_from_bytes("IM_0001", content), 300)
    assert early.rgb.shape == (375, 500, 3)
    assert (early.original_width_px, early.original_height_px) == (2000, 1500)
    part = opened(content, at_least_px=100, region=Region(1000, 500, 800, 600))
    assert part.rgb.shape == (150, 200, 3)
    assert np.abs(part.rgb[0, 0].astype(int) - gradient(2000, 1500)[500, 1000]).max() <= 4


def test_exif_within_a_frame_turns_nothing() -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    frame = encoded(UPRIGHT, "JPEG", exif=tags)
    content = written(described(SAMPLES, "YBR_FULL_422"), encapsulate([frame]), JPEGBaseline8Bit)
    assert opened(content).rgb.shape == SAMPLES.shape


@pytest.mark.parametrize(
    ("sop_class", "kind"),
    [
        (CT, "CT Image"),
        ("1.2.840.10008.1.3.10", "Media Storage Directory"),
        ("1.2.840.10008.5.1.4.1.1.77.1.1", "VL Endoscopic Image"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "Encapsulated PDF"),
        ("1.2.3.4.5", "1.2.3.4.5"),
    ],
)
def test_another_object_is_refused_by_its_name(sop_class: str, kind: str) -> None:
    refusal = rejected(native_dicom(SAMPLES, SOPClassUID=sop_class))
    assert refusal.reason is RejectionReason.NOT_AN_IMAGE
    assert refusal.what.endswith(f": {kind}.")


def test_an_object_that_is_named_otherwise_in_the_head_of_the_file_is_refused() -> None:
    before, _, after = native_dicom(SAMPLES).rpartition(DERMOSCOPIC.encode())
    assert "CT Image" in rejected(before + CT.encode().ljust(len(DERMOSCOPIC), b"\0") + after).what


@pytest.mark.parametrize("beginning", [b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"])
def test_a_program_in_the_preamble_is_refused(beginning: bytes) -> None:
    content = native_dicom(SAMPLES)
    assert "program" in rejected(beginning + content[len(beginning) :]).what


def test_a_harmless_preamble_is_none_of_our_business() -> None:
    content = native_dicom(SAMPLES)
    assert_like(opened(b"II*\0" + content[4:]), SAMPLES)


@pytest.mark.parametrize("syntax", [JPEGLSLossless, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, "1.2.3"])
def test_a_way_that_nothing_here_decodes_is_refused_by_its_name(syntax: str) -> None:
    whole = written(described(SAMPLES), encapsulate([b"\xff\xd8\xff\xf7"]), JPEGLSLossless)
    refusal = rejected(whole.replace(JPEGLSLossless.encode(), syntax.encode().ljust(len(JPEGLSLossless), b"\0"), 1))
    assert refusal.reason is RejectionReason.NOT_AN_IMAGE
    assert "JPEG or PNG" in refusal.advice


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"PhotometricInterpretation": "HSV"}, RejectionReason.NOT_AN_IMAGE),
        ({"PhotometricInterpretation": "YBR_PARTIAL_422"}, RejectionReason.NOT_AN_IMAGE),
        ({"BitsAllocated": 32, "BitsStored": 32}, RejectionReason.NOT_AN_IMAGE),
        ({"BitsAllocated": 1, "BitsStored": 1}, RejectionReason.NOT_AN_IMAGE),
        ({"BitsStored": 12}, RejectionReason.NOT_AN_IMAGE),
        ({"SamplesPerPixel": 4}, RejectionReason.DAMAGED),
        ({"Rows": 6400}, RejectionReason.DAMAGED),
        ({"Rows": 31}, RejectionReason.TOO_SMALL),
        ({"Rows": 0}, RejectionReason.TOO_SMALL),
        ({"Rows": 65535, "Columns": 65535}, RejectionReason.TOO_LARGE),
    ],
)
def test_pixels_that_cannot_be_are_refused(
    values: dict[str, object], reason: RejectionReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason is not RejectionReason.DAMAGED:
        monkeypatch.setattr(DicomPicture, "load", lambda *_: pytest.fail("was decoded"))
    assert rejected(written(described(SAMPLES, **values), SAMPLES.tobytes(), "1.2.840.10008.1.2.1")).reason is reason


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")  # as the module does, and pytest undoes
@pytest.mark.parametrize("side", [20_000, 12_000])
def test_a_compressed_frame_over_the_limit_is_refused_by_its_own_head(side: int) -> None:
    frame = encoded(plain(RED), "JPEG")
    at = frame.index(b"\xff\xc0") + 5
    claim = frame[:at] + struct.pack(">HH", side, side) + frame[at + 4 :]
    content = written(described(SAMPLES, "YBR_FULL_422"), encapsulate([claim]), JPEGBaseline8Bit)
    assert rejected(content).reason is RejectionReason.TOO_LARGE


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("pack", [native_dicom, run_length_dicom])
def test_a_file_cut_off_is_damaged(pack: Pack, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8)
    content = pack(noise)
    assert rejected(content[: max(140, round(len(content) * share))]).reason is RejectionReason.DAMAGED


def test_an_object_without_pixels_is_damaged() -> None:
    head = described(SAMPLES)
    content = written(head, b"", "1.2.840.10008.1.2.1")
    assert rejected(content[: content.rindex(b"\xe0\x7f\x10\x00")]).reason is RejectionReason.DAMAGED


def test_a_head_of_endless_sequences_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skindesk.imaging.formats.dicom_head._MOST_HEAD_READS", 3_000)
    content = native_dicom(SAMPLES)
    at = content.index(b"\x08\x00\x16\x00UI")
    item = b"\xfe\xff\x00\xe0" + struct.pack("<L", 8) + b"\x09\x00\x02\x10LO\x00\x00"
    sequence = b"\x08\x00\x05\x10SQ\0\0\xff\xff\xff\xff" + item * 2000 + b"\xfe\xff\xdd\xe0\0\0\0\0"
    assert rejected(content[:at] + sequence + content[at:]).reason is RejectionReason.DAMAGED


def test_a_frame_in_endless_pieces_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skindesk.imaging.formats.dicom_head._MOST_READS", 3_000)
    pieces = (b"\xfe\xff\x00\xe0" + bytes(4)) * 5000
    content = written(described(SAMPLES, "YBR_FULL_422"), encapsulate([encoded(UPRIGHT, "JPEG")]), JPEGBaseline8Bit)
    at = content.index(b"\xff\xd8\xff") - 8
    assert rejected(content[:at] + pieces + content[at:]).reason is RejectionReason.DAMAGED


def test_a_large_value_before_the_pixels_is_passed_over() -> None:
    raw = Dataset()
    raw.add_new(0x00091001, "OB", bytes(9 * 1024 * 1024))
    head = described(SAMPLES)
    head.update(raw)
    assert_like(opened(written(head, SAMPLES.tobytes(), "1.2.840.10008.1.2.1")), SAMPLES)


def test_nothing_of_a_damaged_name_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    content = native_dicom(SAMPLES, PatientName="Secret^Name", PatientBirthDate="19800101")
    with caplog.at_level("DEBUG"):
        opened(content.replace(b"19800101", b"Secret!!"))
    assert "Secret" not in caplog.text


def test_the_first_look_at_wavelets_leaves_the_finest_out_and_the_input_does_not() -> None:
    content = wavelet_dicom(Image.fromarray(gradient(640, 480)))
    early = decode_for_screen(picture_from_bytes("IM_0001", content), 200)
    assert early.rgb.shape == (240, 320, 3)
    assert (early.original_width_px, early.original_height_px) == (640, 480)
    assert np.abs(early.rgb.astype(int) - gradient(320, 240)).max() <= 4
    assert opened(content, at_least_px=200).is_full_size


def test_the_first_look_at_wavelets_of_one_size_is_all_of_them() -> None:
    content = wavelet_dicom(Image.fromarray(gradient(640, 480)), sizes=1)
    assert_like(decode_for_screen(picture_from_bytes("IM_0001", content), 100), gradient(640, 480))
