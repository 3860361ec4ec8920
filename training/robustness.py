"""How answers hold when the picture is worse or other than it should be, and whether a known shortcut is gone.

The pictures are those that the network gets: uint8, square. Where the whole 4:3 frame was squashed to a square, what
changes the geometry happens in the 4:3 frame and is squashed again. Strengths in pixels are for an input of 224 px and
grow with it.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from skindesk.domain.labels import Label
from training import metrics
from training.metrics import Floats, Integers
from training.views import Predict

MAX_IMAGES = 400
"""So many test pictures, drawn at random, are changed and predicted again."""
SHORTCUT_CODE = "vasc"
"""The class that HAM10000 lets a network recognise by its blurred or re-encoded files alone."""
_SHORTCUT_CHANGES = ("resample_180", "resample_120", "resample_90", "jpeg_40")
_REFERENCE_PX = 224
_SUPERSAMPLING = 3
_BILINEAR = Image.Resampling.BILINEAR

Change = Callable[[Image.Image, np.random.Generator], Image.Image]


@dataclass(frozen=True)
class Perturbation:
    """One change at one strength: its key in the figures, its kind and strength in words, and what it does."""

    name: str
    kind: str
    strength: str
    change: Change


def perturbations(frame_aspect: float) -> tuple[Perturbation, ...]:
    """All changes, for pictures whose frame was `frame_aspect` times as wide as high before it was squashed."""

    def in_frame(change: Change) -> Change:
        return lambda image, rng: _squashed(change(_unsquashed(image, frame_aspect), rng), image.size)

    return (
        *(Perturbation(f"blur_{px}", "Blur", f"{px} px", _blur(px)) for px in (1, 2, 4)),
        *(Perturbation(f"jpeg_{quality}", "JPEG", f"quality {quality}", _jpeg(quality)) for quality in (70, 40, 20)),
        Perturbation("darker", "Brightness", "× 0.7", _gain((0.7, 0.7, 0.7))),
        Perturbation("brighter", "Brightness", "× 1.3", _gain((1.3, 1.3, 1.3))),
        Perturbation("contrast_low", "Contrast", "× 0.7", _contrast(0.7)),
        Perturbation("contrast_high", "Contrast", "× 1.3", _contrast(1.3)),
        Perturbation("cast_warm", "Colour cast", "warm", _gain((1.1, 1.0, 0.85))),
        Perturbation("cast_cool", "Colour cast", "cool", _gain((0.88, 1.0, 1.12))),
        Perturbation("rotation_90", "Rotation", "90°", lambda image, _: image.transpose(Image.Transpose.ROTATE_90)),
        Perturbation("rotation_45", "Rotation", "45°", in_frame(_turn(45))),
        Perturbation("hair_few", "Drawn hair", "6 hairs", _hair(6)),
        Perturbation("hair_many", "Drawn hair", "25 hairs", _hair(25)),
        Perturbation("zoom_in", "Scale", "× 1.33", _zoom(4 / 3)),
        Perturbation("zoom_out", "Scale", "× 0.75", _zoom(3 / 4)),
        Perturbation("square_crop", "Aspect", "centred square", in_frame(_crop_to(1.0))),
        Perturbation("frame_3_2", "Aspect", "3:2 frame", in_frame(_crop_to(3 / 2))),
        *(Perturbation(f"resample_{px}", "Re-sampling", f"{px} px and back", _resample(px)) for px in (180, 120, 90)),
    )


def measure_robustness(
    predict: Predict,
    probabilities_of: Callable[[Floats], Floats],
    pictures: NDArray[np.uint8],
    targets: Integers,
    groups: tuple[str, ...],
    labels: tuple[Label, ...],
    frame_aspect: float,
) -> dict[str, Any]:
    """Accuracy, balanced accuracy and share of unchanged top answers under every change.

    `pictures` is uint8 (n, size, size, 3); at most MAX_IMAGES of them are drawn, always the same. `probabilities_of`
    turns logits into the archive mix's probabilities. "vasc_shortcut" is there where the labels have that class.
    """
    chosen = sample(len(pictures))
    own, truth, lesions = pictures[chosen], targets[chosen], tuple(groups[at] for at in chosen)
    before = probabilities_of(predict(own))
    after = {change.name: probabilities_of(predict(perturb(own, change))) for change in perturbations(frame_aspect)}
    result: dict[str, Any] = {
        "images": len(chosen),
        "of_images": len(pictures),
        "unperturbed": _figures(before, truth, lesions),
        "perturbed": {
            change.name: {
                "kind": change.kind,
                "strength": change.strength,
                **_figures(after[change.name], truth, lesions),
                "unchanged": float((after[change.name].argmax(axis=1) == before.argmax(axis=1)).mean()),
            }
            for change in perturbations(frame_aspect)
        },
    }
    codes = [label.code for label in labels]
    if SHORTCUT_CODE in codes:
        result["vasc_shortcut"] = _shortcut(before, after, truth, codes.index(SHORTCUT_CODE))
    return result


def sample(count: int) -> Integers:
    """At most MAX_IMAGES indices below `count`, ascending, from a fixed seed."""
    rng = np.random.default_rng(20180803)
    return np.sort(rng.permutation(count)[:MAX_IMAGES]).astype(np.int64)


def perturb(pictures: NDArray[np.uint8], perturbation: Perturbation) -> NDArray[np.uint8]:
    """Changed copies of uint8 (n, size, size, 3); each picture's chance comes from its place alone."""
    return np.stack(
        [
            np.asarray(perturbation.change(Image.fromarray(picture), np.random.default_rng(at)))
            for at, picture in enumerate(pictures)
        ]
    )


def _figures(probabilities: Floats, targets: Integers, groups: tuple[str, ...]) -> dict[str, Any]:
    return {
        "accuracy": metrics.with_interval(metrics.accuracy, probabilities, targets, groups),
        "balanced_accuracy": metrics.with_interval(metrics.balanced_accuracy, probabilities, targets, groups),
    }


def _shortcut(before: Floats, after: Mapping[str, Floats], targets: Integers, code: int) -> dict[str, Any]:
    """How probable the class is, and how often answered, on pictures of all other classes."""
    others = targets != code
    measured = {"unperturbed": before, **{name: after[name] for name in _SHORTCUT_CHANGES}}
    return {
        "images": int(others.sum()),
        "by": {
            name: {
                "mean_probability": float(probabilities[others, code].mean()),
                "answered": float((probabilities[others].argmax(axis=1) == code).mean()),
            }
            for name, probabilities in measured.items()
        },
    }


def _unsquashed(image: Image.Image, aspect: float) -> Image.Image:
    return image.resize((round(image.height * aspect), image.height), _BILINEAR)


def _squashed(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image.resize(size, _BILINEAR)


def _blur(radius_px: float) -> Change:
    return lambda image, _: image.filter(ImageFilter.GaussianBlur(radius_px * image.width / _REFERENCE_PX))


def _jpeg(quality: int) -> Change:
    def change(image: Image.Image, _: np.random.Generator) -> Image.Image:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        return Image.open(buffer).convert("RGB")

    return change


def _gain(channels: tuple[float, float, float]) -> Change:
    matrix = (channels[0], 0, 0, 0, 0, channels[1], 0, 0, 0, 0, channels[2], 0)
    return lambda image, _: image.convert("RGB", matrix)


def _contrast(factor: float) -> Change:
    offset = 128 * (1 - factor)
    matrix = (factor, 0, 0, offset, 0, factor, 0, offset, 0, 0, factor, offset)
    return lambda image, _: image.convert("RGB", matrix)


def _turn(degrees: float) -> Change:
    """Turn about the middle; what comes in from outside mirrors the picture."""

    def change(image: Image.Image, _: np.random.Generator) -> Image.Image:
        padded, pad = _mirrored_around(image)
        return padded.rotate(degrees, Image.Resampling.BICUBIC).crop(_inner(image, pad))

    return change


def _zoom(factor: float) -> Change:
    """Scale about the middle; below 1, what comes in from outside mirrors the picture."""

    def change(image: Image.Image, _: np.random.Generator) -> Image.Image:
        padded, pad = _mirrored_around(image)
        width, height = image.width / factor, image.height / factor
        left, top = pad + (image.width - width) / 2, pad + (image.height - height) / 2
        return padded.resize(image.size, _BILINEAR, box=(left, top, left + width, top + height))

    return change


def _mirrored_around(image: Image.Image) -> tuple[Image.Image, int]:
    pad = min(image.size) // 2 - 1
    rgb = np.pad(np.asarray(image), ((pad, pad), (pad, pad), (0, 0)), mode="reflect")
    return Image.fromarray(rgb), pad


def _inner(image: Image.Image, pad: int) -> tuple[int, int, int, int]:
    return pad, pad, pad + image.width, pad + image.height


def _crop_to(aspect: float) -> Change:
    """The largest centred part of a frame with the wanted aspect."""

    def change(image: Image.Image, _: np.random.Generator) -> Image.Image:
        width = min(image.width, round(image.height * aspect))
        height = min(image.height, round(width / aspect))
        left, top = (image.width - width) // 2, (image.height - height) // 2
        return image.crop((left, top, left + width, top + height))

    return change


def _resample(px: int) -> Change:
    """Down to `px` and back; an input that is no larger than that stays as it is."""

    def change(image: Image.Image, _: np.random.Generator) -> Image.Image:
        if px >= image.width:
            return image
        return image.resize((px, px), _BILINEAR).resize(image.size, _BILINEAR)

    return change


def _hair(count: int) -> Change:
    """Dark bent hairs across the picture, antialiased."""

    def change(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        size = (image.width * _SUPERSAMPLING, image.height * _SUPERSAMPLING)
        sheet = Image.new("L", size)
        pen = ImageDraw.Draw(sheet)
        for _ in range(count):
            width = max(1, round(rng.uniform(0.8, 1.8) * size[0] / _REFERENCE_PX))
            pen.line(_bent_line(size, rng), fill=round(rng.uniform(170, 240)), width=width, joint="curve")
        colour = Image.new("RGB", image.size, (38, 26, 20))
        return Image.composite(colour, image, sheet.resize(image.size, Image.Resampling.BOX))

    return change


def _bent_line(size: tuple[int, int], rng: np.random.Generator) -> list[tuple[float, float]]:
    """Points of a quadratic curve between two places on or near the picture."""
    start, middle, end = rng.uniform(-0.1, 1.1, size=(3, 2)) * size
    middle = (start + end) / 2 + (middle - (start + end) / 2) * 0.3
    along = np.linspace(0, 1, 24)[:, None]
    points = (1 - along) ** 2 * start + 2 * along * (1 - along) * middle + along**2 * end
    return [(float(x), float(y)) for x, y in points]
