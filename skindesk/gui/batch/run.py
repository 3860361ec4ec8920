"""One run over folders, as the window starts it in the background: what it is told, and what it reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.outcome import Outcome, Rejected
from skindesk.services.classify import classify_files, find_pictures


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
    problems: list[Rejected] = []
    paths = list(_until(stop, find_pictures(job.paths, job.recursive, problems.append)))
    report(Begun(len(paths) + len(problems), classifier.contract))
    for problem in problems:
        report(problem)
    if stop.is_set():
        return
    for outcome in classify_files(paths, classifier, job.workers, stop, mix):
        report(outcome)


def _until(stop: Event, paths: Iterator[Path]) -> Iterator[Path]:
    for path in paths:
        if stop.is_set():
            return
        yield path
