"""Turns a file's bytes into an upright 8-bit sRGB picture, or says why it cannot."""

import hashlib
import io
import stat
import struct
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from skindesk.domain.errors import ImageRejectedError, RejectionReason

EXTENSIONS = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".bmp", ".dib"})
"""File endings that look like a picture this program reads, in lower case."""

MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_PIXELS = 128_000_000
"""About 390 MB once decoded; the largest phone sensors in clinical use deliver 108 megapixels."""
MIN_SIDE_PX = 32
"""Below this a picture holds less than one cell of any shipped network's 7 x 7 feature grid."""

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP")
_READABLE = "Use JPEG, PNG, TIFF, WebP or BMP."
_DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError, OverflowError, struct.error,
)  # fmt: skip
"""What Pillow's decoders raise on damaged input."""
_UPRIGHT_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATIONS_ON_THE_SIDE = (5, 6, 7, 8)

# The cap above decides; Pillow's own, a module-wide one, only has to lie beyond it and keep quiet below it.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class PictureWarning(StrEnum):
    """What a reader should know of a picture that was decoded all the same."""

    FIRST_OF_SEVERAL_FRAMES = "first_of_several_frames"
    TRANSPARENCY_FLATTENED = "transparency_flattened"
    COLOUR_PROFILE_IGNORED = "colour_profile_ignored"
    GREYSCALE = "greyscale"
    LOW_RESOLUTION = "low_resolution"


@dataclass(frozen=True)
class PictureFile:
    """A picture file's bytes, read once. `sha256` is the hexadecimal digest of exactly these bytes."""

    name: str
    content: bytes
    sha256: str


@dataclass(frozen=True)
class DecodedImage:
    """An upright picture.

    `rgb` is uint8 (height, width, 3), sRGB, 0 to 255. It may be smaller than the original, whose upright size
    is `original_width_px` x `original_height_px`.
    """

    rgb: NDArray[np.uint8]
    sha256: str
    original_width_px: int
    original_height_px: int
    media_type: str
    warnings: tuple[PictureWarning, ...]


def read_picture_file(path: Path) -> PictureFile:
    """Read a picture file whole.

    Raises ImageRejectedError where it is missing, not a regular file, unreadable, empty or over MAX_FILE_BYTES.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ImageRejectedError(
                RejectionReason.NOT_AN_IMAGE, f"{path.name} is not a file.", "Choose a picture file."
            )
        if status.st_size > MAX_FILE_BYTES:
            raise ImageRejectedError(
                RejectionReason.TOO_LARGE,
                f"{path.name} has {status.st_size / 1e6:,.0f} MB, over the limit of {MAX_FILE_BYTES / 1e6:,.0f} MB.",
                "Export a smaller copy.",
            )
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ImageRejectedError(
            RejectionReason.MISSING, f"{path.name} does not exist.", "Check the path, or the link's target."
        ) from error
    except OSError as error:
        raise ImageRejectedError(
            RejectionReason.NOT_READABLE,
            f"{path.name} cannot be read: {error.strerror or error}.",
            "Check the file's permissions and the drive.",
        ) from error
    return picture_from_bytes(path.name, content)


def picture_from_bytes(name: str, content: bytes) -> PictureFile:
    """Wrap bytes that are already at hand, such as a pasted picture. Raises ImageRejectedError if there are none."""
    if not content:
        raise ImageRejectedError(RejectionReason.EMPTY, f"{name} is empty.", "Copy it from the camera again.")
    return PictureFile(name, content, hashlib.sha256(content).hexdigest())


def decode(picture: PictureFile, at_least_px: int | None = None) -> DecodedImage:
    """Decode a picture file and turn it upright by its EXIF orientation.

    With `at_least_px` a JPEG is scaled down while it is decoded, to no less than that on its shorter side,
    which is several times faster. Raises ImageRejectedError where the bytes are no picture of an allowed
    format, are damaged, or the picture is over MAX_PIXELS or under MIN_SIDE_PX.
    """
    try:
        with Image.open(io.BytesIO(picture.content), formats=_FORMATS) as image:
            _check_size(image, picture.name)
            return _decode_opened(image, picture, at_least_px)
    except ImageRejectedError:
        raise
    except UnidentifiedImageError as error:
        raise ImageRejectedError(
            RejectionReason.NOT_AN_IMAGE, f"{picture.name} is not a picture that SkinDesk can read.", _READABLE
        ) from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise _too_large(picture.name) from error
    except _DECODER_ERRORS as error:
        raise ImageRejectedError(
            RejectionReason.DAMAGED,
            f"{picture.name} is damaged or cut off after {len(picture.content) / 1000:,.0f} kB.",
            "Copy it from the camera again.",
        ) from error


def _decode_opened(image: Image.Image, picture: PictureFile, at_least_px: int | None) -> DecodedImage:
    stored_width, stored_height = image.size
    media_type = Image.MIME[image.format or ""]
    noted = []
    if getattr(image, "n_frames", 1) > 1 and media_type != "image/mpo":  # MPO: a phone's JPEG and its preview
        noted.append(PictureWarning.FIRST_OF_SEVERAL_FRAMES)
    if at_least_px is not None:
        image.draft(None, (at_least_px, at_least_px))
    image.load()
    orientation = _orientation(image)
    turned = orientation in _ORIENTATIONS_ON_THE_SIDE
    turn = _UPRIGHT_BY_ORIENTATION.get(orientation)
    rgb, colour_notes = _to_srgb(image if turn is None else image.transpose(turn))
    noted.extend(colour_notes)
    return DecodedImage(
        rgb=np.asarray(rgb),
        sha256=picture.sha256,
        original_width_px=stored_height if turned else stored_width,
        original_height_px=stored_width if turned else stored_height,
        media_type="image/jpeg" if media_type == "image/mpo" else media_type,
        warnings=tuple(noted),
    )


def _orientation(image: Image.Image) -> int:
    """How a loaded picture is stored, 1 to 8 (TIFF 6.0, tag 274); 1 where its EXIF cannot be read.

    Damaged EXIF beside sound pixels is common and no reason to refuse a picture; `ImageOps.exif_transpose` writes
    the EXIF anew and fails on it. Pillow turns a TIFF, its size included, while it is loaded, and drops the tag.
    """
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _DECODER_ERRORS:
        return 1
    return found if isinstance(found, int) else 1


def _check_size(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_large(name)
    if min(width, height) < MIN_SIDE_PX:
        raise ImageRejectedError(
            RejectionReason.TOO_SMALL,
            f"{name} has only {width} x {height} pixels.",
            f"Use a picture of at least {MIN_SIDE_PX} x {MIN_SIDE_PX} pixels.",
        )


def _too_large(name: str) -> ImageRejectedError:
    return ImageRejectedError(
        RejectionReason.TOO_LARGE,
        f"{name} has more than {MAX_PIXELS / 1e6:.0f} million pixels.",
        "Export a smaller copy.",
    )


def _to_srgb(image: Image.Image) -> tuple[Image.Image, list[PictureWarning]]:
    """Bring any of Pillow's modes to 8-bit sRGB."""
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
    return image.convert("RGB"), noted


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
