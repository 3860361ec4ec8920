"""What classifying costs with each shipped network.

Every network and arrangement is measured in turns, several times over, and compared by its median.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain, islice
from pathlib import Path

import psutil

from skindesk.imaging.decode import read_picture_file
from skindesk.imaging.preprocess import decode_for_input, preprocess
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Item, classify_items
from skindesk.services.classify import answer_for
from skindesk.services.models import ModelLibrary
from skindesk.system.paths import Profile
from tests.benchmarks.figures import Figures
from training.phantoms import KINDS, generate, save_jpeg

PICTURES, TIMED, ROUNDS = 300, 50, 5
CORES = os.cpu_count() or 1


def measure() -> dict[str, Figures]:
    """Figures of the program with its default network, and of each network."""
    with tempfile.TemporaryDirectory() as temporary:
        files = write_pictures(Path(temporary), PICTURES)
        library = ModelLibrary(Profile(Path(temporary) / "profile"))
        run_engine(files, library.open())
        resident_mb = psutil.Process().memory_info().rss / 1e6
        networks = {model.model_id: library.open(model.model_id) for model in library.installed()}
        figures: Figures = {"resident_mb": resident_mb, "start_to_rows_s": median_of(lambda: start_to_rows(files[:39]))}
        return {"default network": figures, **costs(files, networks)}


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


def costs(files: list[Path], networks: Mapping[str, Classifier]) -> dict[str, Figures]:
    """What each network costs, the default first.

    On one thread, in milliseconds a picture: decoding and resizing, and the network. In pictures a second: a plain
    loop and the batch engine. The ratios compare what was measured in the same turns; the
    ideal is decoding and inference alone, spread evenly over the cores.
    """
    each = [works(files, classifier) for classifier in networks.values()]
    seconds = iter(in_turns(*chain.from_iterable(each)))
    measured = [tuple(islice(seconds, len(of_network))) for of_network in each]
    default_s = measured[0][1]
    return {
        model_id: {
            "decode_ms": decode_s / TIMED * 1000,
            "inference_ms": infer_s / TIMED * 1000,
            "inference_over_default": infer_s / default_s,
            "loop_images_per_s": len(files) / loop_s,
            "engine_images_per_s": len(files) / engine_s,
            "engine_over_loop": loop_s / engine_s,
            "engine_over_ideal": (decode_s + infer_s) / TIMED / CORES * len(files) / engine_s,
        }
        for model_id, (decode_s, infer_s, loop_s, engine_s) in zip(networks, measured, strict=True)
    }


def works(files: list[Path], classifier: Classifier) -> tuple[Callable[[], None], ...]:
    """What is timed of one network: decoding and inference of `TIMED` pictures, loop and engine over all files."""
    spec = classifier.contract.preprocessing
    pictures = [read_picture_file(path) for path in files[:TIMED]]
    ready = [preprocess(decode_for_input(picture, spec).rgb, spec) for picture in pictures]

    def decoding() -> None:
        for picture in pictures:
            preprocess(decode_for_input(picture, spec).rgb, spec)

    def inference() -> None:
        for pixels in ready:
            classifier.run(pixels)

    def loop() -> None:
        for path in files:
            answer_for(read_picture_file(path), classifier)

    return decoding, inference, loop, partial(run_engine, files, classifier)


def run_engine(files: list[Path], classifier: Classifier) -> None:
    for _ in classify_items(map(Item, files), classifier):
        pass


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
