"""How a phantom is stored so that no viewer takes it for a patient's picture: as a JPEG labelled as generated."""

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from skindesk.imaging.phantoms.phantom import Phantom

NOTICE = "Generated phantom, not a photograph of a patient"


def save_jpeg(phantom: Phantom, path: Path) -> Path:
    """Write a phantom as `as_jpeg` makes it."""
    path.write_bytes(as_jpeg(phantom.rgb))
    return path


def as_jpeg(rgb: NDArray[np.uint8]) -> bytes:
    """A phantom's picture, uint8 (h, w, 3), as JPEG (quality 90), labelled as generated in comment and EXIF."""
    exif = Image.Exif()
    exif[0x010E] = NOTICE
    content = BytesIO()
    Image.fromarray(rgb).save(content, "JPEG", quality=90, comment=NOTICE, exif=exif)
    return content.getvalue()
