"""Random, label-preserving changes of training pictures, done with Pillow on uint8.

Re-sampling and JPEG re-encoding are applied to every class alike: in HAM10000 most vascular lesions went
through another resampling than the rest, and a network would learn that instead of the lesion.
"""

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.config import AugmentationConfig

_LUMA = np.array([0.299, 0.587, 0.114])
_FILTERS = (Image.Resampling.BOX, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)


def augment(
    rgb: NDArray[np.uint8], size_px: int, config: AugmentationConfig, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """A random variant of uint8 (height, width, 3), as uint8 (size_px, size_px, 3)."""
    image = _warp(rgb, size_px, config, rng)
    image = image.convert("RGB", _colour_matrix(config, rng))
    if rng.random() < config.resample_probability:
        image = _resample(image, config, rng)
    if rng.random() < config.jpeg_probability:
        image = _recompress(image, config, rng)
    return np.asarray(image)


def resize_square(rgb: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    """The unchanged picture at another input size, antialiased: uint8 (size_px, size_px, 3)."""
    if rgb.shape[:2] == (size_px, size_px):
        return rgb
    return np.asarray(Image.fromarray(rgb).resize((size_px, size_px), Image.Resampling.BILINEAR))


def _warp(rgb: NDArray[np.uint8], size_px: int, config: AugmentationConfig, rng: np.random.Generator) -> Image.Image:
    """Crop, stretch, turn and flip in one affine step; what falls outside mirrors the picture's edge."""
    height, width = rgb.shape[:2]
    pad = min(height, width) // 4
    padded = Image.fromarray(np.pad(rgb, ((pad, pad), (pad, pad), (0, 0)), mode="reflect"))
    area = rng.uniform(config.min_crop_area, 1.0)
    stretch = math.exp(rng.uniform(-1, 1) * math.log(config.max_stretch))
    crop_width = min(width, width * math.sqrt(area * stretch))
    crop_height = min(height, height * math.sqrt(area / stretch))
    centre_x = pad + crop_width / 2 + rng.uniform(0, width - crop_width)
    centre_y = pad + crop_height / 2 + rng.uniform(0, height - crop_height)
    quarter = rng.integers(4) * 90 if config.flip else 0
    angle = math.radians(rng.uniform(-1, 1) * config.max_rotation_deg + quarter)
    mirror = -1 if config.flip and rng.random() < 0.5 else 1
    across, down = crop_width / size_px, crop_height / size_px
    a, b = math.cos(angle) * across * mirror, -math.sin(angle) * down
    d, e = math.sin(angle) * across * mirror, math.cos(angle) * down
    half = size_px / 2
    matrix = (a, b, centre_x - a * half - b * half, d, e, centre_y - d * half - e * half)
    return padded.transform((size_px, size_px), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)


def _colour_matrix(config: AugmentationConfig, rng: np.random.Generator) -> tuple[float, ...]:
    """Brightness, contrast, saturation and hue as one 3 x 4 matrix on RGB."""

    def factor(largest: float) -> float:
        return 1 + float(rng.uniform(-largest, largest))

    turn = math.radians(float(rng.uniform(-config.hue_deg, config.hue_deg)))
    matrix = _hue_turn(turn)
    saturation = factor(config.saturation)
    matrix = (saturation * np.eye(3) + (1 - saturation) * np.tile(_LUMA, (3, 1))) @ matrix
    contrast, brightness = factor(config.contrast), factor(config.brightness)
    offset = 128 * (1 - contrast) * brightness
    rows = np.column_stack((matrix * contrast * brightness, np.full(3, offset)))
    return tuple(float(value) for value in rows.ravel())


def _hue_turn(angle: float) -> NDArray[np.float64]:
    """Rotation about the grey axis of RGB (Rodrigues)."""
    third, root = 1 / 3, math.sqrt(1 / 3)
    cos, sin = math.cos(angle), math.sin(angle)
    same, near, far = cos + third * (1 - cos), third * (1 - cos) - root * sin, third * (1 - cos) + root * sin
    return np.array([[same, near, far], [far, same, near], [near, far, same]])


def _resample(image: Image.Image, config: AugmentationConfig, rng: np.random.Generator) -> Image.Image:
    scale = rng.uniform(config.min_resample_scale, 1.0)
    small = (max(8, round(image.width * scale)), max(8, round(image.height * scale)))
    down, up = rng.integers(len(_FILTERS), size=2)
    return image.resize(small, _FILTERS[down]).resize(image.size, _FILTERS[up])


def _recompress(image: Image.Image, config: AugmentationConfig, rng: np.random.Generator) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=int(rng.integers(config.min_jpeg_quality, 96)))
    return Image.open(buffer).convert("RGB")
