"""`skindesk classify PATH...`: classify pictures and folders into a table, CSV or JSON Lines."""

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skindesk.cli.context import Context
from skindesk.cli.words import decision_words, differential_words
from skindesk.domain.contract import Modality
from skindesk.domain.errors import OutputUnavailableError

if TYPE_CHECKING:
    from skindesk.domain.class_mix import ClassMix
    from skindesk.domain.outcome import Outcome
    from skindesk.inference.classifier import Classifier

_PROGRESS_AFTER_S, _PROGRESS_EVERY_S = 0.5, 0.1


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("classify", help="classify pictures and folders", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture or a folder of pictures")
    parser.add_argument(
        "--modality",
        type=Modality,
        choices=list(Modality),
        help="the kind of pictures, which decides on the network (default: dermoscopic, or what --model answers)",
    )
    parser.add_argument("--model", metavar="ID", help="the network (default: the one set in the program)")
    parser.add_argument(
        "--prior",
        metavar="MIX",
        help="the class mix to answer under: archive, balanced, or a FILE.toml or FILE.csv with a share for every "
        "label of the network (default: the one set in the program)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write rows to FILE.csv or FILE.jsonl")
    parser.add_argument("--json", action="store_true", help="print rows as JSON Lines and nothing else")
    parser.add_argument("--recursive", action="store_true", help="go into sub-folders")
    parser.add_argument("--resume", action="store_true", help="continue the interrupted run that wrote --out")
    parser.add_argument("--workers", type=_worker_count, default=0, metavar="N", help="default: one per core")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace, context: Context) -> int:
    """Classify; returns 1 where at least one file was rejected, else 0."""
    from skindesk.exchange.rows import RowFile, refuse_to_overwrite_part
    from skindesk.services.batch import Options, Search, classify_items, find_items

    if chosen.resume and not chosen.out:
        raise OutputUnavailableError("--resume continues a file, and --out names none.", "Name the file with --out.")
    classifier, mix = _network(chosen, context)
    codes = classifier.contract.codes
    done: frozenset[str] = frozenset()
    with ExitStack() as stack:
        writers: list[Callable[[Outcome], None]] = []
        if chosen.out:
            if not chosen.resume:
                refuse_to_overwrite_part(chosen.out)
            file = stack.enter_context(RowFile(chosen.out, codes, chosen.resume, classifier.ref, mix))
            done = file.done_paths
            writers.append(file.write)
        if chosen.json:
            writers.append(lambda outcome: _print_json(outcome, codes))
        elif not chosen.out:
            writers.append(_print_line)
        counts = _Counts(chosen.paths, chosen.recursive, len(done))
        search = Search.over(chosen.paths, chosen.recursive)
        left = (item for item in find_items(search) if str(item.shown) not in done)
        for result in classify_items(left, classifier, mix, Options(chosen.workers)):
            outcome = result.outcome
            for write in writers:
                write(outcome)
            counts.add(outcome)
    counts.report(chosen.out)
    if not counts.done and not done:
        print("No pictures were found. Use --recursive to look into sub-folders.", file=sys.stderr)
    return 1 if counts.rejected else 0


def _network(chosen: argparse.Namespace, context: Context) -> "tuple[Classifier, ClassMix]":
    """The network and the class mix that the command line names, or the settings for that kind of picture."""
    from skindesk.services.class_mixes import mix_for

    workspace = context.workspace
    settings = workspace.settings
    modality = chosen.modality
    if chosen.model is None:
        modality = modality or Modality.DERMOSCOPIC
        classifier = workspace.models.open(settings.model_for(modality), modality)
    else:
        classifier = workspace.models.open(chosen.model, modality)
    choice = chosen.prior or settings.mix_for(classifier.contract.modality)
    return classifier, mix_for(choice, classifier.contract)


class _Counts:
    """Counts outcomes and, on a terminal, shows how far the run is; only that needs the files counted first."""

    def __init__(self, paths: "list[Path]", recursive: bool, done_before: int) -> None:
        from skindesk.services.batch import Search, find_items

        self._live = sys.stderr.isatty()
        self.total = (
            max(0, sum(1 for _ in find_items(Search.over(paths, recursive))) - done_before) if self._live else 0
        )
        self.done = 0
        self.rejected = 0
        self._started = time.monotonic()
        self._shown_at = self._started + _PROGRESS_AFTER_S - _PROGRESS_EVERY_S

    def add(self, outcome: "Outcome") -> None:
        from skindesk.domain.outcome import Rejected

        self.done += 1
        self.rejected += isinstance(outcome, Rejected)
        now = time.monotonic()
        if self._live and now - self._shown_at >= _PROGRESS_EVERY_S:
            self._shown_at = now
            rate = self.done / (now - self._started)
            left_s = max(0, self.total - self.done) / rate
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


def _print_line(outcome: "Outcome") -> None:
    from skindesk.domain.outcome import Rejected

    if isinstance(outcome, Rejected):
        print(f"{outcome.path}: rejected. {outcome.message}")
        return
    prediction = outcome.prediction
    print(f"{outcome.path}: {decision_words(prediction)}. {differential_words(prediction)}")


def _print_json(outcome: "Outcome", codes: tuple[str, ...]) -> None:
    from skindesk.exchange.rows import json_line, to_row

    print(json_line(to_row(outcome, codes)), end="")


def _worker_count(text: str) -> int:
    count = int(text) if text.isdecimal() else -1
    if not 0 <= count <= 256:
        raise argparse.ArgumentTypeError("must be a number from 0 to 256")
    return count
