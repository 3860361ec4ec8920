"""Where a lesion ends: its outline, drawn at random within the form of its kind."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.phantoms.frame import Floats, Frame, Point
from skindesk.imaging.phantoms.texture import noise, step


@dataclass(frozen=True)
class Form:
    """How lesions of a kind are bounded: ranges, and lengths in units."""

    elongation: tuple[float, float]
    waviness: float
    ragged: float
    softness: float
    streaks: float = 0
    radius: tuple[float, float] = (105, 150)


@dataclass(frozen=True)
class Outline:
    """A lesion's outline.

    `reach` float32 (h, w) is 0 at the centre and 1 on the outline; `inside` float32 (h, w) is 1 within and fades
    to 0 across the outline; `mask` bool (h, w) is the exact interior; `radii` tells the radius by the angle.
    """

    centre: Point
    radii: Floats
    reach: Floats
    inside: Floats
    mask: NDArray[np.bool_]

    def radius(self, angle: float) -> float:
        """Return the outline's distance from the centre, in units, in the direction of `angle` (radians)."""
        return float(self.radii[int(angle / math.tau * self.radii.size) % self.radii.size])

    def point(self, angle: float, reach: float) -> Point:
        """Return the point, in units, at a part of the radius in the direction of `angle` (radians)."""
        radius = reach * self.radius(angle)
        return self.centre[0] + radius * math.cos(angle), self.centre[1] + radius * math.sin(angle)

    def scatter(self, frame: Frame, count: int, reach: float = 0.9) -> list[Point]:
        """Draw points evenly within a part of the outline."""
        draws = frame.rng.random((count, 2))
        return [self.point(math.tau * float(a), reach * math.sqrt(float(r))) for a, r in draws]


def draw_outline(frame: Frame, form: Form) -> Outline:
    """Draw a lesion's outline near the middle of the frame, whole within it, bounded as `form` says."""
    centre = (300 + frame.between(-30, 30), frame.height * frame.between(0.46, 0.54))
    radii = _draw_radii(frame, form)
    x, y = frame.grid()
    away_x, away_y = x - np.float32(centre[0]), y - np.float32(centre[1])
    distance = np.hypot(away_x, away_y)
    turns = np.arctan2(away_y, away_x) * np.float32(radii.size / math.tau)
    limit = radii[turns.astype(np.int32) % radii.size]
    depth = limit - distance
    if form.ragged:
        depth = depth + np.float32(form.ragged) * (noise(frame, 26) + 0.6 * noise(frame, 10))
    inside = step(depth, -form.softness / 2, form.softness / 2)
    return Outline(centre, radii, 1 - depth / limit, inside, depth > 0)


def _draw_radii(frame: Frame, form: Form) -> Floats:
    """Draw a radius in units for each of 4096 directions: an ellipse with low waves, and fine ones for streaks."""
    angle = np.linspace(0, math.tau, 4096, endpoint=False)
    turned = angle - frame.between(0, math.pi)
    stretch = math.sqrt(frame.between(*form.elongation))
    radii = 1 / np.hypot(np.cos(turned) / stretch, np.sin(turned) * stretch)
    waves = sum(frame.rng.normal() / order * np.cos(order * angle + frame.between(0, 6.3)) for order in range(2, 9))
    radii = radii * (1 + form.waviness * waves)
    if form.streaks:
        sector = np.clip(np.cos(angle - frame.between(0, 6.3)) - 0.1, 0, 1)
        teeth = sum(np.cos(order * angle + frame.between(0, 6.3)) for order in (17, 29, 37, 53, 71))
        radii = radii * (1 + form.streaks * sector * np.maximum(teeth, 0))
    radii = radii * frame.between(*form.radius) * min(1, frame.height / 450)
    return np.asarray(radii * min(1, 0.42 * min(frame.height, 600) / radii.max()), np.float32)
