"""Pictures on paper: whole, in their own colours, no larger than their pixels allow."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image
from reportlab.platypus import Image as PictureFlowable

from skindesk.domain.errors import ImageRejectedError
from skindesk.exchange.report.content import LostPicture
from skindesk.imaging.decode import decode, picture_from_bytes

_MOST_DPI, _LEAST_DPI = 300, 75
"""More pixels no eye can see on paper; with fewer a picture is printed smaller."""
_JPEG_QUALITY = 92


@dataclass(frozen=True)
class PrintedPicture:
    """A picture ready to be placed: its JPEG in sRGB, and its size in points."""

    jpeg: bytes
    width_pt: float
    height_pt: float

    def placed(self) -> Any:
        """The picture as a piece of the report."""
        return PictureFlowable(io.BytesIO(self.jpeg), self.width_pt, self.height_pt, hAlign="LEFT")


def printed(content: bytes, box_pt: tuple[float, float]) -> PrintedPicture:
    """A picture as large as a box allows, and its pixels. Raises ImageRejectedError where it cannot be decoded."""
    most_px = tuple(round(side * _MOST_DPI / 72) for side in box_pt)
    decoded = decode(picture_from_bytes("The picture", content), at_least_px=max(most_px))
    image = Image.fromarray(decoded.rgb)
    own_pt = [side * 72 / _LEAST_DPI for side in (decoded.original_width_px, decoded.original_height_px)]
    scale = min(1.0, *(box / own for box, own in zip(box_pt, own_pt, strict=True)))
    width_pt, height_pt = (side * scale for side in own_pt)
    image.thumbnail(
        (max(1, round(width_pt * _MOST_DPI / 72)), max(1, round(height_pt * _MOST_DPI / 72))), Image.Resampling.LANCZOS
    )
    written = io.BytesIO()
    image.save(written, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return PrintedPicture(written.getvalue(), width_pt, height_pt)


class Prints:
    """The pictures of a case, each decoded once for each size, however often the report is laid out."""

    def __init__(self, pictures: Mapping[str, bytes | LostPicture]) -> None:
        self._pictures = pictures
        self._made: dict[tuple[str, tuple[float, float]], PrintedPicture | LostPicture] = {}

    def of(self, sha256: str, box_pt: tuple[float, float]) -> PrintedPicture | LostPicture:
        """The picture of a digest for a box, or why there is none."""
        key = (sha256, box_pt)
        if key not in self._made:
            self._made[key] = self._print(sha256, box_pt)
        return self._made[key]

    @property
    def lost(self) -> tuple[str, ...]:
        """Why pictures could not be printed."""
        return tuple(made.why for made in self._made.values() if isinstance(made, LostPicture))

    def _print(self, sha256: str, box_pt: tuple[float, float]) -> PrintedPicture | LostPicture:
        content = self._pictures[sha256]
        if isinstance(content, LostPicture):
            return content
        try:
            return printed(content, box_pt)
        except ImageRejectedError as error:
            return LostPicture(str(error))
