"""Where the lesion seems to be, found in a millisecond or two: enough to say that it is cut off, not to measure it.

What differs from a smooth surface through the skin's colour at the rim, by the threshold of Otsu (1979) on the
distance in CIELAB. `skindesk.imaging.outline` does this with more care.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
Bounds = tuple[float, float, float, float]

_RIM = 0.08
"""Of the shorter side."""
_SAMPLES = 1200
_KEPT = (0.5, 0.6, 0.65)
"""Of the samples, which fit best: half may be lesion that reaches the rim."""


@dataclass(frozen=True, eq=False)
class Lesion:
    """A guess at the lesion.

    `mask` bool (h, w) and `distance` float32 (h, w), from the skin's colour in CIELAB, have a size of their own.
    `threshold` parts them. The mask is empty where nothing stands out.
    """

    mask: Mask
    distance: Floats
    threshold: float

    @property
    def share(self) -> float:
        """How much of the frame it fills, 0 to 1."""
        return float(self.mask.mean())

    @property
    def bounds(self) -> Bounds:
        """Left, top, right and bottom in parts of the frame, 0 to 1; the whole frame where there is none."""
        return bounds_of(self.mask)


def bounds_of(mask: Mask) -> Bounds:
    """The box around a mask, bool (h, w): left, top, right and bottom in parts of its sides; all where it is empty."""
    if not mask.any():
        return 0.0, 0.0, 1.0, 1.0
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    height, width = mask.shape
    return columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height


def find_lesion(lab: Floats, shown: Mask) -> Lesion:
    """The lesion in float32 (h, w, 3) CIELAB; `shown`, of any size, is what of the frame is to be looked at."""
    height, width = lab.shape[:2]
    size = (width, height)
    small = np.asarray(cv2.GaussianBlur(lab, (0, 0), 1), np.float32)
    seen = np.asarray(cv2.resize(shown.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0)
    rim = seen & ~_shrunk(seen, max(2, round(_RIM * min(size))))
    first = _apart(small, seen, rim, terms=3)
    outside = seen & ~_grown(first.mask, 4)
    return _apart(small, seen, outside, terms=3) if outside.mean() > 0.2 else first


def _apart(lab: Floats, seen: Mask, skin: Mask, terms: int) -> Lesion:
    apart = lab - _surface(lab, skin, terms)
    distance = np.sqrt(np.einsum("hwc,hwc->hw", apart, apart))
    steps = np.clip(4 * distance[seen], 0, 255).astype(np.uint8)
    otsu = cv2.threshold(steps, 0, 255, cv2.THRESH_OTSU)[0] if steps.size else 0.0
    threshold = max(1.0, 0.85 * otsu / 4)
    return Lesion(_main_area((distance > threshold) & seen), distance, threshold)


def _surface(lab: Floats, skin: Mask, terms: int) -> Floats:
    """A plane (3 terms) or a curved surface (6) through the skin's colours, without the third that fits worst."""
    basis, places = _basis(*skin.shape, terms), np.flatnonzero(skin)
    sample = places[:: max(1, len(places) // _SAMPLES)]
    known, colours = basis[sample], lab.reshape(-1, 3)[sample]
    if len(known) < 2 * terms:
        return np.broadcast_to(np.median(lab.reshape(-1, 3), axis=0), lab.shape)
    fitted = np.broadcast_to(np.median(colours, axis=0), colours.shape)
    for part in _KEPT:
        misfit = np.square(colours - fitted).sum(axis=1)
        kept = np.argpartition(misfit, int(part * len(misfit)))[: int(part * len(misfit)) + 1]
        weights = _fit(known[kept], colours[kept])
        fitted = known @ weights
    return (basis @ weights).reshape(lab.shape)


@lru_cache(maxsize=16)
def _basis(height: int, width: int, terms: int) -> Floats:
    """The first terms of a surface of the second order over a picture, float32 (height * width, terms)."""
    sides = (np.linspace(-1, 1, size, dtype=np.float32) for size in (height, width))
    y, x = np.meshgrid(*sides, indexing="ij")
    return np.stack([term.ravel() for term in (np.ones_like(x), x, y, x * x, y * y, x * y)[:terms]], axis=1)


def _fit(known: Floats, colours: Floats) -> Floats:
    """Least squares by the normal equations, with a trace of ridge so that they can always be solved."""
    ridge = 1e-3 * len(known) * np.eye(known.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(known.T @ known + ridge, known.T @ colours), np.float32)


def _main_area(differs: Mask) -> Mask:
    """The largest area, one near the middle before one at the edge, without holes."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    count, areas, sizes, middles = cv2.connectedComponentsWithStats(
        cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, disc)
    )
    if count < 2:
        return np.zeros_like(differs)
    away = (middles[1:] / differs.shape[::-1] - 0.5) / 0.5
    weights = sizes[1:, cv2.CC_STAT_AREA] * np.exp(-np.square(away).sum(axis=1))
    main = np.asarray(areas == 1 + int(weights.argmax()))
    reach = max(3, int(0.25 * np.sqrt(main.sum())) | 1)
    framed = np.pad(main.astype(np.uint8), reach)
    closed = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.fillPoly(closed, contours, 1)
    return np.asarray(closed[reach:-reach, reach:-reach] > 0)


def _grown(area: Mask, by_px: int) -> Mask:
    return np.asarray(cv2.dilate(area.astype(np.uint8), np.ones((3, 3)), iterations=by_px) > 0)


def _shrunk(area: Mask, by_px: int) -> Mask:
    """What lies deeper within than that; the picture's edge counts as a border."""
    eroded = cv2.erode(
        area.astype(np.uint8), np.ones((3, 3)), iterations=by_px, borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    return np.asarray(eroded > 0)
