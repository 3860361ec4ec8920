"""Calibrates a run on the validation part and measures it on the test part, as JSON and as a page to read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.contract import Geometry, NoveltyRule
from training.cache import Cache
from training.calibrate import Calibration, calibrate
from training.config import NetworkConfig
from training.conversion import Runner
from training.external import measure_external
from training.figures import MIXES, measure, measure_calibration, measure_selection
from training.groups import measure_groups
from training.metrics import Floats, softmax_with_prior
from training.novelty import MOST_FITTED, Novelty, compare_scores, fit_novelty, measure_novelty
from training.report import Evidence, write_report
from training.robustness import measure_robustness
from training.runs import Run, write_json
from training.split import Part
from training.trained import load_network, weights_digest
from training.views import Predict, measure_eight_views

SQUASHED_ASPECT = 4 / 3
"""Width over height of the frames that the archives' squashed pictures were taken in."""


@dataclass(frozen=True)
class Foreign:
    """Pictures of another kind, uint8 (n, height, width, 3) of the network's size, that it should notice.

    `measured` are those that figures are given for, by name; `chosen_by`, other ones, decide which novelty score ships.
    """

    measured: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    chosen_by: NDArray[np.uint8] | None = None


def evaluate(
    config: NetworkConfig,
    cache: Cache,
    run: Run,
    quick: bool = False,
    externals: Mapping[str, Cache] | None = None,
    foreign: Foreign | None = None,
) -> dict[str, Any]:
    """Calibrate and measure; writes calibration, figures and report into the run's folder and returns the figures.

    `quick` leaves out eight views and robustness, which take longest. `externals` are further prepared archives, by
    the name under which the report shows them, that the same network is measured on.
    """
    network = load_network(config, len(cache.labels), run)
    runner, foreign = Runner(network, config.data.height_px, config.data.width_px), foreign or Foreign()
    validation = cache.where(Part.VALIDATION)
    calibration = calibrate(runner.logits(cache.images[validation]), cache.targets[validation], cache.class_mix())
    write_json(run.calibration, calibration.__dict__)
    novelty, learnt = _fit_novelty(runner, cache, foreign.chosen_by)
    novelty.save(run)
    judge = Judge(
        runner.logits, lambda pictures: novelty.score.measure(runner.embeddings(pictures)), novelty.rule, calibration
    )
    figures, evidence = measure_network(judge, config, cache, quick, externals, foreign.measured)
    own = runner.embeddings(cache.images[cache.where(Part.TEST)])
    others = {name: runner.embeddings(pictures) for name, pictures in foreign.measured.items()}
    figures["novelty"]["compared"] = compare_scores(learnt, own, others)
    figures["weights_digest"] = weights_digest(run)
    write_json(run.figures, figures)
    write_report(run, figures, evidence)
    return figures


@dataclass(frozen=True)
class Judge:
    """A calibrated network, however it is run.

    `logits` gives balanced logits (n, classes) and `novelty` scores (n,) of pictures uint8 (n, height, width, 3) of
    its size.
    """

    logits: Predict
    novelty: Callable[[NDArray[np.uint8]], Floats]
    rule: NoveltyRule
    calibration: Calibration


def measure_network(
    judge: Judge,
    config: NetworkConfig,
    cache: Cache,
    quick: bool,
    externals: Mapping[str, Cache] | None,
    foreign: Mapping[str, NDArray[np.uint8]],
) -> tuple[dict[str, Any], Evidence]:
    """Every figure of a network on the test part, and what a report shows beside them."""
    predict, calibration = judge.logits, judge.calibration
    test = cache.where(Part.TEST)
    pictures, targets = cache.images[test], cache.targets[test]
    groups = tuple(cache.groups[at] for at in test)
    attributes = {name: tuple(column[at] for at in test) for name, column in cache.attributes.items()}
    logits = predict(pictures)
    archive = calibration.probabilities(logits)
    figures: dict[str, Any] = {
        "model_id": config.model.id,
        "architecture": config.model.architecture,
        "dataset": cache.dataset_title,
        "part": str(Part.TEST),
        "split_digest": cache.split_digest,
        "images": len(test),
        "lesions": len(set(groups)),
        "grouped_by": cache.grouped_by,
        "views": 1,
        "interval": f"95 % bootstrap over {cache.grouped_by}, 1,000 resamples",
        **{
            name: measure(calibration.probabilities(logits, power), targets, groups, cache.labels)
            for name, power in MIXES.items()
        },
        "calibration": measure_calibration(logits, targets, groups, calibration),
        **measure_selection(archive, targets, groups, calibration),
        "groups": measure_groups(archive, targets, groups, cache.labels, attributes),
        "novelty": measure_novelty(
            judge.rule,
            judge.novelty(pictures),
            groups,
            {name: judge.novelty(strange) for name, strange in foreign.items()},
        ),
    }
    if not quick:
        figures["eight_views"] = measure_eight_views(predict, calibration.probabilities, pictures, targets, groups)
        figures["robustness"] = measure_robustness(
            predict, calibration.probabilities, pictures, targets, groups, cache.labels,
            SQUASHED_ASPECT if config.data.geometry is Geometry.SQUASH else 1.0,
        )  # fmt: skip
    if externals:
        figures["external"] = {
            name: measure_external(predict, calibration, cache.labels, cache, other)
            for name, other in externals.items()
        }
    uncalibrated = softmax_with_prior(logits, np.array(calibration.class_mix), temperature=1.0)
    return figures, Evidence.of(cache, test, archive, uncalibrated)


def _fit_novelty(runner: Runner, cache: Cache, foreign: NDArray[np.uint8] | None) -> tuple[Novelty, Floats]:
    """The novelty score, and the training embeddings (n, features) that it was fitted to."""
    train = cache.where(Part.TRAIN)
    learnt = runner.embeddings(cache.images[train[:: max(1, len(train) // MOST_FITTED)]])
    validation = runner.embeddings(cache.images[cache.where(Part.VALIDATION)])
    return fit_novelty(learnt, validation, None if foreign is None else runner.embeddings(foreign)), learnt
