"""MobileNetV2 1.0 (Sandler et al. 2018, arXiv 1801.04381) with ImageNet weights from a file."""

import keras

from training.architectures.network import Network, attach_head


def build(classes: int, dropout: float, weights: str | None) -> Network:
    """The backbone without its top, from a weights file or from random weights."""
    inputs = keras.Input((None, None, 3), name="picture")
    backbone = keras.applications.MobileNetV2(input_shape=(None, None, 3), include_top=False, weights=weights)
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="scale")(inputs)
    features = backbone(scaled)
    return attach_head(inputs, features, classes, dropout, backbone)
