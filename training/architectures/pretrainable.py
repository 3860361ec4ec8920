"""The backbones of `keras.applications`, each behind the input scaling that its published weights expect.

MobileNetV2 (arXiv 1801.04381), EfficientNetV2 (2104.00298), ResNet50 (1512.03385), InceptionV3 (1512.00567),
VGG19 (1409.1556) and DenseNet121 (1608.06993), all without their ImageNet top.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras

from training.architectures.network import Network, attach_head

_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's training pictures, RGB, 0 to 1
_CAFFE_MEAN = (103.939, 116.779, 123.68)  # of ImageNet's training pictures, BGR, 0 to 255


def _to_unit(picture: Any) -> Any:
    """From 0 to 255 to -1 to 1, as MobileNet and Inception are trained."""
    return keras.layers.Rescaling(1 / 127.5, offset=-1.0, dtype="float32", name="scale")(picture)


def _standardised(picture: Any) -> Any:
    """Each channel less ImageNet's mean, over its deviation."""
    scale = [1 / (255 * deviation) for deviation in _DEVIATION]
    offset = [-mean / deviation for mean, deviation in zip(_MEAN, _DEVIATION, strict=True)]
    return keras.layers.Rescaling(scale, offset=offset, dtype="float32", name="scale")(picture)


def _caffe(picture: Any) -> Any:
    """Blue first, less ImageNet's mean, as the first ResNet and VGG weights were trained."""
    blue_first = keras.ops.take(picture, (2, 1, 0), axis=-1)
    offset = [-mean for mean in _CAFFE_MEAN]
    return keras.layers.Rescaling(1.0, offset=offset, dtype="float32", name="scale")(blue_first)


@dataclass(frozen=True)
class _Pretrainable:
    application: Callable[..., Any]
    scale: Callable[[Any], Any]
    needs_no_preprocessing: bool = False


_efficientnet = {
    f"efficientnetv2-b{size}": _Pretrainable(
        getattr(keras.applications, f"EfficientNetV2B{size}"), _standardised, needs_no_preprocessing=True
    )
    for size in range(4)
}
PRETRAINABLE = {
    "mobilenetv2": _Pretrainable(keras.applications.MobileNetV2, _to_unit),
    "mobilenetv2-0.35": _Pretrainable(partial(keras.applications.MobileNetV2, alpha=0.35), _to_unit),
    **_efficientnet,
    "resnet50": _Pretrainable(keras.applications.ResNet50, _caffe),
    "inceptionv3": _Pretrainable(keras.applications.InceptionV3, _to_unit),
    "vgg19": _Pretrainable(keras.applications.VGG19, _caffe),
    "densenet121": _Pretrainable(keras.applications.DenseNet121, _standardised),
}


def build(architecture: str, classes: int, dropout: float, weights: str | None) -> Network:
    """A backbone without its top, from a weights file in Keras' layout or from random weights."""
    chosen = PRETRAINABLE[architecture]
    inputs = keras.Input((None, None, 3), name="picture")
    options = {"include_preprocessing": False} if chosen.needs_no_preprocessing else {}
    backbone = chosen.application(input_shape=(None, None, 3), include_top=False, weights=weights, **options)
    features = backbone(chosen.scale(inputs))
    return attach_head(inputs, features, classes, dropout, backbone, pretrained=weights is not None)
