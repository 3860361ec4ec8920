"""JPEG, PNG, TIFF, WebP and BMP, which Pillow opens by itself."""

import warnings

from PIL import Image

from skindesk.domain.quality import PictureWarning
from skindesk.imaging.formats.exif import capture_of, orientation_of
from skindesk.imaging.formats.jpeg_scans import check_scans
from skindesk.imaging.formats.picture import DECODER_ERRORS, Loaded
from skindesk.imaging.formats.refusals import HARMLESS_PIXELS, MAX_PIXELS, too_large, unknown_way
from skindesk.imaging.formats.source import Source

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP")
_PHONE_JPEG, _JPEG = "image/mpo", "image/jpeg"
"""A phone's JPEG with its preview behind it is one picture."""
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_MOST_RUN_LENGTHS_PX, _READS_PER_PIXEL = 500_000, 2
"""Pillow unpacks a BMP in run lengths in Python: half a second for as many pixels in runs of one."""
_MOST_WEBP_PX = 40_000_000
"""libwebp and Pillow hold it four times, four bytes a pixel."""

# The cap of this program decides; Pillow's own, a module-wide one, only has to lie beyond it and keep quiet below it.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"PIL(\..*)?")  # what it says of damaged EXIF helps nobody at a terminal


class UsualPicture:
    """An `OpenPicture` of one of Pillow's formats.

    Raises what Pillow does, and ImageRejectedError where decoding would cost far more than the picture's size tells.
    """

    def __init__(self, content: bytes, name: str) -> None:
        source = Source(content)
        self._image = Image.open(source, formats=_FORMATS)
        self.stored_size = self._image.size
        media_type = Image.MIME[self._image.format or ""]
        self.media_type = _JPEG if media_type == _PHONE_JPEG else media_type
        self._is_one = media_type == _PHONE_JPEG or not getattr(self._image, "is_animated", False)
        _check_cost(self._image, content, name)
        if _is_in_run_lengths(self._image):
            source.allow(_READS_PER_PIXEL * self._image.width * self._image.height)

    def load(self, shrink: int) -> Loaded:
        """Decode it; a JPEG is scaled down on the way."""
        width_px, height_px = self.stored_size
        if shrink > 1:
            self._image.draft(None, (width_px // shrink, height_px // shrink))
        self._image.load()
        exif = _exif_of(self._image)
        return Loaded(
            self._image,
            self.stored_size,
            orientation_of(exif),
            () if self._is_one else (PictureWarning.FIRST_OF_SEVERAL_FRAMES,),
            capture_of(exif),
        )

    def first_look(self, shrink: int) -> Loaded:
        """There is no quicker way."""
        return self.load(shrink)


def _check_cost(image: Image.Image, content: bytes, name: str) -> None:
    pixels = image.width * image.height
    match image.format:
        case "JPEG" | "MPO":
            check_scans(image, content)
        case "TIFF":
            tags = image.tag_v2  # type: ignore[attr-defined]  # Pillow's TIFFs have it
            if tags.get(_TILE_WIDTH, 1) * tags.get(_TILE_LENGTH, 1) > HARMLESS_PIXELS:
                raise ValueError("a tile larger than any photograph's")
        case "BMP":
            if pixels > _MOST_RUN_LENGTHS_PX and _is_in_run_lengths(image):
                raise unknown_way(name, "more than half a million pixels in run lengths")
        case "WEBP":
            if pixels > _MOST_WEBP_PX:
                raise too_large(name, _MOST_WEBP_PX)


def _is_in_run_lengths(image: Image.Image) -> bool:
    return image.format == "BMP" and image.tile[0].codec_name == "bmp_rle"  # type: ignore[attr-defined]


def _exif_of(image: Image.Image) -> Image.Exif:
    """A loaded picture's EXIF, empty where it cannot be read.

    Damaged EXIF beside sound pixels is common and no reason to refuse a picture; `ImageOps.exif_transpose` writes
    the EXIF anew and fails on it. Pillow turns a TIFF, its size included, while it is loaded, and drops the tag.
    """
    try:
        return image.getexif()
    except DECODER_ERRORS:
        return Image.Exif()
