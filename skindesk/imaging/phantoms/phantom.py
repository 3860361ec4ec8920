"""How one phantom comes about from a kind and a seed: painted once, photographed as often as views are asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.phantoms.canvas import Canvas
from skindesk.imaging.phantoms.frame import Frame
from skindesk.imaging.phantoms.kinds import FORMS, KINDS, PAINTERS
from skindesk.imaging.phantoms.outline import draw_outline
from skindesk.imaging.phantoms.photograph import photograph

# How the n-th photograph of a lesion is turned: as it is, by half a turn, mirrored, upside down.
_TURNS = (
    (slice(None), slice(None)),
    (slice(None, None, -1), slice(None, None, -1)),
    (slice(None), slice(None, None, -1)),
    (slice(None, None, -1), slice(None)),
)


@dataclass(frozen=True)
class Phantom:
    """A synthetic picture: `rgb` uint8 (h, w, 3), sRGB, and `mask` bool (h, w), true inside the lesion's outline."""

    rgb: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    kind: str
    seed: int
    view: int = 0


def generate(kind: str, seed: int, width_px: int = 600, height_px: int = 450, view: int = 0) -> Phantom:
    """Paint and photograph one phantom; the same arguments give the same picture.

    `kind` is one of KINDS; `seed` is not negative. A `view` above 0 is another photograph of the same lesion:
    turned, under other light, with other hairs. Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no phantom of {kind!r}; the kinds are {', '.join(KINDS)}.")
    number = KINDS.index(kind)
    painter = np.random.default_rng([seed, number])
    canvas = Canvas.bare(Frame(painter, width_px, height_px))
    outline = draw_outline(canvas.frame, FORMS[kind])
    PAINTERS[kind](canvas, outline)
    camera = Frame(np.random.default_rng([seed, number, view]), width_px, height_px)
    turn = _TURNS[view % len(_TURNS)]
    rgb = photograph(camera, canvas.develop()[turn])
    return Phantom(rgb, np.ascontiguousarray(outline.mask[turn]), kind, seed, view)
