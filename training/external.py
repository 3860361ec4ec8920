"""Measures a network on another prepared archive, with no picture that it has learnt from."""

from typing import Any

import numpy as np

from skindesk.domain.labels import Label
from training.cache import Cache
from training.calibrate import Calibration
from training.figures import MIXES, measure
from training.split import Part
from training.views import Predict


def measure_external(
    predict: Predict, calibration: Calibration, labels: tuple[Label, ...], home: Cache, other: Cache
) -> dict[str, Any]:
    """Every figure of `other`, for the classes that it shares by code with `labels` and has pictures of.

    Pictures of other classes, and those whose image or lesion was in `home`'s training or validation part, are left
    out and counted. Figures are None where nothing is left.
    """
    code_at = {label.code: at for at, label in enumerate(labels)}
    targets = np.array([code_at.get(other.labels[target].code, -1) for target in other.targets], np.int64)
    learnt = [at for at, part in enumerate(home.parts) if part is not Part.TEST]
    image_ids, groups = {home.image_ids[at] for at in learnt}, {home.groups[at] for at in learnt}
    seen = np.array(
        [image in image_ids or group in groups for image, group in zip(other.image_ids, other.groups, strict=True)]
    )
    chosen = np.flatnonzero((targets >= 0) & ~seen)
    result: dict[str, Any] = {
        "title": other.dataset_title,
        "images": len(chosen),
        "lesions": len({other.groups[at] for at in chosen}),
        "of_images": len(targets),
        "left_out": {"other_classes": int((targets < 0).sum()), "learnt_from": int(((targets >= 0) & seen).sum())},
        **dict.fromkeys(MIXES),
    }
    if len(chosen):
        logits, clusters = predict(other.images[chosen]), tuple(other.groups[at] for at in chosen)
        for mix, power in MIXES.items():
            figures = measure(calibration.probabilities(logits, power), targets[chosen], clusters, labels)
            rows = figures["per_class"].items()
            result[mix] = {**figures, "per_class": {code: row for code, row in rows if row["images"]}}
    return result
