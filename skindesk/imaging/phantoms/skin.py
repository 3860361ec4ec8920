"""How one lesion is photographed again and again: painted in more skin than a picture shows, with room to grow."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.phantoms.canvas import Canvas
from skindesk.imaging.phantoms.frame import Floats, Frame
from skindesk.imaging.phantoms.kinds import FORMS, PAINTERS
from skindesk.imaging.phantoms.outline import draw_outline
from skindesk.imaging.phantoms.photograph import photograph


@dataclass(frozen=True, eq=False)
class Skin:
    """A lesion in the skin around it: `colours` float32 (h, w, 3), 0 to about 1, and `mask` bool (h, w)."""

    colours: Floats
    mask: NDArray[np.bool_]


def paint_skin(
    kind: str, seed: int, size: tuple[int, int], radius: tuple[float, float], tone: float | None = None
) -> Skin:
    """Paint skin of this size (width_px, height_px) with one lesion in the middle.

    `radius` is the range of the lesion's radius in units of 1/600 of the width. The same lesion with another radius has
    grown in skin that stays as it is. `tone` is the skin's, from 0 (Fitzpatrick I) to 1 (VI); None draws one.
    """
    frame = Frame(np.random.default_rng([seed, 0]), *size)
    canvas = Canvas.bare(frame, tone)
    outline = draw_outline(frame, replace(FORMS[kind], radius=radius))
    PAINTERS[kind](canvas, outline)
    return Skin(canvas.develop(), outline.mask)


def take(skin: Skin, camera: int, onto_skin: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture, uint8 (h, w, 3), that camera number `camera` takes of the skin: with its own hairs, light and noise.

    `size` is (width_px, height_px); the 2 x 3 matrix carries the picture's pixels onto the skin's. Beside the skin
    that was painted, the picture shows it mirrored.
    """
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(skin.colours, onto_skin, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return photograph(Frame(np.random.default_rng([camera, size[0], 7]), *size), np.asarray(seen, np.float32))
