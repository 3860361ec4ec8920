"""From the pixels of a DICOM frame to a picture (PS3.3, C.7.6.3 and C.11; PS3.5, 8.2 and annex G)."""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from skindesk.imaging.formats.dicom_head import DicomHead
from skindesk.imaging.formats.refusals import unknown_way

Samples = NDArray[np.integer[Any]]
"""Of 8 or 16 bits, as they are written, never negative."""

_RLE_HEAD_BYTES = 64


class Photometric(StrEnum):
    """What samples mean; JPEG 2000's own kinds of YBR come as RGB from its decoder."""

    GREY = "MONOCHROME2"
    GREY_INVERTED = "MONOCHROME1"
    PALETTE = "PALETTE COLOR"
    RGB = "RGB"
    YBR = "YBR_FULL"
    YBR_HALVED = "YBR_FULL_422"
    """Two pixels share their colour."""
    YBR_LOSSY = "YBR_ICT"
    YBR_LOSSLESS = "YBR_RCT"


_SINGLE = (Photometric.GREY, Photometric.GREY_INVERTED, Photometric.PALETTE)


@dataclass(frozen=True)
class PixelFormat:
    """How a frame's samples are written."""

    width_px: int
    height_px: int
    samples: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool
    is_planar: bool
    photometric: Photometric

    @property
    def codes(self) -> int:
        """How many different samples there can be."""
        return 1 << self.bits_allocated


def read_format(head: DicomHead) -> PixelFormat:
    """How the frame is written, by the head.

    Raises ImageRejectedError where that is not read, and ValueError or TypeError where it cannot be.
    """
    meaning = head.text("PhotometricInterpretation")
    if meaning not in list(Photometric):
        raise unknown_way(head.name, meaning or "pixels of no known colour")
    allocated = int(head.value("BitsAllocated"))
    read = PixelFormat(
        width_px=int(head.value("Columns")),
        height_px=int(head.value("Rows")),
        samples=int(head.value("SamplesPerPixel") or 1),
        bits_allocated=allocated,
        bits_stored=int(head.value("BitsStored") or allocated),
        is_signed=head.value("PixelRepresentation") == 1,
        is_planar=head.value("PlanarConfiguration") == 1,
        photometric=Photometric(meaning),
    )
    if allocated not in (8, 16) or not 1 <= read.bits_stored <= allocated:
        raise unknown_way(head.name, f"pixels of {allocated} bits")
    if read.samples != (1 if read.photometric in _SINGLE else 3):
        raise ValueError(f"{read.samples} samples of {meaning}")
    return read


def native_samples(head: DicomHead, form: PixelFormat) -> Samples:
    """The first frame's samples (height, width, samples), where they are not compressed.

    Raises ImageRejectedError where the file ends before them.
    """
    width_px, height_px = form.width_px, form.height_px
    pixels = width_px * height_px
    if form.photometric is Photometric.YBR_HALVED:
        return _doubled(head.native_bytes(pixels * 2 * form.bits_allocated // 8), form)
    found = np.frombuffer(head.native_bytes(pixels * form.samples * form.bits_allocated // 8), _kind(form))
    if form.is_planar:
        return found.reshape(form.samples, height_px, width_px).transpose(1, 2, 0)
    return found.reshape(height_px, width_px, form.samples)


def rle_samples(frame: bytes, form: PixelFormat) -> Samples:
    """A frame's samples (height, width, samples) from run lengths. Raises ValueError or struct.error."""
    count, *offsets = struct.unpack_from("<16L", frame)
    bytes_each = form.bits_allocated // 8
    if count != form.samples * bytes_each or offsets[0] < _RLE_HEAD_BYTES:
        raise ValueError(f"{count} segments")
    ends = [*offsets[1:count], len(frame)]
    found = np.zeros((form.height_px, form.width_px, form.samples), _kind(form))
    for number, (at, end) in enumerate(zip(offsets, ends, strict=False)):
        sample, byte = divmod(number, bytes_each)
        plane = _unrolled(frame[at:end], form).astype(found.dtype)
        found[..., sample] |= plane << 8 * (bytes_each - 1 - byte)
    return found


def as_image(samples: Samples, form: PixelFormat, head: DicomHead) -> Image.Image:
    """Samples (height, width, samples) as a picture in mode L or RGB. Raises one of DECODER_ERRORS."""
    if form.photometric is Photometric.PALETTE:
        return Image.fromarray(_looked_up(_palette(head, form), samples[..., 0]))
    if form.photometric in _SINGLE:
        return Image.fromarray(_looked_up(_shades(head, form), samples[..., 0]))
    if form.bits_allocated > 8:
        samples = (samples & ((1 << form.bits_stored) - 1)) >> max(0, form.bits_stored - 8)
    return coloured(Image.fromarray(np.ascontiguousarray(samples.astype(np.uint8, copy=False))), form.photometric)


def grey_frame(image: Image.Image, form: PixelFormat) -> tuple[Samples, PixelFormat]:
    """The samples (height, width, 1) of a frame that Pillow has decoded to one band, and how they are written now.

    Pillow moves samples to the top of 8 or 16 bits, and signed ones up by half of their range.
    """
    values = np.asarray(image)
    bits = 8 if values.dtype == np.uint8 else 16
    is_wavelet = image.format == "JPEG2000"
    stored = min(form.bits_stored, bits) if is_wavelet else bits
    codes = (values.astype(np.uint16) >> (bits - stored)) ^ (1 << (stored - 1) if is_wavelet and form.is_signed else 0)
    return codes[..., np.newaxis], replace(
        form,
        bits_allocated=bits,
        bits_stored=stored,
        is_signed=is_wavelet and form.is_signed,
        photometric=form.photometric if form.photometric in _SINGLE else Photometric.GREY,
    )


def coloured(image: Image.Image, photometric: Photometric) -> Image.Image:
    """A picture of three bands as RGB; JPEG 2000's kinds of YBR have been undone by its decoder."""
    if photometric in (Photometric.YBR, Photometric.YBR_HALVED):
        return Image.merge("YCbCr", image.split()).convert("RGB")
    return image


def _looked_up(table: NDArray[np.uint8], codes: Samples) -> NDArray[np.uint8]:
    """The table's entry for each sample, row by row: numpy makes eight bytes of each index."""
    found = np.empty((*codes.shape, *table.shape[1:]), np.uint8)
    for row, into in zip(codes, found, strict=True):
        into[...] = table[row]
    return found


def _kind(form: PixelFormat) -> str:
    return "u1" if form.bits_allocated == 8 else "<u2"


def _doubled(content: bytes, form: PixelFormat) -> Samples:
    """Y Y Cb Cr of each two pixels, given to both. Raises ValueError where the width is odd."""
    pairs = np.frombuffer(content, _kind(form)).reshape(form.height_px, form.width_px // 2, 4)
    bright = pairs[..., :2].reshape(form.height_px, form.width_px, 1)
    return np.concatenate((bright, pairs[..., 2:].repeat(2, axis=1)), axis=2)


def _unrolled(segment: bytes, form: PixelFormat) -> NDArray[np.uint8]:
    """A segment's bytes (height, width); no more are unpacked. Raises ValueError where it has fewer.

    Pillow takes it for a single row, since some devices write runs that go on into the next.
    """
    row = Image.frombytes("L", (form.width_px * form.height_px, 1), segment, "packbits", "L")
    return np.asarray(row).reshape(form.height_px, form.width_px)


def _values_of_codes(form: PixelFormat) -> NDArray[np.int64]:
    """The value that each sample stands for; bits above those stored belong to something else."""
    stored = np.arange(form.codes) & ((1 << form.bits_stored) - 1)
    half = 1 << (form.bits_stored - 1)
    return np.where(stored >= half, stored - 2 * half, stored) if form.is_signed else stored


def _shades(head: DicomHead, form: PixelFormat) -> NDArray[np.uint8]:
    """The shade, 0 to 255, of each sample: by the file's window, else over all that can be stored."""
    scale, offset = _number(head, "RescaleSlope", 1), _number(head, "RescaleIntercept", 0)
    values = _values_of_codes(form) * (scale or 1) + offset
    low, high = float(values.min()), float(values.max())
    centre, width = _number(head, "WindowCenter", math.nan), _number(head, "WindowWidth", math.nan)
    if math.isfinite(centre) and width >= 1:
        low, high = centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2
    shares = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    if form.photometric is Photometric.GREY_INVERTED:
        shares = 1 - shares
    shades: NDArray[np.uint8] = (shares * 255 + 0.5).astype(np.uint8)
    return shades


def _palette(head: DicomHead, form: PixelFormat) -> NDArray[np.uint8]:
    """The colour (3) of each sample. Raises one of DECODER_ERRORS where the tables are missing or too short."""
    described = head.value("RedPaletteColorLookupTableDescriptor")
    if isinstance(described, bytes):  # without value representations in the file, pydicom leaves open which this has
        described = struct.unpack("<3H", described)
    entries, first, bits = (int(value) for value in described)
    entries = entries or 0x10000
    tables = [head.value(f"{colour}PaletteColorLookupTableData") for colour in ("Red", "Green", "Blue")]
    wide = len(tables[0]) >= 2 * entries
    columns = [np.frombuffer(table, "<u2" if wide else "u1", entries) for table in tables]
    table = np.stack(columns, axis=1) >> (8 if wide and bits > 8 else 0)
    colours: NDArray[np.uint8] = table[np.clip(_values_of_codes(form) - first, 0, entries - 1)].astype(np.uint8)
    return colours


def _number(head: DicomHead, keyword: str, default: float) -> float:
    """A number, the first where there are several; the default where there is none."""
    found = head.value(keyword)
    if isinstance(found, Sequence) and not isinstance(found, str) and found:
        found = found[0]
    try:
        number = float(found)
    except (TypeError, ValueError, OverflowError):
        return default
    return number if math.isfinite(number) else default
