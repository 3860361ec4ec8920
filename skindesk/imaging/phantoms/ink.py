"""How sharp marks are drawn: dots, rings, blobs and ribbons, antialiased on a sheet of ink."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from skindesk.imaging.phantoms.frame import Floats, Frame, Point

_SUPERSAMPLING = 3


class Ink:
    """Antialiased marks, in units, collected on one sheet."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._scale = frame.unit * _SUPERSAMPLING
        self._sheet = Image.new("L", (frame.width_px * _SUPERSAMPLING, frame.height_px * _SUPERSAMPLING))
        self._pen = ImageDraw.Draw(self._sheet)

    def dot(self, centre: Point, radius: float, strength: float = 1) -> None:
        """Fill a circle."""
        self._pen.circle(self._place(centre), radius * self._scale, fill=round(255 * strength))

    def ring(self, centre: Point, radius: float, width: float, strength: float = 1) -> None:
        """Draw a circle's line."""
        line = max(1, round(width * self._scale))
        self._pen.circle(self._place(centre), radius * self._scale, outline=round(255 * strength), width=line)

    def blob(self, outline: list[Point], strength: float = 1) -> None:
        """Fill a polygon."""
        self._pen.polygon([self._place(point) for point in outline], fill=round(255 * strength))

    def dried(self, blur: float = 0) -> Floats:
        """Return the sheet, float32 (h, w), 0 to 1, blurred by `blur` units."""
        sheet = self._sheet.reduce(_SUPERSAMPLING)
        if blur:
            sheet = sheet.filter(ImageFilter.GaussianBlur(blur * self._frame.unit))
        return np.asarray(sheet, np.float32) * np.float32(1 / 255)

    def _place(self, point: Point) -> Point:
        return point[0] * self._scale, point[1] * self._scale


def ribbon(points: list[Point], widths: list[float]) -> list[Point]:
    """Return the polygon around a line whose width changes along its points."""
    line, half = np.asarray(points), np.asarray(widths)[:, None] / 2
    course = np.gradient(line, axis=0)
    course /= np.maximum(np.linalg.norm(course, axis=1, keepdims=True), 1e-6)
    aside = np.stack((-course[:, 1], course[:, 0]), axis=1) * half
    around = np.concatenate((line + aside, (line - aside)[::-1]))
    return [(float(x), float(y)) for x, y in around]
