"""How a frame is filled with texture: noise, fibres, cells and networks, the ramps across and the steps between."""

import math

import numpy as np
from PIL import Image

from skindesk.imaging.phantoms.frame import Floats, Frame


def noise(frame: Frame, grain: float) -> Floats:
    """Return smooth noise, float32 (h, w), mean about 0 and deviation about 1, whose lumps are `grain` units wide."""
    shape = (max(2, round(frame.height / grain) + 1), max(2, round(600 / grain) + 1))
    coarse = frame.rng.standard_normal(shape, dtype=np.float32) * np.float32(1.4)
    return _resized(coarse, frame)


def fibres(frame: Frame, angle: float, length: float, width: float) -> Floats:
    """Return noise drawn out along `angle` (radians): float32 (h, w), mean about 0 and deviation about 1."""
    reach = math.hypot(600, frame.height)
    shape = (math.ceil(reach / width) + 4, math.ceil(reach / length) + 4)
    source = Image.fromarray(frame.rng.standard_normal(shape, dtype=np.float32) * np.float32(1.4))
    along, across = 1 / (length * frame.unit), 1 / (width * frame.unit)
    cos, sin = math.cos(angle), math.sin(angle)
    half_width, half_height = frame.width_px / 2, frame.height_px / 2
    shift_x = shape[1] / 2 - along * (cos * half_width + sin * half_height)
    shift_y = shape[0] / 2 - across * (cos * half_height - sin * half_width)
    matrix = (along * cos, along * sin, shift_x, -across * sin, across * cos, shift_y)
    size = (frame.width_px, frame.height_px)
    return np.asarray(source.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC))


def cells(frame: Frame, spacing: float, jitter: float) -> Floats:
    """Divide the frame into Voronoi cells of points on a disturbed and gently bent lattice.

    Returns the distance from the nearest border in cells (0 on it, about 1 at a point), float32 (h, w).
    Computed at half resolution, which dermoscopy's softness hides.
    """
    x, y = frame.grid(2)
    shape = (math.ceil(frame.height / spacing) + 4, math.ceil(600 / spacing) + 4)
    dots = (frame.rng.random((2, *shape), dtype=np.float32) - np.float32(0.5)) * np.float32(jitter)
    column = x / np.float32(spacing) + 1 + _bend(frame, spacing)
    row = y / np.float32(spacing) + 1 + _bend(frame, spacing)
    left, top = column.astype(np.int32), row.astype(np.int32)
    first = np.full(column.shape, 9, np.float32)
    second = first.copy()
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            index = np.clip((top + down) * shape[1] + (left + right), 0, dots[0].size - 1)
            along = dots[0].take(index) + (left + np.float32(right + 0.5)) - column
            across = dots[1].take(index) + (top + np.float32(down + 0.5)) - row
            distance = along * along + across * across
            second = np.minimum(second, np.maximum(first, distance))
            first = np.minimum(first, distance)
    return _resized(np.sqrt(second) - np.sqrt(first), frame)


def network(frame: Frame, spacing: float, jitter: float, thickness: float) -> Floats:
    """Return a mesh of lines, float32 (h, w), 0 in its holes to 1 on its lines; `thickness` is in cells."""
    lines: Floats = np.exp(-np.square(cells(frame, spacing, jitter) / np.float32(thickness)))
    return lines


def slope(frame: Frame) -> Floats:
    """Return a ramp across the frame in a random direction, float32 (h, w), about -1 to 1."""
    angle = frame.between(0, math.tau)
    x, y = frame.grid()
    ramp = (x - 300) * math.cos(angle) + (y - np.float32(frame.height / 2)) * math.sin(angle)
    return np.clip(ramp / 130, -1.2, 1.2).astype(np.float32)


def step(values: Floats, low: float, high: float) -> Floats:
    """Rise smoothly from 0 at `low` to 1 at `high`; falls where `low` is the larger."""
    ramp: Floats = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def _bend(frame: Frame, spacing: float) -> Floats:
    """Return a displacement in cells at half resolution: float32 (h / 2, w / 2)."""
    return np.float32(0.34) * noise(frame, 3.5 * spacing)[::2, ::2]


def _resized(values: Floats, frame: Frame) -> Floats:
    """Bring float32 (rows, columns) to the frame's (h, w)."""
    image = Image.fromarray(values).resize((frame.width_px, frame.height_px), Image.Resampling.BICUBIC)
    return np.asarray(image)
