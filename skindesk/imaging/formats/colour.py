"""Brings a picture of any of Pillow's modes, with any colour profile, to 8-bit sRGB."""

import io
import struct
from functools import cache

import numpy as np
from PIL import Image, ImageCms

from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.domain.quality import PictureWarning

PRIMARIES = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
"""Chromaticities of red, green and blue by number in ITU-T H.273, table 2: BT.709 and sRGB, BT.2020, Display P3."""
SRGB_PRIMARIES = 1

_D65 = (0.3127, 0.3290)
_D50_XYZ = (0.9642, 1.0, 0.8249)
"""The white point of ICC's profile connection space (ICC.1:2022, 6.3.4.3)."""
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
_TAG_TABLE_AT, _TAG_BYTES, _XYZ_HEAD_BYTES = 128, 12, 8


def to_srgb(image: Image.Image) -> tuple[Image.Image, list[PictureWarning]]:
    """A picture in mode RGB, and what is to be known of the way there.

    Raises ImageRejectedError where its pixels are no colours.
    """
    noted = []
    if image.mode.startswith(("I", "F")):
        image = _to_8_bit(image)
    if image.mode in ("1", "L", "LA", "La"):
        noted.append(PictureWarning.GREYSCALE)
    if image.has_transparency_data:
        image, visible = _on_white(image)
        if visible:
            noted.append(PictureWarning.TRANSPARENCY_FLATTENED)
    if image.mode == "P":
        image = image.convert("RGB")
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        managed = _apply_profile(image, profile)
        if managed is None:
            noted.append(PictureWarning.COLOUR_PROFILE_IGNORED)
        else:
            image = managed
    return image if image.mode == "RGB" else image.convert("RGB"), noted


@cache
def profile_of(primaries: int) -> bytes:
    """An ICC profile with sRGB's curve and other primaries, by their number in ITU-T H.273 as in `PRIMARIES`."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for at in range(0, len(profile) - 7, 2):
        if profile[at : at + 8] == "sRGB".encode("utf-16-be"):
            profile[at : at + 8] = "H273".encode("utf-16-be")
    for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), _columns_in_d50(primaries), strict=True):
        at = _value_of_tag(profile, tag) + _XYZ_HEAD_BYTES
        profile[at : at + 12] = struct.pack(">3i", *(round(value * 0x10000) for value in column))
    return bytes(profile)


def _columns_in_d50(primaries: int) -> list[list[float]]:
    """XYZ of red, green and blue at full strength, adapted from D65 to D50 (Lindbloom, RGB/XYZ matrices)."""
    colours = np.array([_xyz(*place) for place in PRIMARIES[primaries]]).T
    columns = colours * np.linalg.solve(colours, _xyz(*_D65))
    cones = np.array(_BRADFORD)
    gain = (cones @ _D50_XYZ) / (cones @ _xyz(*_D65))
    adapted: list[list[float]] = (np.linalg.inv(cones) @ np.diag(gain) @ cones @ columns).T.tolist()
    return adapted


def _xyz(x: float, y: float) -> tuple[float, float, float]:
    return x / y, 1.0, (1 - x - y) / y


def _value_of_tag(profile: bytearray, wanted: bytes) -> int:
    """Where a tag's value begins (ICC.1:2022, 7.3)."""
    (count,) = struct.unpack_from(">I", profile, _TAG_TABLE_AT)
    entries = (struct.unpack_from(">4sI", profile, _TAG_TABLE_AT + 4 + number * _TAG_BYTES) for number in range(count))
    return next(int(at) for tag, at in entries if tag == wanted)


def _to_8_bit(image: Image.Image) -> Image.Image:
    """16-bit integers keep their high byte; floating point is read as 0 to 1. Raises ImageRejectedError."""
    values = np.asarray(image)
    if image.mode == "F":
        if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
            raise _pixels_out_of_range()
        return Image.fromarray((values * 255 + 0.5).astype(np.uint8))
    if values.min() < 0 or values.max() > 0xFFFF:
        raise _pixels_out_of_range()
    return Image.fromarray((values.astype(np.uint32) >> 8).astype(np.uint8))


def _pixels_out_of_range() -> ImageRejectedError:
    return ImageRejectedError(
        RejectionReason.NOT_AN_IMAGE,
        "The file holds measurements, not a photograph: its pixels lie outside the range of 16 bit, or of 0 to 1.",
        "Export it as an 8-bit or 16-bit picture.",
    )


def _on_white(image: Image.Image) -> tuple[Image.Image, bool]:
    """Lay a picture on white; the flag says whether any pixel was transparent at all."""
    layered = image.convert("RGBA")
    visible = layered.getchannel("A").getextrema() != (255, 255)
    ground = Image.new("RGBA", layered.size, "white")
    flat = Image.alpha_composite(ground, layered).convert("RGB")
    if "icc_profile" in image.info:
        flat.info["icc_profile"] = image.info["icc_profile"]
    return flat, visible


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """Convert from an embedded ICC profile to sRGB; None where the profile is unusable."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image.convert("RGB")
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
