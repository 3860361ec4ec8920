"""A running average of a network's weights, which generalises better than the last step's weights do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray


class WeightAverage:
    """Exponential moving average of every float weight (Polyak and Juditsky 1992), kept outside the backend."""

    def __init__(self, model: Any, momentum: float) -> None:
        self.variables = [weight for weight in model.weights if "float" in weight.dtype]
        self.momentum = momentum
        self.steps = 0
        self.values = [_read(variable) for variable in self.variables]

    def update(self) -> None:
        """Take in the weights after a step; the first steps count more, so that the start is soon forgotten."""
        self.steps += 1
        momentum = min(self.momentum, (1 + self.steps) / (10 + self.steps))
        for at, variable in enumerate(self.variables):
            self.values[at] *= momentum
            self.values[at] += (1 - momentum) * _read(variable)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model holds the averaged weights inside the block, its own again afterwards."""
        own = [_read(variable) for variable in self.variables]
        self._assign(self.values)
        try:
            yield
        finally:
            self._assign(own)

    def save(self, path: Path) -> None:
        """Write the average beside a checkpoint, whole or not at all."""
        temporary = path.with_name(f"new-{path.name}")
        np.savez(temporary, np.array(self.steps), *self.values)
        temporary.replace(path)

    def load(self, path: Path) -> None:
        """Go on from a saved average of the same network."""
        with np.load(path) as saved:
            self.steps = int(saved["arr_0"])
            self.values = [saved[f"arr_{at + 1}"] for at in range(len(self.variables))]

    def _assign(self, values: list[NDArray[np.float32]]) -> None:
        for variable, value in zip(self.variables, values, strict=True):
            variable.assign(value)


def _read(variable: Any) -> NDArray[np.float32]:
    return np.array(keras.ops.convert_to_numpy(variable), np.float32)
