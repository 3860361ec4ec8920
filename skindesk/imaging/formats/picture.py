"""What a picture file is between being opened and being decoded, whatever its format."""

import struct
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from skindesk.domain.capture import NOTHING_KNOWN, Capture
from skindesk.domain.offered import NOTHING_OFFERED, OfferedFacts
from skindesk.domain.quality import PictureWarning

DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError, OverflowError, struct.error,
)  # fmt: skip
"""What Pillow's decoders raise on damaged input."""


@dataclass(frozen=True)
class Loaded:
    """The pixels of a picture file as they are stored, in any of Pillow's modes, and what else the file tells.

    `full_size` is what they would be at their full size; `orientation` is how they are stored, 1 to 8 (TIFF 6.0, tag
    274). A colour profile stands in `image.info["icc_profile"]`.
    """

    image: Image.Image
    full_size: tuple[int, int]
    orientation: int = 1
    warnings: tuple[PictureWarning, ...] = ()
    capture: Capture = NOTHING_KNOWN
    offered: OfferedFacts = NOTHING_OFFERED


class OpenPicture(Protocol):
    """A picture file whose head was read, and its pixels not yet; `stored_size` is width and height by its head."""

    media_type: str
    stored_size: tuple[int, int]

    def load(self, shrink: int) -> Loaded:
        """Decode it, where the format can at a `shrink`-th of its size, which is 1, 2, 4 or 8.

        Raises ImageRejectedError or one of DECODER_ERRORS.
        """
        ...

    def first_look(self, shrink: int) -> Loaded:
        """The same for the eye alone: in whatever way is quickest, and perhaps far smaller."""
        ...
