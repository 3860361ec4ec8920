"""Rotation, scale and shift as 2 x 3 matrices, never mirrored."""

import math

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
"""2 x 3, for column vectors (x, y, 1) in pixels."""
Points = NDArray[np.float32]
"""(count, 2), x before y, in pixels."""


def scale_of(matrix: Matrix) -> float:
    """By how much a similarity enlarges."""
    return math.hypot(matrix[0, 0], matrix[1, 0])


def rotation_of(matrix: Matrix) -> float:
    """By how many degrees a similarity turns, clockwise where y points down."""
    return math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))


def whole(matrix: Matrix) -> NDArray[np.float64]:
    """The same as a 3 x 3 matrix, which can be multiplied and inverted."""
    return np.vstack((matrix, (0.0, 0.0, 1.0)))


def enlarging(factor: float) -> NDArray[np.float64]:
    """The 3 x 3 matrix that enlarges from the picture's corner."""
    return np.diag((factor, factor, 1.0))


def fitted(source: Points, target: Points) -> Matrix | None:
    """The similarity that carries one set of points onto another with the least squares; None for a single place.

    In complex numbers it is one division (Umeyama 1991 gives the general case).
    """
    from_points, to_points = _complex(source), _complex(target)
    from_middle, to_middle = from_points.mean(), to_points.mean()
    spread = float(np.square(np.abs(from_points - from_middle)).sum())
    if spread == 0:
        return None
    turn = complex(((from_points - from_middle).conj() * (to_points - to_middle)).sum()) / spread
    shift = complex(to_middle) - turn * complex(from_middle)
    return np.array(((turn.real, -turn.imag, shift.real), (turn.imag, turn.real, shift.imag)))


def _complex(points: Points) -> NDArray[np.complex128]:
    return points[:, 0].astype(np.float64) + 1j * points[:, 1].astype(np.float64)
