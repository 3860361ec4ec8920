"""Small generated picture files."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from skindesk.imaging.decode import PictureFile, picture_from_bytes

RED, GREEN, BLUE = (200, 30, 30), (30, 200, 30), (30, 30, 200)


def plain(colour: tuple[int, int, int], width_px: int = 80, height_px: int = 60) -> Image.Image:
    return Image.new("RGB", (width_px, height_px), colour)


def gradient(width_px: int = 96, height_px: int = 64) -> np.ndarray:
    """A picture in which every corner differs: red grows to the right, green downwards."""
    across = np.linspace(0, 255, width_px)[None, :].repeat(height_px, 0)
    down = np.linspace(0, 255, height_px)[:, None].repeat(width_px, 1)
    return np.dstack((across, down, np.full_like(across, 64))).round().astype(np.uint8)


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
    import pillow_heif

    buffer = io.BytesIO()
    options.setdefault("quality", -1)
    options.setdefault("chroma", 444)
    options.setdefault("enc_params", {"preset": "ultrafast"})
    pillow_heif.from_pillow(image).save(buffer, **options)
    return buffer.getvalue()
