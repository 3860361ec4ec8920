"""Teaching one network what a finished one says of the very same training pictures.

The teacher sees each picture as it was cropped, coloured and blended for its pupil, not the plain one that it may know
by heart (Beyer et al. 2022, arXiv 2106.05237).
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training.architectures.network import Network
from training.cache import Cache
from training.calibrate import load_calibration
from training.config import NetworkConfig
from training.runs import Run
from training.trained import load_network, weights_digest


@dataclass(frozen=True)
class Teacher:
    """A finished network, its calibration's temperature, and which weights it has."""

    network: Network
    temperature: float
    weights_digest: str

    def beside(self, pupil: Any) -> Any:
        """A model of the pupil's input that gives the pupil's logits, then the teacher's: (n, 2 * classes)."""
        own = self.network.training_model
        own.trainable = False
        for layer in own._flatten_layers():
            if isinstance(layer, keras.layers.Dropout):
                layer.rate = 0.0  # in `fit` it would drop even where it does not learn
        return keras.Model(pupil.input, keras.layers.Concatenate(dtype="float32")([pupil.output, own(pupil.input)]))


def load_teacher(config: NetworkConfig, cache: Cache, run: Run) -> Teacher:
    """A finished and evaluated run as a teacher of an archive's labels. Raises TrainingError where it is neither."""
    with keras.name_scope("teacher"):  # Keras on PyTorch clears gradients by name: no name may be the pupil's
        network = load_network(config, len(cache.labels), run)
    return Teacher(network, load_calibration(run).temperature, weights_digest(run))


class TaughtLoss(keras.losses.Loss):  # type: ignore[misc] # keras ships no types
    """A loss of soft targets, in which what the teacher says counts by `share`, the true class by the rest.

    The teacher's balanced logits become probabilities for `class_mix`, the mix of the pictures at hand.
    """

    def __init__(self, loss: Any, class_mix: NDArray[np.float64], temperature: float, share: float) -> None:
        super().__init__(name="taught_loss")
        self.loss = loss
        self.offset = np.log(class_mix).astype(np.float32)
        self.temperature = temperature
        self.share = share

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss per picture from soft targets (n, classes) and `Teacher.beside`'s answer (n, 2 * classes)."""
        pupil, teacher = keras.ops.split(y_pred, 2, axis=-1)
        told = keras.ops.softmax(keras.ops.add(teacher / self.temperature, self.offset))
        return self.loss.call((1 - self.share) * y_true + self.share * keras.ops.cast(told, y_true.dtype), pupil)
