"""The networks that finished runs have left behind."""

import hashlib

from training.architectures import build_network
from training.architectures.network import Network
from training.config import NetworkConfig
from training.errors import TrainingError
from training.runs import Run


def load_network(config: NetworkConfig, classes: int, run: Run) -> Network:
    """Rebuild a run's network with its best weights. Raises TrainingError where the run has none."""
    if not run.best.exists():
        raise TrainingError(f"{run.folder} holds no trained weights.", "Run `python -m training fit` first.")
    network = build_network(config.model.architecture, classes, config.model.dropout, weights=None)
    network.training_model.load_weights(run.best)
    return network


def weights_digest(run: Run) -> str:
    """The SHA-256 of a run's best weights: which network its figures are of."""
    return hashlib.sha256(run.best.read_bytes()).hexdigest()
