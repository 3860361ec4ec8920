"""How a phantom is stored so that no viewer takes it for a patient's picture: as a JPEG labelled as generated."""

from pathlib import Path

from PIL import Image

from training.phantoms.phantom import Phantom

NOTICE = "Generated phantom, not a photograph of a patient"


def save_jpeg(phantom: Phantom, path: Path) -> Path:
    """Write a phantom as JPEG (quality 90), labelled as generated in its comment and EXIF description."""
    exif = Image.Exif()
    exif[0x010E] = NOTICE
    Image.fromarray(phantom.rgb).save(path, quality=90, comment=NOTICE, exif=exif)
    return path
