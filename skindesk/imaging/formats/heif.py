"""HEIC and HEIF, as phones write them, decoded by libheif through pi_heif, which loads with the first such file."""

import contextlib
import os
from collections.abc import Iterator
from types import ModuleType

from PIL import Image

from skindesk.domain.capture import NOTHING_KNOWN, Capture
from skindesk.domain.quality import PictureWarning
from skindesk.imaging.formats.colour import PRIMARIES, SRGB_PRIMARIES, profile_of
from skindesk.imaging.formats.exif import capture_of
from skindesk.imaging.formats.heif_preview import with_preview_first
from skindesk.imaging.formats.picture import DECODER_ERRORS, Loaded
from skindesk.imaging.formats.refusals import damaged, unknown_way

_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"))
"""Major brands of ISO/IEC 23008-12; `avif` is another format."""
_MEDIA_TYPE = "image/heic"
_MOST_THREADS = 2
"""libheif decodes the tiles of a phone's picture side by side."""
_HIGH_DYNAMIC_RANGE = (16, 18)
"""PQ and HLG by their number in ITU-T H.273, table 3; the other curves differ too little from sRGB's to be told."""
_UNSPECIFIED = 2
_SAME_SHAPE = 0.02
"""By how much the sides of a preview may stand in another relation; its pixels are whole numbers."""
_ERRORS = (*DECODER_ERRORS, RuntimeError)
"""What pi_heif says that it raises; SyntaxError stands for what libheif cannot do."""


def is_heif(content: bytes) -> bool:
    """Whether bytes begin as a HEIF file does."""
    return content[4:8] == b"ftyp" and content[8:12] in _BRANDS


class HeifPicture:
    """An `OpenPicture` in HEIF. libheif turns it by the file's own orders; EXIF orientation only repeats them.

    Raises ImageRejectedError where the file is damaged or holds no picture in HEVC.
    """

    media_type = _MEDIA_TYPE

    def __init__(self, content: bytes, name: str) -> None:
        self._content, self._name = content, name
        with self._translating():
            self._file = _library().open_heif(content, remove_stride=False)
            self.stored_size: tuple[int, int] = self._file.size

    def load(self, shrink: int) -> Loaded:
        """Decode it; HEVC knows no smaller size on the way."""
        with self._translating():
            image = self._file.to_pillow()
        return self._told_by_file(image, image.size)

    def first_look(self, shrink: int) -> Loaded:
        """The small picture that phones put beside the large one, where there is one."""
        return self._preview() or self.load(shrink)

    def _preview(self) -> Loaded | None:
        """None where there is none of the picture's shape."""
        content = with_preview_first(self._content)
        if content is None:
            return None
        with contextlib.suppress(*_ERRORS):
            preview = _library().open_heif(content, remove_stride=False)
            if self._has_shape_of(preview.size):
                return self._told_by_file(preview.to_pillow(), self.stored_size)
        return None

    def _has_shape_of(self, size: tuple[int, int]) -> bool:
        width_px, height_px = self.stored_size
        difference = size[0] * height_px - size[1] * width_px
        return size[0] < width_px and abs(difference) <= _SAME_SHAPE * size[0] * height_px

    def _told_by_file(self, image: Image.Image, full_size: tuple[int, int]) -> Loaded:
        info = self._file.info
        noted = [] if len(self._file) == 1 else [PictureWarning.FIRST_OF_SEVERAL_FRAMES]
        nclx = info.get("nclx_profile") or {}
        if nclx.get("transfer_characteristics") in _HIGH_DYNAMIC_RANGE:
            noted.append(PictureWarning.COLOUR_PROFILE_IGNORED)
        image.info = {"icc_profile": info.get("icc_profile") or _profile(nclx)}
        return Loaded(image, full_size, warnings=tuple(noted), capture=_capture(info.get("exif")))

    @contextlib.contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except SyntaxError as error:
            raise unknown_way(self._name, "a kind of HEIF other than HEIC") from error
        except _ERRORS as error:
            raise damaged(self._name, len(self._content)) from error


def _library() -> ModuleType:
    """pi_heif, told to look for nothing but pictures."""
    import pi_heif  # type: ignore[import-untyped]  # ships no types

    pi_heif.options.DECODE_THREADS = min(_MOST_THREADS, os.cpu_count() or 1)
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    module: ModuleType = pi_heif
    return module


def _profile(nclx: dict[str, int]) -> bytes | None:
    """The profile of primaries that are told by number; None where they are sRGB's, or unknown and taken for sRGB's."""
    primaries = nclx.get("color_primaries", _UNSPECIFIED)
    return profile_of(primaries) if primaries in PRIMARIES and primaries != SRGB_PRIMARIES else None


def _capture(block: bytes | None) -> Capture:
    if not block:
        return NOTHING_KNOWN
    exif = Image.Exif()
    try:
        exif.load(block)
    except DECODER_ERRORS:
        return NOTHING_KNOWN
    return capture_of(exif)
