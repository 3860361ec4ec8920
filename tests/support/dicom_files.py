"""Small generated DICOM files, written by pydicom."""

import io
from typing import Any

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
    generate_uid,
)

from tests.support.pictures import encoded

DERMOSCOPIC = "1.2.840.10008.5.1.4.1.1.77.1.7"
PHOTOGRAPH = "1.2.840.10008.5.1.4.1.1.77.1.4"
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"


def native_dicom(
    samples: np.ndarray, photometric: str = "RGB", syntax: str = ExplicitVRLittleEndian, **values: Any
) -> bytes:
    """A file of samples (height, width) or (height, width, 3), uint8 or uint16, that are not compressed."""
    return written(described(samples, photometric, **values), np.ascontiguousarray(samples).tobytes(), syntax)


def jpeg_dicom(image: Image.Image, photometric: str = "YBR_FULL_422", frames: int = 1, **values: Any) -> bytes:
    """A file that holds a picture as JPEG, over and over."""
    frame = encoded(image, "JPEG", quality=92)
    described_as = described(
        np.asarray(image), photometric, **({"NumberOfFrames": frames} if frames > 1 else {}), **values
    )
    return written(described_as, encapsulate([frame] * frames), JPEGBaseline8Bit)


def wavelet_dicom(image: Image.Image, photometric: str = "YBR_RCT", sizes: int = 6, **values: Any) -> bytes:
    """A file that holds a picture as JPEG 2000, without loss."""
    frame = encoded(image, "JPEG2000", no_jp2=True, mct=int(photometric == "YBR_RCT"), num_resolutions=sizes)
    return written(described(np.asarray(image), photometric, **values), encapsulate([frame]), JPEG2000Lossless)


def run_length_dicom(samples: np.ndarray, photometric: str = "RGB", **values: Any) -> bytes:
    """A file of samples in run lengths, packed by pydicom."""
    whole = FileDataset("", described(samples, photometric, **values), preamble=bytes(128))
    whole.file_meta = _meta(whole, RLELossless)
    whole.compress(RLELossless, samples, encoding_plugin="pydicom", generate_instance_uid=False)
    return _saved(whole)


def described(samples: np.ndarray, photometric: str = "RGB", **values: Any) -> Dataset:
    """What a file says before its pixels; `values` are further ones, or others, by their keywords."""
    head = Dataset()
    head.SOPClassUID, head.SOPInstanceUID = DERMOSCOPIC, generate_uid(entropy_srcs=["skindesk"])
    head.Rows, head.Columns = samples.shape[:2]
    head.SamplesPerPixel = 1 if samples.ndim == 2 else 3
    if samples.ndim == 3:
        head.PlanarConfiguration = 0
    head.PhotometricInterpretation = photometric
    head.BitsAllocated = head.BitsStored = samples.dtype.itemsize * 8
    head.HighBit = head.BitsStored - 1
    head.PixelRepresentation = 0
    for keyword, value in values.items():
        setattr(head, keyword, value)
    return head


def written(head: Dataset, pixels: bytes, syntax: str) -> bytes:
    """A whole file."""
    whole = FileDataset("", head, preamble=bytes(128))
    whole.file_meta = _meta(head, syntax)
    whole.PixelData = pixels + b"\0" * (len(pixels) % 2)
    whole["PixelData"].VR = "OW" if head.BitsAllocated > 8 else "OB"
    whole["PixelData"].is_undefined_length = whole.file_meta.TransferSyntaxUID.is_encapsulated
    return _saved(whole)


def code(value: str, meaning: str, scheme: str = "SCT") -> Dataset:
    """An entry of a code sequence."""
    entry = Dataset()
    entry.CodeValue, entry.CodingSchemeDesignator, entry.CodeMeaning = value, scheme, meaning
    return entry


def _meta(head: Dataset, syntax: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = head.SOPClassUID, head.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    return meta


def _saved(whole: FileDataset) -> bytes:
    buffer = io.BytesIO()
    whole.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
