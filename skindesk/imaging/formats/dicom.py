"""DICOM photographs of skin: dermoscopic, visible-light and secondary-capture pictures, the first frame of several."""

from dataclasses import replace

from PIL import Image, UnidentifiedImageError

from skindesk.domain.quality import PictureWarning
from skindesk.imaging.formats.dicom_facts import capture_of, offered_of
from skindesk.imaging.formats.dicom_head import DicomHead, Packing, read_head
from skindesk.imaging.formats.dicom_pixels import (
    Photometric,
    PixelFormat,
    as_image,
    coloured,
    grey_frame,
    native_samples,
    read_format,
    rle_samples,
)
from skindesk.imaging.formats.jpeg_2000 import check_pieces
from skindesk.imaging.formats.jpeg_scans import check_scans
from skindesk.imaging.formats.picture import DECODER_ERRORS, Loaded
from skindesk.imaging.formats.refusals import damaged, too_large
from skindesk.imaging.formats.source import Source

_MEDIA_TYPE = "application/dicom"
_MOST_WAVELET_PX = 40_000_000
"""OpenJPEG and Pillow take 20 bytes for each."""
_PILLOWS = {Packing.JPEG: "JPEG", Packing.JPEG_2000: "JPEG2000"}


class DicomPicture:
    """An `OpenPicture` in DICOM.

    A compressed frame decides on its own size; its EXIF decides on nothing, as in every other viewer. Raises
    ImageRejectedError or one of DECODER_ERRORS where the object is no photograph, is packed in a way that is not
    read, or is damaged.
    """

    media_type = _MEDIA_TYPE

    def __init__(self, content: bytes, name: str) -> None:
        self._head = read_head(content, name)
        self._format = read_format(self._head)
        self._frame = _opened_frame(self._head)
        declared = (self._format.width_px, self._format.height_px)
        self.stored_size = declared if self._frame is None else self._frame.size
        self._is_as_declared = self.stored_size == declared

    def load(self, shrink: int) -> Loaded:
        """Decode its first frame; one in JPEG is scaled down on the way."""
        image = self._decoded_samples() if self._frame is None else self._decoded_frame(self._frame, shrink)
        profile = self._head.value("ICCProfile")
        if image.mode == "RGB" and isinstance(profile, bytes):
            image.info["icc_profile"] = profile
        capture = capture_of(self._head)
        return Loaded(
            image,
            self.stored_size,
            warnings=(PictureWarning.FIRST_OF_SEVERAL_FRAMES,) if self._has_several_frames() else (),
            capture=capture if self._is_as_declared else replace(capture, mm_per_px=None),
            offered=offered_of(self._head),
        )

    def first_look(self, shrink: int) -> Loaded:
        """As `load`, and JPEG 2000 without its finest wavelets: near enough for the eye, not for a network."""
        if self._frame is not None and self._frame.format == "JPEG2000" and shrink > 1:
            self._frame.reduce = shrink.bit_length() - 1  # type: ignore[assignment, method-assign]  # Pillow's way
            try:
                return self.load(shrink)
            except DECODER_ERRORS:  # a frame need not have so many wavelets
                self._frame = _opened_frame(self._head)
        return self.load(shrink)

    def _decoded_samples(self) -> Image.Image:
        head, form = self._head, self._format
        is_packed = head.packing is Packing.RLE
        return as_image(rle_samples(head.first_frame(), form) if is_packed else native_samples(head, form), form, head)

    def _decoded_frame(self, frame: Image.Image, shrink: int) -> Image.Image:
        width_px, height_px = self.stored_size
        is_raw = _is_unmarked_rgb(frame, self._format)
        frame.draft("YCbCr" if is_raw else None, (width_px // shrink, height_px // shrink))
        frame.load()
        if frame.mode in ("L", "I;16"):
            return as_image(*grey_frame(frame, self._format), self._head)
        if is_raw:
            return Image.merge("RGB", frame.split())
        return coloured(frame, self._format.photometric) if frame.format == "JPEG2000" else frame

    def _has_several_frames(self) -> bool:
        return int(self._head.value("NumberOfFrames") or 1) > 1


def _opened_frame(head: DicomHead) -> Image.Image | None:
    """The first frame, where Pillow can open it; None where its samples are read here."""
    form = _PILLOWS.get(head.packing)
    if form is None:
        return None
    content = head.first_frame()
    try:
        frame = Image.open(Source(content), formats=(form,))
    except UnidentifiedImageError as error:
        raise damaged(head.name, len(head.content)) from error
    if head.packing is Packing.JPEG:
        check_scans(frame, content)
    elif frame.width * frame.height > _MOST_WAVELET_PX:
        raise too_large(head.name, _MOST_WAVELET_PX)
    else:
        check_pieces(content)
    return frame


def _is_unmarked_rgb(frame: Image.Image, form: PixelFormat) -> bool:
    """Whether a JPEG holds RGB as its DICOM head says, and no marker of its own tells the decoder."""
    marked = "jfif" in frame.info or "adobe" in frame.info
    return frame.format == "JPEG" and frame.mode == "RGB" and form.photometric is Photometric.RGB and not marked
