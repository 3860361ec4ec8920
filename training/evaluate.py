"""Calibrates a run on the validation part and measures it on the test part, as JSON and as a page to read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.contract import Geometry
from training.architectures import build_network
from training.architectures.network import Network
from training.cache import Cache
from training.calibrate import calibrate
from training.config import Config
from training.errors import TrainingError
from training.external import measure_external
from training.figures import MIXES, measure, measure_calibration, measure_selection
from training.fit import predict_logits
from training.groups import measure_groups
from training.metrics import Floats, softmax_with_prior
from training.novelty import MOST_FITTED, embed, fit_novelty, measure_novelty
from training.report import Evidence, write_report
from training.robustness import measure_robustness
from training.runs import Run, write_json
from training.split import Part
from training.views import Predict, measure_eight_views

SQUASHED_ASPECT = 4 / 3
"""Width over height of the frames that the archives' squashed pictures were taken in."""
_BATCH = 16


def load_network(config: Config, classes: int, run: Run) -> Network:
    """Rebuild a run's network with its best weights. Raises TrainingError where the run has none."""
    if not run.best.exists():
        raise TrainingError(f"{run.folder} holds no trained weights.", "Run `python -m training fit` first.")
    network = build_network(config.model.architecture, classes, config.model.dropout, weights=None)
    network.training_model.load_weights(run.best)
    return network


def weights_digest(run: Run) -> str:
    """The SHA-256 of a run's best weights: which network its figures are of."""
    return hashlib.sha256(run.best.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Foreign:
    """Pictures of another kind, uint8 (n, height, width, 3) of the network's size, that it should notice.

    `measured` are those that figures are given for, by name; `chosen_by`, other ones, decide which novelty score ships.
    """

    measured: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    chosen_by: NDArray[np.uint8] | None = None


def evaluate(
    config: Config,
    cache: Cache,
    run: Run,
    quick: bool = False,
    externals: Mapping[str, Cache] | None = None,
    foreign: Foreign | None = None,
) -> dict[str, Any]:
    """Calibrate and measure; writes calibration, figures and report into the run's folder and returns the figures.

    `quick` leaves out robustness, which takes longest. `externals` are further prepared archives, by the name under
    which the report shows them, that the same network is measured on.
    """
    network = load_network(config, len(cache.labels), run)
    predict = predictor(network)
    validation, test = cache.where(Part.VALIDATION), cache.where(Part.TEST)
    size = config.data.width_px
    calibration = calibrate(
        predict_logits(network, cache, validation, size), cache.targets[validation], cache.class_mix()
    )
    write_json(run.calibration, calibration.__dict__)
    logits, targets = predict_logits(network, cache, test, size), cache.targets[test]
    groups = tuple(cache.groups[at] for at in test)
    attributes = {name: tuple(column[at] for at in test) for name, column in cache.attributes.items()}
    pictures, archive = cache.images[test], calibration.probabilities(logits)
    figures: dict[str, Any] = {
        "model_id": config.model.id,
        "architecture": config.model.architecture,
        "dataset": cache.dataset_title,
        "part": str(Part.TEST),
        "split_digest": cache.split_digest,
        "weights_digest": weights_digest(run),
        "images": len(test),
        "lesions": len(set(groups)),
        "views": 1,
        "interval": "95 % bootstrap over lesions, 1,000 resamples",
        **{
            name: measure(calibration.probabilities(logits, power), targets, groups, cache.labels)
            for name, power in MIXES.items()
        },
        "eight_views": measure_eight_views(predict, calibration.probabilities, pictures, targets, groups),
        "calibration": measure_calibration(logits, targets, groups, calibration),
        **measure_selection(archive, targets, groups, calibration),
        "groups": measure_groups(archive, targets, groups, cache.labels, attributes),
        "novelty": _novelty(network, cache, run, groups, foreign or Foreign()),
    }
    if not quick:
        figures["robustness"] = measure_robustness(
            predict, calibration.probabilities, pictures, targets, groups, cache.labels,
            SQUASHED_ASPECT if config.data.geometry is Geometry.SQUASH else 1.0,
        )  # fmt: skip
    if externals:
        figures["external"] = {
            name: measure_external(predict, calibration, cache.labels, cache, other)
            for name, other in externals.items()
        }
    write_json(run.figures, figures)
    uncalibrated = softmax_with_prior(logits, np.array(calibration.class_mix), temperature=1.0)
    write_report(run, figures, Evidence.of(cache, test, archive, uncalibrated))
    return figures


def _novelty(network: Network, cache: Cache, run: Run, groups: tuple[str, ...], foreign: Foreign) -> dict[str, Any]:
    """Fit the novelty score, keep it in the run's folder, and measure it."""
    train = cache.where(Part.TRAIN)
    train = train[:: max(1, len(train) // MOST_FITTED)]
    learnt = embed(network, cache.images[train])
    validation = embed(network, cache.images[cache.where(Part.VALIDATION)])
    decisive = None if foreign.chosen_by is None else embed(network, foreign.chosen_by)
    novelty = fit_novelty(learnt, validation, decisive)
    novelty.save(run)
    outliers = {name: embed(network, pictures) for name, pictures in foreign.measured.items()}
    return measure_novelty(novelty, learnt, embed(network, cache.images[cache.where(Part.TEST)]), groups, outliers)


def predictor(network: Network) -> Predict:
    """A function from uint8 (n, size, size, 3), at the network's own size, to its balanced logits (n, classes)."""

    def predict(pictures: NDArray[np.uint8]) -> Floats:
        batches = (pictures[at : at + _BATCH].astype(np.float32) for at in range(0, len(pictures), _BATCH))
        return np.concatenate([np.asarray(network.training_model.predict_on_batch(b), np.float64) for b in batches])

    return predict
