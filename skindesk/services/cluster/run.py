"""One run on a cluster: items go in chunks to the workers, and results come back, whatever happens to a worker."""

import logging
from asyncio import CancelledError
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from os import cpu_count
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.errors import ClusterUnavailableError, RejectionReason
from skindesk.domain.outcome import Rejected
from skindesk.inference.classifier import Classifier
from skindesk.services.batch.engine import NOTHING_NEW_S, Control, Options, Result, classify_item
from skindesk.services.batch.items import Item
from skindesk.services.cluster.at_worker import Chunk, Done, classify_chunk
from skindesk.services.cluster.crew import Crew, Place
from skindesk.services.cluster.pace import Pace
from skindesk.system.priority import give_way

if TYPE_CHECKING:
    from distributed import Client, Future

IN_HAND_PER_THREAD = 2
"""How many chunks a worker has for each of its threads, so that none is idle while the next is on its way."""
UNDELIVERED_PER_THREAD = 16
"""How many chunks may be ready before one that comes first, while that is done again after a worker was lost."""
MOST_LOSSES = 3
"""How many workers may be lost over a picture. What was lost is done again alone, so that no other is accused."""
_UNSEEN = (RejectionReason.MISSING, RejectionReason.NOT_READABLE)
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Task:
    """Items that are done together. `losses` counts the workers that were lost while they had it."""

    numbers: tuple[int, ...]
    items: tuple[Item, ...]
    losses: int = 0

    @property
    def is_for_here(self) -> bool:
        """Whether its picture is at hand already, and need not be read by a worker."""
        return self.items[0].content is not None

    def apart(self) -> "Iterator[Task]":
        """Each item as a task of its own."""
        return (Task((number,), (item,), self.losses) for number, item in zip(self.numbers, self.items, strict=True))


class Run:
    """Keeps the workers supplied, and collects what they have made.

    What an archive gives that can be read but once from its beginning on is done here, where it is read. Each task is
    for one worker, which is known to be able; when that is lost, its tasks are handed out again.
    """

    def __init__(
        self,
        client: "Client",
        crew: Crew,
        digest: str,
        items: Iterable[Item | None],
        classifier: Classifier,
        mix: ClassMix | None,
        options: Options,
        control: Control,
    ) -> None:
        self._client, self._crew, self._digest = client, crew, digest
        self._items, self._control = iter(items), control
        self._classifier, self._mix, self._options = classifier, mix, options
        self._here = Place("", cpu_count() or 1)
        lowered = give_way if options.low_priority else None
        self._pool = ThreadPoolExecutor(self._here.threads, "classify-here", initializer=lowered)
        self._ready: SimpleQueue[tuple[Place, Task, Any]] = SimpleQueue()
        self._again: deque[Task] = deque()
        self._suspects: deque[Task] = deque()
        self._held_back: Item | None = None
        self._more = True
        self._pace = Pace()
        self._begun = self._delivered = 0
        self._early: dict[int, Result] = {}

    def results(self) -> Iterator[Result | None]:
        """Results until there is nothing more, or the run is stopped and what was begun is delivered.

        Raises ClusterUnavailableError where the scheduler or all workers are gone.
        """
        while True:
            for place in self._crew.look():
                self._lose(place)
            self._supply()
            if self._is_over():
                yield from (self._early[number] for number in sorted(self._early))
                return
            if self._begun > self._delivered:
                self._collect()
            else:
                self._control.wait_for_change(NOTHING_NEW_S)
            yield None
            yield from self._deliverable()

    def close(self) -> None:
        """Give up what is still in hand."""
        for place in self._crew.places.values():
            with suppress(ClusterUnavailableError):
                self._take_back(place)
        self._pool.shutdown(cancel_futures=True)

    def _is_over(self) -> bool:
        if self._control.stopped and not self._crew.places:
            return True
        return (self._control.stopped or not self._more) and self._begun == self._delivered + len(self._early)

    def _supply(self) -> None:
        """Hand out tasks, as far as somebody is free and there is something to do at the moment."""
        while not self._control.paused and (place := self._free_place()) is not None:
            if self._suspects:
                task: Task | None = self._suspects.popleft()
            else:
                task = self._again.popleft() if self._again else self._new_task()
            if task is None:
                return
            self._hand(self._here if task.is_for_here else place, task)

    def _free_place(self) -> Place | None:
        """The worker with the least to do; where there are suspects, only one that has nothing to do."""
        place = min(self._crew.places.values(), key=lambda place: place.load, default=None)
        most = 0.0 if self._suspects else IN_HAND_PER_THREAD - 1e-9
        return place if place is not None and place.load <= most else None

    def _new_task(self) -> Task | None:
        """The next items, as many as make a chunk; None where there are none at the moment, or enough in hand."""
        threads = sum(place.threads for place in self._crew.places.values())
        if self._begun - self._delivered >= threads * UNDELIVERED_PER_THREAD * self._pace.items:
            return None
        items: list[Item] = []
        while len(items) < self._pace.items and (item := self._pull()) is not None:
            if item.content is not None and (items or self._here.load >= IN_HAND_PER_THREAD):
                self._held_back = item
                break
            items.append(item)
            if item.content is not None:
                break
        self._begun += len(items)
        return Task(tuple(range(self._begun - len(items), self._begun)), tuple(items)) if items else None

    def _pull(self) -> Item | None:
        """The next item; None where there is none at the moment, or the run is to end."""
        if self._control.stopped:
            return None
        if self._held_back is not None:
            item, self._held_back = self._held_back, None
            return item
        try:
            return next(self._items) if self._more else None
        except StopIteration:
            self._more = False
            return None

    def _hand(self, place: Place, task: Task) -> None:
        if place is self._here:
            done = place.in_hand[task] = self._pool.submit(self._classify_here, task)
            done.add_done_callback(lambda done: self._ready.put((place, task, done.exception() or done.result())))
            return
        chunk = Chunk(task.numbers, tuple(replace(item, path=item.path.absolute()) for item in task.items))
        submit = partial(
            self._client.submit,
            *(classify_chunk, chunk, self._digest, self._mix, self._options),
            key=f"skindesk-{uuid4().hex}",
            workers=[place.address],
            priority=-1 if self._options.low_priority else 0,
            pure=False,
        )
        future = place.in_hand[task] = self._crew.ask(submit)
        self._client.loop.add_callback(self._fetch, place, task, future)

    async def _fetch(self, place: Place, task: Task, future: "Future") -> None:
        """Put an answer, or what came instead of it, where the run finds it."""
        try:
            answer = await self._client.gather(future, asynchronous=True)
        except (Exception, CancelledError) as error:
            answer = error
        self._ready.put((place, task, answer))

    def _classify_here(self, task: Task) -> Done:
        results = (
            classify_item(item, self._classifier, self._mix, self._options, number)
            for number, item in zip(task.numbers, task.items, strict=True)
        )
        return Done(tuple(results), took_s=0)

    def _collect(self) -> None:
        """Take every answer that is there, waiting a while for the first."""
        with suppress(Empty):
            answer = self._ready.get(timeout=NOTHING_NEW_S)
            while True:
                self._take(*answer)
                answer = self._ready.get_nowait()

    def _take(self, place: Place, task: Task, answer: Any) -> None:
        if task not in place.in_hand:
            return  # its worker was given up meanwhile, and it is done again elsewhere
        if answer is None:  # another process under the same address
            self._crew.dismiss(place)
            self._lose(place)
            return
        del place.in_hand[task]
        if isinstance(answer, Done):
            self._accept(place, task, answer)
        elif place is self._here:
            raise answer
        else:
            _log.warning("the worker %s failed on a chunk: %r", place.address, answer)
            self._suspect(task)

    def _accept(self, place: Place, task: Task, done: Done) -> None:
        """Keep a task's results; what only its worker could not read is done again by another."""
        if place is self._here:
            self._early.update((result.number, result) for result in done.results)
            return
        self._pace.note(len(task.items), done.took_s)
        found = [*zip(task.numbers, task.items, done.results, strict=True)]
        unseen = [(number, item) for number, item, result in found if _is_unseen(result)]
        if unseen and self._crew.is_blind(place, [item.path.absolute() for _, item in unseen]):
            numbers, items = zip(*unseen, strict=True)
            self._again.extend([Task(numbers, items), *self._take_back(place)])
            found = [each for each in found if not _is_unseen(each[2])]
        for number, item, result in found:
            outcome = replace(result.outcome, path=item.shown)  # as it was named, not as the worker found it
            self._early[number] = replace(result, item=item, outcome=outcome)

    def _take_back(self, place: Place) -> Sequence[Task]:
        """What a worker has in hand, which it need not do any more."""
        tasks, futures = [*place.in_hand], [*place.in_hand.values()]
        place.in_hand.clear()
        if futures:
            self._crew.ask(lambda: self._client.cancel(futures))
        return tasks

    def _lose(self, place: Place) -> None:
        """Do again what a lost worker had in hand; one of those that it had begun may be what ended it."""
        for at, task in enumerate(self._take_back(place)):
            if at < place.threads or task.losses:
                self._suspect(task)
            else:
                task.losses += 1
                self._again.append(task)

    def _suspect(self, task: Task) -> None:
        """Do a task's items again, each alone with a worker; give those up that were lost too often."""
        task.losses += 1
        for alone in task.apart():
            if alone.losses < MOST_LOSSES:
                self._suspects.append(alone)
            else:
                self._reject(alone.numbers[0], alone.items[0])

    def _reject(self, number: int, item: Item) -> None:
        message = f"{item.shown.name} could not be processed: {MOST_LOSSES} workers ended over it. See their logs."
        self._early[number] = Result(number, item, Rejected(item.shown, RejectionReason.INTERNAL, message), item.look())

    def _deliverable(self) -> list[Result]:
        """The results that may be delivered now."""
        if self._options.ordered:
            found: list[Result] = []
            while (following := self._early.pop(self._delivered + len(found), None)) is not None:
                found.append(following)
        else:
            found = [*self._early.values()]
            self._early.clear()
        self._delivered += len(found)
        return found


def _is_unseen(result: Result) -> bool:
    outcome = result.outcome
    return isinstance(outcome, Rejected) and outcome.reason in _UNSEEN and result.item.problem is None
