"""What every architecture gives the trainer: a backbone, and the head that all of them share.

The head is a 1 x 1 convolution followed by global average pooling. That equals pooling followed by a dense
layer, and its feature map before pooling is the class-activation map, at no extra time.
"""

from dataclasses import dataclass
from typing import Any

import keras

HEAD_LAYER, DROPOUT_LAYER = "head", "dropout"


@dataclass(frozen=True)
class Network:
    """A network of any input size.

    `training_model` maps float32 (n, height, width, 3), 0 to 255, to float32 logits (n, classes) that stand
    for balanced classes; `features_model` maps the same input to the feature map (n, rows, columns, features).
    `backbone` is what a frozen stage leaves unchanged and whose BatchNorm stays as it was pretrained; None where
    there is nothing pretrained.
    """

    training_model: Any
    features_model: Any
    backbone: Any | None

    @property
    def feature_extractor(self) -> Any:
        """The backbone, pretrained or not: the model whose weights a later run can start from."""
        nested = (layer for layer in self.features_model.layers if isinstance(layer, keras.Model))
        return next(nested, self.features_model)

    @property
    def head(self) -> Any:
        """The 1 x 1 convolution from features to class logits."""
        return self.training_model.get_layer(HEAD_LAYER)


def attach_head(
    inputs: Any, features: Any, classes: int, dropout: float, backbone: Any | None = None, pretrained: bool = False
) -> Network:
    """Complete an architecture: whole-channel dropout, the 1 x 1 convolution, and the average over places."""
    dropped = keras.layers.SpatialDropout2D(dropout, name=DROPOUT_LAYER)(features)
    places = keras.layers.Conv2D(classes, 1, name=HEAD_LAYER, dtype="float32")(dropped)
    logits = keras.layers.GlobalAveragePooling2D(name="logits", dtype="float32")(places)
    return Network(keras.Model(inputs, logits), keras.Model(inputs, features), backbone if pretrained else None)
