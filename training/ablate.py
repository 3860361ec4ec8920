"""What each part of the recipe is worth: the whole recipe against the recipe without that part, on validation.

All runs start from the same weights and seed, see the same pictures in the same order, and are judged on the same
lesions, so that the differences are paired.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from skindesk.system.files import write_durably
from training import metrics
from training.cache import Cache
from training.calibrate import calibrate
from training.config import Config
from training.conversion import Runner
from training.fit import fit
from training.formatting import format_interval
from training.metrics import Floats, Interval, Judged
from training.runs import Run, write_json
from training.split import Part
from training.trained import load_network

WHOLE = "whole recipe"
_FIGURES = {"macro_auc": "Macro AUC", "balanced_accuracy": "Balanced accuracy", "negative_log_likelihood": "NLL"}


def _recipe(**changes: Any) -> Callable[[Config], Config]:
    return lambda config: replace(config, recipe=replace(config.recipe, **changes))


def _augmentation(**changes: Any) -> Callable[[Config], Config]:
    return lambda config: replace(config, augmentation=replace(config.augmentation, **changes))


def _without_mixup(config: Config) -> Config:
    return _recipe(stages=tuple(replace(stage, mixup=0.0) for stage in config.recipe.stages))(config)


PARTS: Mapping[str, Callable[[Config], Config]] = {
    "mixup": _without_mixup,
    "label smoothing": _recipe(label_smoothing=0.0),
    "averaged weights": _recipe(averaging=0.0),
    "slower first layers": _recipe(first_layers_rate=1.0),
    "logit adjustment (class weights instead)": _recipe(class_balance="weights"),
    "colour changes": _augmentation(brightness=0.0, contrast=0.0, saturation=0.0, hue_deg=0.0),
    "crops, turns and stretching": _augmentation(flip=False, max_rotation_deg=0.0, min_crop_area=1.0, max_stretch=1.0),
    "re-sampling and JPEG": _augmentation(resample_probability=0.0, jpeg_probability=0.0),
}
"""How to leave each part out."""


def ablate(config: Config, config_path: Path, cache: Cache, run: Run, weights: Path | None) -> Path:
    """Train the whole recipe and the recipe without each part; a run that is there already is not trained again.

    Writes `ablation.json` and the table `ablation.md` into `run`'s folder and returns the table's path.
    """
    validation = cache.where(Part.VALIDATION)
    targets = cache.targets[validation]
    groups = tuple(cache.groups[at] for at in validation)
    variants = {WHOLE: config, **{part: without(config) for part, without in PARTS.items()}}
    probabilities = {}
    for name, variant in variants.items():
        own = Run(run.folder / name.replace(" ", "-"))
        fit(variant, config_path, cache, own, weights, resume=own.progress.exists())
        probabilities[name] = _on_validation(variant, cache, own, validation)
        print(f"{name}: done", flush=True)
    rows = {
        name: {
            "value": _values(found, targets, groups),
            "lost": None if name == WHOLE else _paired(probabilities[WHOLE], found, targets, groups),
        }
        for name, found in probabilities.items()
    }
    write_json(run.folder / "ablation.json", {"images": len(targets), "rows": rows})
    table = run.folder / "ablation.md"
    write_durably(table, format_ablation(config, rows, len(targets)).encode())
    return table


def format_ablation(config: Config, rows: Mapping[str, Any], images: int) -> str:
    """The table as Markdown."""
    stages = ", ".join(f"{stage.epochs} at {stage.size_px} px" for stage in config.recipe.stages)
    lines = [
        "# What each part of the recipe is worth",
        "",
        f"{config.model.architecture} on {config.data.dataset}, epochs: {stages}; one seed. Judged on the {images:,} "
        "validation pictures, one view, macro AUC and negative log-likelihood (NLL) under the archive's class mix, "
        "balanced accuracy under a balanced one. In brackets: 95 % bootstrap intervals over lesions; a change is "
        "paired, lesion by lesion, and counts where its interval leaves out 0. A short training of a small network: "
        "what keeps a network from learning by heart is worth more the longer it trains.",
        "",
        "| Recipe | " + " | ".join(_FIGURES.values()) + " |",
        "|---" * (len(_FIGURES) + 1) + "|",
    ]
    for name, row in rows.items():
        shown = row["value"] if row["lost"] is None else row["lost"]
        title = name if row["lost"] is None else f"change without {name}"
        lines.append(f"| {title} | " + " | ".join(format_interval(shown[figure]) for figure in _FIGURES) + " |")
    return "\n".join(lines) + "\n"


def _on_validation(config: Config, cache: Cache, run: Run, validation: metrics.Integers) -> Floats:
    """Calibrated probabilities (pictures, 2 * classes): archive mix, then balanced mix."""
    network = load_network(config, len(cache.labels), run)
    logits = Runner(network, config.data.height_px, config.data.width_px).logits(cache.images[validation])
    calibration = calibrate(logits, cache.targets[validation], cache.class_mix())
    return np.column_stack((calibration.probabilities(logits), calibration.probabilities(logits, 0.0)))


def _figures_of(judged: Judged) -> Floats:
    archive, balanced = np.split(judged.probabilities, 2, axis=1)
    in_archive = Judged(archive, judged.targets, judged.weights)
    return np.array(
        (
            metrics.macro_auc(in_archive),
            metrics.balanced_accuracy(Judged(balanced, judged.targets, judged.weights)),
            metrics.negative_log_likelihood(in_archive),
        )
    )


def _values(probabilities: Floats, targets: metrics.Integers, groups: tuple[str, ...]) -> dict[str, Interval]:
    found = metrics.with_intervals(_figures_of, probabilities, targets, groups)
    return dict(zip(_FIGURES, found, strict=True))


def _paired(whole: Floats, without: Floats, targets: metrics.Integers, groups: tuple[str, ...]) -> dict[str, Interval]:
    """The figures without the part, less those of the whole recipe."""

    def change(judged: Judged) -> Floats:
        first, second = np.split(judged.probabilities, 2, axis=1)
        return _figures_of(Judged(second, judged.targets, judged.weights)) - _figures_of(
            Judged(first, judged.targets, judged.weights)
        )

    found = metrics.with_intervals(change, np.column_stack((whole, without)), targets, groups)
    return dict(zip(_FIGURES, found, strict=True))
