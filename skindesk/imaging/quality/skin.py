"""Whether a picture shows skin at all: few colours of one family, soft light, no straight or manifold detail.

Skin of every tone lies in one narrow band of hues, since melanin and blood colour it; how light it is does not count.
"""

import cv2
import numpy as np

from skindesk.imaging.quality.measures import Measures, log_of
from skindesk.imaging.quality.scene import Scene

_SHARE_NOISE = 5e-3
_GREY = 4.0
"""Of CIELAB chroma: below it a hue means nothing."""
_HUES = 24


def measure_skin(scene: Scene) -> Measures:
    """Shares and spreads of hues, of grey, of light and of edges."""
    small = scene.lab
    light, a, b = small[..., 0], small[..., 1], small[..., 2]
    chroma, hue = np.hypot(a, b), np.degrees(np.arctan2(b, a))
    coloured = chroma > _GREY
    skin_like = coloured & (hue > -30) & (hue < 85)
    histogram = np.histogram(hue[coloured], _HUES, (-180, 180))[0] / max(1, coloured.sum())
    slope = cv2.magnitude(
        cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.125)
    )
    blocks = cv2.resize(small, (6, 6), interpolation=cv2.INTER_AREA).reshape(36, 3)
    return {
        "grey": log_of(float((~coloured).mean()), _SHARE_NOISE),
        "skin_like": log_of(float((~skin_like & coloured).mean()), _SHARE_NOISE),
        "green_or_blue": log_of(float((coloured & ((hue > 110) | (hue < -80))).mean()), _SHARE_NOISE),
        "hues": float(-(histogram * np.log(histogram + 1e-6)).sum()),
        "chroma_middle": float(np.median(chroma)),
        "chroma_spread": log_of(float(chroma.std()), 0.5),
        "light_spread": log_of(float(light.std()), 0.5),
        "edges": log_of(float(slope.mean()), 0.05),
        "strong_edges": log_of(float((slope > 8).mean()), _SHARE_NOISE),
        "patches_light": log_of(float(np.median(np.abs(blocks[:, 0] - np.median(blocks[:, 0])))), 0.5),
        "patches_a": log_of(float(np.median(np.abs(blocks[:, 1] - np.median(blocks[:, 1])))), 0.5),
        "patches_b": log_of(float(np.median(np.abs(blocks[:, 2] - np.median(blocks[:, 2])))), 0.5),
        "rim_light": log_of(float(np.abs(np.diff(np.concatenate((light[0], light[:, -1], light[-1])))).mean()), 0.05),
    }
