"""Whatever becomes of a file on its way, the program gets a picture or a refusal."""

import io
import time

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from skindesk.domain.errors import ImageRejectedError
from skindesk.imaging.decode import decode, decode_for_screen, picture_from_bytes
from tests.support.dicom_files import jpeg_dicom, native_dicom, run_length_dicom, wavelet_dicom
from tests.support.mutations import mutations
from tests.support.pictures import BLUE, RED, gradient, heic, heic_of, plain

SAMPLES = gradient(128, 96)
PHOTO = Image.fromarray(SAMPLES)
EACH = 200
LONGEST_S = 2.0


def layered() -> Image.Image:
    image = PHOTO.convert("RGBA")
    image.putalpha(100)
    return image


def several() -> bytes:
    pictures, buffer = pillow_heif.HeifFile(), io.BytesIO()
    for colour in (RED, BLUE):
        pictures.add_from_pillow(plain(colour))
    pictures.save(buffer, quality=80)
    return buffer.getvalue()


def palette() -> dict[str, object]:
    found: dict[str, object] = {}
    for colour in ("Red", "Green", "Blue"):
        found[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 8]
        found[f"{colour}PaletteColorLookupTableData"] = bytes(range(256))
    return found


FILES = {
    "HEIC": heic(PHOTO, quality=80, thumbnails=[48]),
    "HEIC of tiles": heic(PHOTO, tile_size=64),
    "HEIC with transparency": heic(layered()),
    "HEIC of ten bits": heic_of("RGB;16", PHOTO.size, (SAMPLES.astype(np.uint16) * 257).tobytes()),
    "HEIC of several": several(),
    "DICOM": native_dicom(SAMPLES, PatientName="A^B", PatientBirthDate="19800101", PixelSpacing=[0.01, 0.01]),
    "DICOM of JPEG": jpeg_dicom(PHOTO, AcquisitionDateTime="20240506123005"),
    "DICOM of wavelets": wavelet_dicom(PHOTO),
    "DICOM of run lengths": run_length_dicom(SAMPLES),
    "DICOM of 12 bits": native_dicom(
        SAMPLES[..., 0].astype(np.uint16) * 16, "MONOCHROME2", BitsStored=12, WindowWidth=9
    ),
    "DICOM of a palette": native_dicom(SAMPLES[..., 0], "PALETTE COLOR", **palette()),
}


@pytest.mark.filterwarnings("ignore")  # what libraries say of damage, which the modules silence and pytest does not
@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_decoded_or_refused_and_soon(name: str) -> None:
    refused = 0
    for content in mutations(FILES[name], EACH, seed=1):
        picture = picture_from_bytes(name, content)
        for look in (decode, lambda file: decode_for_screen(file, 64)):
            began = time.process_time()
            try:
                rgb = look(picture).rgb
                assert rgb.dtype == np.uint8
                assert rgb.shape[2:] == (3,)
            except ImageRejectedError:
                refused += 1
            assert time.process_time() - began < LONGEST_S
    assert refused > EACH // 10
