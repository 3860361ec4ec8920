"""Sound small pictures of every format and kind that is read, which tests then damage."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from tests.support.bombs import chunk, segment
from tests.support.dicom_files import jpeg_dicom, native_dicom, run_length_dicom, wavelet_dicom
from tests.support.pictures import BLUE, RED, encoded, gradient, heic, heic_of, plain


def grainy(width_px: int, height_px: int) -> np.ndarray:
    """A gradient with a camera's grain, so that decoders meet more than a few codes."""
    grain = np.random.default_rng(1).normal(0, 6, (height_px, width_px, 3))
    return (gradient(width_px, height_px) + grain).clip(0, 255).astype(np.uint8)


SAMPLES = grainy(128, 96)
PHOTO = Image.fromarray(SAMPLES)
SCALED_DOWN = Image.fromarray(gradient(1200, 900))
"""So large that a network's input is decoded from half of its pixels."""


def originals() -> dict[str, dict[str, bytes]]:
    """By format and kind."""
    return {"JPEG": _jpeg(), "PNG": _png(), "TIFF": _tiff(), "WebP": _webp(), "HEIC": _heic(), "DICOM": _dicom()}


def _layered() -> Image.Image:
    image = PHOTO.convert("RGBA")
    image.putalpha(Image.fromarray(SAMPLES[..., 0]))
    return image


def _deep() -> Image.Image:
    return Image.fromarray(SAMPLES[..., 0].astype(np.uint16) * 257)


def _profile() -> bytes:
    """One that is not sRGB's by its name, so that it is applied, and whose day of making is always the same."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    dated = srgb[:24] + struct.pack(">6H", 2024, 5, 6, 12, 30, 5) + srgb[36:]
    return dated.replace("sRGB".encode("utf-16-be"), "GRBs".encode("utf-16-be"))


def _exif() -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x0112] = "Maker", "Model 5", 6
    tags.get_ifd(0x8769)[0x9003] = "2024:05:06 12:30:05"
    return tags


def _told() -> dict[str, Any]:
    return {"exif": _exif(), "icc_profile": _profile()}


def _jpeg() -> dict[str, bytes]:
    quarter = PHOTO.resize((32, 24))
    return {
        "baseline": encoded(PHOTO, "JPEG", quality=85),
        "with restarts": encoded(PHOTO, "JPEG", quality=85, restart_marker_blocks=8),
        "progressive": encoded(PHOTO, "JPEG", quality=85, progressive=True),
        "CMYK": encoded(PHOTO.convert("CMYK"), "JPEG", quality=85),
        "grey": encoded(PHOTO.convert("L"), "JPEG"),
        "with EXIF and profile": encoded(PHOTO, "JPEG", **_told()),
        "with a preview": encoded(PHOTO, "MPO", save_all=True, append_images=[quarter]),
        "scaled down": encoded(SCALED_DOWN, "JPEG", quality=50),
        "scaled down progressive": encoded(SCALED_DOWN, "JPEG", quality=50, progressive=True, **_told()),
        "arithmetic": _arithmetic(),
    }


def _arithmetic() -> bytes:
    """Grey in a way of packing that few programs write; its pixels mean nothing."""
    head = segment(0xDB, b"\0" + b"\x10" * 64) + segment(0xC9, b"\x08\0\x60\0\x80\x01\x01\x11\0")
    noise = np.random.default_rng(3).integers(0, 255, 1500, np.uint8).tobytes()
    return b"\xff\xd8" + head + segment(0xDA, b"\1\1\0\0\x3f\0") + noise + b"\xff\xd9"


def _png() -> dict[str, bytes]:
    words = PngInfo()
    words.add_text("Comment", "of a lesion " * 20, zip=True)
    words.add_itxt("Title", "läsion", zip=True)
    frames = [plain(RED, 96, 64), plain(BLUE, 96, 64)]
    return {
        "RGB": encoded(PHOTO, "PNG"),
        "palette": encoded(PHOTO.quantize(64), "PNG", transparency=3),
        "interlaced": _interlaced(SAMPLES),
        "16 bit": encoded(_deep(), "PNG"),
        "1 bit": encoded(PHOTO.convert("1"), "PNG"),
        "alpha": encoded(_layered(), "PNG"),
        "grey and alpha": encoded(_layered().convert("LA"), "PNG"),
        "texts": encoded(PHOTO, "PNG", pnginfo=words, **_told()),
        "animated": encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]),
    }


def _interlaced(samples: np.ndarray) -> bytes:
    """RGB in Adam7's seven passes, which Pillow reads and does not write."""
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    rows = [
        b"\0" + row.tobytes()
        for top, left, down, across in passes
        for row in samples[top::down, left::across]
    ]  # fmt: skip
    height, width = samples.shape[:2]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b"")


def _tiff() -> dict[str, bytes]:
    pages = [plain(RED, 96, 64), plain(BLUE, 96, 64)]
    return {
        "uncompressed": encoded(PHOTO, "TIFF", **_told()),
        "LZW": encoded(PHOTO, "TIFF", compression="tiff_lzw"),
        "deflate": encoded(PHOTO, "TIFF", compression="tiff_adobe_deflate", tiffinfo={317: 2}),
        "JPEG": encoded(PHOTO, "TIFF", compression="jpeg"),
        "JPEG in YCbCr": encoded(PHOTO.convert("YCbCr"), "TIFF", compression="jpeg"),
        "packbits": encoded(PHOTO.convert("P"), "TIFF", compression="packbits"),
        "fax": encoded(PHOTO.convert("1"), "TIFF", compression="group4"),
        "tiles": _tiled(SAMPLES, "<"),
        "big-endian": _tiled(SAMPLES, ">"),
        "several pages": encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw"),
        "16 bit": encoded(_deep(), "TIFF"),
        "floats": encoded(Image.fromarray(SAMPLES[..., 0].astype(np.float32) / 255), "TIFF"),
        "CMYK": encoded(PHOTO.convert("CMYK"), "TIFF", compression="tiff_lzw"),
        "alpha": encoded(_layered(), "TIFF", compression="tiff_adobe_deflate"),
        "big": encoded(PHOTO, "TIFF", big_tiff=True),
    }


def _tiled(samples: np.ndarray, order: str) -> bytes:
    """Deflated tiles of 64 x 64, which Pillow reads and does not write."""
    tiles = [
        zlib.compress(np.pad(tile, ((0, 64 - tile.shape[0]), (0, 64 - tile.shape[1]), (0, 0))).tobytes())
        for top in range(0, samples.shape[0], 64)
        for left in range(0, samples.shape[1], 64)
        for tile in (samples[top : top + 64, left : left + 64],)
    ]
    data_at = 8 + 2 + 12 * 11 + 4
    further_at = data_at + sum(map(len, tiles))
    places = [data_at + sum(map(len, tiles[:number])) for number in range(len(tiles))]
    further = struct.pack(f"{order}3H{len(tiles)}I{len(tiles)}I", 8, 8, 8, *places, *map(len, tiles))
    tags = [
        (256, 4, 1, samples.shape[1]), (257, 4, 1, samples.shape[0]), (258, 3, 3, further_at), (259, 4, 1, 8),
        (262, 4, 1, 2), (277, 4, 1, 3), (284, 4, 1, 1), (322, 4, 1, 64), (323, 4, 1, 64),
        (324, 4, len(tiles), further_at + 6), (325, 4, len(tiles), further_at + 6 + 4 * len(tiles)),
    ]  # fmt: skip
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(tags))
    return head + b"".join(struct.pack(f"{order}HHII", *tag) for tag in tags) + bytes(4) + b"".join(tiles) + further


def _webp() -> dict[str, bytes]:
    frames = [plain(RED, 96, 64), plain(BLUE, 96, 64), PHOTO.resize((96, 64))]
    return {
        "lossy": encoded(PHOTO, "WEBP", quality=80),
        "lossless": encoded(PHOTO, "WEBP", lossless=True),
        "alpha": encoded(_layered(), "WEBP", quality=80),
        "lossless alpha": encoded(_layered(), "WEBP", lossless=True),
        "animated": encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "with EXIF and profile": encoded(PHOTO, "WEBP", **_told()),
    }


def _heic() -> dict[str, bytes]:
    pictures, several = pillow_heif.HeifFile(), io.BytesIO()
    for colour in (RED, BLUE):
        pictures.add_from_pillow(plain(colour))
    pictures.save(several, quality=80)
    return {
        "with a preview": heic(PHOTO, quality=80, thumbnails=[48]),
        "tiles": heic(PHOTO, tile_size=64),
        "transparency": heic(_layered()),
        "ten bits": heic_of("RGB;16", PHOTO.size, (SAMPLES.astype(np.uint16) * 257).tobytes()),
        "several": several.getvalue(),
        "with EXIF and profile": heic(PHOTO, exif=_exif().tobytes(), icc_profile=_profile()),
    }


def _dicom() -> dict[str, bytes]:
    table: dict[str, object] = {}
    for colour in ("Red", "Green", "Blue"):
        table[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 8]
        table[f"{colour}PaletteColorLookupTableData"] = bytes(range(256))
    grey = SAMPLES[..., 0]
    return {
        "uncompressed": native_dicom(
            SAMPLES, PatientName="A^B", PatientBirthDate="19800101", PixelSpacing=[0.01, 0.01]
        ),
        "implicit": native_dicom(SAMPLES, syntax="1.2.840.10008.1.2"),
        "JPEG": jpeg_dicom(PHOTO, AcquisitionDateTime="20240506123005"),
        "frames": jpeg_dicom(PHOTO, frames=3),
        "wavelets": wavelet_dicom(PHOTO),
        "run lengths": run_length_dicom(SAMPLES),
        "12 bits": native_dicom(grey.astype(np.uint16) * 16, "MONOCHROME2", BitsStored=12, WindowWidth=9),
        "palette": native_dicom(grey, "PALETTE COLOR", **table),
    }
