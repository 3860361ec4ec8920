"""How long networks take for a picture: in turns, in one process, so that a noisy machine treats all alike."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from training.cache import Cache
from training.config import NetworkConfig
from training.conversion import Runner
from training.runs import Run, write_json
from training.trained import load_network

_ROUNDS = 40


def time_networks(configs: Sequence[NetworkConfig], caches: Sequence[Cache], runs: Sequence[Run]) -> list[Any]:
    """Median milliseconds a picture on one thread, and the ratio to the first network's, for each finished run.

    Every round asks each network for one picture. The times are also written into the runs' folders.
    """
    runners = []
    for config, cache, run in zip(configs, caches, runs, strict=True):
        network = load_network(config, len(cache.labels), run)
        runners.append(Runner(network, config.data.height_px, config.data.width_px))
    spent = np.zeros((_ROUNDS, len(runners)))
    for at in range(_ROUNDS):
        for number, (runner, cache) in enumerate(zip(runners, caches, strict=True)):
            began = time.perf_counter()
            runner.logits(cache.images[at : at + 1])
            spent[at, number] = 1_000 * (time.perf_counter() - began)
    medians = np.median(spent, axis=0)
    ratios = np.median(spent / spent[:, :1], axis=0)
    taken = [
        {"milliseconds": float(median), "ratio": float(ratio)} for median, ratio in zip(medians, ratios, strict=True)
    ]
    for run, took in zip(runs, taken, strict=True):
        write_json(run.times, took)
    return taken
