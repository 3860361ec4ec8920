"""A small vision transformer: patches of 16 px, twelve blocks of width 192 with three heads.

ViT (Dosovitskiy et al. 2021, arXiv 2010.11929) in the size that DeiT calls tiny (Touvron et al. 2021, arXiv
2012.12877), with fixed sine-cosine positions and no class token (Beyer et al. 2022, arXiv 2205.01580). The tokens
stay a map (n, rows, columns, features) throughout, so that any input size fits and the shared head sees places.
"""

from typing import Any

import keras
from keras import ops

from training.architectures.network import Network, attach_head

_PATCH_PX, _WIDTH, _DEPTH, _HEADS = 16, 192, 12, 3
_EPSILON = 1e-6
_GRID = 14  # patches a side at 224 px: positions are counted on this grid at every size
_LONGEST_WAVE = 10_000.0


def build(classes: int, dropout: float, weights: str | None) -> Network:
    """The transformer, from a weights file of its backbone or from random weights."""
    inputs = keras.Input((None, None, 3), name="picture")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1.0, dtype="float32", name="scale")(inputs)
    backbone = _encoder()
    if weights is not None:
        backbone.load_weights(weights)
    return attach_head(inputs, backbone(scaled), classes, dropout, backbone, pretrained=weights is not None)


def _encoder() -> Any:
    """From scaled pictures (n, height, width, 3) to tokens, one a patch, (n, rows, columns, 192)."""
    pictures = keras.Input((None, None, 3))
    patches = keras.layers.Conv2D(_WIDTH, _PATCH_PX, strides=_PATCH_PX, padding="same", name="patches")(pictures)
    tokens = Positions(name="positions")(patches)
    for number in range(1, _DEPTH + 1):
        tokens = _block(tokens, f"block{number}")
    tokens = keras.layers.LayerNormalization(epsilon=_EPSILON, name="norm")(tokens)
    return keras.Model(pictures, tokens, name="vit_tiny")


def _block(tokens: Any, name: str) -> Any:
    """Attention, then two dense layers, each on normalised tokens and added to what came in."""
    seen = keras.layers.LayerNormalization(epsilon=_EPSILON, name=f"{name}_attention_norm")(tokens)
    seen = Attention(_HEADS, name=f"{name}_attention")(seen)
    tokens = keras.layers.Add(name=f"{name}_attended")([tokens, seen])
    thought = keras.layers.LayerNormalization(epsilon=_EPSILON, name=f"{name}_dense_norm")(tokens)
    thought = keras.layers.Dense(4 * _WIDTH, name=f"{name}_widen")(thought)
    thought = ops.gelu(thought, approximate=True)  # tf2onnx 1.17 cannot convert the exact one
    thought = keras.layers.Dense(_WIDTH, name=f"{name}_narrow")(thought)
    return keras.layers.Add(name=f"{name}_done")([tokens, thought])


class Positions(keras.layers.Layer):  # type: ignore[misc] # keras ships no types
    """Adds to each place of a map (n, rows, columns, features) where in the picture it lies; nothing is learned.

    Half of the features tell the row, half the column, as sines and cosines of geometrically longer waves. Places
    are shares of the picture, so that a spot keeps its position when the picture grows.
    """

    def call(self, places: Any) -> Any:
        """The map with positions added; `features` must be a multiple of four."""
        _, rows, columns, features = ops.shape(places)
        half = (rows, columns, features // 2)
        down = ops.broadcast_to(_waves(rows, features // 4)[:, None], half)
        across = ops.broadcast_to(_waves(columns, features // 4)[None], half)
        return places + ops.cast(ops.concatenate([down, across], axis=-1), places.dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The map's own."""
        return input_shape


def _waves(count: Any, waves: int) -> Any:
    """Sines and cosines of `count` evenly spread places: float32 (count, 2 * waves)."""
    place = (ops.cast(ops.arange(count), "float32") + 0.5) / ops.cast(count, "float32") * _GRID
    frequency = _LONGEST_WAVE ** (-ops.cast(ops.arange(waves), "float32") / waves)
    angle = place[:, None] * frequency[None]
    return ops.concatenate([ops.sin(angle), ops.cos(angle)], axis=-1)


class Attention(keras.layers.Layer):  # type: ignore[misc] # keras ships no types
    """Scaled dot-product self-attention between all places of a map (n, rows, columns, features).

    Written out because `keras.layers.MultiHeadAttention` over two axes becomes a softmax of many small operations
    in ONNX, which takes half as long again (12.0 against 7.8 ms for three blocks at 224 px).
    """

    def __init__(self, heads: int, **options: Any) -> None:
        super().__init__(**options)
        self.heads = heads

    def build(self, input_shape: tuple[Any, ...]) -> None:
        """One projection to queries, keys and values, and one back."""
        features = input_shape[-1]
        self.project = keras.layers.Dense(3 * features, name="project", dtype=self.dtype_policy)
        self.merge = keras.layers.Dense(features, name="merge", dtype=self.dtype_policy)
        self.project.build(input_shape)
        self.merge.build(input_shape)

    def call(self, places: Any) -> Any:
        """What each place has gathered from all: the map's shape."""
        _, rows, columns, features = ops.shape(places)
        share = features // self.heads
        parted = ops.reshape(self.project(places), (-1, rows * columns, 3, self.heads, share))
        queries, keys, values = ops.unstack(ops.transpose(parted, (2, 0, 3, 1, 4)), 3)
        scores = ops.matmul(queries * share**-0.5, ops.transpose(keys, (0, 1, 3, 2)))
        gathered = ops.matmul(ops.softmax(scores), values)
        return self.merge(ops.reshape(ops.transpose(gathered, (0, 2, 1, 3)), (-1, rows, columns, features)))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The map's own."""
        return input_shape
