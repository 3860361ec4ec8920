"""What a phantom is measured in, and where its chance comes from: the frame that all painting shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """The picture's size and its source of chance. Lengths are given in units of 1/600 of the width."""

    rng: np.random.Generator
    width_px: int
    height_px: int

    @property
    def unit(self) -> float:
        """Pixels per unit of length."""
        return self.width_px / 600

    @property
    def height(self) -> float:
        """The height in units."""
        return self.height_px / self.unit

    def grid(self, step: int = 1) -> tuple[Floats, Floats]:
        """Where the pixel centres lie, in units: x float32 (1, w) and y float32 (h, 1), every `step` pixels."""
        columns, rows = -(-self.width_px // step), -(-self.height_px // step)
        x = (np.arange(columns, dtype=np.float32) + 0.5) * np.float32(step / self.unit)
        y = (np.arange(rows, dtype=np.float32) + 0.5) * np.float32(step / self.unit)
        return x[None, :], y[:, None]

    def between(self, low: float, high: float) -> float:
        """Draw a number uniformly from low to high."""
        return float(self.rng.uniform(low, high))

    def chance(self, probability: float) -> bool:
        """Say yes with the given probability."""
        return bool(self.rng.random() < probability)
