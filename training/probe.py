"""The simplest use of a pretrained backbone: logistic regression on its frozen features.

What fine-tuning gains is measured against this, on the same split and with the same calibration.
"""

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training import metrics
from training.architectures import build_network
from training.cache import Cache
from training.calibrate import calibrate
from training.config import Config
from training.conversion import Runner
from training.figures import MIXES, measure
from training.metrics import Floats
from training.runs import Run, write_json
from training.split import Part

_STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_MOST_STEPS = 2_000


def probe(config: Config, cache: Cache, weights: Path, run: Run) -> dict[str, Any]:
    """Fit on the training part, choose the strength of regularisation and calibrate on validation, measure on test.

    `weights` is the backbone's file. Writes the figures into `run`'s folder and returns them. Raises TrainingError
    where the file does not fit the architecture.
    """
    network = build_network(config.model.architecture, len(cache.labels), 0.0, str(weights))
    parts = {part: cache.where(part) for part in Part}
    runner = Runner(network, config.data.height_px, config.data.width_px)
    features = {part: runner.embeddings(cache.images[chosen]) for part, chosen in parts.items()}
    targets = {part: cache.targets[chosen] for part, chosen in parts.items()}
    fitted = [_fit(features[Part.TRAIN], targets[Part.TRAIN], strength) for strength in _STRENGTHS]

    def on_validation(model: Any) -> float:
        logits = _logits(model, features[Part.VALIDATION], len(cache.labels))
        return metrics.balanced_accuracy(metrics.unweighted(logits, targets[Part.VALIDATION]))

    best = max(fitted, key=on_validation)
    validation = _logits(best, features[Part.VALIDATION], len(cache.labels))
    calibration = calibrate(validation, targets[Part.VALIDATION], cache.class_mix())
    logits = _logits(best, features[Part.TEST], len(cache.labels))
    groups = tuple(cache.groups[at] for at in parts[Part.TEST])
    figures = {
        "model_id": run.folder.name,
        "architecture": f"frozen {config.model.architecture}, logistic regression",
        "split_digest": cache.split_digest,
        "images": len(logits),
        "lesions": len(set(groups)),
        **{
            name: measure(calibration.probabilities(logits, power), targets[Part.TEST], groups, cache.labels)
            for name, power in MIXES.items()
        },
    }
    write_json(run.figures, figures)
    return figures


def _fit(features: Floats, targets: metrics.Integers, strength: float) -> Any:
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=strength, class_weight="balanced", max_iter=_MOST_STEPS)
    )
    return model.fit(features, targets)


def _logits(model: Any, features: Floats, classes: int) -> Floats:
    """Logits (n, classes) for balanced classes; a class that the training part lacks is out of the question."""
    logits = np.full((len(features), classes), -50.0)
    logits[:, model.classes_] = model.decision_function(features)
    return logits
