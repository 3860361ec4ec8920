"""Prints what classifying costs here, as figures and ratios of one run, and writes them to build/benchmark.json.

Times on a shared machine wander, so the arrangements are measured in turns, several times over, and compared
by their medians.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from skindesk.imaging.decode import read_picture_file
from skindesk.imaging.preprocess import decode_for_input, preprocess
from skindesk.inference.classifier import Classifier
from skindesk.services.classify import answer_for, classify_files
from skindesk.system.paths import bundled
from training.phantoms import KINDS, generate, save_jpeg

PICTURES, ROUNDS = 300, 5
OUT = Path("build/benchmark.json")


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        files = write_pictures(Path(temporary), PICTURES)
        classifier = Classifier.load(bundled("models", "dermoscopy-7"))
        figures = {
            "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
            "pictures": f"{PICTURES} JPEG, 600 x 450",
            **parts(files, classifier),
            **rates(files, classifier),
            "resident_mb": psutil.Process().memory_info().rss / 1e6,
            "start_to_rows_s": median_of(lambda: start_to_rows(files[:39])),
        }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2))
    for name, value in figures.items():
        print(f"{name:<28}{value if isinstance(value, str) else format(value, ',.2f')}")


def write_pictures(folder: Path, count: int) -> list[Path]:
    """Phantoms as a camera would write them; a few different ones, many times over."""
    originals = [generate(kind, seed) for kind in KINDS for seed in (1, 2)]
    paths = [folder / f"{at:05}.jpg" for at in range(count)]
    for at, path in enumerate(paths):
        if at < len(originals):
            save_jpeg(originals[at], path)
        else:
            path.write_bytes(paths[at % len(originals)].read_bytes())
    return paths


def parts(files: list[Path], classifier: Classifier) -> dict[str, float]:
    """What one picture costs on one thread, in milliseconds."""
    spec = classifier.contract.preprocessing
    pictures = [read_picture_file(path) for path in files[:50]]
    ready = [preprocess(decode_for_input(picture, spec).rgb, spec) for picture in pictures]

    def decoding() -> None:
        for picture in pictures:
            preprocess(decode_for_input(picture, spec).rgb, spec)

    def inference() -> None:
        for pixels in ready:
            classifier.run(pixels)

    decode_ms, infer_ms = (seconds / len(pictures) * 1000 for seconds in in_turns(decoding, inference))
    return {"decode_ms": decode_ms, "inference_ms": infer_ms}


def rates(files: list[Path], classifier: Classifier) -> dict[str, float]:
    """Pictures a second of a plain loop and of the batch engine, and the engine's gain."""

    def loop() -> None:
        for path in files:
            answer_for(read_picture_file(path), classifier)

    def engine() -> None:
        for _ in classify_files(files, classifier):
            pass

    loop_s, engine_s = in_turns(loop, engine)
    return {
        "loop_images_per_s": len(files) / loop_s,
        "engine_images_per_s": len(files) / engine_s,
        "engine_over_loop": loop_s / engine_s,
    }


def start_to_rows(files: list[Path]) -> float:
    """Seconds from starting `skindesk classify` to its end on a few pictures."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "skindesk", "classify", *(str(path) for path in files), "--json"]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def in_turns(*works: Callable[[], None]) -> list[float]:
    """The median seconds of each work, measured in turns after one round that is not counted."""
    seconds: list[list[float]] = [[] for _ in works]
    for turn in range(ROUNDS + 1):
        for work, kept in zip(works, seconds, strict=True):
            began = time.perf_counter()
            work()
            if turn:
                kept.append(time.perf_counter() - began)
    return [statistics.median(kept) for kept in seconds]


def median_of(measure: Callable[[], float]) -> float:
    return statistics.median([measure() for _ in range(ROUNDS)])


if __name__ == "__main__":
    main()
