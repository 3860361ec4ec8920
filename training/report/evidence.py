"""What a report draws and shows beside the figures: each test picture, its reference and its probabilities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.labels import Label
from training.cache import Cache
from training.metrics import Floats, Integers


@dataclass(frozen=True)
class Evidence:
    """The judged pictures.

    `pictures` is uint8 (n, height, width, 3) as the network got them and may be memory-mapped; `probabilities` and
    `uncalibrated` (temperature 1) are (n, classes) for the archive's class mix; `targets` int (n,) indexes `labels`.
    """

    pictures: NDArray[np.uint8]
    image_ids: tuple[str, ...]
    targets: Integers
    probabilities: Floats
    uncalibrated: Floats
    labels: tuple[Label, ...]

    @classmethod
    def of(cls, cache: Cache, indices: Integers, probabilities: Floats, uncalibrated: Floats) -> "Evidence":
        """The evidence of some of a prepared archive's pictures; the probabilities are in the order of `indices`."""
        return cls(
            pictures=cache.images[indices],
            image_ids=tuple(cache.image_ids[at] for at in indices),
            targets=cache.targets[indices],
            probabilities=probabilities,
            uncalibrated=uncalibrated,
            labels=cache.labels,
        )

    @property
    def codes(self) -> tuple[str, ...]:
        """The labels' codes, in order."""
        return tuple(label.code for label in self.labels)
