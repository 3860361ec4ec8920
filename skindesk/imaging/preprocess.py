"""The only resize: from an upright picture to a network's input, in training and in the program alike."""

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from skindesk.domain.contract import Geometry, Preprocessing, Resampling
from skindesk.domain.quality import PictureWarning
from skindesk.domain.region import Region
from skindesk.imaging.decode import DecodedImage, PictureFile, decode
from skindesk.imaging.formats.dicom_head import is_dicom

_FILTERS = {
    Resampling.BOX: Image.Resampling.BOX,
    Resampling.BILINEAR: Image.Resampling.BILINEAR,
    Resampling.BICUBIC: Image.Resampling.BICUBIC,
    Resampling.LANCZOS: Image.Resampling.LANCZOS,
}
_JPEG_MARK = b"\xff\xd8\xff"
_DRAFT_FACTOR = 2
"""A JPEG decoded at twice the input's size moves the input by 0.15/255 and takes a third of the time."""


def is_scaled_while_decoded(content: bytes) -> bool:
    """Whether a file's first bytes are those of a picture that is decoded the sooner the fewer pixels are needed."""
    return content.startswith(_JPEG_MARK) or is_dicom(content)


def decode_for_input(picture: PictureFile, spec: Preprocessing, region: Region | None = None) -> DecodedImage:
    """Decode a file, or a region of it, as the network's input, and note where it has fewer pixels than that.

    The region is told in pixels of the upright original; a JPEG's is cut out to within a quarter of the input's
    pixels. Raises ImageRejectedError as `decode` does, and ValueError where the region does not lie in the picture.
    """
    decoded = decode(picture, _least_px(spec), region, partial(_scaled, spec=spec))
    return _noted(replace(decoded, rgb=preprocess(decoded.rgb, spec)), spec, region)


def decode_near_input(picture: PictureFile, spec: Preprocessing, region: Region | None = None) -> DecodedImage:
    """What `decode_for_input` scales, for whoever has to look at it besides; `preprocess` makes the very same of it."""
    return _noted(decode(picture, _least_px(spec), region), spec, region)


def input_of(whole: DecodedImage, spec: Preprocessing, region: Region | None = None) -> DecodedImage:
    """What `decode_for_input` gives of a picture that is decoded already, with all its pixels.

    The very same for formats that are not scaled down while they are decoded; see `is_scaled_while_decoded`.
    """
    part = whole
    if region is not None:
        right, bottom = region.left + region.width, region.top + region.height
        part = replace(whole, rgb=whole.rgb[region.top : bottom, region.left : right])
    return _noted(part, spec, region)


def _least_px(spec: Preprocessing) -> int:
    return _DRAFT_FACTOR * max(spec.width_px, spec.height_px)


def _noted(decoded: DecodedImage, spec: Preprocessing, region: Region | None) -> DecodedImage:
    """Note where there are fewer pixels than the network looks at."""
    whole = (decoded.original_width_px, decoded.original_height_px)
    if min(whole if region is None else (region.width, region.height)) < min(spec.width_px, spec.height_px):
        return replace(decoded, warnings=(*decoded.warnings, PictureWarning.LOW_RESOLUTION))
    return decoded


def preprocess(rgb: NDArray[np.uint8], spec: Preprocessing) -> NDArray[np.uint8]:
    """Scale uint8 (height, width, 3) to the network's uint8 (spec.height_px, spec.width_px, 3), antialiased."""
    if rgb.shape[:2] == (spec.height_px, spec.width_px):
        return rgb
    return np.asarray(_scaled(Image.fromarray(rgb), spec))


def _scaled(image: Image.Image, spec: Preprocessing) -> Image.Image:
    if image.size == (spec.width_px, spec.height_px):
        return image
    box = (0.0, 0.0, float(image.width), float(image.height))
    if spec.geometry is Geometry.FIT:
        box = _centred_box(image.width, image.height, spec.width_px / spec.height_px)
    return image.resize((spec.width_px, spec.height_px), _FILTERS[spec.resampling], box=box)


def _centred_box(width: int, height: int, aspect: float) -> tuple[float, float, float, float]:
    """The largest centred box of the wanted aspect, in pixels (left, top, right, bottom)."""
    box_width = min(width, height * aspect)
    box_height = box_width / aspect
    left, top = (width - box_width) / 2, (height - box_height) / 2
    return left, top, left + box_width, top + box_height
