"""`skindesk classify PATH...`: classify pictures and folders into a table, CSV or JSON Lines."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skindesk.cli.context import Context

if TYPE_CHECKING:
    from skindesk.domain.outcome import Outcome, Rejected

_PROGRESS_AFTER_S, _PROGRESS_EVERY_S = 0.5, 0.1


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("classify", help="classify pictures and folders", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture or a folder of pictures")
    parser.add_argument("--model", metavar="ID", help="the network (default: the one set in the program)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write rows to FILE.csv or FILE.jsonl")
    parser.add_argument("--json", action="store_true", help="print rows as JSON Lines and nothing else")
    parser.add_argument("--recursive", action="store_true", help="go into sub-folders")
    parser.add_argument("--resume", action="store_true", help="continue the interrupted run that wrote --out")
    parser.add_argument("--workers", type=_worker_count, default=0, metavar="N", help="default: one per core")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace, context: Context) -> int:
    """Classify; returns 1 where at least one file was rejected, else 0."""
    from skindesk.exchange.rows import RowFile
    from skindesk.services.classify import classify_files, find_pictures

    workspace = context.workspace
    classifier = workspace.models.open(chosen.model or workspace.settings.model_id)
    codes = classifier.contract.codes
    folder_problems: list[Rejected] = []
    paths = list(find_pictures(chosen.paths, chosen.recursive, folder_problems.append))
    with ExitStack() as stack:
        writers: list[Callable[[Outcome], None]] = []
        if chosen.out:
            file = stack.enter_context(RowFile(chosen.out, codes, chosen.resume))
            paths = [path for path in paths if str(path) not in file.done_paths]
            folder_problems = [entry for entry in folder_problems if str(entry.path) not in file.done_paths]
            writers.append(file.write)
        if chosen.json:
            writers.append(lambda outcome: _print_json(outcome, codes))
        elif not chosen.out:
            writers.append(_print_line)
        counts = _Counts(len(paths) + len(folder_problems))
        for outcome in _chain(folder_problems, classify_files(paths, classifier, chosen.workers)):
            for write in writers:
                write(outcome)
            counts.add(outcome)
    counts.report(chosen.out)
    return 1 if counts.rejected else 0


class _Counts:
    """Counts outcomes and, on a terminal, shows how far the run is."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.rejected = 0
        self._started = time.monotonic()
        self._shown_at = self._started + _PROGRESS_AFTER_S - _PROGRESS_EVERY_S
        self._live = sys.stderr.isatty()

    def add(self, outcome: "Outcome") -> None:
        from skindesk.domain.outcome import Rejected

        self.done += 1
        self.rejected += isinstance(outcome, Rejected)
        now = time.monotonic()
        if self._live and now - self._shown_at >= _PROGRESS_EVERY_S:
            self._shown_at = now
            rate = self.done / (now - self._started)
            left_s = (self.total - self.done) / rate
            print(
                f"\r{self.done}/{self.total}  {rate:.0f} images/s  {left_s:.0f} s left  {self.rejected} rejected ",
                end="",
                file=sys.stderr,
            )

    def report(self, out: Path | None) -> None:
        seconds = time.monotonic() - self._started
        where = f", written to {out}" if out else ""
        print(
            f"{chr(13) if self._live else ''}{self.done - self.rejected} classified, {self.rejected} rejected "
            f"in {seconds:.1f} s{where}",
            file=sys.stderr,
        )


def _chain(problems: "list[Rejected]", outcomes: "Iterator[Outcome]") -> "Iterator[Outcome]":
    yield from problems
    yield from outcomes


def _print_line(outcome: "Outcome") -> None:
    from skindesk.domain.outcome import Rejected

    if isinstance(outcome, Rejected):
        print(f"{outcome.path}: rejected. {outcome.message}")
        return
    prediction = outcome.prediction
    differential = ", ".join(f"{entry.label.name} {entry.probability:.0%}" for entry in prediction.ranked[:3])
    print(
        f"{outcome.path}: {prediction.decision}. {differential}; "
        f"malignant or premalignant in sum {prediction.malignant_sum:.0%}"
    )


def _print_json(outcome: "Outcome", codes: tuple[str, ...]) -> None:
    from skindesk.exchange.rows import json_line, to_row

    sys.stdout.write(json_line(to_row(outcome, codes)))


def _worker_count(text: str) -> int:
    count = int(text)
    if not 0 <= count <= 256:
        raise argparse.ArgumentTypeError("must be between 0 and 256")
    return count
