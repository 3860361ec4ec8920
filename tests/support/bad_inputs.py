"""Forty-four inputs that a folder of pictures may hold, and whether each can still be classified."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from tests.support.dicom_files import jpeg_dicom, native_dicom
from tests.support.pictures import encoded, gradient, heic, plain

CLASSIFIED, REJECTED = True, False


def write_bad_inputs(folder: Path) -> dict[str, bool]:
    """Fill `folder`; returns for each file name whether it is to be classified."""
    folder.mkdir(parents=True, exist_ok=True)
    photo = Image.fromarray(gradient(640, 480))
    jpeg = encoded(photo, "JPEG", quality=90)
    png = encoded(photo, "PNG")
    phone, dermatoscope = heic(photo, quality=80), jpeg_dicom(photo)
    animation = [plain((shade, 0, 0)) for shade in (10, 90, 200)]
    files: dict[str, tuple[bytes, bool]] = {
        "truncated.jpg": (jpeg[: len(jpeg) // 3], REJECTED),
        "truncated.png": (png[: len(png) // 2], REJECTED),
        "header-only.jpg": (jpeg[:30], REJECTED),
        "empty.jpg": (b"", REJECTED),
        "text.jpg": (b"This is a letter, not a photograph.\n" * 20, REJECTED),
        "html-error-page.png": (b"<!DOCTYPE html><title>404</title>", REJECTED),
        "zeros.bmp": (bytes(4096), REJECTED),
        "noise.webp": (np.random.default_rng(1).bytes(4096), REJECTED),
        "bomb-50000x50000.png": (_png_header(50_000, 50_000), REJECTED),
        "one-pixel.png": (encoded(plain((9, 9, 9), 1, 1), "PNG"), REJECTED),
        "sliver-2x4000.png": (encoded(plain((9, 9, 9), 2, 4000), "PNG"), REJECTED),
        "animated.gif": (encoded(animation[0], "GIF", save_all=True, append_images=animation[1:]), REJECTED),
        "vector.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', REJECTED),
        "head-only.heic": (b"\0\0\0\x18ftypheic" + bytes(200), REJECTED),
        "truncated.heic": (phone[: len(phone) // 2], REJECTED),
        "truncated.dcm": (dermatoscope[: len(dermatoscope) // 2], REJECTED),
        "scan.dcm": (native_dicom(gradient(640, 480), SOPClassUID="1.2.840.10008.5.1.4.1.1.2"), REJECTED),
        "program.dcm": (b"MZ" + dermatoscope[2:], REJECTED),
        "empty.dcm": (bytes(128) + b"DICM", REJECTED),
        "corrupt-pixels.png": (_flip(png, len(png) // 2), REJECTED),
        "huge-float.tif": (encoded(Image.fromarray(np.full((64, 64), 1e9, np.float32)), "TIFF"), REJECTED),
        "phone.heic": (phone, CLASSIFIED),
        "phone-as.jpg": (phone, CLASSIFIED),
        "dermatoscope.dcm": (dermatoscope, CLASSIFIED),
        "IM000001": (dermatoscope, CLASSIFIED),
        "1.2.826.0.1.3680043.8.498.17": (dermatoscope, CLASSIFIED),
        "cmyk.jpg": (encoded(photo.convert("CMYK"), "JPEG"), CLASSIFIED),
        "sixteen-bit.png": (_sixteen_bit_png(), CLASSIFIED),
        "sixteen-bit.tif": (encoded(_sixteen_bit(), "TIFF"), CLASSIFIED),
        "palette.png": (encoded(photo.convert("P"), "PNG"), CLASSIFIED),
        "transparent.png": (encoded(_transparent(photo), "PNG"), CLASSIFIED),
        "grey-alpha.png": (encoded(photo.convert("LA"), "PNG"), CLASSIFIED),
        "one-bit.png": (encoded(photo.convert("1"), "PNG"), CLASSIFIED),
        "animated.webp": (encoded(animation[0], "WEBP", save_all=True, append_images=animation[1:]), CLASSIFIED),
        "several-pages.tif": (encoded(animation[0], "TIFF", save_all=True, append_images=animation[1:]), CLASSIFIED),
        "wrong-ending.png": (jpeg, CLASSIFIED),
        "turned.jpg": (_turned(photo), CLASSIFIED),
        "broken-profile.jpg": (encoded(photo, "JPEG", icc_profile=b"not a profile"), CLASSIFIED),
        "=name with\nline break, comma \"quote\".jpg": (jpeg, CLASSIFIED),
        "UPPER.JPG": (jpeg, CLASSIFIED),
    }  # fmt: skip
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content)
    expected = {name: outcome for name, (_, outcome) in files.items()}
    (folder / "dangling.jpg").symlink_to(folder / "nowhere.jpg")
    (folder / "loop-a.jpg").symlink_to(folder / "loop-b.jpg")
    (folder / "loop-b.jpg").symlink_to(folder / "loop-a.jpg")
    os.mkfifo(folder / "pipe.jpg")
    expected |= dict.fromkeys(("dangling.jpg", "loop-a.jpg", "loop-b.jpg", "pipe.jpg"), REJECTED)
    (folder / "around").symlink_to(folder, target_is_directory=True)
    for other in ("notes.txt", "README", "photos.2024"):
        (folder / other).write_text("not a picture, and does not look like one")
    os.mkfifo(folder / "pipe")
    return expected


def _png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def _sixteen_bit() -> Image.Image:
    return Image.fromarray((np.arange(64 * 64, dtype=np.uint32).reshape(64, 64) * 16).astype(np.uint16))


def _sixteen_bit_png() -> bytes:
    return encoded(_sixteen_bit(), "PNG")


def _transparent(photo: Image.Image) -> Image.Image:
    layered = photo.convert("RGBA")
    layered.putalpha(Image.new("L", photo.size, 128))
    return layered


def _turned(photo: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def _flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes((content[at] ^ 0xFF,)) + content[at + 1 :]
