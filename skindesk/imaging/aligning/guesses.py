"""The two ways to a first guess of how two pictures lie on each other: points that look alike, and the spectra."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.aligning.similarity import Matrix, enlarging, scale_of, whole
from skindesk.imaging.aligning.working_picture import WorkingPicture

LEAST_SCALE, MOST_SCALE = 1 / 3, 3.0
"""Of the moving picture to the fixed one, both at the working size: beyond it too little is left to compare."""
_POINTS = 1200
_RATIO = 0.85
_LEAST_POINTS = 4
_WITHIN_PX = 6.0
_SPECTRUM_PX = 256


def plausible(matrix: Matrix) -> bool:
    """Whether the scale of a guess is within the limits."""
    return LEAST_SCALE <= scale_of(matrix) <= MOST_SCALE


def by_points(fixed: WorkingPicture, moving: WorkingPicture) -> Matrix | None:
    """From SIFT points (Lowe 2004) whose neighbourhoods are alike, by RANSAC; None where too few are.

    The ratio test is looser than Lowe's 0.8, since what is found is judged again. Each point of the fixed picture is
    taken once: many points on one would be met by shrinking the picture to a dot.
    """
    sift = cv2.SIFT.create(nfeatures=_POINTS, contrastThreshold=0.015)
    fixed_points, fixed_features = sift.detectAndCompute(fixed.grey, fixed.shown)
    moving_points, moving_features = sift.detectAndCompute(moving.grey, moving.shown)
    if min(len(fixed_points), len(moving_points)) < _LEAST_POINTS:
        return None
    best: dict[int, tuple[float, cv2.KeyPoint]] = {}
    for match, second in cv2.BFMatcher(cv2.NORM_L2).knnMatch(moving_features, fixed_features, 2):
        ratio = match.distance / max(second.distance, 1e-6)
        point = moving_points[match.queryIdx]
        growth = fixed_points[match.trainIdx].size / point.size
        known = best.get(match.trainIdx, (_RATIO, None))[0]
        if ratio < known and LEAST_SCALE <= growth <= MOST_SCALE:
            best[match.trainIdx] = ratio, point
    if len(best) < _LEAST_POINTS:
        return None
    source = np.array([point.pt for _, point in best.values()], np.float32)
    target = np.array([fixed_points[index].pt for index in best], np.float32)
    found, _ = cv2.estimateAffinePartial2D(source, target, ransacReprojThreshold=_WITHIN_PX, maxIters=5000)
    return None if found is None else np.asarray(found, np.float64)


def by_spectra(fixed: WorkingPicture, moving: WorkingPicture) -> tuple[Matrix, Matrix]:
    """From the structure as a whole, by phase correlation (Reddy and Chatterji 1996), the likelier guess first.

    The spectra's magnitudes do not change with a shift; in logarithmic polar coordinates a rotation and a scale move
    them, by which they are found, the rotation up to half a turn.
    """
    (still, onto_still), (moved, onto_moved) = _square(fixed), _square(moving)
    taper = np.outer(np.hanning(_SPECTRUM_PX), np.hanning(_SPECTRUM_PX)).astype(np.float32)
    (along, turn), _ = cv2.phaseCorrelate(_polar_spectrum(moved * taper), _polar_spectrum(still * taper), taper)
    growth = math.exp(-along * math.log(_SPECTRUM_PX / 2) / _SPECTRUM_PX)
    turn_deg = turn * 360 / _SPECTRUM_PX
    guesses = []
    for half_turn_deg in (0, 180):
        middle = (_SPECTRUM_PX / 2, _SPECTRUM_PX / 2)
        placed = np.asarray(cv2.getRotationMatrix2D(middle, -turn_deg - half_turn_deg, growth), np.float64)
        turned = cv2.warpAffine(moved * taper, placed, (_SPECTRUM_PX, _SPECTRUM_PX))
        shift, likeness = cv2.phaseCorrelate(turned, still * taper)
        placed[:, 2] += np.asarray(shift)
        guesses.append((likeness, (np.linalg.inv(onto_still) @ whole(placed) @ onto_moved)[:2]))
    guesses.sort(key=lambda guess: -guess[0])
    return guesses[0][1], guesses[1][1]


def _square(picture: WorkingPicture) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The structure in the middle of a small square, and the 3 x 3 matrix that carries working pixels into it."""
    scale = _SPECTRUM_PX / max(picture.size)
    small = cv2.resize(picture.structure, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape
    left, top = (_SPECTRUM_PX - width) // 2, (_SPECTRUM_PX - height) // 2
    square = np.zeros((_SPECTRUM_PX, _SPECTRUM_PX), np.float32)
    square[top : top + height, left : left + width] = small
    onto = enlarging(scale)
    onto[:2, 2] = left, top
    return square, onto


def _polar_spectrum(square: NDArray[np.float32]) -> NDArray[np.float32]:
    """The spectrum's magnitude over the angle (rows) and the logarithm of the frequency (columns)."""
    magnitude = np.log1p(np.abs(np.fft.fftshift(np.fft.fft2(square)))).astype(np.float32)
    magnitude -= cv2.GaussianBlur(magnitude, (0, 0), 8)
    middle = (_SPECTRUM_PX / 2, _SPECTRUM_PX / 2)
    flags = cv2.WARP_POLAR_LOG | cv2.INTER_LINEAR
    size = (_SPECTRUM_PX, _SPECTRUM_PX)
    return np.asarray(cv2.warpPolar(magnitude, size, middle, _SPECTRUM_PX / 2, flags), np.float32)
