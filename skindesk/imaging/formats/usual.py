"""JPEG, PNG, TIFF, WebP and BMP, which Pillow opens by itself."""

import io
import warnings

from PIL import Image

from skindesk.imaging.formats.exif import capture_of, orientation_of
from skindesk.imaging.formats.picture import DECODER_ERRORS, Loaded, PictureWarning
from skindesk.imaging.formats.refusals import MAX_PIXELS

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP")
_PHONE_JPEG, _JPEG = "image/mpo", "image/jpeg"
"""A phone's JPEG with its preview behind it is one picture."""

# The cap of this program decides; Pillow's own, a module-wide one, only has to lie beyond it and keep quiet below it.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"PIL(\..*)?")  # what it says of damaged EXIF helps nobody at a terminal


class UsualPicture:
    """An `OpenPicture` of one of Pillow's formats. Raises what Pillow does."""

    def __init__(self, content: bytes) -> None:
        self._image = Image.open(io.BytesIO(content), formats=_FORMATS)
        self.stored_size = self._image.size
        media_type = Image.MIME[self._image.format or ""]
        self.media_type = _JPEG if media_type == _PHONE_JPEG else media_type
        self._is_one = media_type == _PHONE_JPEG or getattr(self._image, "n_frames", 1) == 1

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


def _exif_of(image: Image.Image) -> Image.Exif:
    """A loaded picture's EXIF, empty where it cannot be read.

    Damaged EXIF beside sound pixels is common and no reason to refuse a picture; `ImageOps.exif_transpose` writes
    the EXIF anew and fails on it. Pillow turns a TIFF, its size included, while it is loaded, and drops the tag.
    """
    try:
        return image.getexif()
    except DECODER_ERRORS:
        return Image.Exif()
