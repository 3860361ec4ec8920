"""One run as the window starts it in the background: what it is told, and what it reports."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from threading import Event, Lock, Thread

from skindesk.bootstrap import Workspace
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.errors import ModelUnavailableError, OutputUnavailableError
from skindesk.gui.batch.kept_runs import KeptRun, KeptRuns
from skindesk.gui.batch.rows import Piece, piece_of
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Job, Options, Result, Search, facts_of_job
from skindesk.services.batch.reviews import ReviewFile, reviews_path

_PIECE_ROWS = 256


@dataclass(frozen=True)
class NewRun:
    """What to classify and how. `model` None is the network of the settings for this kind of picture."""

    search: Search
    modality: Modality
    model: str | None
    options: Options
    watch: bool = False


class Reader:
    """Reads single results of a job, on any thread, until it is closed."""

    def __init__(self, job: Job) -> None:
        self._job, self._lock, self._closed = job, Lock(), False

    def result_of(self, key: str) -> Result | None:
        """As the job does. Raises OutputUnavailableError where the job is closed, too."""
        with self._lock:
            if self._closed:
                raise OutputUnavailableError("This run is closed.", "Open it again.")
            return self._job.result_of(key)

    def close(self) -> None:
        """Close the job, which can be continued; not while it runs."""
        with self._lock, self._job:
            self._closed = True


@dataclass(frozen=True)
class Begun:
    """The job is open: its network's contract, what was decided earlier, and what it is kept as."""

    job: Job
    reader: Reader
    contract: ModelContract
    reviews: ReviewFile
    kept: KeptRun


@dataclass(frozen=True)
class Again:
    """Forget the rows so far: some of them are of files that are not there any more. All rows follow."""


Report = Begun | Piece | Again
"""First one Begun, then the rows."""


def start_run(
    workspace: Workspace, wanted: NewRun, kept: Callable[[], KeptRun], report: Callable[[Report], None], stop: Event
) -> None:
    """Do a new run until it is done or stopped; the rows are those of `skindesk classify` for the same sources.

    Raises as `Workspace.network_for` and `Job` do before anything is reported. `kept` makes the place for it.
    """
    classifier, mix = _network(workspace, wanted)
    place = kept()
    reviews = ReviewFile(reviews_path(place.out))
    with _stopping(Job(place.out, wanted.search, classifier, mix, wanted.options, watch=wanted.watch), stop) as job:
        report(Begun(job, Reader(job), classifier.contract, reviews, place))
        if not wanted.watch:
            job.count()
        _report_results(job, reviews, report)
        _keep_end(workspace, place, job, stop)


def continue_run(
    workspace: Workspace, kept: KeptRun, options: Options, report: Callable[[Report], None], stop: Event
) -> None:
    """Go on with a run that was interrupted, or look through one that was not: earlier rows come first, as they were.

    Raises ModelUnavailableError where its network is not installed any more, and as `Job` does.
    """
    facts = facts_of_job(kept.out)
    if facts is None:
        raise OutputUnavailableError("There is nothing to go on with.", "Start a new run.")
    model = workspace.models.with_digest(facts.model_digest)
    if model is None:
        raise ModelUnavailableError(
            f"This run was begun with the network {facts.model_id} {facts.model_version}, which is not installed.",
            "Install it again in Settings, or start a new run.",
        )
    classifier = workspace.models.opened(model)
    mix = ClassMix(facts.class_mix, facts.class_mix_shares)
    options = Options(options.workers, options.ordered, facts.quality, low_priority=options.low_priority)
    reviews = ReviewFile(reviews_path(kept.out))
    with _stopping(Job(kept.out, facts.search, classifier, mix, options, resume=True), stop) as job:
        report(Begun(job, Reader(job), classifier.contract, reviews, kept))
        job.count()
        known = _report_earlier(job, reviews, report, stop)
        found = _report_results(job, reviews, report, known)
        if not stop.is_set() and not job.control.stopped and found < len(known):
            report(Again())
            _report_pieces(job.all_results(), reviews, report)
        _keep_end(workspace, kept, job, stop)


def _network(workspace: Workspace, wanted: NewRun) -> tuple[Classifier, ClassMix]:
    if wanted.model is None:
        return workspace.network_for(wanted.modality)
    from skindesk.services.class_mixes import mix_for

    classifier = workspace.models.open(wanted.model, wanted.modality)
    return classifier, mix_for(workspace.settings.mix_for(wanted.modality), classifier.contract)


def _report_earlier(job: Job, reviews: ReviewFile, report: Callable[[Report], None], stop: Event) -> set[str]:
    """Report what earlier runs have left; the keys of their items."""
    keys: set[str] = set()
    for results in _pieces(job.earlier_results()):
        keys.update(result.item.key for result in results)
        report(piece_of(results, reviews.get))
        if stop.is_set():
            break
    return keys


def _report_results(
    job: Job, reviews: ReviewFile, report: Callable[[Report], None], known: set[str] | None = None
) -> int:
    """Report new results as they come; how many of the `known` items were found again."""
    renewed = 0
    with closing(job.results()) as results:
        for result in results:
            renewed += known is not None and result.item.key in known
            report(piece_of([result], reviews.get))
    return renewed + job.progress.kept


def _report_pieces(results: Iterable[Result], reviews: ReviewFile, report: Callable[[Report], None]) -> None:
    for some in _pieces(iter(results)):
        report(piece_of(some, reviews.get))


def _pieces(results: Iterator[Result]) -> Iterator[list[Result]]:
    while some := list(islice(results, _PIECE_ROWS)):
        yield some


def _keep_end(workspace: Workspace, kept: KeptRun, job: Job, stop: Event) -> None:
    finished = not stop.is_set() and not job.control.stopped
    progress = job.progress
    with suppress(OutputUnavailableError):  # it will be offered to be continued, which does no harm
        KeptRuns(workspace.profile.root).tell(kept, finished, progress.kept + progress.done)


@contextmanager
def _stopping(job: Job, stop: Event) -> Iterator[Job]:
    """Let the event stop a job, also while it pauses; at the end the event is set."""

    def wait() -> None:
        stop.wait()
        job.stop()

    Thread(target=wait, name="stop-batch", daemon=True).start()
    try:
        yield job
    finally:
        stop.set()
