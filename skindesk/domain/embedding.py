"""What a network makes of a picture before it decides: its pooled features, by which like pictures are found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Embedding:
    """The features of one picture, as the network with this digest gave them.

    `values` are float16 numbers, little-endian, without a header. Only embeddings of one network can be compared.
    """

    model_digest: str
    values: bytes
