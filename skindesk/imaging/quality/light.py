"""How a picture is lit: how dark and bright it is, what is burnt out or black, what shines, and the light's colour."""

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.quality.measures import Measures, log_of
from skindesk.imaging.quality.scene import Mask, Picture, Scene

BURNT_OUT, BLACK = 250, 16
"""Of 255: every channel over, or under it, holds no detail."""

_LEVELS = (1, 5, 25, 50, 75, 95, 99)
_SHARE_NOISE = 1e-3
_SHINE_PX = 25
_SHINE_STEP, _SHINE_LEAST = 45, 165
_STRONG_SHINE_STEP, _STRONG_SHINE_LEAST = 70, 215
_LINEAR = np.asarray(
    [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in np.linspace(0, 1, 256)],
    np.float32,
)
"""The light behind each step of sRGB (IEC 61966-2-1)."""


def measure_exposure(scene: Scene) -> Measures:
    """Levels of brightness and the logarithms of what is burnt out or black, of what is shown."""
    measures: Measures = {f"light_{part}": _level(scene.grey, scene.shown, part / 100) for part in _LEVELS}
    measures["burnt_out"] = log_of(float((burnt_out(scene) & scene.shown).sum() / scene.shown.sum()), _SHARE_NOISE)
    measures["black"] = log_of(float(black(scene).mean()), _SHARE_NOISE)
    for name, plane in zip(("red", "green", "blue"), scene.planes, strict=True):
        steps = _histogram(plane, scene.shown)
        measures[f"clipped_{name}"] = log_of(float(steps[BURNT_OUT:].sum() / steps.sum()), _SHARE_NOISE)
        measures[f"spent_{name}"] = log_of(float(steps[:3].sum() / steps.sum()), _SHARE_NOISE)
    measures["skin_light"] = _level(scene.grey, scene.on_skin, 0.5)
    measures["lesion_light"] = (
        _level(scene.grey, scene.on_lesion, 0.5) if scene.on_lesion.any() else measures["skin_light"]
    )
    return measures


def _histogram(plane: Picture, where: Mask) -> NDArray[np.float32]:
    """How often each of 256 steps occurs in a part of a plane."""
    return np.asarray(cv2.calcHist([plane], [0], where.view(np.uint8), [256], [0, 256]).ravel(), np.float32)


def _level(plane: Picture, where: Mask, part: float) -> float:
    """The step that this part of the pixels does not exceed."""
    steps = np.cumsum(_histogram(plane, where))
    return float(np.searchsorted(steps, part * steps[-1]))


def burnt_out(scene: Scene) -> Mask:
    """Where no channel holds detail any more, bool (h, w)."""
    return np.asarray(scene.darkest >= BURNT_OUT)


def black(scene: Scene) -> Mask:
    """Where next to no light came, bool (h, w)."""
    return np.asarray((scene.brightest <= BLACK) & scene.shown)


def measure_glare(scene: Scene) -> Measures:
    """Logarithms of how much shines: in all, strongly, on the lesion, in the largest spot."""
    step = _over_ground(scene)
    weak = (step > _SHINE_STEP) & (scene.darkest > _SHINE_LEAST)
    strong = (step > _STRONG_SHINE_STEP) & (scene.darkest > _STRONG_SHINE_LEAST)
    count, _, sizes, _ = cv2.connectedComponentsWithStats(strong.astype(np.uint8))
    largest = sizes[1:, cv2.CC_STAT_AREA].max() if count > 1 else 0
    return {
        "shine": log_of(float(weak.mean()), _SHARE_NOISE),
        "strong_shine": log_of(float(strong.mean()), _SHARE_NOISE),
        "largest_shine": log_of(float(largest / weak.size), _SHARE_NOISE),
        "shine_on_lesion": log_of(float((strong & scene.on_lesion).mean()), _SHARE_NOISE),
        "white": log_of(float((scene.darkest >= 240).mean()), _SHARE_NOISE),
        "white_over_skin": _level(scene.darkest, scene.shown, 0.99) - _level(scene.darkest, scene.on_skin, 0.5),
    }


def shining(scene: Scene) -> Mask:
    """Where white light is mirrored, bool (h, w)."""
    return np.asarray((_over_ground(scene) > _STRONG_SHINE_STEP) & (scene.darkest > _STRONG_SHINE_LEAST))


def _over_ground(scene: Scene) -> NDArray[np.int16]:
    """By how much the darkest channel exceeds what is around it and bare skin (a white top-hat)."""
    size = (scene.darkest.shape[1] // 2, scene.darkest.shape[0] // 2)
    small = cv2.resize(scene.darkest, size, interpolation=cv2.INTER_AREA)
    ground = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((_SHINE_PX // 2, _SHINE_PX // 2)))
    ground = cv2.resize(ground, scene.darkest.shape[::-1], interpolation=cv2.INTER_LINEAR)
    skin = _level(scene.darkest, scene.on_skin, 0.5)
    step = scene.darkest.astype(np.int16) - np.minimum(ground, int(skin)).astype(np.int16)
    return np.where(scene.shown, step, 0)


def measure_colour(scene: Scene) -> Measures:
    """The colours of skin, lesion, brightest and darkest parts: logarithms of red and of blue to green light."""
    measures: Measures = {}
    low, high = _level(scene.grey, scene.shown, 0.05), _level(scene.grey, scene.shown, 0.97)
    parts = {
        "skin": scene.on_skin,
        "lesion": scene.on_lesion if scene.on_lesion.any() else scene.on_skin,
        "bright": scene.shown & (scene.grey >= high),
        "dark": scene.shown & (scene.grey <= low),
    }
    for name, part in parts.items():
        red, green, blue = (_LINEAR[int(_level(plane, part, 0.5))] + 0.004 for plane in scene.planes)
        measures[f"{name}_red"] = float(np.log(red / green))
        measures[f"{name}_blue"] = float(np.log(blue / green))
    return measures
