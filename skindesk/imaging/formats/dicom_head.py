"""Reads what a DICOM file says of itself, up to its pixels: never more of it than that, and never another file.

pydicom reads it. It loads with the first such file, since that takes half a second.
"""

import contextlib
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING, Any

from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.imaging.formats.cleaning import plain_text
from skindesk.imaging.formats.refusals import damaged, unknown_way
from skindesk.imaging.formats.source import Source

if TYPE_CHECKING:
    from pydicom import Dataset

_MARK, _MARK_AT = b"DICM", 128
DICOM_MARK_END = _MARK_AT + len(_MARK)
"""So many bytes of a file tell whether it is DICOM."""

_IMPLICIT = "1.2.840.10008.1.2"
_UNDEFINED_LENGTH = 0xFFFFFFFF
_PIXEL_DATA = 0x7FE00010
_FIRST_KIND_OF_PIXELS = 0x7FE00008
"""Pixels in floating point; they and doubles come before the usual ones."""
_META_GROUP = 2
_MOST_HEAD_READS, _MOST_READS = 20_000, 50_000
"""A photograph's head takes some hundred; one of nothing but sequences would keep pydicom busy for minutes."""
_LONGEST_VALUE_BYTES = 65_536
"""As long as most can be with their kind written beside them; pydicom makes an object of each number and each item."""
_TABLES = ("PaletteColorLookupTableData", "ICCProfile")
"""They are only copied."""
_LONGEST_TEXT = 64
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"\xbe\xba\xfe\xca",
)  # fmt: skip
"""How programs begin on Windows, Linux and macOS."""


class Packing(Enum):
    """How a DICOM file holds its pixels."""

    NATIVE = auto()
    JPEG = auto()
    JPEG_2000 = auto()
    RLE = auto()


_PACKINGS = {
    _IMPLICIT: Packing.NATIVE,
    "1.2.840.10008.1.2.1": Packing.NATIVE,
    "1.2.840.10008.1.2.4.50": Packing.JPEG,
    "1.2.840.10008.1.2.4.51": Packing.JPEG,
    "1.2.840.10008.1.2.4.90": Packing.JPEG_2000,
    "1.2.840.10008.1.2.4.91": Packing.JPEG_2000,
    "1.2.840.10008.1.2.5": Packing.RLE,
}
"""By transfer syntax (PS3.6, annex A). Pillow has no decoder for lossless JPEG and JPEG-LS."""

DERMOSCOPIC = "1.2.840.10008.5.1.4.1.1.77.1.7"
_PHOTOGRAPHS = frozenset(
    {
        DERMOSCOPIC,
        "1.2.840.10008.5.1.4.1.1.77.1.4",  # VL photographic
        "1.2.840.10008.5.1.4.1.1.7",  # secondary capture, and its kinds with several frames
        "1.2.840.10008.5.1.4.1.1.7.2",
        "1.2.840.10008.5.1.4.1.1.7.3",
        "1.2.840.10008.5.1.4.1.1.7.4",
    }
)
_WANTED = (
    "SOPClassUID",
    "AcquisitionDateTime", "AcquisitionDate", "AcquisitionTime", "ContentDate", "ContentTime",
    "TimezoneOffsetFromUTC", "Manufacturer", "ManufacturerModelName", "AnatomicRegionSequence",
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex",
    "LightSourcePolarization", "ContactMethod", "OpticalMagnificationFactor", "ImagerPixelSpacing",
    "BodyPartExamined", "Laterality", "ImageLaterality",
    "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "NumberOfFrames", "Rows", "Columns",
    "PixelSpacing", "BitsAllocated", "BitsStored", "PixelRepresentation",
    "WindowCenter", "WindowWidth", "RescaleIntercept", "RescaleSlope",
    "RedPaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData", "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData", "ICCProfile",
)  # fmt: skip
"""The values that are read; every other one is passed over, those of where the picture was taken among them."""


@dataclass(frozen=True)
class DicomHead:
    """What a DICOM file says before its pixels, and where these are."""

    name: str
    content: bytes
    values: "Dataset"
    sop_class: str
    packing: Packing
    pixels_at: int

    def value(self, keyword: str) -> Any:
        """A value by its keyword in PS3.6; None where it is missing, empty or damaged."""
        return value_of(self.values, keyword)

    def text(self, keyword: str) -> str:
        """A value as a text on one line; empty where there is none."""
        return plain_text(self.value(keyword), _LONGEST_TEXT)

    def native_bytes(self, count: int) -> bytes:
        """The first bytes of pixels that are not compressed. Raises ImageRejectedError where there are fewer."""
        found = self.content[self.pixels_at : self.pixels_at + count]
        if len(found) < count:
            raise damaged(self.name, len(self.content))
        return found

    def first_frame(self) -> bytes:
        """The bytes of the first compressed frame. Raises ImageRejectedError where there is none."""
        from pydicom.encaps import get_frame

        with _translating(self.name, self.content):
            source = Source(self.content, _MOST_READS)
            source.seek(self.pixels_at)
            return get_frame(source, 0, number_of_frames=int(self.value("NumberOfFrames") or 1))


def is_dicom(content: bytes) -> bool:
    """Whether bytes are a file as PS3.10 has it."""
    return content[_MARK_AT:DICOM_MARK_END] == _MARK


def read_head(content: bytes, name: str) -> DicomHead:
    """Read a DICOM file up to its pixels.

    Raises ImageRejectedError where it begins as a program, is no photograph, has pixels that are packed in a way that
    is not read, or is damaged.
    """
    if content.startswith(_PROGRAMS):  # CVE-2019-11687
        raise ImageRejectedError(
            RejectionReason.NOT_AN_IMAGE,
            f"{name} is a DICOM file that is a program at the same time.",
            "Do not open it elsewhere either; ask whoever sent it.",
        )
    source = Source(content, _MOST_HEAD_READS)
    with _translating(name, content):
        source.seek(DICOM_MARK_END)
        meta = _read_meta(source)
    syntax = plain_text(value_of(meta, "TransferSyntaxUID"), _LONGEST_TEXT)
    _check_kind(plain_text(value_of(meta, "MediaStorageSOPClassUID"), _LONGEST_TEXT), name)
    packing = _PACKINGS.get(syntax)
    if packing is None:
        raise unknown_way(name, _title(syntax))
    with _translating(name, content):
        values, pixels_at = _read_values(source, is_implicit=syntax == _IMPLICIT)
    sop_class = plain_text(value_of(values, "SOPClassUID"), _LONGEST_TEXT)
    _check_kind(sop_class, name)
    if pixels_at is None or not sop_class:
        raise damaged(name, len(content))
    return DicomHead(name, content, values, sop_class, packing, pixels_at)


def value_of(values: "Dataset", keyword: str) -> Any:
    """A value by its keyword in PS3.6; None where it is missing, empty, damaged or longer than any real one."""
    try:
        raw = values.get_item(keyword).value
        if raw and len(raw) > _LONGEST_VALUE_BYTES and not keyword.endswith(_TABLES):
            return None
        found = values.get(keyword)
    except Exception:  # what pydicom raises on a damaged value is open; the value is worth nothing in any case
        return None
    return None if found is None or found == "" else found


def _read_meta(source: Source) -> "Dataset":
    from pydicom.filereader import read_dataset

    _silence()
    return read_dataset(source, False, True, stop_when=lambda tag, *_: tag.group != _META_GROUP)


def _read_values(source: Source, is_implicit: bool) -> tuple["Dataset", int | None]:
    """The wanted values, and where the value of the pixel data begins."""
    from pydicom.filereader import read_dataset

    found: list[int] = []

    def at_pixels(tag: int, _: str | None, length: int) -> bool:
        if tag == _PIXEL_DATA:
            found.append(source.tell())
        return tag >= _FIRST_KIND_OF_PIXELS

    values = read_dataset(source, is_implicit, True, stop_when=at_pixels, specific_tags=_wanted_tags())
    return values, found[-1] if found else None


def _check_kind(sop_class: str, name: str) -> None:
    """Raises ImageRejectedError where an object is known to be something else than a photograph."""
    if sop_class and sop_class not in _PHOTOGRAPHS:
        kind = _title(sop_class).removesuffix(" Storage")
        raise ImageRejectedError(
            RejectionReason.NOT_AN_IMAGE,
            f"{name} is a DICOM object, but no photograph of skin: {kind}.",
            "Choose a dermoscopic or another photograph.",
        )


def _title(uid: str) -> str:
    """The name of a registered UID, such as "CT Image Storage"; the UID itself where it is not registered."""
    from pydicom.uid import UID

    return UID(uid).name if uid else "an unnamed kind"


@contextlib.contextmanager
def _translating(name: str, content: bytes) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # pydicom promises nothing of what it raises on damaged bytes
        raise damaged(name, len(content)) from error


@cache
def _wanted_tags() -> list[Any]:
    from pydicom.datadict import tag_for_keyword

    return [tag_for_keyword(keyword) for keyword in _WANTED]


@cache
def _silence() -> None:
    """pydicom's remarks quote values, names of patients among them; none may reach a log or the terminal."""
    from pydicom import config

    config.settings.reading_validation_mode = config.IGNORE
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module=r"pydicom(\..*)?")
