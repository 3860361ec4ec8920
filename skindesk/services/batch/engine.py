"""Classifies items with several workers at once; one bad file is one rejected result and never ends a run."""

import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, Thread

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.contract import Modality
from skindesk.domain.embedding import Embedding
from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.domain.outcome import Classified, Outcome, Rejected
from skindesk.domain.quality import QualityFinding
from skindesk.imaging.preprocess import decode_for_input, decode_near_input
from skindesk.inference.classifier import Classifier, embedding_of
from skindesk.services.batch.items import Item, Seen
from skindesk.system.priority import give_way

_log = logging.getLogger(__name__)

WINDOW_PER_WORKER = 16
"""How many items are in hand for each worker: enough to go on while what came before is being written to the disk."""
NOTHING_NEW_S = 0.5
"""How long a run waits for what is to come, before it asks for items again and lets its caller act."""


@dataclass(frozen=True)
class Options:
    """How a run works. `workers` 0 means one per processor core.

    With `ordered`, results come in the order of the items, else as they are ready. `quality` adds the quality gate's
    findings, which takes longer than the network; `embedding` keeps the network's features with each result.
    `low_priority` lets the workers give way to everything else on the computer.
    """

    workers: int = 0
    ordered: bool = True
    quality: bool = False
    embedding: bool = False
    low_priority: bool = False

    @property
    def worker_count(self) -> int:
        """How many workers that is on this computer."""
        return self.workers or os.cpu_count() or 1


DEFAULTS = Options()


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item. `number` counts the items of a run from 0.

    `seen` is the file as it was before it was read, None where it could not be found. `item` holds no content.
    """

    number: int
    item: Item
    outcome: Outcome
    seen: Seen | None = None
    findings: tuple[QualityFinding, ...] = ()
    embedding: Embedding | None = None


class Control:
    """The handle by which another thread pauses or stops a run. Both take hold after the pictures already begun."""

    def __init__(self) -> None:
        self._stopped = Event()
        self._going = Event()
        self._going.set()

    @property
    def stopped(self) -> bool:
        """Whether the run is to end."""
        return self._stopped.is_set()

    @property
    def paused(self) -> bool:
        """Whether the run is to wait."""
        return not self._going.is_set() and not self.stopped

    def pause(self) -> None:
        """Begin no further picture until `go_on`."""
        self._going.clear()

    def go_on(self) -> None:
        """End a pause."""
        self._going.set()

    def stop(self) -> None:
        """Begin no further picture at all."""
        self._stopped.set()
        self._going.set()

    def wait_for_change(self, timeout_s: float) -> None:
        """Return after a while, or at once when a pause ends or the run is to end."""
        (self._going if self.paused else self._stopped).wait(timeout_s)


Engine = Callable[
    [Iterable[Item | None], Classifier, ClassMix | None, Options, Control | None], Generator[Result | None, None, None]
]
"""What classifies items as `run_items` does, here or elsewhere."""


def classify_item(
    item: Item, classifier: Classifier, mix: ClassMix | None = None, options: Options = DEFAULTS, number: int = 0
) -> Result:
    """Read, decode and classify one item; whatever is wrong with it becomes a rejection.

    Safe to be called from any number of threads, or in any process that has the network. `mix` None is the archive's.
    """
    seen, digest = item.look(), ""
    kept = item if item.content is None else replace(item, content=None)
    try:
        picture = item.read()
        digest = picture.sha256
        decoded = decode_near_input if options.quality else decode_for_input
        image = decoded(picture, classifier.contract.preprocessing)
        findings = _assessed(image.rgb, classifier.contract.modality) if options.quality else ()
        answer = classifier.classify(image, mix)
    except ImageRejectedError as error:
        return Result(number, kept, Rejected(item.shown, error.reason, str(error), digest), seen)
    except Exception:
        # A bug in a decoder must not cost a night's run; the log holds it whole, the row says that it happened.
        _log.exception("unexpected failure on image %s", digest or "that could not be read")
        message = f"{item.shown.name} could not be processed; see the log."
        return Result(number, kept, Rejected(item.shown, RejectionReason.INTERNAL, message, digest), seen)
    flags = (*(str(warning) for warning in image.warnings), *map(flag_of, findings))
    outcome = Classified(item.shown, answer.prediction, flags)
    return Result(number, kept, outcome, seen, findings, embedding_of(answer) if options.embedding else None)


def flag_of(finding: QualityFinding) -> str:
    """A finding of the quality gate as a quality flag: its issue, after `remark_` where it is not severe."""
    return str(finding.issue) if finding.severe else f"remark_{finding.issue}"


def classify_items(
    items: Iterable[Item | None],
    classifier: Classifier,
    mix: ClassMix | None = None,
    options: Options = DEFAULTS,
    control: Control | None = None,
) -> Iterator[Result]:
    """Classify items with bounded memory, each worker decoding and classifying its own on the one shared session.

    An item None means that there is nothing to do at the moment; what is ready is then delivered, and `items` asked
    again after a while. `items` is only ever asked by the thread that iterates here. Stopping by `control`, an error
    in `items` or closing the iterator ends the run after the pictures already begun; after stopping their results
    still come.
    """
    with closing(run_items(items, classifier, mix, options, control)) as results:
        yield from (result for result in results if result is not None)


def run_items(
    items: Iterable[Item | None],
    classifier: Classifier,
    mix: ClassMix | None = None,
    options: Options = DEFAULTS,
    control: Control | None = None,
) -> Generator[Result | None, None, None]:
    """As `classify_items`, with a None now and then while there is nothing to deliver, so that the caller can act."""
    control = control or Control()
    count = options.worker_count
    waiting: SimpleQueue[tuple[int, Item] | None] = SimpleQueue()
    ready: SimpleQueue[Result] = SimpleQueue()
    work = partial(_work, waiting, ready, lambda item, number: classify_item(item, classifier, mix, options, number))
    workers = [Thread(target=work, args=(options.low_priority,), name=f"classify-{at}") for at in range(count)]
    begun: list[Thread] = []
    try:
        for worker in workers:
            worker.start()
            begun.append(worker)
        yield from _Run(iter(items), waiting, ready, control, options).results()
    finally:
        _drain(waiting)
        for _ in begun:
            waiting.put(None)
        for worker in begun:
            worker.join()


class _Run:
    """Keeps the workers supplied and collects what they have made."""

    def __init__(
        self,
        items: Iterator[Item | None],
        waiting: "SimpleQueue[tuple[int, Item] | None]",
        ready: "SimpleQueue[Result]",
        control: Control,
        options: Options,
    ) -> None:
        self._items = items
        self._waiting, self._ready, self._control = waiting, ready, control
        self._window = options.worker_count * WINDOW_PER_WORKER
        self._ordered = options.ordered
        self._begun = self._delivered = 0
        self._more = True
        self._early: dict[int, Result] = {}
        """What is ready before something that comes first; it counts as in hand, so there is never much of it."""

    def results(self) -> Iterator[Result | None]:
        """Results until there is nothing more, or the run is stopped and what was begun is delivered."""
        while True:
            self._supply()
            if self._control.stopped:
                self._begun -= _drain(self._waiting)
            if self._begun > self._delivered:
                yield from self._next_ready()
            elif not self._more or self._control.stopped:
                return
            else:
                self._control.wait_for_change(NOTHING_NEW_S)
                yield None

    def _supply(self) -> None:
        """Fill the window, as far as there is something to do at the moment."""
        while self._more and self._begun - self._delivered < self._window:
            if self._control.stopped or self._control.paused:
                return
            try:
                item = next(self._items)
            except StopIteration:
                self._more = False
                return
            if item is None:
                return
            self._waiting.put((self._begun, item))
            self._begun += 1

    def _next_ready(self) -> Iterator[Result | None]:
        """What the next result to be ready lets be delivered; None where none is ready in time."""
        try:
            result = self._ready.get(timeout=NOTHING_NEW_S)
        except Empty:
            yield None
            return
        if not self._ordered:
            self._delivered += 1
            yield result
            return
        self._early[result.number] = result
        while (following := self._early.pop(self._delivered, None)) is not None:
            self._delivered += 1
            yield following


def _work(
    waiting: "SimpleQueue[tuple[int, Item] | None]",
    ready: "SimpleQueue[Result]",
    classify: Callable[[Item, int], Result],
    low_priority: bool,
) -> None:
    """A worker's whole life."""
    if low_priority:
        give_way()
    while (order := waiting.get()) is not None:
        number, item = order
        ready.put(classify(item, number))


def _drain(waiting: "SimpleQueue[tuple[int, Item] | None]") -> int:
    """Take back what has not begun; how many that were."""
    count = 0
    with suppress(Empty):
        while True:
            waiting.get_nowait()
            count += 1
    return count


def _assessed(rgb: NDArray[np.uint8], modality: Modality) -> tuple[QualityFinding, ...]:
    from skindesk.imaging.quality import assess  # it takes a third of a second to load, and is seldom asked for

    return assess(rgb, modality)
