"""Where in the picture a class found its support: the class-activation map, laid over the picture.

Zhou et al. 2016, "Learning deep features for discriminative localization", arXiv 1512.04150. The map shows
which places raised a class's logit; it does not show why, nor where a lesion ends.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from skindesk.domain.contract import Geometry, Preprocessing
from skindesk.domain.region import Region


def support_map(
    cam: NDArray[np.float32],
    class_index: int,
    spec: Preprocessing,
    width_px: int,
    height_px: int,
    region: Region | None = None,
) -> NDArray[np.float32]:
    """The positive part of one class's map, float32 (height_px, width_px), 0 to 1; all zero without support.

    `cam` is float32 (rows, columns, classes) in logits. Outside the `region` that the network was given, in the pixels
    of the map, it is zero. Under the geometry `fit` the map covers the centred part that the network saw.
    """
    if region is not None:
        whole = np.zeros((height_px, width_px), np.float32)
        within = whole[region.top : region.top + region.height, region.left : region.left + region.width]
        within[:] = support_map(cam, class_index, spec, within.shape[1], within.shape[0])
        return whole
    support = np.maximum(cam[:, :, class_index] - cam.mean(axis=2), 0)
    peak = float(support.max())
    if peak > 0:
        support = support / peak
    seen_width, seen_height = width_px, height_px
    if spec.geometry is Geometry.FIT:
        aspect = spec.width_px / spec.height_px
        seen_width = round(min(width_px, height_px * aspect))
        seen_height = round(seen_width / aspect)
    scaled = Image.fromarray(support.astype(np.float32)).resize((seen_width, seen_height), Image.Resampling.BICUBIC)
    canvas = np.zeros((height_px, width_px), np.float32)
    left, top = (width_px - seen_width) // 2, (height_px - seen_height) // 2
    canvas[top : top + seen_height, left : left + seen_width] = np.clip(np.asarray(scaled), 0, 1)
    return canvas
