"""Into how many pieces a JPEG 2000 codestream is cut: OpenJPEG makes room for each of them before it reads any.

ISO/IEC 15444-1, annex A. A few bytes can ask for a piece for each pixel, which takes half a kilobyte of memory.
"""

import struct
from collections.abc import Iterator

_MOST_TILES = 4096
_FINEST_BLOCK, _FINEST_PRECINCT = 8, 5
"""Powers of two: blocks of 256 coefficients, and precincts of 32 pixels on each side of the picture.

Encoders write 4096, and 128 or none."""
_SIZE, _CODING, _CODING_OF_ONE, _TILE, _PIXELS, _END = 0xFF51, 0xFF52, 0xFF53, 0xFF90, 0xFF93, 0xFFD9
_WITH_PRECINCTS = 1
_TILE_HEAD_BYTES = 14


def check_pieces(frame: bytes) -> None:
    """Raises ValueError or struct.error where a codestream is cut finer than any encoder does, or ends too soon."""
    components = 1
    for kind, content in _segments(frame):
        if kind == _SIZE:
            components = _check_tiles(content)
        elif kind == _CODING:
            _check_coding(content[0], content[5:])
        elif kind == _CODING_OF_ONE:
            at = 1 if components <= 256 else 2
            _check_coding(content[at], content[at + 1 :])


def _check_tiles(content: bytes) -> int:
    """How many components there are."""
    width, height, _, _, across, down, left, top, components = struct.unpack_from(">2x8IH", content)
    if -(-(width - left) // max(1, across)) * -(-(height - top) // max(1, down)) > _MOST_TILES:
        raise ValueError("more tiles than any photograph has")
    return int(components)


def _check_coding(style: int, content: bytes) -> None:
    levels, width, height = content[0], content[1] & 15, content[2] & 15
    if width + 2 + height + 2 < _FINEST_BLOCK:
        raise ValueError("finer blocks than any photograph has")
    for number, precinct in enumerate(content[5:] if style & _WITH_PRECINCTS else b""):
        if min(precinct & 15, precinct >> 4) + levels - number < _FINEST_PRECINCT:
            raise ValueError("finer precincts than any photograph has")


def _segments(frame: bytes) -> Iterator[tuple[int, bytes]]:
    """The marked parts of the heads of the whole and of each tile, without their pixels."""
    at, tile_end = 2, 0
    while True:
        kind, length = struct.unpack_from(">HH", frame, at)
        if kind == _TILE:
            (tile_bytes,) = struct.unpack_from(">I", frame, at + 6)
            if 0 < tile_bytes < _TILE_HEAD_BYTES:
                raise ValueError("a tile that ends before it begins")
            tile_end = at + tile_bytes if tile_bytes else len(frame)
        if kind == _PIXELS:
            at = tile_end
            if frame[at : at + 2] in (b"", _END.to_bytes(2, "big")):
                return
            continue
        yield kind, frame[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)
