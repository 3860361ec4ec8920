"""The runs that the page keeps in the profile: each in a folder of its own, until it is removed."""

import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from skindesk.domain.errors import OutputUnavailableError
from skindesk.services.batch.job_file import job_path
from skindesk.system.files import make_folder, write_durably

_FACTS, _RESULTS = "run.json", "results.csv"
_NAMED = "%Y%m%dT%H%M%S%fZ"
_OWNER_ONLY = 0o700


@dataclass(frozen=True)
class KeptRun:
    """A run that was begun at a time, over sources in words; `out` names its results, beside which its job is kept.

    `rows` is how many there were when it ended or was last told of; an unfinished one can be continued.
    """

    out: Path
    source: str
    begun_at: datetime
    finished: bool = False
    rows: int = 0


class KeptRuns:
    """What a profile keeps of runs. The folder holds paths in the clear, so nobody else may look into it."""

    def __init__(self, profile: Path) -> None:
        self._folder = profile / "batch"

    def new(self, source: str) -> KeptRun:
        """Make a place for a run that begins now. Raises OutputUnavailableError."""
        begun_at = datetime.now(UTC)
        folder = self._folder / f"{begun_at:{_NAMED}}"
        try:
            make_folder(folder)
            self._folder.chmod(_OWNER_ONLY)
        except OSError as error:
            raise _unwritable(error) from error
        run = KeptRun(folder / _RESULTS, source, begun_at)
        self.tell(run)
        return run

    def tell(self, run: KeptRun, finished: bool = False, rows: int = 0) -> KeptRun:
        """Keep how far a run is; of one that lies elsewhere nothing. Raises OutputUnavailableError."""
        told = replace(run, finished=finished, rows=rows)
        if run.out.parent.parent != self._folder:
            return told
        facts = {**asdict(told), "begun_at": run.begun_at.isoformat()}
        del facts["out"]
        try:
            write_durably(run.out.with_name(_FACTS), json.dumps(facts).encode())
        except OSError as error:
            raise _unwritable(error) from error
        return told

    def all(self) -> tuple[KeptRun, ...]:
        """The runs that hold something, the latest first."""
        found = []
        with suppress(OSError):
            for folder in self._folder.iterdir():
                with suppress(OSError, ValueError, KeyError, TypeError):
                    run = _read(folder)
                    if job_path(run.out).stat().st_size and (run.rows or not run.finished):
                        found.append(run)
        return tuple(sorted(found, key=lambda run: run.begun_at, reverse=True))

    def remove(self, run: KeptRun) -> None:
        """Remove a run with its reviews for good. Raises OutputUnavailableError."""
        if run.out.parent.parent != self._folder:
            return
        try:
            shutil.rmtree(run.out.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise OutputUnavailableError(
                f"The run cannot be removed: {error.strerror or error}.", "Close other windows of SkinDesk."
            ) from error


def run_of_job(job: Path) -> KeptRun:
    """The run of a job's file that lies anywhere, such as one that the command line has begun."""
    begun_at = datetime.fromtimestamp(job.stat().st_mtime, UTC)
    return KeptRun(job.with_name(job.name.removesuffix(".part")), str(job), begun_at)


def _read(folder: Path) -> KeptRun:
    raw = json.loads((folder / _FACTS).read_text("utf-8"))
    begun_at = datetime.fromisoformat(raw["begun_at"])
    return KeptRun(folder / _RESULTS, str(raw["source"]), begun_at, bool(raw["finished"]), int(raw["rows"]))


def _unwritable(error: OSError) -> OutputUnavailableError:
    return OutputUnavailableError(
        f"The run cannot be kept in the profile: {error.strerror or error}.", "Check the free space."
    )
