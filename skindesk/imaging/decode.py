"""Turns a file's bytes into an upright 8-bit sRGB picture, or says why it cannot."""

import contextlib
import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from skindesk.domain.capture import NOTHING_KNOWN, Capture
from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.domain.offered import NOTHING_OFFERED, OfferedFacts
from skindesk.domain.quality import PictureWarning
from skindesk.domain.region import Region
from skindesk.imaging.formats.bands import Finish, upright_rgb
from skindesk.imaging.formats.dicom import DicomPicture
from skindesk.imaging.formats.dicom_head import is_dicom
from skindesk.imaging.formats.heif import HeifPicture, is_heif
from skindesk.imaging.formats.picture import DECODER_ERRORS, Loaded, OpenPicture
from skindesk.imaging.formats.refusals import MIN_SIDE_PX, check_size, damaged, not_a_picture, too_large
from skindesk.imaging.formats.usual import UsualPicture

__all__ = [
    "MIN_SIDE_PX",
    "DecodedImage",
    "PictureFile",
    "decode",
    "decode_for_screen",
    "picture_from_bytes",
    "read_picture_file",
]

MAX_FILE_BYTES = 512 * 1024 * 1024

_MOST_SHRUNK = 8
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


@dataclass(frozen=True)
class PictureFile:
    """A picture file's bytes, read once. `sha256` is the hexadecimal digest of exactly these bytes."""

    name: str
    content: bytes
    sha256: str


@dataclass(frozen=True)
class DecodedImage:
    """An upright picture, or a region of one.

    `rgb` is uint8 (height, width, 3), sRGB, 0 to 255. It may be smaller than the original, whose whole upright size
    is `original_width_px` x `original_height_px`. `capture` and `offered` are what the file tells of how it was taken,
    and of whom; where it was taken is never read.
    """

    rgb: NDArray[np.uint8]
    sha256: str
    original_width_px: int
    original_height_px: int
    media_type: str
    warnings: tuple[PictureWarning, ...]
    capture: Capture = NOTHING_KNOWN
    offered: OfferedFacts = NOTHING_OFFERED

    @property
    def is_full_size(self) -> bool:
        """Whether `rgb` has every pixel of the whole original."""
        return self.rgb.shape[:2] == (self.original_height_px, self.original_width_px)


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


def decode(
    picture: PictureFile,
    at_least_px: int | None = None,
    region: Region | None = None,
    finish: Finish | None = None,
) -> DecodedImage:
    """Decode a picture file, or a region of it, and turn it upright by its EXIF orientation.

    With `at_least_px` a JPEG is scaled down while it is decoded, to no less than that on the shorter side of what is
    asked for, which is several times faster; the region's edges then fall on whole pixels of the smaller picture.
    `finish` is done with the upright sRGB picture before its pixels become an array, unless it is too large for that.
    Raises ImageRejectedError where the bytes are no picture of an allowed format, are damaged, or the picture is over
    MAX_PIXELS or under MIN_SIDE_PX, and ValueError where the region does not lie within it.
    """
    with _translating(picture):
        opened = _opened(picture)
        part = opened.stored_size if region is None else (region.width, region.height)
        loaded = opened.load(_shrink(part, at_least_px))
    if region is not None and not region.lies_within(*_upright_size(loaded)):
        raise ValueError(f"{region} is no part of a picture of {_upright_size(loaded)}")
    with _translating(picture):
        return _upright(picture, opened.media_type, loaded, region, finish)


def decode_for_screen(picture: PictureFile, at_least_px: int) -> DecodedImage:
    """The whole picture as soon as may be, for the eye alone, until `decode` has brought the rest.

    A JPEG and a DICOM frame in JPEG 2000 have no less than `at_least_px` on their shorter side. Of a HEIC file it is
    the preview beside the picture, which may be far smaller, where there is one. Raises ImageRejectedError as `decode`
    does, though a preview may be sound where the picture is not.
    """
    with _translating(picture):
        opened = _opened(picture)
        loaded = opened.first_look(_shrink(opened.stored_size, at_least_px))
        return _upright(picture, opened.media_type, loaded, None)


def _opened(picture: PictureFile) -> OpenPicture:
    """The picture with its head read, once it is known to be neither too large nor too small."""
    opened: OpenPicture
    if is_dicom(picture.content):
        opened = DicomPicture(picture.content, picture.name)
    elif is_heif(picture.content):
        opened = HeifPicture(picture.content, picture.name)
    else:
        opened = UsualPicture(picture.content, picture.name)
    check_size(*opened.stored_size, len(picture.content), picture.name)
    return opened


@contextlib.contextmanager
def _translating(picture: PictureFile) -> Iterator[None]:
    """Whatever a decoder raises on such bytes becomes ImageRejectedError."""
    try:
        yield
    except ImageRejectedError:
        raise
    except UnidentifiedImageError as error:
        raise not_a_picture(picture.name) from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise too_large(picture.name) from error
    except DECODER_ERRORS as error:
        raise damaged(picture.name, len(picture.content)) from error


def _shrink(size: tuple[int, int], at_least_px: int | None) -> int:
    """By how much, 1, 2, 4 or 8, a part of a picture may be scaled down."""
    possible = 1 if at_least_px is None else min(size) // max(1, at_least_px)
    shrink = _MOST_SHRUNK
    while shrink > max(1, possible):
        shrink //= 2
    return shrink


def _upright(
    picture: PictureFile, media_type: str, loaded: Loaded, region: Region | None, finish: Finish | None = None
) -> DecodedImage:
    width_px, height_px = _upright_size(loaded)
    turn = _UPRIGHT_BY_ORIENTATION.get(loaded.orientation)
    if region is None:
        rgb, colour_notes = upright_rgb(loaded.image, turn, finish)
    else:
        image = loaded.image if turn is None else loaded.image.transpose(turn)
        rgb, colour_notes = upright_rgb(_cut_out(image, region, width_px, height_px), None, finish)
    return DecodedImage(
        rgb=rgb,
        sha256=picture.sha256,
        original_width_px=width_px,
        original_height_px=height_px,
        media_type=media_type,
        warnings=(*loaded.warnings, *colour_notes),
        capture=loaded.capture,
        offered=loaded.offered,
    )


def _upright_size(loaded: Loaded) -> tuple[int, int]:
    width_px, height_px = loaded.full_size
    return (height_px, width_px) if loaded.orientation in _ORIENTATIONS_ON_THE_SIDE else (width_px, height_px)


def _cut_out(image: Image.Image, region: Region, width_px: int, height_px: int) -> Image.Image:
    """A region, which is told in pixels of the original, of a picture that may be smaller."""
    across, down = image.width / width_px, image.height / height_px
    return image.crop(
        (
            round(region.left * across),
            round(region.top * down),
            round((region.left + region.width) * across),
            round((region.top + region.height) * down),
        )
    )
