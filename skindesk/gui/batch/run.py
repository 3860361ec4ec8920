"""One run over folders, as the window starts it in the background: what it is told, and what it reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.outcome import Outcome
from skindesk.services.batch import Control, Item, Options, Search, classify_items, find_items


@dataclass(frozen=True)
class Job:
    """What to classify and how. `workers` 0 means one per processor core."""

    paths: tuple[Path, ...]
    recursive: bool
    workers: int
    modality: Modality


@dataclass(frozen=True)
class Begun:
    """The network with this contract is open, and the pictures are counted."""

    total: int
    contract: ModelContract


Report = Begun | Outcome
"""First one Begun, then an Outcome for each file and each folder that could not be read."""


def run_job(workspace: Workspace, job: Job, report: Callable[[Report], None], stop: Event) -> None:
    """Classify everything within the job's paths, reporting as it goes, until done or stopped.

    The network and the class mix are those of the settings for this kind of picture. Raises as
    `Workspace.network_for` does before anything is reported. The rows are those of the command
    `skindesk classify` for the same paths.
    """
    classifier, mix = workspace.network_for(job.modality)
    search = Search.over(job.paths, job.recursive)
    report(Begun(sum(1 for _ in _until(stop, find_items(search))), classifier.contract))
    control = Control()
    for result in classify_items(_until(stop, find_items(search)), classifier, mix, Options(job.workers), control):
        report(result.outcome)
        if stop.is_set():
            control.stop()


def _until(stop: Event, items: Iterator[Item]) -> Iterator[Item]:
    for item in items:
        if stop.is_set():
            return
        yield item
