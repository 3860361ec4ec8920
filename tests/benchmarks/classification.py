"""What classifying costs: this program's engine against what it could reach, and against what others do.

Everything is measured in turns in one run, and a ratio compares what was measured in the same turn; the median of the
turns is told. The engine stands beside
- the limit: decoding and inference of one picture on one thread, spread evenly over the cores;
- the network alone, run on pixels that are ready by as many threads as there are cores;
- a plain loop: Pillow opens and scales, onnxruntime runs with its own defaults, one picture after the other;
- the script that small projects ship, with Keras' `load_img` and `predict`, where TensorFlow is installed.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import pi_heif
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from PIL import Image

from skindesk.imaging.decode import PictureFile, read_picture_file
from skindesk.imaging.phantoms import KINDS, generate
from skindesk.imaging.preprocess import decode_for_input, preprocess
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Item, classify_items
from skindesk.services.models import InstalledModel, ModelLibrary
from skindesk.system.paths import Profile
from tests.benchmarks.figures import Figures, check, print_figures
from tests.benchmarks.opening import pictures
from tests.support.pictures import encoded

ROUNDS = 5
CORES = os.cpu_count() or 1
ROWS = 2_000
"""Of the engine in each turn with a network of which the bars below tell: ten thousand in all."""
OTHER_ROWS, TIMED = 300, 60
LARGE_ROWS = {"JPEG 12 MP": 60, "PNG 12 MP": 12, "HEIC 12 MP": 8}
BY_KERAS, ARCHITECTURE, CLASSES = 30, "MobileNetV2", 7
"""The network of `dermoscopy-7-fast` before it was brought to eight bits, and half of `dermoscopy-7`."""
MEASURED = ("dermoscopy-7-fast", "dermoscopy-7")
OF_LIMIT, TIMES_KERAS, TIMES_PLAIN = 0.95, 25, 2.5
"""The bars: for both networks, for the fast one, and for it on JPEGs of 12 megapixels."""

T = TypeVar("T")
Work = Callable[[], float]
"""Does a part of the work and returns its seconds for one picture."""


def measure() -> dict[str, Figures]:
    """Figures by kind of file and network."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        library = ModelLibrary(Profile(folder / "profile"))
        figures: dict[str, Figures] = {}
        small = _small_files(folder / "small")
        with _keras_script(folder / "small") as keras:
            for model in sorted(library.installed(), key=lambda each: each.model_id not in MEASURED):
                rows = ROWS if model.model_id in MEASURED else OTHER_ROWS
                others = {"Keras script": keras} if keras and model.model_id in MEASURED else {}
                figures[f"JPEG 600 x 450, {model.model_id}"] = _compared(small, rows, model, library, others)
        for kind, rows in LARGE_ROWS.items():
            files = _large_files(folder / kind, kind)
            for model_id in MEASURED:
                figures[f"{kind}, {model_id}"] = _compared(files, rows, library.find(model_id), library, {})
        return figures


def _small_files(folder: Path) -> list[Path]:
    """Phantoms as a camera writes them; a few different ones, which the engine is given over and over."""
    folder.mkdir()
    contents = [
        encoded(Image.fromarray(generate(kind, seed).rgb), "JPEG", quality=90) for kind in KINDS for seed in (1, 2)
    ]
    return [_written(folder / f"{at:02}.jpg", content) for at, content in enumerate(contents)]


def _large_files(folder: Path, kind: str) -> list[Path]:
    folder.mkdir()
    content = next(picture.content for name, picture in pictures().items() if name.startswith(kind))
    return [_written(folder / f"{kind.partition(' ')[0]}.{kind.partition(' ')[0].lower()}", content)]


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _compared(
    files: Sequence[Path], rows: int, model: InstalledModel, library: ModelLibrary, others: Mapping[str, Work]
) -> Figures:
    """Milliseconds a picture, pictures a second, and what the engine reaches of each."""
    works = _works(files, rows, library.open(model.model_id), model.folder / "model.onnx") | others
    turns = [{name: work() for name, work in works.items()} for _ in range(ROUNDS + 1)][1:]
    figures: Figures = {}
    for name in ("decoding", "inference"):
        figures[f"{name} (ms)"] = statistics.median(turn[name] for turn in turns) * 1000
    for turn in turns:
        turn["limit"] = (turn["decoding"] + turn["inference"]) / CORES
    names = ("engine", "limit", "network alone", "plain loop", *others)
    for name in names:
        figures[f"{name} (images/s)"] = statistics.median(1 / turn[name] for turn in turns)
    for name in names[1:]:
        figures[f"engine / {name}"] = statistics.median(turn[name] / turn["engine"] for turn in turns)
    return figures


def _works(files: Sequence[Path], rows: int, classifier: Classifier, network: Path) -> dict[str, Work]:
    spec = classifier.contract.preprocessing
    few = min(TIMED, rows)
    read = [read_picture_file(path) for path in files]

    def decoded(picture: PictureFile) -> NDArray[np.uint8]:
        return preprocess(decode_for_input(picture, spec).rgb, spec)

    ready = [decoded(picture) for picture in read]
    plain = InferenceSession(str(network))
    size = (spec.width_px, spec.height_px)

    def plainly(path: Path) -> None:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB").resize(size))
        plain.run(None, {classifier.contract.input_name: pixels[None]})

    return {
        "decoding": partial(_one_by_one, decoded, read, few),
        "inference": partial(_one_by_one, classifier.run, ready, few),
        "engine": partial(_by_engine, files, rows, classifier),
        "network alone": partial(_by_threads, classifier.run, ready, few),
        "plain loop": partial(_one_by_one, plainly, files, few),
    }


def _one_by_one(do: Callable[[T], object], things: Sequence[T], count: int) -> float:
    began_s = time.perf_counter()
    for thing in islice(cycle(things), count):
        do(thing)
    return (time.perf_counter() - began_s) / count


def _by_threads(do: Callable[[T], object], things: Sequence[T], count: int) -> float:
    with ThreadPoolExecutor(CORES) as pool:
        began_s = time.perf_counter()
        for _ in pool.map(lambda _core: _one_by_one(do, things, count), range(CORES)):
            pass
        return (time.perf_counter() - began_s) / (count * CORES)


def _by_engine(files: Sequence[Path], rows: int, classifier: Classifier) -> float:
    began_s = time.perf_counter()
    done = sum(1 for _ in classify_items(map(Item, islice(cycle(files), rows)), classifier))
    return (time.perf_counter() - began_s) / done


@contextmanager
def _keras_script(folder: Path) -> Iterator[Work | None]:
    """The script, waiting for its turns in a process of its own; None where TensorFlow is not installed."""
    if find_spec("tensorflow") is None:
        yield None
        return
    command = [sys.executable, "-m", "tests.benchmarks.keras_script", folder, ARCHITECTURE, str(CLASSES)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told, said = process.stdin, process.stdout
        said.readline()

        def by_keras() -> float:
            print(BY_KERAS, file=told, flush=True)
            return float(said.readline()) / BY_KERAS

        yield by_keras
        told.close()


def check_bars(figures: Mapping[str, Figures]) -> None:
    """End with an error where a bar is missed."""
    for model_id in MEASURED:
        reached = figures[f"JPEG 600 x 450, {model_id}"]["engine / limit"]
        check(reached >= OF_LIMIT, f"{model_id} reaches {reached:.2f} of its limit")
    fast = MEASURED[0]
    times = figures[f"JPEG 600 x 450, {fast}"].get("engine / Keras script", TIMES_KERAS)
    check(times >= TIMES_KERAS, f"{fast} is {times:.1f} times as fast as the Keras script")
    times = figures[f"JPEG 12 MP, {fast}"]["engine / plain loop"]
    check(times >= TIMES_PLAIN, f"{fast} is {times:.1f} times as fast as a plain loop on 12 megapixels")


pi_heif.register_heif_opener()  # for the plain loop, which lets Pillow open whatever it can

if __name__ == "__main__":
    measured = measure()
    for title, each in measured.items():
        print_figures(title, each)
    check_bars(measured)
