"""Two generated photographs of one lesion, or of two, of which it is known how they lie on each other.

Lesions and the skin around them are painted by skindesk.imaging.phantoms, in more skin than one picture shows. Each is
then photographed by different cameras, with other hairs, light, noise and bubbles, and the second time turned, moved,
nearer or farther, with another colour cast, contrast and sharpness.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging import phantoms
from skindesk.imaging.phantoms import KINDS, Skin

WIDTH_PX, HEIGHT_PX = 600, 450
AS_IT_IS = np.eye(2, 3)
_FAR = 1_000_006 - 1_000_006 % len(KINDS)
"""Far enough from every seed in use, and the same kind."""

Picture = NDArray[np.uint8]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """Two pictures, and the 2 x 3 matrix that carries the moving one's pixels onto the fixed one's."""

    fixed: Picture
    moving: Picture
    truth: Matrix

    def error(self, found: Matrix) -> float:
        """How far a matrix carries the moving picture's points from where they belong: the mean, in widths.

        Counts the points of a grid that the fixed picture shows.
        """
        height, width = self.moving.shape[:2]
        x, y = np.meshgrid(np.linspace(0, width, 15), np.linspace(0, height, 15))
        points = np.stack((x.ravel(), y.ravel(), np.ones(x.size)))
        belong = self.truth @ points
        seen = ((belong > 0) & (belong < np.array([[WIDTH_PX], [HEIGHT_PX]]))).all(axis=0)
        return float(np.hypot(*(found @ points - belong)[:, seen]).mean() / WIDTH_PX)


def same_lesion(seed: int, most_turned_deg: float = 45) -> Pair:
    """Two photographs of one lesion, every other time of different sizes; the same seed gives the same pair."""
    rng = np.random.default_rng([seed, 1])
    skin = paint_skin(seed)
    size = (WIDTH_PX, HEIGHT_PX) if seed % 2 else (round(WIDTH_PX * rng.uniform(0.6, 1.6)),) * 2
    truth = _placement(rng, size, most_turned_deg)
    return Pair(take(skin, seed), _altered(rng, skin, truth, size, seed), truth)


def different_lesions(seed: int) -> Pair:
    """Photographs of two lesions of one kind, taken alike; there is no truth, so the matrix is one of zeros."""
    rng = np.random.default_rng([seed, 2])
    stranger = paint_skin(seed + _FAR)
    moving = _altered(rng, stranger, AS_IT_IS, (WIDTH_PX, HEIGHT_PX), seed)
    return Pair(take(paint_skin(seed), seed), moving, np.zeros((2, 3)))


def paint_skin(seed: int, grown: float = 1) -> Skin:
    """Paint a lesion in twice as much skin, each way, as a picture shows; `grown` enlarges the lesion's outline."""
    size = (2 * WIDTH_PX, 2 * HEIGHT_PX)
    return phantoms.paint_skin(KINDS[seed % len(KINDS)], seed, size, (50 * grown, 75 * grown))


def take(
    skin: Skin, camera: int, onto_fixed: Matrix = AS_IT_IS, size: tuple[int, int] = (WIDTH_PX, HEIGHT_PX)
) -> Picture:
    """Photograph the skin so that `onto_fixed` carries the picture's pixels onto those of the middle of the skin."""
    return phantoms.take(skin, camera, _in_skin(onto_fixed), size)


def mask_in(skin: Skin, onto_fixed: Matrix = AS_IT_IS) -> NDArray[np.bool_]:
    """Where the lesion lies in such a picture of the usual size."""
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(skin.mask.astype(np.uint8), _in_skin(onto_fixed), (WIDTH_PX, HEIGHT_PX), flags=flags) > 0


def placed(turned_deg: float = 0, enlarged: float = 1, right_px: float = 0, down_px: float = 0) -> Matrix:
    """A similarity about the middle of a picture of the usual size."""
    matrix = cv2.getRotationMatrix2D((WIDTH_PX / 2, HEIGHT_PX / 2), turned_deg, enlarged)
    matrix[:, 2] += (right_px, down_px)
    return matrix


def _in_skin(onto_fixed: Matrix) -> Matrix:
    return onto_fixed + np.array([[0, 0, WIDTH_PX / 2], [0, 0, HEIGHT_PX / 2]])


def _placement(rng: np.random.Generator, size: tuple[int, int], most_turned_deg: float) -> Matrix:
    """About the pictures' middles turned, moved by up to a fifth, 0.7 to 1.4 times as large."""
    resized = WIDTH_PX / size[0]
    matrix = cv2.getRotationMatrix2D(
        (size[0] / 2, size[1] / 2), rng.uniform(-most_turned_deg, most_turned_deg), rng.uniform(0.7, 1.4) * resized
    )
    matrix[:, 2] += (WIDTH_PX / 2 - size[0] / 2, HEIGHT_PX / 2 - size[1] / 2)
    matrix[:, 2] += rng.uniform(-0.2, 0.2, 2) * (WIDTH_PX, HEIGHT_PX)
    return matrix


def _altered(rng: np.random.Generator, skin: Skin, onto_fixed: Matrix, size: tuple[int, int], camera: int) -> Picture:
    """As another camera sees it: exposure, contrast, colour cast and sharpness differ as well."""
    seen = take(skin, camera + 500_000, onto_fixed, size)
    seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.1, 0.0033 * size[0]))
    light = rng.uniform(0.8, 1.15) * rng.uniform(0.92, 1.08, 3)
    return np.clip(255 * light * (seen / 255) ** rng.uniform(0.8, 1.25), 0, 255).astype(np.uint8)
