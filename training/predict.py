"""Classifies pictures with a run's own weights, before any export: a quick look for the engineer."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from skindesk.domain.errors import ImageRejectedError
from skindesk.imaging.decode import read_picture_file
from skindesk.imaging.preprocess import decode_for_input, preprocess
from training.cache import Cache
from training.calibrate import load_calibration
from training.config import NetworkConfig
from training.runs import Run
from training.trained import load_network


def predict(config: NetworkConfig, cache: Cache, run: Run, pictures: Iterable[Path]) -> Iterator[str]:
    """One line a picture: its name and the differential, or why it was rejected. Raises TrainingError without a run."""
    network = load_network(config, len(cache.labels), run)
    calibration = load_calibration(run)
    spec = config.data.preprocessing
    for path in pictures:
        try:
            pixels = preprocess(decode_for_input(read_picture_file(path), spec).rgb, spec)
        except ImageRejectedError as error:
            yield f"{path.name}: {error}"
            continue
        logits = np.asarray(network.training_model.predict_on_batch(pixels[None].astype(np.float32)), np.float64)
        probabilities = calibration.probabilities(logits)[0]
        order = np.argsort(-probabilities)
        yield f"{path.name}: " + ", ".join(f"{cache.labels[at].code} {probabilities[at]:.1%}" for at in order[:3])
