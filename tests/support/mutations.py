"""Files as they come out of a failing card or from somebody with bad intentions."""

import random
import struct
import zlib
from collections.abc import Iterator

_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_HEAD_BYTES = 1500
"""Where the numbers stand that decide on sizes and places; more than half of the changes fall there, or at the end."""
_PNG = b"\x89PNG\r\n\x1a\n"


def mutations(whole: bytes, count: int, seed: int) -> Iterator[bytes]:
    """So many changed copies: bytes, bits and numbers overwritten, pieces lost, doubled and moved, ends cut off."""
    chance = random.Random(seed)
    for _ in range(count):
        changed = bytearray(whole)
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            _mutate(changed, chance)
        yield _with_true_sums(changed) if changed.startswith(_PNG) and chance.random() < 0.7 else bytes(changed)


def _mutate(content: bytearray, chance: random.Random) -> None:
    begin, end = _part(len(content), chance)
    at, length = chance.randrange(begin, max(begin + 1, end)), chance.randrange(1, 50)
    other = chance.randrange(max(1, len(content)))
    match chance.randrange(8):
        case 0 | 1:
            content[at : at + 1] = bytes((chance.randrange(256),))
        case 2:
            content[at : at + 4] = struct.pack(chance.choice("<>") + "I", chance.choice(_NUMBERS))
        case 3:
            content[at : at + 2] = struct.pack(chance.choice("<>") + "H", chance.choice(_NUMBERS) & 0xFFFF)
        case 4:
            del content[at : at + length]
        case 5:
            content[at:at] = content[at : at + length]
        case 6:
            content[at : at + length] = content[other : other + length]
        case _:
            if chance.random() < 0.3:
                del content[at:]
            content.extend(bytes(length))


def _part(size: int, chance: random.Random) -> tuple[int, int]:
    """All of a file, its head or, where TIFF may have its directory, its end."""
    which = chance.random()
    if which < 0.35:
        return 0, size
    return (0, min(size, _HEAD_BYTES)) if which < 0.8 else (max(0, size - _HEAD_BYTES), size)


def _with_true_sums(content: bytearray) -> bytes:
    """A PNG whose chunks' check sums are right again, so that decoders read on beyond the first change."""
    at = len(_PNG)
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        if end + 4 > len(content):
            break
        content[end : end + 4] = zlib.crc32(content[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(content)
