"""One network out of several: their feature maps side by side, and a head whose logits are a weighted sum of theirs.

Every member ends in a 1 x 1 convolution and an average, so the weighted mean of their logits is again such a head on
all of their features: the activation map, the embedding and the novelty score go on as for a single network.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from training import metrics
from training.architectures import build_network
from training.architectures.network import Network
from training.cache import Cache
from training.calibrate import calibrate
from training.config import Config, EnsembleConfig
from training.conversion import Runner
from training.errors import TrainingError
from training.fit import git_commit
from training.metrics import Floats, Integers
from training.runs import Run, read_json, save_weights, write_json
from training.split import Part
from training.trained import load_network, weights_digest

_STEPS = 10


def put_together(
    config: EnsembleConfig, config_path: Path, cache: Cache, run: Run, members: Sequence[tuple[Config, Run]]
) -> tuple[float, ...]:
    """Weigh the members on the validation part and write the joint network as `run`; returns the weights.

    The weights, tenths that sum to 1, are those of least negative log-likelihood after calibration. A member may have
    trained on further pictures. Raises TrainingError where other pictures were held out, or it has other labels.
    """
    records = [read_json(member.record, f"Train {member.folder} first.") for _, member in members]
    for (own, member), record in zip(members, records, strict=True):
        same_input = own.data.preprocessing == config.data.preprocessing
        if record["held_out_digest"] != cache.held_out_digest or not same_input:
            raise TrainingError(f"{member.folder} was trained on another split or other input.", "Train it again.")
    networks = [load_network(own, len(cache.labels), member) for own, member in members]
    validation = cache.where(Part.VALIDATION)
    pictures, targets = cache.images[validation], cache.targets[validation]
    logits = [Runner(network, config.data.height_px, config.data.width_px).logits(pictures) for network in networks]
    scales = [1 / calibrate(found, targets, cache.class_mix()).temperature for found in logits]
    scaled = [found * scale for found, scale in zip(logits, scales, strict=True)]
    weights = min(_weights(len(members)), key=lambda chosen: _loss(scaled, chosen, targets, cache.class_mix()))
    joint = build_network(config.model.architecture, len(cache.labels), config.model.dropout, None)
    join(joint, networks, [weight * scale for weight, scale in zip(weights, scales, strict=True)])
    run.folder.mkdir(parents=True, exist_ok=True)
    save_weights(joint.training_model, run.best)
    write_json(
        run.record,
        {
            "config": config_path.name,
            "settings": asdict(config),
            "held_out_digest": cache.held_out_digest,
            "git_commit": git_commit(),
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "weights": weights,
            "members": [
                {**record, "weights_digest": weights_digest(member)}
                for (_, member), record in zip(members, records, strict=True)
            ],
        },
    )
    return weights


def join(joint: Network, members: Sequence[Network], factors: Sequence[float]) -> None:
    """Give an ensemble its members' weights, each member's logits counting by its factor."""
    parts = [layer for layer in joint.features_model.layers if hasattr(layer, "layers")]
    for part, member in zip(parts, members, strict=True):
        part.set_weights(member.features_model.get_weights())
    heads = [member.head.get_weights() for member in members]
    kernel = np.concatenate([factor * weights[0] for factor, weights in zip(factors, heads, strict=True)], axis=2)
    bias = np.sum([factor * weights[1] for factor, weights in zip(factors, heads, strict=True)], axis=0)
    joint.head.set_weights([kernel, bias])


def _weights(members: int) -> Iterator[tuple[float, ...]]:
    """Every division of 1 among the members in tenths."""
    for tenths in itertools.product(range(_STEPS + 1), repeat=members):
        if sum(tenths) == _STEPS:
            yield tuple(tenth / _STEPS for tenth in tenths)


def _loss(logits: Sequence[Floats], weights: Sequence[float], targets: Integers, class_mix: Floats) -> float:
    joint = np.sum([weight * found for weight, found in zip(weights, logits, strict=True)], axis=0)
    probabilities = calibrate(joint, targets, class_mix).probabilities(joint)
    return metrics.negative_log_likelihood(metrics.unweighted(probabilities, targets))
