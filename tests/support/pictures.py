"""Small generated picture files."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from skindesk.imaging.decode import PictureFile, picture_from_bytes

RED, GREEN, BLUE = (200, 30, 30), (30, 200, 30), (30, 30, 200)

ORIENTATIONS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, -1),
}
"""How each EXIF orientation stores an upright picture (TIFF 6.0, tag 274)."""


def plain(colour: tuple[int, int, int], width_px: int = 80, height_px: int = 60) -> Image.Image:
    return Image.new("RGB", (width_px, height_px), colour)


def gradient(width_px: int = 96, height_px: int = 64) -> np.ndarray:
    """A picture in which every corner differs: red grows to the right, green downwards."""
    across = np.linspace(0, 255, width_px)[None, :].repeat(height_px, 0)
    down = np.linspace(0, 255, height_px)[:, None].repeat(width_px, 1)
    return np.dstack((across, down, np.full_like(across, 64))).round().astype(np.uint8)


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def picture(image: Image.Image, file_format: str = "PNG", **options: Any) -> PictureFile:
    return picture_from_bytes(f"picture.{file_format.lower()}", encoded(image, file_format, **options))


def write_picture(path: Path, colour: tuple[int, int, int] = RED, file_format: str = "PNG") -> Path:
    path.write_bytes(encoded(plain(colour), file_format))
    return path


def heic(image: Image.Image, **options: Any) -> bytes:
    """A picture as HEIC, written by libheif in its fastest way."""
    return heic_of(image.mode, image.size, image.tobytes(), **options)


def heic_of(mode: str, size: tuple[int, int], samples: bytes, **options: Any) -> bytes:
    """Samples as HEIC; modes such as `RGB;16` have no picture in Pillow. Nothing is lost unless options say so."""
    import pillow_heif

    buffer = io.BytesIO()
    fastest = {"quality": -1, "chroma": 444, "enc_params": {"preset": "ultrafast"}}
    pillow_heif.encode(mode, size, samples, buffer, **(fastest | options))
    return buffer.getvalue()
