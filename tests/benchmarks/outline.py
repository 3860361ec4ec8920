"""How near proposed outlines come to the lesions, how far their confidence can be trusted, and how long they take.

The pictures are generated, so that the truth is known: all kinds, bare and with what disturbs: more hairs, a ruler at
the edge, a dark surround with a sharp or a soft edge, uneven light.
"""

import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.outline import ProposedOutline, propose_outline
from skindesk.imaging.phantoms import KINDS, generate
from tests.benchmarks.figures import Figures, check, print_figures
from tests.support.outlines import alike, inside

SEEDS = range(9000, 9006)
MEDIAN_ALIKE, MOST_MS = 0.85, 60.0

Picture = NDArray[np.uint8]


def measure(seeds: range = SEEDS) -> Figures:
    """Jaccard indices and their quartiles, the correlation of confidence with them, and milliseconds of one core."""
    all_alike: dict[str, list[float]] = {name: [] for name in DISTURBANCES}
    confidences: list[float] = []
    spent_ms: list[float] = []
    for seed in seeds:
        for kind in KINDS:
            phantom = generate(kind, seed)
            for name, disturb in DISTURBANCES.items():
                begun_s = time.process_time()
                found = propose_outline(disturb(phantom.rgb, np.random.default_rng([seed, KINDS.index(kind)])))
                spent_ms.append(1000 * (time.process_time() - begun_s))
                is_found = isinstance(found, ProposedOutline)
                near = alike(inside(found.points, 600, 450), phantom.mask) if is_found else 0.0
                all_alike[name].append(near)
                confidences.append(found.confidence if is_found else 0.0)
    everything = np.concatenate(list(all_alike.values()))
    large = cv2.resize(generate("mel", 1).rgb, (4032, 3024))
    begun_s = time.process_time()
    propose_outline(np.asarray(large, np.uint8))
    large_ms = 1000 * (time.process_time() - begun_s)
    return {
        "pictures": len(everything),
        **{f"alike_{part}": float(np.quantile(everything, at)) for part, at in QUANTILES.items()},
        **{f"alike_median_{name}": float(np.median(found)) for name, found in all_alike.items()},
        "confidence_correlation": float(np.corrcoef(confidences, everything_in_order(all_alike))[0, 1]),
        "median_ms": float(np.median(spent_ms)),
        "large_picture_ms": large_ms,
    }


def everything_in_order(all_alike: dict[str, list[float]]) -> list[float]:
    """The indices in the order in which they were measured."""
    return [value for values in zip(*all_alike.values(), strict=True) for value in values]


def _as_it_is(rgb: Picture, _: np.random.Generator) -> Picture:
    return rgb


def _with_hairs(rgb: Picture, rng: np.random.Generator) -> Picture:
    hairy = rgb.copy()
    for _ in range(20):
        start, way = rng.uniform((0, 0), (600, 450)), rng.uniform(0, 2 * np.pi)
        bend = rng.normal(0, 0.02)
        turns = way + bend * np.arange(30)
        line = start + 8 * np.cumsum(np.stack((np.cos(turns), np.sin(turns)), axis=1), axis=0)
        cv2.polylines(hairy, [line.astype(np.int32)], False, (45, 35, 30), int(rng.integers(1, 4)), cv2.LINE_AA)
    return hairy


def _with_ruler(rgb: Picture, rng: np.random.Generator) -> Picture:
    ruled, step = rgb.copy(), float(rng.uniform(9, 16))
    ruled[-40:] = 236
    for mark in range(int(600 / step) + 1):
        length = 34 if mark % 10 == 0 else 26 if mark % 5 == 0 else 17
        cv2.line(ruled, (int(mark * step), 410), (int(mark * step), 410 + length), (20, 20, 20), 2)
    return ruled


def _surrounded(soft: float) -> Callable[[Picture, np.random.Generator], Picture]:
    def surround(rgb: Picture, rng: np.random.Generator) -> Picture:
        y, x = np.mgrid[:450, :600]
        away = np.hypot(x - 300, y - 225) / 375
        light = 0.05 + 0.95 * np.clip((rng.uniform(0.8, 0.95) + soft / 2 - away) / soft, 0, 1)
        return (rgb * light[:, :, None]).astype(np.uint8)

    return surround


def _unevenly_lit(rgb: Picture, rng: np.random.Generator) -> Picture:
    y, x = np.mgrid[-1:1:450j, -1:1:600j]
    way = rng.uniform(0, 2 * np.pi)
    light = 0.85 + 0.15 * (x * np.cos(way) + y * np.sin(way))
    return np.clip(rgb * light[:, :, None], 0, 255).astype(np.uint8)


DISTURBANCES: dict[str, Callable[[Picture, np.random.Generator], Picture]] = {
    "bare": _as_it_is,
    "hairs": _with_hairs,
    "ruler": _with_ruler,
    "surround": _surrounded(0.06),
    "soft_surround": _surrounded(0.25),
    "uneven_light": _unevenly_lit,
}
QUANTILES = {"lowest_tenth": 0.1, "lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}


if __name__ == "__main__":
    measured = measure()
    print_figures("Proposed outlines", measured)
    check(measured["alike_median"] >= MEDIAN_ALIKE, "the median outline is too far from the lesion")
    check(measured["median_ms"] <= MOST_MS, "an outline takes too long")
