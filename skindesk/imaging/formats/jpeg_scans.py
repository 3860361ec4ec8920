"""How often a JPEG goes over all its pixels: each scan of a progressive one costs a pass, however short it is."""

import re

from PIL import Image

_MOST_SCANS = 64
"""Encoders write some ten; 36 bytes more cost 13 ms with 20 megapixels, and libjpeg sets no bound."""
_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""Within compressed data, only what separates it begins like this (ITU-T T.81, B.1.1)."""
_SCAN, _END = 0xDA, 0xD9


def check_scans(image: Image.Image, content: bytes) -> None:
    """Raises ValueError where an opened JPEG, whose bytes these are, has more scans than any encoder writes."""
    if not (image.info.get("progressive") or _takes_turns(content, image)):
        return
    scans = 1
    for mark in _MARK.finditer(content, _first_scan(image)):
        kind = content[mark.start() + 1]
        if kind == _END:
            return
        scans += kind == _SCAN
        if scans > _MOST_SCANS:
            raise ValueError("more scans than any photograph has")
