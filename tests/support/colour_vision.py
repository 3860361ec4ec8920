"""How colours look to people who lack one kind of cone.

The matrices are those of full dichromacy in Machado, Oliveira and Fernandes (2009), "A physiologically-based model for
simulation of color vision deficiency", IEEE Transactions on Visualization and Computer Graphics 15, 1291-1298, table 1,
applied to linear sRGB.
"""

from enum import Enum

from skindesk.imaging.colour_difference import Lab, difference

Linear = tuple[float, float, float]

_WHITE = (0.95047, 1.0, 1.08883)
_TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))


class Vision(Enum):
    """Usual trichromacy, and the lack of long, middle and short wave cones."""

    USUAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    PROTANOPIA = (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    )
    DEUTERANOPIA = (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    )
    TRITANOPIA = (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    )


def apart(first: str, second: str, vision: Vision) -> float:
    """How different two colours, #RRGGBB, look to this vision: CIEDE2000."""
    return difference(_lab(_seen(first, vision)), _lab(_seen(second, vision)))


def _seen(colour: str, vision: Vision) -> Linear:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    mixed = [row[0] * red + row[1] * green + row[2] * blue for row in vision.value]
    return min(1.0, max(0.0, mixed[0])), min(1.0, max(0.0, mixed[1])), min(1.0, max(0.0, mixed[2]))


def _lab(colour: Linear) -> Lab:
    x, y, z = (
        _cube_root(sum(share * part for share, part in zip(row, colour, strict=True)) / white)
        for row, white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _cube_root(ratio: float) -> float:
    return ratio ** (1 / 3) if ratio > 216 / 24389 else (ratio * 24389 / 27 + 16) / 116
