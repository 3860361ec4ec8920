"""How often two pictures of one lesion are brought into register, how exactly, and whether strangers are turned away.

The pictures are generated (tests.support.lesion_pairs), so that the truth is known. The error of an alignment is how
far it carries a grid of points from where they belong, on average and in parts of the picture's width.
"""

import math
import time
from collections.abc import Iterator

import numpy as np

from skindesk.imaging.registration import Alignment, align
from tests.benchmarks.figures import Figures, check, print_figures
from tests.support.lesion_pairs import Pair, different_lesions, same_lesion

PAIRS = 200
MEDIAN_ERROR, SILENT_ERROR = 0.02, 0.05
"""In parts of the width: what the median may reach, and beyond what a found alignment counts as a silent failure."""
TURNED_DEG = {"within_45_degrees": 45.0, "any_angle": 180.0}


def measure(pairs: int = PAIRS) -> Figures:
    """Counts, errors in per cent of the width, and milliseconds."""
    figures: Figures = {"pairs": pairs}
    for name, most_turned_deg in TURNED_DEG.items():
        one_lesion = _one_lesion(pairs, most_turned_deg)
        figures |= {f"{name}_{key}": value for key, value in one_lesion.items()}
    strangers = [align(pair.fixed, pair.moving) for pair in map(different_lesions, range(pairs))]
    return figures | {
        "strangers_accepted": sum(alignment.found for alignment in strangers),
        "strangers_most_agreement": max(alignment.agreement for alignment in strangers),
    }


def _one_lesion(pairs: int, most_turned_deg: float) -> Figures:
    errors, spent_s = [], []
    for pair, alignment, took_s in _aligned(pairs, most_turned_deg):
        spent_s.append(took_s)
        if alignment.matrix is not None:
            errors.append(pair.error(alignment.matrix))
    found = errors or [math.inf]
    return {
        "found": len(errors),
        "silent_failures": sum(error > SILENT_ERROR for error in errors),
        "median_error_percent": 100 * float(np.median(found)),
        "largest_error_percent": 100 * max(found),
        "median_ms": 1000 * float(np.median(spent_s)),
        "slowest_ms": 1000 * max(spent_s),
    }


def _aligned(pairs: int, most_turned_deg: float) -> Iterator[tuple[Pair, Alignment, float]]:
    for seed in range(pairs):
        pair = same_lesion(seed, most_turned_deg)
        begun_s = time.perf_counter()
        alignment = align(pair.fixed, pair.moving)
        yield pair, alignment, time.perf_counter() - begun_s


if __name__ == "__main__":
    measured = measure()
    print_figures("Alignment of two pictures of one lesion", measured)
    for turned in TURNED_DEG:
        check(measured[f"{turned}_median_error_percent"] < 100 * MEDIAN_ERROR, "the median error is too large")
        check(measured[f"{turned}_silent_failures"] == 0, "an alignment is wrong and does not say so")
    check(measured["strangers_accepted"] == 0, "two different lesions were taken for one")
