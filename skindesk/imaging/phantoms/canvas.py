"""What colour skin has: melanin and blood that absorb the light, and the films that cover them."""

import math
from dataclasses import dataclass, field

import numpy as np

from skindesk.imaging.phantoms.frame import Floats, Frame
from skindesk.imaging.phantoms.texture import fibres, noise, step

Colour = tuple[float, float, float]

# Absorption per unit of pigment in red, green and blue: chosen by eye after the known order of the spectra.
_MELANIN = (0.52, 0.80, 1.00)
_BLOOD = (0.17, 1.00, 0.80)
_BARE_SKIN = (0.05, 0.20, 0.22)


@dataclass
class Canvas:
    """A picture in the making: amounts of pigment, float32 (h, w), and films on top as (opacity, colour)."""

    frame: Frame
    tone: float
    melanin: Floats
    blood: Floats
    films: list[tuple[Floats, Colour]] = field(default_factory=list)

    @classmethod
    def bare(cls, frame: Frame, tone: float | None = None) -> "Canvas":
        """Return skin without a lesion.

        `tone` runs from 0 (Fitzpatrick I) to 1 (VI); without one it is drawn, light being commoner.
        """
        drawn = float(frame.rng.beta(0.9, 1.7))
        tone = drawn if tone is None else tone
        angle = frame.between(0, math.pi)
        furrows = fibres(frame, angle, 26, 4) + fibres(frame, angle + frame.between(0.8, 1.4), 22, 4)
        furrows = furrows * step(noise(frame, 60), -1.2, 1.6)
        mottle = 0.6 * noise(frame, 90) + 0.5 * noise(frame, 22)
        grain = noise(frame, 5)
        melanin = 0.06 + 1.8 * tone**1.4 * (1 + 0.035 * mottle) + 0.03 * mottle + 0.012 * furrows + 0.014 * grain
        flush = 0.9 * noise(frame, 120) + 0.5 * noise(frame, 30) + 0.35 * grain
        blood = frame.between(0.03, 0.27) * (1 + 0.18 * flush)
        return cls(frame, tone, melanin.astype(np.float32), np.maximum(blood, 0).astype(np.float32))

    def cover(self, opacity: Floats, colour: Colour) -> None:
        """Lay a film over everything so far; opacity runs from 0 to 1, the colour's parts likewise."""
        self.films.append((np.clip(opacity, 0, 1), colour))

    def pigment(self, amount: Floats) -> None:
        """Add melanin, more on darker skin so that lesions stand out on it alike."""
        self.melanin = self.melanin + amount * np.float32(1 + 0.4 * self.tone)

    def flush(self, amount: Floats) -> None:
        """Add blood."""
        self.blood = self.blood + amount

    def develop(self) -> Floats:
        """Return the colours, float32 (h, w, 3), 0 to about 1, exposed as a camera would for this skin."""
        exposure = math.exp(0.24 * self.tone**1.4)
        planes = []
        for channel in range(3):
            density = self.melanin * np.float32(_MELANIN[channel]) + self.blood * np.float32(_BLOOD[channel])
            plane = np.exp(-density) * np.float32(exposure * math.exp(-_BARE_SKIN[channel]))
            for opacity, colour in self.films:
                plane += opacity * (np.float32(colour[channel]) - plane)
            planes.append(plane)
        return np.stack(planes, axis=2)
