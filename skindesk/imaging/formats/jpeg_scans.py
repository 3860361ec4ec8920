"""How often a JPEG goes over all its pixels: each scan of a progressive one costs a pass, however short it is."""

import re

from PIL import Image

_MOST_SCANS = 64
"""Encoders write some ten. With 20 megapixels 36 further bytes cost 13 ms, and libjpeg sets no bound."""
_MARK = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
"""What begins a part of the file with a length; within compressed data only marks look so (ITU-T T.81, B.1.1)."""
_SCAN, _END = 0xDA, 0xD9


def check_scans(image: Image.Image, content: bytes) -> None:
    """Raises ValueError where an opened JPEG, whose bytes these are, has more scans than any encoder writes."""
    at, scans = 2, 0
    while scans <= _MOST_SCANS and (mark := _MARK.search(content, at)):
        at = mark.end()
        kind = content[at - 1]
        scans += kind == _SCAN
        if kind == _END or (scans == 1 and _is_the_only_one(image, content[at : at + 3])):
            return
        at += int.from_bytes(content[at : at + 2], "big")
    if scans > _MOST_SCANS:
        raise ValueError("more scans than any photograph has")


def _is_the_only_one(image: Image.Image, head: bytes) -> bool:
    """Whether libjpeg needs no more than the first scan, since it has all the colours in full."""
    return "progressive" not in image.info and head[2:] == bytes((len(image.getbands()),))
