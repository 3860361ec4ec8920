"""What a run over ten thousand pictures takes in memory from its beginning to its end, and how fast it is.

`python -m tests.benchmarks.long_run` measures this alone: `skindesk classify`, whose rows are read as they come, over
generated pictures and, where there are any (SKINDESK_DATA), those of an archive, over and over.
"""

import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import psutil
from PIL import Image

from skindesk.imaging.phantoms import KINDS, generate
from tests.benchmarks.figures import Figures, check, print_figures
from tests.support.pictures import encoded
from tests.support.quality_pictures import data_folder

PICTURES, FROM_ARCHIVE = 10_000, 400
FIRST_LOOK, EVERY = 1_000, 500
NETWORKS = ("dermoscopy-7-fast", "dermoscopy-7")
MOST_MB, MOST_GROWTH_MB = 250, 10


def measure() -> dict[str, Figures]:
    """Megabytes resident after the first thousand rows and at the end, by network."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pictures"
        _fill(folder, Path(temporary))
        return {f"10,000 pictures, {model_id}": _run(folder, Path(temporary), model_id) for model_id in NETWORKS}


def _fill(folder: Path, scratch: Path) -> None:
    folder.mkdir()
    originals = []
    for kind in KINDS:
        path = scratch / f"{kind}.jpg"
        path.write_bytes(encoded(Image.fromarray(generate(kind, 1).rgb), "JPEG", quality=90))
        originals.append(path)
    data = data_folder()
    if data is not None:
        originals += islice(sorted((data / "ham10000").rglob("*.jpg")), FROM_ARCHIVE)
    for at, original in enumerate(islice(cycle(originals), PICTURES)):
        (folder / f"{at:05}.jpg").symlink_to(original)


def _run(folder: Path, scratch: Path, model_id: str) -> Figures:
    command = [
        sys.executable, "-m", "skindesk", "--profile", scratch / "profile", "classify", folder, "--json",
        "--model", model_id,
    ]  # fmt: skip
    began_s = time.perf_counter()
    resident_mb: list[float] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": "1"}) as process:
        assert process.stdout is not None
        watched, rows = psutil.Process(process.pid), 0
        for rows, _ in enumerate(process.stdout, 1):
            if rows >= FIRST_LOOK and rows % EVERY == 0:
                resident_mb.append(watched.memory_info().rss / 1e6)
    if rows != PICTURES:
        raise RuntimeError(f"{rows} rows of {PICTURES} pictures")
    return {
        "images/s, start and end included": rows / (time.perf_counter() - began_s),
        f"resident at row {FIRST_LOOK:,} (MB)": resident_mb[0],
        f"resident at row {PICTURES:,} (MB)": resident_mb[-1],
        "largest (MB)": max(resident_mb),
    }


def check_bars(figures: dict[str, Figures]) -> None:
    """End with an error where a bar is missed."""
    for name, each in figures.items():
        first, last = (each[f"resident at row {row:,} (MB)"] for row in (FIRST_LOOK, PICTURES))
        check(each["largest (MB)"] <= MOST_MB, f"{name} took {each['largest (MB)']:.0f} MB")
        check(last - first <= MOST_GROWTH_MB, f"{name} grew by {last - first:.0f} MB")


if __name__ == "__main__":
    measured = measure()
    for title, each in measured.items():
        print_figures(title, each)
    check_bars(measured)
