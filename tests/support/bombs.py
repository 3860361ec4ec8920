"""Small files that cost a careless program gigabytes or hours: each is to be refused at once.

`BOMBS` are refused. `DUDS` hold a sound small picture, which is decoded as if the rest of the file were not there.
"""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
)

from tests.support.dicom_files import described, native_dicom, written
from tests.support.pictures import RED, encoded, gradient, heic, plain

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
WIDE, TALL = 16_000, 7_999
"""Just under the most pixels that any picture may have."""

SMALL = gradient(64, 64)
PHOTO = Image.fromarray(SMALL)


@cache
def deflated(count: int, finish: bool = True) -> bytes:
    """So many zero bytes, which are whole megabytes, packed by zlib; ten gigabytes would take it a minute."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.flush()[:-4] + struct.pack(">I", (count % 65521) << 16 | 1) if finish else b""
    return head + piece * (count // MB) + end


def gzipped(count: int) -> bytes:
    """So many zero bytes, which are whole megabytes, as gzip packs them; without its check sum."""
    return b"\x1f\x8b\x08" + bytes(7) + deflated(count, finish=False)[2:]


# PNG


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width_px: int, height_px: int, bits: int, pixels: bytes) -> bytes:
    """A grey picture."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width_px, height_px, bits, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def png_with(*chunks: bytes) -> bytes:
    """A sound small picture with further chunks before its pixels."""
    sound = encoded(PHOTO, "PNG")
    return sound[:33] + b"".join(chunks) + sound[33:]


# TIFF


def tiff(width_px: int, height_px: int, pixels: bytes = b"", packing: int = 8, **tags: Any) -> bytes:
    """A grey picture of 8 bits in one strip, packed by zlib; `tags` are others, such as `t322=16`."""
    at = 8 + 2 + 12 * (9 + len(tags)) + 4
    values = {
        256: width_px, 257: height_px, 258: 8, 259: packing, 262: 1, 273: at, 277: 1, 278: height_px,
        279: len(pixels), **{int(name[1:]): value for name, value in tags.items()},
    }  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(values.items()))
    head = b"II*\0\x08\0\0\0" + struct.pack("<H", len(values)) + entries + bytes(4)
    return head.ljust(at, b"\0") + pixels


ONE_TILE = {"t322": 32_768, "t323": 32_768, "t324": 8 + 2 + 12 * 13 + 4, "t325": GB}


def tiff_of_pages(count: int) -> bytes:
    """A sound picture, followed by so many pages of nothing."""
    sound = bytearray(tiff(64, 64, SMALL[..., 0].tobytes(), packing=1))
    end_of_head = 8 + 2 + 12 * 9
    struct.pack_into("<I", sound, end_of_head, len(sound))
    return bytes(sound) + b"".join(struct.pack("<HI", 0, len(sound) + 6 * number) for number in range(1, count + 1))


def overlapping_values() -> bytes:
    """EXIF in which 30,000 values are all the same megabyte."""
    entries = b"".join(struct.pack("<HHII", tag, 7, MB, 8) for tag in range(300, 30_300))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", 30_000) + entries + bytes(MB)


# JPEG


def segment(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content


def huffman(place: int, symbol: int) -> bytes:
    """A table in which one bit, 0, stands for one symbol."""
    return segment(0xC4, bytes((place, 1)) + bytes(15) + bytes((symbol,)))


def jpeg(kind: int, width_px: int, height_px: int, *scans: bytes) -> bytes:
    """A grey picture; `kind` is 0xC0 baseline, 0xC2 progressive, 0xC9 arithmetic."""
    head = segment(0xDB, b"\0" + b"\x10" * 64)
    head += segment(kind, struct.pack(">BHHBBBB", 8, height_px, width_px, 1, 1, 0x11, 0))
    return b"\xff\xd8" + head + b"".join(scans) + b"\xff\xd9"


def first_scan(blocks: int) -> bytes:
    """Every block is as bright as the one before: a bit for each."""
    return huffman(0x00, 0) + segment(0xDA, b"\x01\x01\x00\x00\x00\x00") + bytes(blocks // 8 + 1)


WHOLE_SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + bytes(8)
ENDS_OF_BLOCKS = huffman(0x10, 0xE0) + segment(0xDA, b"\x01\x01\x00\x01\x3f\x00") + bytes(32)
"""One scan in which a word says that 16,384 blocks have nothing more."""


def many_passes(count: int) -> bytes:
    """Three colours that are told in turns, so that libjpeg keeps all of them, and goes on reading scans."""
    head = segment(0xDB, b"\0" + b"\x10" * 64)
    head += segment(0xC0, struct.pack(">BHHB", 8, 4_800, 4_800, 3) + bytes((1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)))
    head += huffman(0x00, 0) + huffman(0x10, 0)
    return b"\xff\xd8" + head + WHOLE_SCAN * count + b"\xff\xd9"


def jpeg_with(between: bytes) -> bytes:
    """A sound small picture with something before its tables."""
    sound = encoded(PHOTO, "JPEG")
    return sound[:2] + between + sound[2:]


# BMP


def bmp(width_px: int, height_px: int, runs: bytes) -> bytes:
    """A picture of 256 greys in run lengths."""
    greys = b"".join(bytes((shade, shade, shade, 0)) for shade in range(256))
    at = 14 + 40 + len(greys)
    head = struct.pack("<IiiHHIIiiII", 40, width_px, height_px, 1, 8, 1, len(runs), 2835, 2835, 256, 0)
    return b"BM" + struct.pack("<IHHI", at + len(runs), 0, 0, at) + head + greys + runs


# WebP


def riff(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def lossless(width_px: int, height_px: int) -> bytes:
    """A chunk of one colour, whose pixels take no bits at all."""
    head = (width_px - 1) | (height_px - 1) << 14
    one_symbol_each = "1000" * 5  # simple, a single symbol, of one bit, which is 0
    bits = int(("000" + one_symbol_each)[::-1], 2)  # no transform, no cache, one group of codes
    return riff(b"VP8L", b"\x2f" + struct.pack("<I", head) + bits.to_bytes(8, "little"))


def webp(*chunks: bytes) -> bytes:
    return riff(b"RIFF", b"WEBP" + b"".join(chunks))


def animation(canvas_width_px: int, canvas_height_px: int) -> bytes:
    """A frame of 64 x 64 on a canvas."""
    canvas = (canvas_width_px - 1).to_bytes(3, "little") + (canvas_height_px - 1).to_bytes(3, "little")
    frame = bytes(6) + (63).to_bytes(3, "little") * 2 + (100).to_bytes(3, "little") + b"\0" + lossless(64, 64)
    return webp(riff(b"VP8X", b"\x02" + bytes(3) + canvas), riff(b"ANIM", bytes(6)), riff(b"ANMF", frame))


# HEIC


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def sides(width_px: int, height_px: int) -> bytes:
    return box(b"ispe", struct.pack(">III", 0, width_px, height_px))


def heic_of_grid(
    columns: int, rows: int, width_px: int, height_px: int, extents: list[tuple[int, int]] | None = None
) -> bytes:
    """A grid whose tiles all lie in the same place; `extents` say where that is, in place of the truth."""
    tile = heic(plain(RED, 64, 64))
    at = tile.index(b"hvcC") - 4
    decoder = tile[at : at + int.from_bytes(tile[at : at + 4], "big")]
    pixels = tile[tile.index(b"mdat") + 4 :]
    grid = struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, width_px, height_px)
    tiles = range(2, min(columns * rows, 60_000) + 2)

    def item(number: int, kind: bytes) -> bytes:
        return box(b"infe", struct.pack(">IHH4sB", 2 << 24, number, 0, kind, 0))

    items = box(
        b"iinf", struct.pack(">IH", 0, 1 + len(tiles)), item(1, b"grid"), *(item(each, b"hvc1") for each in tiles)
    )
    refers = box(b"dimg", struct.pack(f">HH{len(tiles)}H", 1, len(tiles), *tiles))
    properties = box(b"ipco", sides(width_px, height_px), sides(64, 64), decoder)
    belong = b"".join(struct.pack(">HBBB", each, 2, 0x82, 0x83) for each in tiles)
    belongs = box(b"ipma", struct.pack(">IIHBB", 0, 1 + len(tiles), 1, 1, 0x81), belong)

    def whole(begin: int) -> bytes:
        places = extents or [(begin + len(grid), len(pixels))]
        lies = struct.pack(">HH", 0, len(places)) + b"".join(struct.pack(">II", *place) for place in places)
        where = struct.pack(">HHHII", 1, 0, 1, begin, len(grid)) + b"".join(
            struct.pack(">H", each) + lies for each in tiles
        )
        meta = box(
            b"meta", bytes(4), box(b"hdlr", bytes(8), b"pict", bytes(13)), box(b"pitm", struct.pack(">IH", 0, 1)),
            box(b"iloc", b"\0\0\0\0\x44\0", struct.pack(">H", 1 + len(tiles)), where), items,
            box(b"iref", bytes(4), refers), box(b"iprp", properties, belongs),
        )  # fmt: skip
        return box(b"ftyp", b"heic", bytes(4), b"mif1heic") + meta

    before = len(whole(0)) + 8
    return whole(before) + box(b"mdat", grid, pixels)


# DICOM


def dicom(content: bytes = SMALL.tobytes(), syntax: str = ExplicitVRLittleEndian, **values: Any) -> bytes:
    """A file of such pixels; `values` stand in its head."""
    return written(described(SMALL, **values), content, syntax)


def wavelets(**patched: Any) -> bytes:
    """A codestream in a file; `size` and `tile` are written over those of the picture."""
    frame = bytearray(encoded(Image.fromarray(gradient(255, 257)), "JPEG2000", no_jp2=True, num_resolutions=1))
    at = frame.index(b"\xff\x51") + 4
    struct.pack_into(">II", frame, at + 2, *patched.get("size", (255, 257)))
    struct.pack_into(">II", frame, at + 18, *patched.get("tile", (255, 257)))
    return dicom(encapsulate([bytes(frame)]), JPEG2000Lossless, PhotometricInterpretation="YBR_RCT")


def finer_wavelets(style: int, block: int, precincts: bytes) -> bytes:
    """A codestream of 24 megapixels whose coefficients are told in pieces as small as these."""
    size = struct.pack(">HIIIIIIIIH", 0, 4_900, 4_900, 0, 0, 4_900, 4_900, 0, 0, 3) + b"\x07\x01\x01" * 3
    coding = struct.pack(">BBHBBBBBB", style, 0, 1, 0, 0, block, block, 0, 1) + precincts
    part = struct.pack(">HIBB", 0, 0, 0, 1)
    stream = b"\xff\x4f" + segment(0x51, size) + segment(0x52, coding) + segment(0x5C, b"\x40\x40")
    stream += segment(0x90, part) + b"\xff\x93" + bytes(200_000) + b"\xff\xd9"
    return dicom(encapsulate([stream]), JPEG2000Lossless, PhotometricInterpretation="YBR_RCT")


def runs(width_px: int, height_px: int, segment_bytes: bytes) -> bytes:
    """A frame in run lengths, three times the same segment."""
    length = len(segment_bytes)
    frame = struct.pack("<16L", 3, 64, 64 + length, 64 + 2 * length, *[0] * 12) + segment_bytes * 3
    return dicom(encapsulate([frame]), RLELossless, Rows=height_px, Columns=width_px)


def before_pixels(element: bytes) -> bytes:
    """A file that is not compressed, with further elements at the beginning of its head."""
    content = dicom()
    at = content.index(b"\x08\x00\x16\x00UI")
    return content[:at] + element + content[at:]


EMPTY_ITEM = b"\xfe\xff\x00\xe0\0\0\0\0"
SEQUENCE = b"\x08\x00\x06\x00SQ\0\0\xff\xff\xff\xff"
REGION = b"\x08\x00\x18\x22SQ\0\0\xff\xff\xff\xff"
OPEN_ITEM = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"


def grey_with(tag: int, value: bytes) -> bytes:
    """A grey picture that does not say of what kinds its values are; one of them is as long as one likes."""
    content = native_dicom(SMALL[..., 0], "MONOCHROME2", ImplicitVRLittleEndian)
    at = content.index(b"\xe0\x7f\x10\x00")
    return content[:at] + struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value)) + value + content[at:]


def frame_in_pieces(count: int) -> bytes:
    content = dicom(encapsulate([encoded(PHOTO, "JPEG")]), JPEGBaseline8Bit, PhotometricInterpretation="YBR_FULL_422")
    at = content.index(b"\xff\xd8\xff") - 8
    return content[:at] + EMPTY_ITEM * count + content[at:]


# Archives


def zipped(content: bytes, name: str = "lesion.png") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def directory(entries: bytes, count: int, begin: int) -> bytes:
    """A table of contents that stands at `begin`, and the end of the file."""
    return entries + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(entries), begin, 0)


def entry(name: bytes, packed_bytes: int, size_bytes: int, crc: int = 0, at: int = 0) -> bytes:
    times = (20, 20, 0, 8, 0, 33)
    sizes = (crc, packed_bytes, size_bytes, len(name), 0, 0, 0, 0, 0, at)
    return struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", *times, *sizes) + name


def local(name: bytes, packed: bytes) -> bytes:
    return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, 0, len(packed), 0, len(name), 0) + name + packed


def overlapping_zip() -> bytes:
    """Ten thousand pictures of 60 MB that are all the same 60 kB."""
    packed = zlib.compress(bytes(60 * MB), 9)[2:-4]
    crc = zlib.crc32(bytes(60 * MB))
    member = local(b"00000.png", packed)
    entries = (entry(b"%05d.png" % number, len(packed), 60 * MB, crc) for number in range(10_000))
    return member + directory(b"".join(entries), 10_000, len(member))


def lying_zip() -> bytes:
    """A gigabyte that is told to be a megabyte."""
    packed = deflated(GB)[2:-4]
    member = local(b"lesion.png", packed)
    return member + directory(entry(b"lesion.png", len(packed), MB), 1, len(member))


def zip_of_huge_spans() -> bytes:
    """A picture that takes four gigabytes of an archive of some bytes."""
    member = local(b"lesion.png", b"\3\0")
    return member + directory(entry(b"lesion.png", 0xFFFFFFFE, 100_000), 1, len(member))


def zip_of_nothings(count: int) -> bytes:
    """A table of contents of nothing but empty pictures, which Python keeps in half a kilobyte each."""
    return directory(entry(b"a.png", 0, 0) * count, 0xFFFF, 0)


def nested_zip(depth: int) -> bytes:
    content = zipped(bytes(8 * MB), "lesion.bmp")
    for _ in range(depth):
        content = zipped(content, "more.zip")
    return content


def tar_head(name: str, size_bytes: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size_bytes, kind
    return member.tobuf(tarfile.GNU_FORMAT)


def tar_of_zeros() -> bytes:
    """The beginning of a picture of nothing that is just within the limit."""
    return tar_head("lesion.png", 500 * MB) + bytes(20 * MB)


def tar_that_leads_back() -> bytes:
    """A member of less than no bytes: the next one is the same again."""
    head = bytearray(tar_head("lesion.png", 0))
    head[124:136] = (-512).to_bytes(12, "big", signed=True)
    head[148:156] = b"        "
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + bytes(10 * KB)


def sparse_head(size_bytes: int, is_extended: bool) -> bytes:
    """A member of nothing but gaps, as GNU tar writes it."""
    head = bytearray(tar_head("lesion.png", 0, tarfile.GNUTYPE_SPARSE))
    head[482] = is_extended
    head[483:495] = size_bytes.to_bytes(12, "big") if size_bytes >= 8**11 else b"%011o\0" % size_bytes
    head[483] |= 0x80 if size_bytes >= 8**11 else 0
    head[148:156] = b"        "
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def endless_map() -> bytes:
    """The places of the gaps, one after the other, without end."""
    block = (b"00000000001\0" * 42).ljust(512, b"\1")
    return sparse_head(100_000, is_extended=True) + block * (20 * MB // 512)


BOMBS: dict[str, Callable[[], bytes]] = {
    "a-billion-pixels.png": lambda: png(32_000, 32_000, 8, deflated(GB)),
    "black-just-within-the-limit.png": lambda: png(WIDE, TALL, 1, deflated(16 * MB)),
    "profile-of-a-gigabyte.png": lambda: png_with(chunk(b"iCCP", b"sRGB\0\0" + deflated(GB))),
    "note-of-a-gigabyte.png": lambda: png_with(chunk(b"zTXt", b"Comment\0\0" + deflated(GB))),
    "note-in-unicode-of-a-gigabyte.png": lambda: png_with(chunk(b"iTXt", b"Comment\0\1\0\0\0" + deflated(GB))),
    "hundred-notes-of-a-megabyte.png": lambda: png_with(chunk(b"zTXt", b"Comment\0\0" + deflated(MB)) * 100),
    "million-empty-chunks.png": lambda: png_with(chunk(b"skIn", b"") * 1_000_000),
    "deflated-gigapixels.tif": lambda: tiff(60_000, 60_000, deflated(GB)),
    "deflated-just-within-the-limit.tif": lambda: tiff(WIDE, TALL, deflated(128 * MB)),
    "lzw-just-within-the-limit.tif": lambda: encoded(Image.new("1", (WIDE, TALL)), "TIFF", compression="tiff_lzw"),
    "packbits-just-within-the-limit.tif": lambda: encoded(Image.new("1", (WIDE, TALL)), "TIFF", compression="packbits"),
    "fax-just-within-the-limit.tif": lambda: encoded(Image.new("1", (WIDE, TALL)), "TIFF", compression="group4"),
    "one-tile-of-a-gigapixel.tif": lambda: tiff(64, 64, deflated(GB), **ONE_TILE),
    "65500-pixels-square.jpg": lambda: jpeg(0xC0, 65_500, 65_500, first_scan(8 * MB)),
    "progressive-just-within-the-limit.jpg": lambda: jpeg(0xC2, 65_500, 1_950, first_scan(65_500 * 1_950 // 64)),
    "arithmetic-just-within-the-limit.jpg": lambda: jpeg(0xC9, 65_500, 1_950, WHOLE_SCAN),
    "ten-thousand-scans.jpg": lambda: jpeg(0xC2, 4_800, 4_800, first_scan(360_000), ENDS_OF_BLOCKS * 10_000),
    "ten-thousand-scans-of-a-colour.jpg": lambda: many_passes(10_000),
    "endless-filling.jpg": lambda: jpeg_with(b"\xff" * 20 * MB),
    "million-comments.jpg": lambda: jpeg_with(segment(0xFE, b"") * 1_000_000),
    "run-lengths-of-a-gigapixel.bmp": lambda: bmp(32_000, 32_000, b"\0\2\0\xff" * 200),
    "run-lengths-just-within-the-limit.bmp": lambda: bmp(WIDE, TALL, b"\0\2\0\xff" * 50),
    "run-lengths-of-one-pixel.bmp": lambda: bmp(4_000, 4_000, b"\1\x80" * 16_000_000),
    "run-lengths-that-lead-nowhere.bmp": lambda: bmp(320, 240, b"\0\2\0\0" * 5_000_000),
    "lossless-of-16383-pixels-square.webp": lambda: webp(lossless(16_383, 16_383)),
    "lossless-just-within-the-limit.webp": lambda: webp(lossless(WIDE, TALL)),
    "canvas-of-16777216-pixels-square.webp": lambda: animation(1 << 24, 1 << 24),
    "canvas-just-within-the-limit.webp": lambda: animation(WIDE, TALL),
    "two-billion-pixels-wide.heic": lambda: heic_of_grid(1, 1, 2**31 - 1, 64),
    "one-tile-three-thousand-times.heic": lambda: heic_of_grid(120, 30, 7_680, 1_920),
    "grid-just-within-the-limit.heic": lambda: heic_of_grid(1, 1, WIDE, TALL),
    "grid-of-sixty-thousand-tiles.heic": lambda: heic_of_grid(256, 256, 4_800, 4_800),
    "item-of-four-gigabytes.heic": lambda: heic_of_grid(1, 1, 64, 64, [(0, 0xFFFFFFFF)]),
    "item-of-the-whole-file-over-and-over.heic": lambda: heic_of_grid(1, 1, 64, 64, [(0, 500_000)] * 65_000),
    "rows-columns-and-frames-without-number.dcm": lambda: dicom(Rows=65_535, Columns=65_535, NumberOfFrames=2**31 - 1),
    "deflated-gigabyte.dcm": lambda: dicom(encapsulate([deflated(GB)]), JPEG2000Lossless).replace(
        JPEG2000Lossless.encode(), DeflatedExplicitVRLittleEndian.encode(), 1
    ),
    "wavelets-of-a-gigapixel.dcm": lambda: wavelets(size=(32_000, 32_000), tile=(32_000, 32_000)),
    "wavelets-just-within-the-limit.dcm": lambda: wavelets(size=(WIDE, TALL), tile=(WIDE, TALL)),
    "wavelets-in-65535-tiles.dcm": lambda: wavelets(tile=(1, 1)),
    "wavelets-in-blocks-of-four.dcm": lambda: finer_wavelets(0, 0, b""),
    "wavelets-in-precincts-of-one.dcm": lambda: finer_wavelets(1, 4, b"\0"),
    "run-lengths-just-within-the-limit.dcm": lambda: runs(WIDE, TALL, b"\x81\0" * 100),
    "run-lengths-of-nothing.dcm": lambda: runs(2_000, 2_000, b"\x80" * (6 * MB)),
    "sequences-in-sequences.dcm": lambda: before_pixels((SEQUENCE + OPEN_ITEM) * 200_000),
    "sequence-of-a-million-items.dcm": lambda: before_pixels(REGION + EMPTY_ITEM * 1_000_000),
    "frame-in-a-million-pieces.dcm": lambda: frame_in_pieces(1_000_000),
    "a-hundredfold-and-more.zip": lambda: zipped(bytes(100 * MB)),
    "all-in-the-same-place.zip": overlapping_zip,
    "more-than-it-says.zip": lying_zip,
    "larger-than-the-archive.zip": zip_of_huge_spans,
    "a-million-members.zip": lambda: zip_of_nothings(1_400_000),
    "archives-in-archives.zip": lambda: nested_zip(50),
    "picture-of-ten-gigabytes.tar.gz": lambda: gzip.compress(tar_head("lesion.png", 10 * GB)) + gzipped(10 * GB),
    "picture-just-within-the-limit.tar.bz2": lambda: bz2.compress(tar_of_zeros()),
    "picture-just-within-the-limit.tar.xz": lambda: lzma.compress(tar_of_zeros(), preset=0),
    "a-hundred-thousand-members.tar.gz": lambda: gzip.compress(tar_head("lesion.png", 0) * 120_000),
    "name-of-a-gigabyte.tar.gz": lambda: gzip.compress(tar_head("long", GB, tarfile.GNUTYPE_LONGNAME)) + gzipped(GB),
    "gap-of-a-terabyte.tar": lambda: sparse_head(1 << 40, is_extended=False),
    "map-of-gaps-without-end.tar.gz": lambda: gzip.compress(endless_map(), 6),
    "leads-back-to-itself.tar": tar_that_leads_back,
}  # fmt: skip


DUDS: dict[str, Callable[[], bytes]] = {
    "strip-of-four-gigabytes.tif": lambda: tiff(64, 64, deflated(GB), t279=0xFFFFFFF0),
    "window-of-five-million-numbers.dcm": lambda: grey_with(0x00281050, b"1\\" * (5 * MB)),
    "region-of-a-million-items.dcm": lambda: grey_with(0x00082218, EMPTY_ITEM * 1_000_000),
    "exif-of-the-same-megabyte-over-and-over.png": lambda: png_with(chunk(b"eXIf", overlapping_values())),
    "a-hundred-thousand-pages.tif": lambda: tiff_of_pages(100_000),
    "page-that-follows-itself.tif": lambda: tiff_of_pages(1)[:-4] + struct.pack("<I", 8),
    "gigabyte-behind-the-picture.png": lambda: encoded(PHOTO, "PNG")[:-12] + chunk(b"IDAT", deflated(GB)),
    "hundred-million-pixels-in-frames-to-come.dcm": lambda: dicom(NumberOfFrames=2**31 - 1),
}  # fmt: skip
