"""What is read of a photograph's EXIF: how it is stored, when it was taken, and by which camera. Never where."""

from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

from skindesk.domain.capture import NOTHING_KNOWN, Capture
from skindesk.imaging.formats.cleaning import plain_text, plausible_moment
from skindesk.imaging.formats.picture import DECODER_ERRORS

_LONGEST_NAME = 64
_UPRIGHT = 1


def orientation_of(exif: Image.Exif) -> int:
    """How a picture is stored, 1 to 8 (TIFF 6.0, tag 274); upright where its EXIF does not say."""
    try:
        found = exif.get(ExifTags.Base.Orientation, _UPRIGHT)
    except DECODER_ERRORS:
        return _UPRIGHT
    return found if isinstance(found, int) else _UPRIGHT


def capture_of(exif: Image.Exif) -> Capture:
    """When and by which camera a picture was taken; nothing where its EXIF cannot be read."""
    try:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        return Capture(
            taken_at=_moment(
                details.get(ExifTags.Base.DateTimeOriginal), details.get(ExifTags.Base.OffsetTimeOriginal)
            ),
            device=camera_name(exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model)),
        )
    except DECODER_ERRORS:
        return NOTHING_KNOWN


def camera_name(maker: object, model: object) -> str:
    """Maker and model in one, the maker once: `Canon EOS 5D` of Canon is no Canon Canon EOS 5D."""
    maker, model = plain_text(maker, _LONGEST_NAME), plain_text(model, _LONGEST_NAME)
    first_word = maker.partition(" ")[0].casefold()
    if first_word and model.casefold().startswith(first_word):
        return model
    return f"{maker} {model}".strip()


def _moment(clock: Any, offset: Any) -> str:
    """EXIF 2.32 writes `2024:05:06 12:30:00`, and `+02:00` beside it."""
    if not isinstance(clock, str):
        return ""
    clock = clock.strip("\0 ")
    zone = offset.strip("\0 ") if isinstance(offset, str) else ""
    for words, form in ((clock + zone, "%Y:%m:%d %H:%M:%S%z"), (clock, "%Y:%m:%d %H:%M:%S")):
        try:
            return plausible_moment(datetime.strptime(words, form))
        except ValueError:
            continue
    return ""
