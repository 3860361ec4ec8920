"""How long a picture takes from its bytes to the screen and to an answer, for each kind of file.

`python -m tests.benchmarks.opening` measures this alone. Everything is measured in turns. Beside the time by the clock,
which tells of what else the machine does, too, stands that of the processor, which sums up the threads of a decoder.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from skindesk.gui.examine.examiner import DRAFT_PX
from skindesk.gui.widgets.screen_picture import screen_picture
from skindesk.imaging.decode import PictureFile, decode, decode_for_screen, picture_from_bytes
from skindesk.imaging.phantoms import KINDS, generate
from skindesk.inference.classifier import Classifier
from skindesk.services.classify import answer_for
from skindesk.services.models import ModelLibrary
from skindesk.system.paths import Profile
from tests.benchmarks.figures import Figures, check, print_figures
from tests.support.dicom_files import jpeg_dicom
from tests.support.pictures import encoded, heic

NETWORK = "dermoscopy-7"
ROUNDS = 9
LARGE = (4000, 3000)
PHONES_TILE_PX, PHONES_PREVIEW_PX = 512, 320
SCREEN_MOST_MS, ANSWER_MOST_MS = 100, 150
"""By the processor, and for JPEG alone: 12 megapixels on the screen, and answered."""


def measure() -> Figures:
    """Median milliseconds for each file and step, by the processor and by the clock."""
    with tempfile.TemporaryDirectory() as temporary:
        classifier = ModelLibrary(Profile(Path(temporary) / "profile")).open(NETWORK)
        works = {
            f"{name}, {step}": work
            for name, picture in pictures().items()
            for step, work in steps(picture, classifier).items()
        }
        times = in_turns(works)
    return {
        f"{name} ({clock})": value
        for name, both in times.items()
        for clock, value in zip(("cpu_ms", "ms"), both, strict=True)
    }


def pictures() -> dict[str, PictureFile]:
    """A phantom with the noise of a phone's sensor, as each kind of file."""
    small = Image.fromarray(generate(KINDS[0], 1).rgb)
    large = photographed(small)
    contents = {
        "JPEG 600 x 450": encoded(small, "JPEG", quality=90),
        "JPEG 12 MP": encoded(large, "JPEG", quality=90),
        "HEIC 12 MP": heic(
            large, quality=65, chroma=420, tile_size=PHONES_TILE_PX, thumbnails=[PHONES_PREVIEW_PX],
            enc_params={"preset": "veryfast"},
        ),
        "PNG 12 MP": encoded(large, "PNG"),
        "DICOM 12 MP": jpeg_dicom(large),
    }  # fmt: skip
    return {
        f"{name}, {len(content) / 1e6:.1f} MB": picture_from_bytes(name, content) for name, content in contents.items()
    }


def photographed(small: Image.Image) -> Image.Image:
    """A picture at twelve megapixels with noise as a phone leaves it."""
    smooth = small.resize(LARGE, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1))
    noise = np.random.default_rng(1).normal(0, 1.5, (LARGE[1], LARGE[0], 1))
    return Image.fromarray((np.asarray(smooth) + noise).clip(0, 255).astype(np.uint8))


def steps(picture: PictureFile, classifier: Classifier) -> dict[str, Callable[[], object]]:
    """What is timed of one picture."""
    return {
        "first look": lambda: screen_picture(decode_for_screen(picture, DRAFT_PX).rgb),
        "every pixel": lambda: decode(picture),
        "every pixel on the screen": lambda: screen_picture(decode(picture).rgb),
        "answer": lambda: answer_for(picture, classifier),
    }


def in_turns(works: dict[str, Callable[[], object]]) -> dict[str, tuple[float, float]]:
    """The median milliseconds of each work by the processor and by the clock, after one round that is not counted."""
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for turn in range(ROUNDS + 1):
        for name, work in works.items():
            cpu, clock = time.process_time(), time.perf_counter()
            work()
            if turn:
                measured[name].append((time.process_time() - cpu, time.perf_counter() - clock))
    return {name: _medians(kept) for name, kept in measured.items()}


def _medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    cpu, clock = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    return cpu, clock


def main() -> None:
    figures = measure()
    print_figures("Opening", figures)
    photograph = {name: value for name, value in figures.items() if name.startswith("JPEG 12 MP")}
    first = next(value for name, value in photograph.items() if name.endswith("first look (cpu_ms)"))
    answered = next(value for name, value in photograph.items() if name.endswith("answer (cpu_ms)"))
    check(first <= SCREEN_MOST_MS, f"a photograph of 12 MP takes {first:.0f} ms to the screen")
    check(answered <= ANSWER_MOST_MS, f"a photograph of 12 MP takes {answered:.0f} ms to its answer")


if __name__ == "__main__":
    main()
