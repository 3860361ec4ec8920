"""How one picture of a lesion is turned, moved and scaled to lie upon another: measured, or refused with the reason.

Guesses come from points that look alike, and where that fails from the spectra. Each is refined and then judged by one
measurement (`skindesk.imaging.aligning.tiles`), which tells pictures of one lesion from pictures of two.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.aligning.guesses import by_points, by_spectra, plausible
from skindesk.imaging.aligning.similarity import Matrix, enlarging, fitted, rotation_of, scale_of, whole
from skindesk.imaging.aligning.tiles import Tiles, compare_tiles
from skindesk.imaging.aligning.working_picture import WORKING_SIDE_PX, WorkingPicture, working_picture

LEAST_OVERLAP = 0.1
"""Of the fixed picture."""
LEAST_AGREEMENT = 0.25
"""Of the tiles, where there are many; see `_agreement_needed`."""
_CHANCE, _SPREAD = 0.12, 2.0
_LEAST_TILES = 24
_LEAST_SUPPORT = 8
"""As many tiles as a refinement needs to be better than what it refines."""
_WIDE_PX, _NARROW_PX = 28, 14


class Misfit(StrEnum):
    """Why two pictures could not be aligned."""

    TOO_FEW_MATCHES = "too_few_matches"
    IMPLAUSIBLE_SCALE = "implausible_scale"
    TOO_LITTLE_OVERLAP = "too_little_overlap"
    TOO_LITTLE_AGREEMENT = "too_little_agreement"


@dataclass(frozen=True)
class Alignment:
    """How a moving picture lies on a fixed one, or why that could not be found.

    `matrix` is float64 (2, 3) and carries pixels (x, y) of the moving picture onto those of the fixed one by a
    rotation, a scale and a shift, never mirrored; it is None where `misfit` says why. `agreement`, 0 to 1, is the part
    of the tiles that fit together, `overlap` the part of the fixed picture that both show, and `residual` how far the
    tiles that fit lie from where the matrix puts them on average, in parts of the fixed picture's longer side: what
    stretched skin leaves over. Where nothing was found, they tell of the best guess, or are 0.
    """

    matrix: Matrix | None
    misfit: Misfit | None
    agreement: float = 0.0
    overlap: float = 0.0
    residual: float = 0.0

    @property
    def found(self) -> bool:
        """Whether the pictures could be aligned."""
        return self.matrix is not None

    @property
    def scale(self) -> float:
        """How many pixels of the fixed picture one pixel of the moving picture becomes; 1 where nothing was found."""
        return 1.0 if self.matrix is None else scale_of(self.matrix)

    @property
    def rotation_deg(self) -> float:
        """By how much the moving picture is turned, clockwise on the screen; 0 where nothing was found."""
        return 0.0 if self.matrix is None else rotation_of(self.matrix)


def align(fixed: NDArray[np.uint8], moving: NDArray[np.uint8]) -> Alignment:
    """Find the similarity that lays `moving` on `fixed`, both uint8 (height, width, 3) sRGB of any sizes.

    The same pictures give the same alignment. Takes some tenths of a second: for the background.
    """
    still, moved = working_picture(fixed), working_picture(moving)
    best = Alignment(None, Misfit.TOO_FEW_MATCHES)
    for guess in _guesses(still, moved):
        tried = _tried(guess, still, moved)
        if tried.found:
            return _in_originals(tried, still.scale, moved.scale)
        if tried.agreement >= best.agreement:
            best = tried
    return best


def _guesses(fixed: WorkingPicture, moving: WorkingPicture) -> Iterator[Matrix]:
    """One after the other, so that the slower ones are made only where they are needed."""
    guess = by_points(fixed, moving)
    if guess is not None:
        yield guess
    yield from by_spectra(fixed, moving)


def _tried(guess: Matrix, fixed: WorkingPicture, moving: WorkingPicture) -> Alignment:
    """What becomes of a guess, in working pixels."""
    if not plausible(guess):
        return Alignment(None, Misfit.IMPLAUSIBLE_SCALE)
    matrix = _refined(guess, fixed, moving)
    tiles = compare_tiles(fixed, moving, matrix, _NARROW_PX)
    misfit = _misfit(matrix, tiles)
    accepted = matrix if misfit is None else None
    return Alignment(accepted, misfit, tiles.agreement, tiles.overlap, tiles.residual_px / WORKING_SIDE_PX)


def _misfit(matrix: Matrix, tiles: Tiles) -> Misfit | None:
    if not plausible(matrix):
        return Misfit.IMPLAUSIBLE_SCALE
    if tiles.count < _LEAST_TILES or tiles.overlap < LEAST_OVERLAP:
        return Misfit.TOO_LITTLE_OVERLAP
    if tiles.agreement < _agreement_needed(tiles.count):
        return Misfit.TOO_LITTLE_AGREEMENT
    return None


def _agreement_needed(tiles: int) -> float:
    """What chance does not reach: about a tenth of the tiles agree by it, and the fewer there are, the more it varies.

    Measured with pairs of different lesions of HAM10000, 600 x 450: up to 0.17 in most of the 315 tiles of a picture,
    and once 0.29 in 31 tiles.
    """
    return max(LEAST_AGREEMENT, _CHANCE + _SPREAD / math.sqrt(tiles))


def _refined(matrix: Matrix, fixed: WorkingPicture, moving: WorkingPicture) -> Matrix:
    """Move a guess so that the tiles which agree lie where they belong, from a wide neighbourhood to a narrow one."""
    for search_px in (_WIDE_PX, _NARROW_PX):
        tiles = compare_tiles(fixed, moving, matrix, search_px)
        if tiles.agrees.sum() < _LEAST_SUPPORT:
            return matrix
        correction = fitted(tiles.found[tiles.agrees], tiles.places[tiles.agrees])
        if correction is not None:
            matrix = (whole(correction) @ whole(matrix))[:2]
    return matrix


def _in_originals(alignment: Alignment, fixed_scale: float, moving_scale: float) -> Alignment:
    """The same in pixels of the pictures as they were given."""
    assert alignment.matrix is not None
    matrix = (enlarging(1 / fixed_scale) @ whole(alignment.matrix) @ enlarging(moving_scale))[:2]
    return Alignment(matrix, None, alignment.agreement, alignment.overlap, alignment.residual)
