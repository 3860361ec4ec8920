"""Readers of rare formats load with the first file that needs them, checked in a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from tests.support.dicom_files import native_dicom
from tests.support.pictures import encoded, gradient, heic

PHOTO = Image.fromarray(gradient(96, 64))
CODE = """
import sys
from pathlib import Path
from skindesk.imaging.decode import decode, read_picture_file
decode(read_picture_file(Path(sys.argv[1])))
print(*({"pi_heif", "pydicom"} & sys.modules.keys()))
"""


def loaded_by(folder: Path, content: bytes) -> str:
    file = folder / "picture"
    file.write_bytes(content)
    done = subprocess.run([sys.executable, "-c", CODE, str(file)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


def test_each_reader_loads_with_the_first_file_of_its_kind(tmp_path: Path) -> None:
    assert loaded_by(tmp_path, encoded(PHOTO, "JPEG")) == ""
    assert loaded_by(tmp_path, heic(PHOTO)) == "pi_heif"
    assert loaded_by(tmp_path, native_dicom(gradient(96, 64), PatientBirthDate="19800101")) == "pydicom"
