"""Several views of one picture: quarter turns and mirror images, whose probabilities are averaged."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.figures import MIXES, measure_top_answers
from training.metrics import Floats, Integers

Predict = Callable[[NDArray[np.uint8]], Floats]
"""From uint8 (n, size, size, 3) to a network's balanced logits (n, classes)."""


def eight_views(pictures: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """The four quarter turns of square pictures (n, size, size, 3), each also mirrored; the first is unchanged."""
    for mirrored in (pictures, pictures[:, :, ::-1]):
        for turns in range(4):
            yield np.rot90(mirrored, turns, axes=(1, 2))


def measure_eight_views(
    predict: Predict,
    probabilities_of: Callable[[Floats, float], Floats],
    pictures: NDArray[np.uint8],
    targets: Integers,
    groups: tuple[str, ...],
) -> dict[str, Any]:
    """The top answers' figures under every class mix when probabilities are averaged over eight views.

    `probabilities_of` turns logits and a mix's power into probabilities.
    """
    logits = [predict(view) for view in eight_views(pictures)]
    return {
        mix: measure_top_answers(np.mean([probabilities_of(view, power) for view in logits], axis=0), targets, groups)
        for mix, power in MIXES.items()
    }
