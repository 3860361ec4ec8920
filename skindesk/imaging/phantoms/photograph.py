"""What a dermatoscope's camera makes of a lesion: hairs, light, gel bubbles, dark corners, blur and noise."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from skindesk.imaging.phantoms.frame import Floats, Frame, Point
from skindesk.imaging.phantoms.ink import Ink, ribbon
from skindesk.imaging.phantoms.texture import noise, slope, step


def photograph(frame: Frame, colours: Floats) -> NDArray[np.uint8]:
    """Turn colours, float32 (h, w, 3), into a picture, uint8 (h, w, 3), as a dermatoscope's camera would."""
    if frame.chance(0.7):
        colours = _lay_hairs(frame, colours)
    light = _light(frame)[:, :, None] * _white_balance(frame)
    colours = colours * light
    if frame.chance(0.35):
        colours = _add_bubbles(frame, colours)
    sharp = Image.fromarray(_to_bytes(colours))
    soft = sharp.filter(ImageFilter.GaussianBlur(frame.between(0.5, 1.0) * frame.unit))
    grain = frame.rng.standard_normal(colours.shape, dtype=np.float32) * np.float32(frame.between(1.0, 2.6) / 255)
    return _to_bytes(np.asarray(soft, np.float32) / 255 + grain)


def _to_bytes(colours: Floats) -> NDArray[np.uint8]:
    return (np.clip(colours, 0, 1) * 255 + 0.5).astype(np.uint8)


def _light(frame: Frame) -> Floats:
    """Return the light's strength, float32 (h, w): uneven, weaker outwards, sometimes ending in a dark circle."""
    x, y = frame.grid()
    away = np.hypot(x - np.float32(300), y - np.float32(frame.height / 2)) / math.hypot(300, frame.height / 2)
    uneven = 1.07 + 0.035 * noise(frame, 300) + 0.05 * slope(frame)
    light = uneven * (1 - np.float32(frame.between(0.08, 0.28)) * away * away)
    if frame.chance(0.3):
        edge = frame.between(0.84, 0.98)
        light = light * (0.05 + 0.95 * step(away, edge + 0.02, edge - 0.02))
    return np.asarray(light, np.float32)


def _white_balance(frame: Frame) -> Floats:
    """Draw a gain per channel, float32 (3,): warm to bluish, as instruments differ."""
    warmth, magenta = frame.between(-0.05, 0.04), frame.between(0, 0.03)
    return np.array((1 + warmth, 1 - magenta, 1 - warmth + magenta), np.float32)


def _lay_hairs(frame: Frame, colours: Floats) -> Floats:
    """Lay terminal hairs, dark or fair, all leaning roughly one way."""
    ink = Ink(frame)
    lie = frame.between(0, math.tau)
    for _ in range(int(2 + frame.rng.exponential(5))):
        ink.blob(_hair(frame, lie + frame.rng.normal() * 0.5), frame.between(0.75, 1))
    shade = frame.between(0.06, 0.22) if frame.chance(0.8) else 0.55
    colour = np.array((shade * 1.15, shade * 0.85, shade * 0.70), np.float32)
    cover = ink.dried()[:, :, None]
    return colours + np.float32(0.92) * cover * (colour - colours)


def _hair(frame: Frame, lie: float) -> list[Point]:
    """Return the polygon of a bent hair that tapers towards its tip."""
    x, y = frame.between(-20, 620), frame.between(-20, frame.height + 20)
    length, thickness = frame.between(70, 330), frame.between(1.3, 3.0)
    turn = frame.rng.normal() * 0.9
    points, widths = [], []
    for joint in range(25):
        part = joint / 24
        points.append((x, y))
        widths.append(thickness * (1 - part) ** 0.6 + 0.25)
        heading = lie + turn * part
        x, y = x + length / 24 * math.cos(heading), y + length / 24 * math.sin(heading)
    return ribbon(points, widths)


def _add_bubbles(frame: Frame, colours: Floats) -> Floats:
    """Add gel bubbles: a faint bright rim and a highlight towards the lamp."""
    rims, sparks = Ink(frame), Ink(frame)
    for _ in range(int(frame.between(3, 12))):
        centre, radius = (frame.between(0, 600), frame.between(0, frame.height)), 3 + float(frame.rng.exponential(6))
        rims.ring(centre, radius, 0.14 * radius + 0.5, frame.between(0.25, 0.55))
        sparks.dot((centre[0] - 0.4 * radius, centre[1] - 0.4 * radius), 0.16 * radius + 0.6)
    shine: Floats = np.clip(0.6 * rims.dried(0.7) + 0.9 * sparks.dried(0.5), 0, 1)[:, :, None]
    return colours + shine * (1 - colours)
