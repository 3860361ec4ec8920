"""The network architectures by name, all with the same head and the same three outputs."""

import warnings
from functools import partial
from typing import TYPE_CHECKING

from training.errors import TrainingError

if TYPE_CHECKING:
    from training.architectures.network import Network

SMALLEST_PX = {
    "sequential": 32,
    "vit-tiny": 32,
    "mobilenetv2": 32,
    "mobilenetv2-0.35": 32,
    "efficientnetv2-b0": 32,
    "efficientnetv2-b1": 32,
    "efficientnetv2-b2": 32,
    "efficientnetv2-b3": 32,
    "resnet50": 32,
    "inceptionv3": 75,
    "vgg19": 32,
    "densenet121": 32,
}
"""Every architecture, and the smallest side of a picture in which it still has a place to look at.

Those of `keras.applications` are that library's own limits.
"""


JOINED = "+"
"""Between the names of an ensemble's architectures."""


def smallest_px(architecture: str) -> int:
    """The smallest input side of an architecture, or of an ensemble's. Raises TrainingError for an unknown name."""
    if JOINED in architecture:
        return max(map(smallest_px, architecture.split(JOINED)))
    if architecture not in SMALLEST_PX:
        raise TrainingError(f"There is no architecture {architecture!r}.", f"Known: {', '.join(sorted(SMALLEST_PX))}.")
    return SMALLEST_PX[architecture]


def build_network(architecture: str, classes: int, dropout: float, weights: str | None) -> "Network":
    """Build an architecture; `weights` names a backbone weights file, None starts from random weights.

    Names joined by `+` give an ensemble: the members' feature maps side by side under one head, whose logits can
    thus be any weighted sum of theirs.

    Raises TrainingError for an unknown name, or a file that does not hold this backbone's weights.
    """
    smallest_px(architecture)
    if JOINED in architecture:
        return _join([build_network(name, classes, dropout, weights) for name in architecture.split(JOINED)], classes)
    from training.architectures import pretrainable, sequential, vit

    plain = {"sequential": sequential.build, "vit-tiny": vit.build}
    build = plain.get(architecture, partial(pretrainable.build, architecture))
    try:
        with warnings.catch_warnings():
            # Keras 3.15 leaves such layers at random weights.
            warnings.filterwarnings("error", message="Skipping nested container", category=UserWarning)
            return build(classes=classes, dropout=dropout, weights=weights)
    # What Keras and h5py raise for a file that does not fit.
    except (ValueError, KeyError, OSError, UserWarning) as error:
        if weights is None:
            raise
        raise TrainingError(
            f"{weights} does not hold the weights of a {architecture} backbone.",
            "Name a file that Keras has saved for this architecture without its top.",
        ) from error


def _join(members: list["Network"], classes: int) -> "Network":
    import keras

    from training.architectures.network import attach_head

    inputs = keras.Input((None, None, 3), name="picture")
    features = keras.layers.Concatenate()([member.features_model(inputs) for member in members])
    return attach_head(inputs, features, classes, dropout=0.0)
