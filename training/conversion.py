"""Keras models as ONNX, and their answers by onnxruntime, which is several times faster than Keras on a processor."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training.architectures.network import Network
from training.errors import TrainingError
from training.metrics import Floats

_INPUT = "picture"
_OPSET = 17


def convert(model: Any, input_name: str = _INPUT) -> Any:
    """A Keras model of one input as an ONNX ModelProto. Raises TrainingError on other backends than TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        raise TrainingError("This needs Keras on TensorFlow.", "Set KERAS_BACKEND=tensorflow.")
    import onnx
    import tensorflow as tf
    import tf2onnx

    signature = tf.TensorSpec(model.input.shape, model.input.dtype, name=input_name)
    converted, _ = tf2onnx.convert.from_keras(model, opset=_OPSET, input_signature=[signature])
    # tf2onnx only logs what it cannot convert; the checker refuses such a file.
    onnx.checker.check_model(converted)
    return converted


class Runner:
    """A trained network's balanced logits and embeddings for pictures uint8 (n, height, width, 3) of one size.

    Raises TrainingError on other backends than TensorFlow.
    """

    def __init__(self, network: Network, height_px: int, width_px: int) -> None:
        import onnxruntime

        pixels = keras.Input((height_px, width_px, 3), dtype="uint8", name=_INPUT)
        features = network.features_model(keras.layers.Rescaling(1.0)(pixels), training=False)
        embedding = keras.layers.GlobalAveragePooling2D()(features)
        logits = keras.layers.GlobalAveragePooling2D()(network.head(features))
        converted = convert(keras.Model(pixels, [logits, embedding]))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(converted.SerializeToString(), options)

    def logits(self, pictures: NDArray[np.uint8]) -> Floats:
        """Balanced logits float64 (n, classes)."""
        return self._run(pictures, 0)

    def embeddings(self, pictures: NDArray[np.uint8]) -> Floats:
        """Embeddings float64 (n, features)."""
        return self._run(pictures, 1)

    def _run(self, pictures: NDArray[np.uint8], output: int) -> Floats:
        names = [self._session.get_outputs()[output].name]
        found = in_parallel(lambda picture: self._session.run(names, {_INPUT: picture[None]})[0][0], pictures)
        return np.stack(found).astype(np.float64)


def in_parallel(answer: Any, pictures: NDArray[np.uint8]) -> Sequence[Any]:
    """What `answer` gives for each picture, in order, with a thread a core: a session may be called by any number."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(answer, pictures))
