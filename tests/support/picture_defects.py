"""What can go wrong with a picture, done to one on purpose, so that it is known what the quality gate should find.

Lengths are in parts of the longer side, and light is altered as it falls on the sensor (linear), before it is clipped.
Each draws how strong it is from a range that plainly harms the picture; `as_taken` adds the noise and the JPEG coding
that a camera would have added after the trouble. Measured on 80 pictures of either archive, dermoscopic and clinical,
the first answer of the shipped network changes in 9 and 14 % of them by the least blur (1.5 pixels), in 16 and 16 % by
2.5 stops too little light, in 20 and 14 % by 1.5 stops too much, in 26 and 28 % by moving, in 16 and 44 % by glare and
in 18 and 19 % by a colour cast; coding a picture anew changes 1 %.
"""

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Rng = np.random.Generator

TUNGSTEN, SHADE, FLUORESCENT, MAGENTA = (1.75, 1.0, 0.38), (0.62, 1.0, 1.7), (0.72, 1.25, 0.66), (1.25, 0.7, 1.3)
"""Gains of red, green and blue light where the camera takes daylight for granted: of a bulb of 2,856 K (CIE A) and of
deep shade, about; of an old fluorescent tube; and of its opposite."""
_MELANIN = np.array((0.52, 0.80, 1.00), np.float32)


def gaussian_blur(rgb: Picture, rng: Rng) -> Picture:
    """Out of focus, softly: a standard deviation of 1.5 to 4 pixels where the longer side has 224."""
    return _bytes(cv2.GaussianBlur(_linear(rgb), (0, 0), rng.uniform(1.5, 4) * _unit(rgb)))


def defocus(rgb: Picture, rng: Rng) -> Picture:
    """Out of focus through a round stop: a radius of 3 to 7 pixels of 224."""
    radius = rng.uniform(3, 7) * _unit(rgb)
    reach = math.ceil(radius) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return _bytes(_filtered(rgb, disc))


def motion_blur(rgb: Picture, rng: Rng) -> Picture:
    """Moved during the exposure by 8 to 20 pixels of 224, in any direction."""
    length = rng.uniform(8, 20) * _unit(rgb)
    angle, reach = rng.uniform(0, math.pi), math.ceil(length / 2) + 2
    line = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    shift = np.array((math.cos(angle), math.sin(angle))) * length / 2
    ends = [tuple(int(16 * (reach + sign * part)) for part in shift) for sign in (-1, 1)]
    cv2.line(line, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return _bytes(_filtered(rgb, line))


def underexposed(rgb: Picture, rng: Rng) -> Picture:
    """Two and a half to four stops too dark."""
    return _bytes(_linear(rgb) * np.float32(2 ** -rng.uniform(2.5, 4)))


def overexposed(rgb: Picture, rng: Rng) -> Picture:
    """One and a half to three stops too bright."""
    return _bytes(_linear(rgb) * np.float32(2 ** rng.uniform(1.5, 3)))


def glare(rgb: Picture, rng: Rng) -> Picture:
    """Two to eight lamps mirrored and burnt out, over 2 to 12 % of the picture, at least one near the middle."""
    height, width = rgb.shape[:2]
    spots = np.zeros((height, width), np.float32)
    number, wanted = int(rng.integers(2, 9)), rng.uniform(0.02, 0.12) * width * height
    for spot in range(number):
        near = 0.15 if spot == 0 else 0.45
        centre = tuple(int(side * (0.5 + rng.uniform(-near, near))) for side in (width, height))
        radius = math.sqrt(wanted / number / math.pi)
        stretch = rng.uniform(0.6, 1.0)
        axes = (max(1, round(radius / stretch)), max(1, round(radius * stretch)))
        cv2.ellipse(spots, centre, axes, rng.uniform(0, 180), 0, 360, 1.0, -1, cv2.LINE_AA)
    rough = cv2.GaussianBlur(rng.normal(size=(height, width)).astype(np.float32), (0, 0), 4 * _unit(rgb))
    spots = spots * (1 + 2 * rough) if rng.random() < 0.5 else spots
    spots = cv2.GaussianBlur(np.clip(spots, 0, 1.3), (0, 0), rng.uniform(0.5, 2) * _unit(rgb))
    return _bytes(_linear(rgb) + np.float32(rng.uniform(1.0, 1.6)) * spots[:, :, None])


def colour_cast(rgb: Picture, rng: Rng) -> Picture:
    """Taken by a bulb, in the shade, under a fluorescent tube or its opposite, and not balanced for it."""
    gains = np.asarray((TUNGSTEN, SHADE, FLUORESCENT, MAGENTA)[int(rng.integers(4))]) ** rng.uniform(0.8, 1.2)
    light = _linear(rgb)
    cast = light * gains.astype(np.float32)
    return _bytes(cast * (light.mean() / cast.mean()))


def cut_off(rgb: Picture, rng: Rng, lesion: Mask) -> Picture | None:
    """A part of the picture, of half to nine tenths of its sides, that leaves 35 to 65 % of the lesion outside.

    None where the lesion and the frame allow none.
    """
    height, width = rgb.shape[:2]
    wanted = rng.uniform(0.35, 0.65)
    best, least = None, 0.08
    for _ in range(300):
        size = rng.uniform(0.5, 0.9)
        wide, tall = round(size * width), round(size * height)
        left, top = int(rng.integers(0, width - wide + 1)), int(rng.integers(0, height - tall + 1))
        outside = 1 - lesion[top : top + tall, left : left + wide].sum() / lesion.sum()
        if abs(outside - wanted) < least:
            best, least = rgb[top : top + tall, left : left + wide], abs(outside - wanted)
    return None if best is None else np.ascontiguousarray(best)


def too_small(rgb: Picture, rng: Rng, lesion: Mask) -> Picture | None:
    """Taken from so far away that the lesion fills 0.3 to 1.2 % of the frame; the skin around it goes on.

    None where the lesion is that small already, or reaches too near the edge for skin to be left around it.
    """
    height, width = rgb.shape[:2]
    scale = math.sqrt(rng.uniform(0.003, 0.012) / lesion.mean())
    around = cv2.dilate(lesion.astype(np.uint8), np.ones((3, 3)), iterations=max(2, round(0.03 * width)))
    if scale > 0.9 or around.mean() > 0.7:
        return None
    size = (max(8, round(scale * width)), max(8, round(scale * height)))
    small, near = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (rgb, around))
    bare = cv2.inpaint(small, near, 3, cv2.INPAINT_TELEA).astype(np.float32)
    colour = np.median(bare[near == 0], axis=0)
    texture = bare - cv2.GaussianBlur(bare, (0, 0), max(size) / 12)
    x, y = (round(rng.uniform(0.25, 0.75) * (side - inner)) for side, inner in zip((width, height), size, strict=True))
    reach = (y, height - y - size[1], x, width - x - size[0])
    shade = cv2.GaussianBlur(rng.normal(size=(height, width)).astype(np.float32), (0, 0), width / 5)
    wide = colour + cv2.copyMakeBorder(texture, *reach, cv2.BORDER_REFLECT) + 6 * (shade / shade.std())[:, :, None]
    soft = cv2.GaussianBlur(cv2.dilate(near, np.ones((3, 3))).astype(np.float32), (0, 0), 1.5)[:, :, None]
    there = wide[y : y + size[1], x : x + size[0]]
    there += soft * (small - bare + (bare - colour - texture) * 0.3 - (there - colour - texture) * 0.3)
    return np.asarray(np.clip(wide, 0, 255), np.uint8)


def hair(rgb: Picture, rng: Rng) -> Picture:
    """Fifteen to forty dark hairs, bent, a half to one and a half pixels of 224 thick."""
    sheet = np.zeros((4 * rgb.shape[0], 4 * rgb.shape[1]), np.float32)
    lie = rng.uniform(0, math.pi)
    for _ in range(int(rng.integers(15, 41))):
        _draw_hair(sheet, rng, lie + rng.normal() * 0.5, 4 * _unit(rgb))
    return _inked(rgb, sheet, (0.02, 0.014, 0.01))


def ruler(rgb: Picture, rng: Rng) -> Picture:
    """The scale of a dermatoscope or a paper ruler along an edge: ticks each millimetre, long ones each fifth."""
    height, width = rgb.shape[:2]
    turned = bool(rng.random() < 0.3)
    long_px, deep_px = (height, width) if turned else (width, height)
    sheet, paper = np.zeros((4 * deep_px, 4 * long_px), np.float32), rgb
    unit = 4 * _unit(rgb)
    step, shift = rng.uniform(6, 14) * unit, rng.uniform(0, 10) * unit
    base = rng.uniform(0.0, 0.06) * 4 * deep_px
    for number in range(int(4 * long_px / step) + 1):
        x = round(shift + number * step)
        tick = (10 if number % 5 == 0 else 6) * unit * rng.uniform(0.95, 1.05)
        cv2.line(sheet, (x, round(base)), (x, round(base + tick)), 1.0, max(1, round(0.9 * unit)))
    if rng.random() < 0.5:
        cv2.line(sheet, (0, round(base)), (4 * long_px, round(base)), 1.0, max(1, round(0.8 * unit)))
    if turned:
        sheet = np.ascontiguousarray(sheet.T)
    if rng.random() < 0.5:
        sheet = np.ascontiguousarray(sheet[::-1, ::-1])
    return _inked(paper, sheet, (0.015, 0.015, 0.015))


def pen(rgb: Picture, rng: Rng) -> Picture:
    """A ring or a stroke of violet or blue skin marker around or beside the middle."""
    height, width = rgb.shape[:2]
    sheet = np.zeros((4 * height, 4 * width), np.float32)
    thick = max(1, round(rng.uniform(2.5, 5) * 4 * _unit(rgb)))
    if rng.random() < 0.6:
        axes = (round(4 * width * rng.uniform(0.32, 0.42)), round(4 * height * rng.uniform(0.32, 0.42)))
        first = rng.uniform(0, 360)
        cv2.ellipse(sheet, (2 * width, 2 * height), axes, 0, first, first + rng.uniform(200, 360), 1.0, thick)
    else:
        x, y = rng.uniform(0.08, 0.25) * 4 * width, rng.uniform(0.1, 0.3) * 4 * height
        dx, dy = rng.uniform(-0.05, 0.15) * 4 * width, rng.uniform(0.3, 0.5) * 4 * height
        cv2.line(sheet, (round(x), round(y)), (round(x + dx), round(y + dy)), 1.0, thick)
    rough = cv2.GaussianBlur(rng.normal(size=sheet.shape).astype(np.float32), (0, 0), 6)
    sheet *= np.clip(0.85 + 2.5 * rough, 0.35, 1)
    colour = ((0.06, 0.02, 0.25), (0.02, 0.04, 0.22), (0.1, 0.02, 0.2))[int(rng.integers(3))]
    return _inked(rgb, sheet, colour, 0.85)


def bubbles(rgb: Picture, rng: Rng) -> Picture:
    """Ten to thirty air bubbles under the glass: bright rims, a highlight each."""
    height, width = rgb.shape[:2]
    rims = np.zeros((4 * height, 4 * width), np.float32)
    unit = 4 * _unit(rgb)
    for _ in range(int(rng.integers(10, 31))):
        centre = (rng.uniform(0, 4 * width), rng.uniform(0, 4 * height))
        radius = unit * (2.5 + rng.exponential(2.5))
        cv2.circle(
            rims, (round(centre[0]), round(centre[1])), round(radius), rng.uniform(0.4, 0.7), round(0.25 * radius) + 1
        )
        spark = (round(centre[0] - 0.4 * radius), round(centre[1] - 0.4 * radius))
        cv2.circle(rims, spark, max(1, round(0.3 * radius)), 1.0, -1)
    return _inked(rgb, rims, (1.0, 1.0, 1.0), 0.9)


def darker_skin(rgb: Picture, rng: Rng) -> Picture:
    """No trouble: as if the skin held more melanin (Beer-Lambert), exposed to a middling brightness.

    The median is 75 to 135 of 255: in PAD-UFES-20 no picture of a known skin type lies under 74, and the six of types V
    and VI lie at 100 and more.
    """
    light = _linear(rgb) * np.exp(-np.float32(rng.uniform(0.4, 1.6)) * _MELANIN)
    middle = float(np.median(light.mean(axis=2)))
    wanted = float(_linear(np.full((1, 1, 3), round(rng.uniform(75, 135)), np.uint8)).mean())
    return _bytes(light * np.float32(wanted / max(1e-3, middle)))


def as_taken(rgb: Picture, rng: Rng) -> Picture:
    """With a camera's noise, and coded as JPEG of quality 75 to 95."""
    noisy = np.clip(rgb + rng.normal(0, rng.uniform(0.5, 2), rgb.shape), 0, 255).astype(np.uint8)
    _, coded = cv2.imencode(".jpg", noisy[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(75, 96))])
    return np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[:, :, ::-1])


PLAIN: dict[str, Callable[[Picture, Rng], Picture]] = {
    "gaussian_blur": gaussian_blur,
    "defocus": defocus,
    "motion_blur": motion_blur,
    "underexposed": underexposed,
    "overexposed": overexposed,
    "glare": glare,
    "colour_cast": colour_cast,
    "hair": hair,
    "ruler": ruler,
    "pen": pen,
    "bubbles": bubbles,
    "darker_skin": darker_skin,
}
"""What needs to know of the picture alone."""

FRAMED: dict[str, Callable[[Picture, Rng, Mask], Picture | None]] = {"cut_off": cut_off, "too_small": too_small}
"""What needs to know where the lesion is."""


def _unit(rgb: Picture) -> float:
    return max(rgb.shape[:2]) / 224


def _linear(rgb: Picture) -> Floats:
    steps = np.arange(256) / 255
    table = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return table[rgb]


def _bytes(light: Floats) -> Picture:
    clipped = np.clip(light, 0, 1)
    coded = np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * coded), np.uint8)


def _filtered(rgb: Picture, kernel: NDArray[np.floating]) -> Floats:
    normed = (kernel / kernel.sum()).astype(np.float32)
    return np.asarray(cv2.filter2D(_linear(rgb), -1, normed, borderType=cv2.BORDER_REFLECT), np.float32)


def _inked(rgb: Picture, sheet: Floats, colour: tuple[float, float, float], strength: float = 0.95) -> Picture:
    """The picture under a sheet of four times its size; `colour` is linear."""
    cover = cv2.resize(sheet, rgb.shape[1::-1], interpolation=cv2.INTER_AREA)[:, :, None] * np.float32(strength)
    return _bytes(_linear(rgb) * (1 - cover) + cover * np.asarray(colour, np.float32))


def _draw_hair(sheet: Floats, rng: Rng, lie: float, unit: float) -> None:
    height, width = sheet.shape
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    length, turn = rng.uniform(0.2, 0.7) * width, rng.normal() * 0.9
    points = []
    for joint in range(25):
        points.append((round(x), round(y)))
        heading = lie + turn * joint / 24
        x, y = x + length / 24 * math.cos(heading), y + length / 24 * math.sin(heading)
    cv2.polylines(sheet, [np.asarray(points, np.int32)], False, 1.0, max(1, round(rng.uniform(0.5, 1.5) * unit)))
