"""How different two colours look: the CIEDE2000 formula."""

import math

Lab = tuple[float, float, float]
"""L* from 0 to 100, a* and b*, under the standard illuminant of sRGB, D65."""

_GREY = 25.0**7


def difference(first: Lab, second: Lab) -> float:
    """The difference of two colours after Sharma, Wu and Dalal (2005); about 1 is just noticed side by side."""
    (light1, a1, b1), (light2, a2, b2) = first, second
    chroma = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * math.sqrt(chroma / (chroma + _GREY))
    chroma1, chroma2 = math.hypot(stretch * a1, b1), math.hypot(stretch * a2, b2)
    hue1, hue2 = _hue_deg(stretch * a1, b1), _hue_deg(stretch * a2, b2)
    turn, hue = _hues(hue1, hue2, chroma1 * chroma2 == 0)
    light, chroma = (light1 + light2) / 2, (chroma1 + chroma2) / 2
    by_light = (light2 - light1) / (1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2))
    by_chroma = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    by_hue = 2 * math.sqrt(chroma1 * chroma2) * _sin(turn / 2) / (1 + 0.015 * chroma * _hue_weight(hue))
    blue = -_sin(60 * math.exp(-(((hue - 275) / 25) ** 2))) * 2 * math.sqrt(chroma**7 / (chroma**7 + _GREY))
    return math.sqrt(by_light**2 + by_chroma**2 + by_hue**2 + blue * by_chroma * by_hue)


def _hues(hue1: float, hue2: float, colourless: bool) -> tuple[float, float]:
    """The turn from one hue to the other the short way round, and the hue between them; in degrees."""
    if colourless:
        return 0.0, hue1 + hue2
    turn = hue2 - hue1
    if abs(turn) <= 180:
        return turn, (hue1 + hue2) / 2
    between = (hue1 + hue2 + (360 if hue1 + hue2 < 360 else -360)) / 2
    return turn - math.copysign(360, turn), between


def _hue_weight(hue: float) -> float:
    return 1 - 0.17 * _cos(hue - 30) + 0.24 * _cos(2 * hue) + 0.32 * _cos(3 * hue + 6) - 0.20 * _cos(4 * hue - 63)


def _hue_deg(a: float, b: float) -> float:
    return math.degrees(math.atan2(b, a)) % 360


def _sin(degrees: float) -> float:
    return math.sin(math.radians(degrees))


def _cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))
