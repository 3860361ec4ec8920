"""A run over a search that can be paused, stopped, killed and continued: what it has announced is never lost."""

import glob
import os
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import NamedTuple, Self

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.outcome import Classified, Outcome, Rejected
from skindesk.inference.classifier import Classifier
from skindesk.services.batch.engine import DEFAULTS, Control, Engine, Options, Result, run_items
from skindesk.services.batch.items import Item
from skindesk.services.batch.job_file import JobFacts, JobFile, NewRow, Row, here, job_path
from skindesk.services.batch.progress import Meter, Progress
from skindesk.services.batch.records import Answerer, from_record, is_settled, to_record
from skindesk.services.batch.sources import STANDARD_INPUT, Search, find_items
from skindesk.services.batch.watching import watch_items

GROUP_ROWS, GROUP_S = 256, 0.5
"""So many results, or those of so long, are written and announced together: a synced write takes some milliseconds."""


class Job:
    """One run over a search, kept beside the file that its results are to go to.

    A context manager: leaving it closes the job's file and leaves it to be continued, until `complete`. The picture
    of an item that is found twice has one row.
    """

    def __init__(
        self,
        out: Path | None,
        search: Search,
        classifier: Classifier,
        mix: ClassMix,
        options: Options = DEFAULTS,
        resume: bool = False,
        watch: bool = False,
        engine: Engine = run_items,
    ) -> None:
        """Begin a job, or with `resume` continue the one that there is, if any. Without `out` it cannot be continued.

        `watch` goes on until it is stopped. `engine` does the classifying. Raises OutputUnavailableError where `out`
        has a job that could be continued and `resume` is not set, where that job depends on something else than this
        one, such as another network, where a source of it is not there any more, or where the place cannot be written.
        """
        self.control = Control()
        self.search, self.options = search, options
        self.mix = mix
        self._classifier, self._watch, self._engine = classifier, watch, engine
        self._answerer = Answerer(classifier.ref, classifier.contract.labels, mix)
        self._meter = Meter()
        self._in_hand: dict[str, _InHand] = {}
        self._kept: list[tuple[Item, int]] = []
        self._begun = 0
        if out is not None and not resume:
            refuse_to_overwrite_job(out)
        self._file = JobFile(None if out is None else job_path(out))
        try:
            self._take_up(_facts(search, classifier, mix, options))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def pause(self) -> None:
        """Begin no further picture until `go_on`; what was begun is still written and announced."""
        self.control.pause()

    def go_on(self) -> None:
        """End a pause."""
        self._meter.restart()
        self.control.go_on()

    def stop(self) -> None:
        """End `results` after the pictures already begun; the job can be continued."""
        self.control.stop()

    @property
    def progress(self) -> Progress:
        """How far it is; for any thread to ask."""
        return self._meter.look()

    def count(self) -> None:
        """Begin to count the pictures in the background; `progress` has the total once that is done."""
        Thread(target=self._count, name="count-pictures", daemon=True).start()

    def results(self) -> Generator[Result, None, None]:
        """Do what is left; each new result comes once its row survives a power cut.

        Rows of files that have not changed since an earlier run are kept and do not come again. Whatever ends this,
        also closing the iterator, everything that was classified by then is written. Raises OutputUnavailableError
        where the disk takes no more.
        """
        ready: list[Result] = []
        since = monotonic()
        try:
            with closing(self._engine(self._left(), self._classifier, self.mix, self.options, self.control)) as found:
                for result in found:
                    if result is not None:
                        ready.append(replace(result, number=self._in_hand[result.item.key].number))
                    if ready and (len(ready) >= GROUP_ROWS or monotonic() - since >= GROUP_S):
                        written, ready, since = self._write(ready), [], monotonic()
                        yield from written
        except OutputUnavailableError:
            raise
        except BaseException:
            self._write(ready)
            raise
        yield from self._write(ready)

    def all_results(self) -> Iterator[Result]:
        """Every result of this run and those kept, in the order of the search; call it when `results` has ended.

        They have no findings and no embedding. Raises OutputUnavailableError where the job's file is damaged.
        """
        return map(self._restored, self._file.rows())

    def earlier_results(self) -> Iterator[Result]:
        """What earlier runs have left, as it was then; call it before `results`. Raises as `all_results` does."""
        return map(self._restored, self._file.earlier_rows())

    def result_of(self, key: str) -> Result | None:
        """The result of the item with this key, None where it has none; for any thread. Raises as `all_results`."""
        row = self._file.row_of(key)
        return None if row is None else self._restored(row)

    def complete(self) -> None:
        """The results are where they are wanted: remove the job's file."""
        self._file.remove()

    def _take_up(self, facts: JobFacts) -> None:
        before = self._file.facts
        if before is None:
            self._file.begin(facts)
            return
        _check_same(before, facts, self._file.name)
        _check_still_there(before)

    def _left(self) -> Iterator[Item | None]:
        """The items that have no row which still holds; those rows are counted among this round's."""
        for item in watch_items(self.search) if self._watch else find_items(self.search):
            if item is None or self._is_to_do(item):
                yield item
            if len(self._kept) >= GROUP_ROWS:
                self._write([])

    def _is_to_do(self, item: Item) -> bool:
        if item.key in self._in_hand:
            return False
        known = self._file.known(item)
        has_changed = known is not None and known.seen != item.look()
        if known is not None and known.settled and not has_changed:
            if known.round < self._file.round:
                self._kept.append((item, self._begun))
                self._in_hand[item.key] = _InHand(self._begun, None)
                self._begun += 1
            return False
        self._in_hand[item.key] = _InHand(self._begun, known.sha256 if known and has_changed else None)
        self._begun += 1
        return True

    def _write(self, ready: list[Result]) -> list[Result]:
        """Write results and what is to be kept; returns the results, which may be announced now."""
        self._file.write(map(_new_row, ready), self._kept)
        for item, _ in self._kept:
            del self._in_hand[item.key]
        for result in ready:
            in_hand = self._in_hand.pop(result.item.key, None)
            earlier = None if in_hand is None else in_hand.earlier_sha256
            self._meter.changed += earlier is not None and earlier != _digest(result.outcome)
            self._meter.rejected += isinstance(result.outcome, Rejected)
        self._meter.done += len(ready)
        self._meter.kept += len(self._kept)
        self._kept.clear()
        return ready

    def _restored(self, row: Row) -> Result:
        try:
            return from_record(row.record, self._answerer, row.number, row.seen, row.said)
        except (ValueError, KeyError, TypeError) as error:
            raise OutputUnavailableError(f"{self._file.name} is damaged.", "Delete it, and start again.") from error

    def _count(self) -> None:
        total = 0
        for _ in find_items(self.search):
            if self.control.stopped:
                return
            total += 1
        self._meter.total = total


class _InHand(NamedTuple):
    """An item between being found and being written: its number, and the digest of the file as it was before."""

    number: int
    earlier_sha256: str | None


def refuse_to_overwrite_job(out: Path) -> None:
    """Raise OutputUnavailableError where a job for this result file holds rows, and could be continued."""
    path = job_path(out)
    if not path.exists() or path.stat().st_size == 0:
        return
    file = JobFile(path)
    try:
        if file.count():
            raise OutputUnavailableError(
                f"{path.name} holds the rows of an interrupted run.", "Continue it with --resume, or delete it."
            )
        file.remove()
    finally:
        file.close()


def facts_of_job(out: Path) -> JobFacts | None:
    """What the job for a result file depends on; None where there is none. Raises OutputUnavailableError."""
    path = job_path(out)
    if not path.exists():
        return None
    file = JobFile(path)
    try:
        return file.facts
    finally:
        file.close()


def _facts(search: Search, classifier: Classifier, mix: ClassMix, options: Options) -> JobFacts:
    model, absent = classifier.ref, tuple(source for source in search.sources if not _is_there(source))
    return JobFacts(
        *(model.model_id, model.version, model.digest, mix.name, mix.shares, search, options.quality, here(), absent)
    )


def _check_same(before: JobFacts, now: JobFacts, name: str) -> None:
    """Raises OutputUnavailableError where rows of both would not go together."""
    was = f"{name} was begun"
    if before.model_digest != now.model_digest:
        raise OutputUnavailableError(
            f"{was} with another network ({before.model_id} {before.model_version}).",
            "Continue it with that network, or delete it.",
        )
    if (before.class_mix, before.class_mix_shares) != (now.class_mix, now.class_mix_shares):
        raise OutputUnavailableError(
            f"{was} under another class mix ({before.class_mix}).", "Continue it under that mix, or delete it."
        )
    if before.quality != now.quality:
        wanted = "with" if before.quality else "without"
        raise OutputUnavailableError(
            f"{was} {wanted} the quality gate.", f"Continue it {wanted} --quality, or delete it."
        )
    if before.search.sources != now.search.sources or before.search.listed != now.search.listed:
        raise OutputUnavailableError(
            f"{was} over other sources: {', '.join(before.search.sources)}.", "Name those, or delete it."
        )
    if replace(before.search, label_by_folder=now.search.label_by_folder) != now.search:
        raise OutputUnavailableError(
            f"{was} with other options for how its sources are searched.", "Name the same ones, or delete it."
        )
    if before.folder != now.folder and not all(map(_is_absolute, (*now.search.sources, *now.search.listed))):
        raise OutputUnavailableError(
            f"{was} in the folder {before.folder}, and names its sources from there.", "Go there, and continue it."
        )


def _check_still_there(before: JobFacts) -> None:
    """Raises OutputUnavailableError where a source is gone: rows of a drive that is not plugged in are not given up."""
    for source in before.search.sources:
        if source not in before.absent and not _is_there(source):
            raise OutputUnavailableError(
                f"{source} was there when the run began, and is not there now.",
                "Plug in its drive, and continue; or delete the .part file.",
            )


def _is_there(source: str) -> bool:
    return source == STANDARD_INPUT or glob.has_magic(source) or os.path.lexists(source)


def _is_absolute(source: str) -> bool:
    return source == STANDARD_INPUT or Path(source).is_absolute()


def _new_row(result: Result) -> NewRow:
    outcome = result.outcome
    settled, digest = is_settled(outcome), _digest(outcome)
    return NewRow(result.item, result.number, result.seen, settled, digest, to_record(result))


def _digest(outcome: Outcome) -> str:
    return outcome.prediction.image_digest if isinstance(outcome, Classified) else outcome.sha256
