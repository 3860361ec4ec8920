"""Where each part of one picture is found again in the other: how good an alignment is, and how to better it.

The fixed picture's structure is cut into tiles, and each is looked for around the place where the alignment puts it.
Where the pictures show the same skin, neighbouring tiles are off by the same way, be it none or the little by which
skin had been stretched. Where they do not, each tile is off at random, and neighbours differ. The part of the tiles
that agree with their neighbours therefore tells the two apart, whatever the tiles look like.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.aligning.similarity import Matrix, Points
from skindesk.imaging.aligning.working_picture import WorkingPicture

_TILE_PX, _STEP_PX = 40, 24
_LEAST_SHOWN = 0.9
_LEAST_STRUCTURE = 0.1
"""Deviation within a tile: under it there is nothing to find again, as where the light was too strong."""
_LEAST_NEIGHBOURS = 3
_AGREES_WITHIN_PX = 3.0


@dataclass(frozen=True)
class Tiles:
    """What was found of the tiles that both pictures show.

    `places` float32 (count, 2) are their middles in the fixed picture, `found` float32 (count, 2) where the moving
    picture, as it is laid on the fixed one, shows them, `agrees` bool (count,) whether their neighbours are off by the
    same; all in working pixels. `overlap` is the part of the fixed picture that both show.
    """

    places: Points
    found: Points
    agrees: NDArray[np.bool_]
    overlap: float

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return len(self.places)

    @property
    def agreement(self) -> float:
        """The part of the tiles that agree with their neighbours; 0 where there are none."""
        return float(self.agrees.mean()) if self.count else 0.0

    @property
    def residual_px(self) -> float:
        """How far the tiles that agree are from where the alignment puts them, on average; 0 where none agree."""
        off = np.hypot(*(self.found - self.places)[self.agrees].T)
        return float(off.mean()) if off.size else 0.0


def compare_tiles(fixed: WorkingPicture, moving: WorkingPicture, matrix: Matrix, search_px: int) -> Tiles:
    """Look for the fixed picture's tiles within `search_px` of where `matrix` lays them."""
    laid = np.asarray(cv2.warpAffine(moving.structure, matrix, fixed.size), np.float32)
    moving_shown = np.asarray(cv2.warpAffine(moving.shown, matrix, fixed.size, flags=cv2.INTER_NEAREST), np.uint8)
    both = moving_shown & fixed.shown
    corners = _grid(fixed.size, search_px)
    off = np.full((*corners.shape[:2], 2), np.nan, np.float32)
    shown = _parts_shown(both, corners, search_px) >= _LEAST_SHOWN
    shown &= _structured(fixed.structure, corners) & _structured(laid, corners)
    for row, column in np.argwhere(shown):
        x, y = corners[row, column]
        off[row, column] = _offset(fixed.structure, laid, x, y, search_px)
    places = corners[shown] + np.float32(_TILE_PX / 2)
    return Tiles(places, places + off[shown], _agrees_with_neighbours(off)[shown], float(both.mean()))


def _grid(size: tuple[int, int], search_px: int) -> NDArray[np.int32]:
    """The upper left corners (x, y) of the tiles: int32 (rows, columns, 2)."""
    x, y = (np.arange(search_px, side - _TILE_PX - search_px + 1, _STEP_PX, dtype=np.int32) for side in size)
    return np.stack(np.meshgrid(x, y), axis=2)


def _parts_shown(both: NDArray[np.uint8], corners: NDArray[np.int32], search_px: int) -> NDArray[np.float64]:
    """How much of each tile with its surroundings both pictures show."""
    return _means(np.asarray(cv2.integral(both)), corners - search_px, _TILE_PX + 2 * search_px)


def _structured(picture: NDArray[np.float32], corners: NDArray[np.int32]) -> NDArray[np.bool_]:
    """In which tiles there is something to find again."""
    sums, squares = cv2.integral2(picture, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
    means = _means(np.asarray(sums), corners, _TILE_PX)
    return np.asarray(_means(np.asarray(squares), corners, _TILE_PX) - means**2 > _LEAST_STRUCTURE**2)


def _means(sums: NDArray[Any], corners: NDArray[np.int32], side_px: int) -> NDArray[np.float64]:
    """The means over squares, by their upper left corners, from a table of running sums."""
    left, top = corners[..., 0], corners[..., 1]
    right, bottom = left + side_px, top + side_px
    total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return np.asarray(total / side_px**2)


def _offset(fixed: NDArray[np.float32], laid: NDArray[np.float32], x: int, y: int, search_px: int) -> tuple[int, int]:
    """By how many pixels a tile's best likeness lies aside (Lewis 1995, normalised cross-correlation)."""
    tile = fixed[y : y + _TILE_PX, x : x + _TILE_PX]
    around = laid[y - search_px : y + _TILE_PX + search_px, x - search_px : x + _TILE_PX + search_px]
    _, _, _, best = cv2.minMaxLoc(cv2.matchTemplate(around, tile, cv2.TM_CCOEFF_NORMED))
    return best[0] - search_px, best[1] - search_px


def _agrees_with_neighbours(off: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether each tile is off by what its eight neighbours are, in the median; (rows, columns)."""
    rows, columns = off.shape[:2]
    framed = np.pad(off, ((1, 1), (1, 1), (0, 0)), constant_values=np.nan)
    shifts = [(down, right) for down in range(3) for right in range(3) if (down, right) != (1, 1)]
    neighbours = np.stack([framed[down : down + rows, right : right + columns] for down, right in shifts])
    agrees: NDArray[np.bool_] = np.isfinite(neighbours[..., 0]).sum(axis=0) >= _LEAST_NEIGHBOURS
    usual = np.nanmedian(neighbours[:, agrees], axis=0)
    agrees[agrees] = np.hypot(*(off[agrees] - usual).T) <= _AGREES_WITHIN_PX
    return agrees
