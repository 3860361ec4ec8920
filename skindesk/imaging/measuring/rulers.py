"""How a ruler's marks are read: by how often they repeat along a line, taken as one millimetre each.

A ruler whose finest marks are not millimetres is misread, or refused where its longer marks give it away; and so is one
that is too blurred for any but its longer marks to be seen. What was read is therefore to be shown as a length, so that
the clinician sees whether it fits the numbers on the ruler.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.domain.measurement import Scale, ScaleSource
from skindesk.imaging.measuring.ruler_search import rows_of_marks
from skindesk.imaging.outline import Point

Floats = NDArray[np.float32]
Spectrum = NDArray[np.float64]

LEAST_CONFIDENCE = 0.5
LEAST_MARKS = 6

_MOST_SAMPLES = 3000
_MOST_ROWS = 48
_STRIP = 0.12
"""How far beside the line marks are looked for: of its length."""
_LEAST_PERIOD_PX = 3.0
_PADDING = 8
_SAME = 0.03
"""Periods that differ by less are one."""
_HALF_AGREEMENT = 0.06
_OVERTONES = 3


@dataclass(frozen=True)
class RulerReading:
    """What a ruler says along a line of the picture, from `start` to `end` in its pixels.

    `confidence`, LEAST_CONFIDENCE to 1, is how much of what varies along the line repeats with the marks.
    """

    start: Point
    end: Point
    mm_per_px: float
    confidence: float

    @property
    def length_mm(self) -> float:
        """How long the line is by this reading."""
        return math.dist(self.start, self.end) * self.mm_per_px

    @property
    def scale(self) -> Scale:
        """The scale of the picture by this reading."""
        return Scale(self.mm_per_px, ScaleSource.RULER)


def read_ruler(rgb: NDArray[np.uint8], start: Point, end: Point) -> RulerReading | None:
    """Read the millimetre marks beside a line drawn along a ruler's edge in uint8 (height, width, 3).

    None where that is not sure: fewer than LEAST_MARKS, or marks that do not repeat evenly. Takes about 10 ms.
    """
    length_px = math.dist(start, end)
    if length_px < LEAST_MARKS * _LEAST_PERIOD_PX:
        return None
    strip, samples_per_px = _along(rgb, start, end)
    found = _period(strip)
    if found is None:
        return None
    period, confidence = found
    return RulerReading(start, end, samples_per_px / period, confidence)


def find_ruler(rgb: NDArray[np.uint8]) -> RulerReading | None:
    """Look for a ruler anywhere in uint8 (height, width, 3) and read it; None where none is found for sure.

    Marks are thin dark lines of one direction whose middles lie on a line across them. Takes about 0.1 s.
    """
    readings = (read_ruler(rgb, start, end) for start, end in rows_of_marks(rgb))
    found = [reading for reading in readings if reading is not None]
    return max(found, key=lambda reading: reading.confidence, default=None)


def _along(rgb: NDArray[np.uint8], start: Point, end: Point) -> tuple[Floats, float]:
    """The lightness beside the line, one row for each distance from it, and how many samples a pixel has.

    Short lines are sampled more finely than the picture, long ones as finely as it or less.
    """
    length_px = math.dist(start, end)
    count = int(min(_MOST_SAMPLES, max(2 * length_px if length_px < 600 else length_px, 64)))
    along = (np.array(end) - start) / length_px
    across = np.array((-along[1], along[0]))
    reach_px = _STRIP * length_px
    rows = int(min(_MOST_ROWS, 2 * reach_px))
    at = (np.arange(count) + 0.5) / count * length_px
    aside = np.linspace(-reach_px, reach_px, rows)
    places = np.array(start) + aside[:, None, None] * across + at[None, :, None] * along
    reduced, places = _reduced_to(rgb, places - 0.5, length_px / count)
    seen = cv2.remap(
        reduced,
        places[:, :, 0].astype(np.float32),
        places[:, :, 1].astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(seen, np.float32), count / length_px


def _reduced_to(
    rgb: NDArray[np.uint8], places: NDArray[np.float64], step_px: float
) -> tuple[Floats, NDArray[np.float64]]:
    """The part of the picture around the places, in grey, no finer than the steps; and the places in it."""
    height, width = rgb.shape[:2]
    low = np.clip(np.floor(places.min(axis=(0, 1))) - 2, 0, (width - 2, height - 2)).astype(int)
    high = np.clip(np.ceil(places.max(axis=(0, 1))) + 3, low + 2, (width, height)).astype(int)
    part = rgb[low[1] : high[1], low[0] : high[0]]
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.float32)
    if step_px > 1:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), step_px / 2), np.float32)
    return grey, places - low


def _period(strip: Floats) -> tuple[float, float] | None:
    """The finest period that enough rows repeat with, in samples, and how purely; None where none does."""
    even = _without_shading(strip)
    rows = [_row_period(row) for row in even]
    strongest = max((purity for _, purity in rows), default=0.0)
    if strongest < LEAST_CONFIDENCE:
        return None
    clear = [(period, purity, at) for at, (period, purity) in enumerate(rows) if purity > 0.6 * strongest]
    shared = [one for one in clear if sum(abs(period / one[0] - 1) < _SAME for period, _, _ in clear) > 1]
    if not shared:
        return None
    finest = min(period for period, _, _ in shared)
    marked = even[[at for period, _, at in shared if abs(period / finest - 1) < _SAME]]
    longer = {times for times in (2, 5) for period, _, _ in shared if abs(period / finest / times - 1) < _SAME}
    if longer == {2}:
        return None
    period, confidence = _refined(marked, finest)
    if strip.shape[1] / period < LEAST_MARKS or confidence < LEAST_CONFIDENCE:
        return None
    half = strip.shape[1] // 2
    halves = [_row_period(part.mean(axis=0))[0] for part in (marked[:, :half], marked[:, half:])]
    if any(abs(one / period - 1) > _HALF_AGREEMENT for one in halves):
        return None
    return period, confidence


def _without_shading(strip: Floats) -> Floats:
    """What varies along each row faster than a fifteenth of it, cut where it is glare or a hair."""
    width = max(9, strip.shape[1] // 15) | 1
    flat = strip - cv2.blur(strip, (width, 1), borderType=cv2.BORDER_REFLECT)
    limit = 3 * flat.std(axis=1, keepdims=True) + np.float32(1e-6)
    return np.asarray(np.clip(flat, -limit, limit), np.float32)


def _spectrum(row: Floats) -> Spectrum:
    """The power at each multiple of one in (_PADDING times the row's length)."""
    shaped = (row - row.mean()) * np.hanning(len(row))
    return np.asarray(np.square(np.abs(np.fft.rfft(shaped, _PADDING * len(row)))), np.float64)


def _row_period(row: Floats) -> tuple[float, float]:
    """The period of a row in samples, and how much of its power lies on it and its overtones, 0 to 1."""
    power = _spectrum(row)
    least = LEAST_MARKS // 2 * _PADDING
    most = int(_PADDING * len(row) / _LEAST_PERIOD_PX)
    if float(power[least:].sum()) < 1e-9 or most <= least:
        return 1.0, 0.0
    peak = least + int(power[least:most].argmax())
    for part in (2, 3):
        below = round(peak / part)
        around = power[max(least, below - _PADDING // 2) : below + _PADDING // 2 + 1]
        if below >= least and around.size and around.max() > 0.5 * power[peak]:
            peak = max(least, below - _PADDING // 2) + int(around.argmax())
    return _PADDING * len(row) / peak, _purity(power, peak, least)


def _purity(power: Spectrum, peak: int, least: int) -> float:
    """How much of the power lies within a mark's width of the peak and its overtones."""
    wide = 2 * _PADDING
    on_marks = np.zeros(len(power), bool)
    for multiple in range(1, 2 * _OVERTONES + 1):
        on_marks[max(0, multiple * peak - wide) : multiple * peak + wide] = True
    upto = min(len(power), (2 * _OVERTONES + 1) * peak)
    chance = float(on_marks[least:upto].mean())
    held = float(power[least:upto][on_marks[least:upto]].sum() / power[least:upto].sum())
    return max(0.0, (held - chance) / max(1e-6, 1 - chance))


def _refined(marked: Floats, about: float) -> tuple[float, float]:
    """The period by all marked rows together and by the overtones, which tell it more exactly; and how purely."""
    power = np.mean([_spectrum(row) for row in marked], axis=0)
    count = _PADDING * marked.shape[1]
    periods = about * np.linspace(1 - _SAME, 1 + _SAME, 601)
    comb = np.zeros(len(periods))
    for multiple in range(1, _OVERTONES + 1):
        places = multiple * count / periods
        comb += np.interp(places, np.arange(len(power)), power)
    period = float(periods[int(comb.argmax())])
    least = LEAST_MARKS // 2 * _PADDING
    return period, _purity(np.asarray(power), round(count / period), least)
