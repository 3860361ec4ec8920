"""What colour the skin has everywhere in a picture, so that uneven light does not count as pigment."""

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.outline.values import Floats, Mask


def smooth_lab(rgb: NDArray[np.uint8], blur_px: float) -> Floats:
    """uint8 (height, width, 3) sRGB as CIELAB, without what is finer than that."""
    smooth = cv2.GaussianBlur(rgb, (0, 0), blur_px).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB), np.float32)


def skin_colour(lab: Floats, where: Mask, terms: int) -> Floats:
    """The skin's colour everywhere, from where it is bare: a plane (3 terms) or a curved surface (6), least squares.

    The fifth that fits worst is left out twice, such as what of the lesion reaches there.
    """
    height, width = where.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    basis = np.stack((np.ones_like(x), x, y, x * x, y * y, x * y), axis=2)[:, :, :terms].astype(np.float32)
    known, colours = basis[where], lab[where]
    kept = np.ones(len(known), bool)
    for last in (False, False, True):
        weights = _least_squares(known[kept], colours[kept])
        if not last:
            misfit = np.linalg.norm(known @ weights - colours, axis=1)
            kept = misfit <= np.quantile(misfit[kept], 0.8)
    return np.asarray(basis @ weights, np.float32)


def _least_squares(known: Floats, colours: Floats) -> Floats:
    """By the normal equations, ten times as fast as by all the rows; the basis is small and well conditioned."""
    rows, values = known.astype(np.float64), colours.astype(np.float64)
    return np.asarray(np.linalg.lstsq(rows.T @ rows, rows.T @ values, rcond=None)[0], np.float32)


def otsu(values: Floats, shown: Mask) -> float:
    """The value that divides those that are shown best into two kinds (Otsu 1979), up to 63."""
    steps = np.clip(4 * values[shown], 0, 255).astype(np.uint8)
    return cv2.threshold(steps, 0, 255, cv2.THRESH_OTSU)[0] / 4
