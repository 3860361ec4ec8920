"""Teaching one network what a finished one says of the very same training pictures.

The teacher sees each picture as it was cropped, coloured and blended for its pupil, not the plain one that it may know
by heart (Beyer et al. 2022, arXiv 2106.05237). It is run by onnxruntime, which is faster than Keras on a processor and
leaves the pupil free to train on any backend.
"""

import hashlib
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from training.architectures.network import Network
from training.calibrate import Calibration
from training.conversion import convert
from training.errors import TrainingError
from training.metrics import softmax_with_prior
from training.runs import Run

_INPUT = "picture"


def write_teacher(network: Network, calibration: Calibration, run: Run) -> Path:
    """Write a finished network as ONNX for pictures of any size: float32 in, calibrated balanced logits out.

    Returns the file. Raises TrainingError on other backends than TensorFlow.
    """
    pictures = keras.Input((None, None, 3), name=_INPUT)
    logits = network.training_model(pictures, training=False)
    calibrated = keras.layers.Rescaling(1 / calibration.temperature)(logits)
    converted = convert(keras.Model(pictures, calibrated), _INPUT)
    run.teacher.write_bytes(converted.SerializeToString())
    return run.teacher


class Teacher:
    """A network written by `write_teacher`, for the class mix of the pictures that its pupil trains on."""

    def __init__(self, path: Path, class_mix: NDArray[np.float64]) -> None:
        import onnxruntime

        if not path.is_file():
            raise TrainingError(f"{path} does not exist.", "Run `python -m training teacher` on the teacher first.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        content = path.read_bytes()
        self.digest = hashlib.sha256(content).hexdigest()
        self._session = onnxruntime.InferenceSession(content, options)
        self._class_mix = class_mix

    def answer(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities float32 (n, classes) of pictures float32 (n, height, width, 3), 0 to 255."""
        logits = self._session.run(None, {_INPUT: pictures})[0].astype(np.float64)
        return softmax_with_prior(logits, self._class_mix, 1.0).astype(np.float32)
