"""A process that does with picture files what the program does, so that what this costs is measured from outside.

`python -m tests.faults.looking` takes orders, a line each, and does each in a process of its own, which may crash, hang
or swell without harm to anything else.
"""

import faulthandler
import itertools
import json
import os
import resource
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from skindesk.domain.contract import Geometry, Preprocessing, Resampling
from skindesk.domain.errors import ImageRejectedError
from skindesk.imaging.decode import DecodedImage, PictureFile, decode, decode_for_screen, picture_from_bytes
from skindesk.imaging.preprocess import decode_for_input, decode_near_input, preprocess
from skindesk.services.batch.sources import Search, find_items
from tests.support.mutations import mutations

ROOT = Path(__file__).parents[2]
LONGEST_S, LONGEST_WAIT_S, MOST_MB = 10, 60, 1024
"""Of processor time, in all, which a busy machine draws out, and of memory."""
_TOO_LONG = {signal.SIGPROF: f"over {LONGEST_S} s", signal.SIGALRM: f"nothing for {LONGEST_WAIT_S} s"}
_GUARD_BYTES = 12 << 30
"""Of addresses: an allocation beyond this fails, which is told as a fault."""
_SCREEN_PX, _INPUT_PX = 64, 224
DECODED, REFUSED, MIXED = "dr?"
"""In each way, in none, and in some: a preview may be sound where the picture is not."""


@dataclass(frozen=True)
class Copies:
    """Changed copies of an original, from the number `first` on: what tells them to anybody else."""

    form: str
    kind: str
    seed: int
    first: int
    count: int


@dataclass(frozen=True)
class Seen:
    """What came of pictures up to the first fault, a letter each, and what they cost altogether."""

    outcomes: str
    fault: str
    slowest_ms: float
    cpu_s: float
    peak_mb: float


class Looker:
    """The process at work, given orders one after the other."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self._child = child

    def try_copies(self, copies: Copies) -> Seen:
        """Decode each copy in every way until one is at fault."""
        return self._ask(asdict(copies))

    def bring_in(self, path: Path) -> Seen:
        """Take a file for what a batch is over, and decode each picture of it in every way."""
        return self._ask({"path": str(path)})

    def _ask(self, order: dict[str, Any]) -> Seen:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(order) + "\n")
        self._child.stdin.flush()
        return Seen(**json.loads(self._child.stdout.readline()))


@contextmanager
def looker() -> Iterator[Looker]:
    """A process that ends with the block."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.looking"],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # its threads do not live on in forked processes
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:  # closes its orders, which ends it
        yield Looker(child)


def copies_of(whole: bytes, copies: Copies) -> Iterator[bytes]:
    """The copies that are told."""
    return itertools.islice(mutations(whole, copies.first + copies.count, copies.seed), copies.first, None)


def main() -> None:
    import pi_heif  # noqa: F401  # loaded once, not in each process
    import pydicom.encaps
    import pydicom.filereader  # noqa: F401

    from tests.support.originals import originals

    warnings.simplefilter("ignore")
    sound = originals()
    for line in sys.stdin:
        order = json.loads(line)
        if "path" in order:
            work = partial(_bring_in, Path(order["path"]))
        else:
            copies = Copies(**order)
            work = partial(_try_copies, copies_of(sound[copies.form][copies.kind], copies))
        print(json.dumps(asdict(_watched(work))), flush=True)


Tell = Callable[[str], None]


def _watched(work: Callable[[Tell], None]) -> Seen:
    """Do something in a process of its own, which tells a line for each picture."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _alone(work, writing)
    os.close(writing)
    with os.fdopen(reading) as file:
        lines = [line.split(maxsplit=1) for line in file]
    _, status, usage = os.wait4(child, 0)
    told = [(letter, float(words)) for letter, words in lines if letter != "!"]
    faults = [words.strip() for letter, words in lines if letter == "!"]
    if os.WIFSIGNALED(status):
        number = signal.Signals(os.WTERMSIG(status))
        faults.append(_TOO_LONG.get(number, f"crash: {number.name}"))
    return Seen(
        outcomes="".join(letter for letter, _ in told),
        fault="; ".join(faults),
        slowest_ms=max((ms for _, ms in told), default=0.0),
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
    )


def _alone(work: Callable[[Tell], None], writing: int) -> None:
    """Work, tell of it, and end the process."""

    def tell(line: str) -> None:
        os.write(writing, f"{line}\n".encode())

    resource.setrlimit(resource.RLIMIT_AS, (_GUARD_BYTES, _GUARD_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable(os.dup(2))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where libtiff tells of each damaged row
    try:
        work(tell)
    except BaseException as error:
        tell(f"! {error!r}"[:500].replace("\n", " "))
    finally:
        os._exit(0)


def _try_copies(copies: Iterable[bytes], tell: Tell) -> None:
    for content in copies:
        _begin()
        _look(picture_from_bytes("picture", content) if content else None, tell)


def _bring_in(path: Path, tell: Tell) -> None:
    _begin()
    for item in find_items(Search.over([path])):
        try:
            picture = item.read()
        except ImageRejectedError as error:
            _check_memory(error)
            tell(f"{REFUSED} 0")
        else:
            _look(picture, tell)


def _look(picture: PictureFile | None, tell: Tell) -> None:
    """Everything that the program does with a picture file."""
    began_s = time.process_time()
    decoded = 0
    for way in WAYS if picture else ():
        try:
            way(picture)
            decoded += 1
        except ImageRejectedError as error:
            _check_memory(error)
    outcome = DECODED if decoded == len(WAYS) else MIXED if decoded else REFUSED
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if peak_mb > MOST_MB:
        raise MemoryError(f"{peak_mb:.0f} MB")
    tell(f"{outcome} {1000 * (time.process_time() - began_s):.1f}")


def _begin() -> None:
    """From here on the time counts; the signal at its end ends the process, even in the midst of a library."""
    signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_WAIT_S)


def _check_memory(error: BaseException | None) -> None:
    """A refusal because the guard let no more be allocated is one that would have cost as much elsewhere."""
    while error is not None:
        if isinstance(error, MemoryError):
            raise error
        error = error.__cause__


def _for_input(picture: PictureFile) -> None:
    spec = Preprocessing(_INPUT_PX, _INPUT_PX, Geometry.SQUASH, Resampling.BILINEAR)
    image = decode_near_input(picture, spec)
    _check(image)
    scaled = preprocess(image.rgb, spec)
    assert scaled.shape == (_INPUT_PX, _INPUT_PX, 3)
    assert (decode_for_input(picture, spec).rgb == scaled).all()


def _for_screen(picture: PictureFile) -> None:
    _check(decode_for_screen(picture, _SCREEN_PX))


def _whole(picture: PictureFile) -> None:
    image = decode(picture)
    _check(image)
    assert image.is_full_size


WAYS = (_for_input, _for_screen, _whole)


def _check(image: DecodedImage) -> None:
    height, width, bands = image.rgb.shape
    assert image.rgb.dtype == "uint8"
    assert bands == 3
    assert 0 < width <= image.original_width_px
    assert 0 < height <= image.original_height_px


if __name__ == "__main__":
    main()
