"""The plain baseline: a stack of Conv2D layers trained from random weights."""

import keras

from training.architectures.network import Network, attach_head

_WIDTHS = (32, 64, 128, 256)


def build(classes: int, dropout: float, weights: str | None) -> Network:
    """Four times convolution, normalisation, ReLU and pooling; `weights` is a file of all of it but the head."""
    inputs = keras.Input((None, None, 3), name="picture")
    features = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="scale")(inputs)
    for at, width in enumerate(_WIDTHS):
        stride = 2 if at == 0 else 1
        features = keras.layers.Conv2D(width, 3, strides=stride, padding="same", use_bias=False)(features)
        features = keras.layers.BatchNormalization()(features)
        features = keras.layers.ReLU()(features)
        features = keras.layers.MaxPooling2D()(features)
    backbone = keras.Model(inputs, features)
    if weights is not None:
        backbone.load_weights(weights)
    return attach_head(inputs, features, classes, dropout, backbone, pretrained=weights is not None)
