"""`skindesk classify SOURCE...`: classify pictures, folders, archives and lists.

A SOURCE is a picture, a folder, a pattern in quotes such as "scans/*.jpg", a ZIP or TAR archive, a CSV or TSV table
with a column of paths, a DICOMDIR, or - for paths on standard input.
"""

import argparse
import json
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skindesk.cli.context import Context
from skindesk.cli.words import decision_words, differential_words, evaluation_lines
from skindesk.domain.contract import Modality
from skindesk.domain.errors import ModelUnavailableError, OutputUnavailableError
from skindesk.system.files import write_durably

if TYPE_CHECKING:
    from skindesk.domain.class_mix import ClassMix
    from skindesk.domain.outcome import Outcome
    from skindesk.inference.classifier import Classifier
    from skindesk.services.batch import Job, Options, Search
    from skindesk.services.batch.engine import Engine

_PROGRESS_AFTER_S, _PROGRESS_EVERY_S = 0.5, 0.1
_FOLDERS = "folders"


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("classify", help="classify pictures, folders, archives and lists", description=__doc__)
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="with --resume it may be left out")
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
    parser.add_argument("--out", type=Path, metavar="FILE", help="write rows to FILE.csv, FILE.jsonl or FILE.parquet")
    parser.add_argument("--json", action="store_true", help="print rows as JSON Lines and nothing else")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="write a page on all results to FILE.html")
    parser.add_argument(
        "--labels",
        metavar="WHERE",
        help="what the pictures show, to measure the network by: a table FILE.csv of paths and labels, or `folders` "
        "where each folder is named by its class",
    )
    parser.add_argument("--evaluation", type=Path, metavar="FILE", help="write the figures by --labels to FILE.json")
    parser.add_argument("--recursive", action="store_true", help="go into sub-folders")
    parser.add_argument("--resume", action="store_true", help="continue the interrupted run that was to write --out")
    parser.add_argument("--watch", action="store_true", help="go on while the folders fill, until Ctrl+C")
    parser.add_argument("--unordered", action="store_true", help="do not sort folders, and print what is ready first")
    parser.add_argument("--quality", action="store_true", help="judge each picture's quality too, which takes longer")
    parser.add_argument("--low-priority", action="store_true", help="let everything else on this computer go first")
    parser.add_argument("--workers", type=_worker_count, default=0, metavar="N", help="default: one per core")
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="classify on the workers of a Dask scheduler, tcp://HOST:PORT or tls://HOST:PORT; they see the same files",
    )
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace, context: Context) -> int:
    """Classify; returns 1 where at least one picture of this run was rejected, else 0. Raises as `Job` does."""
    from skindesk.services.batch import Job

    _check(chosen)
    search = _search(chosen)
    classifier, mix = _network(chosen, context)
    with ExitStack() as stack:
        engine = _engine(chosen, context, classifier, stack)
        job = stack.enter_context(
            Job(chosen.out, search, classifier, mix, _options(chosen), chosen.resume, chosen.watch, engine)
        )
        live = _Live(job, chosen.watch)
        write = _writer(chosen, classifier)
        with closing(job.results()) as results, _stopping(job) as was_stopped:
            for result in results:
                write(result.outcome)
                live.tell()
        if was_stopped() and not chosen.watch:
            live.report(None)
            _say_how_to_go_on(chosen)
            raise KeyboardInterrupt
        _write_files(chosen, job, classifier)
        live.report(chosen.out)
        job.complete()
        progress = job.progress
    if not progress.done and not progress.kept:
        print("No pictures were found. Use --recursive to look into sub-folders.", file=sys.stderr)
    return 1 if progress.rejected else 0


def _check(chosen: argparse.Namespace) -> None:
    """Refuse at once what could not be read or written in the end. Raises OutputUnavailableError."""
    from skindesk.exchange.rows import check_result_file

    if chosen.resume and not chosen.out:
        raise OutputUnavailableError("--resume continues a file, and --out names none.", "Name the file with --out.")
    if chosen.out:
        check_result_file(chosen.out)
    for option, file, ending in (("--summary", chosen.summary, ".html"), ("--evaluation", chosen.evaluation, ".json")):
        if file and (file.suffix.lower() != ending or not file.parent.is_dir()):
            raise OutputUnavailableError(
                f"{option} cannot write {file}.", f"Name a file that ends in {ending}, in a folder that there is."
            )
    if chosen.labels and chosen.labels != _FOLDERS and not Path(chosen.labels).is_file():
        raise OutputUnavailableError(f"There is no table of labels {chosen.labels}.", "Name a CSV file, or `folders`.")
    if chosen.cluster and chosen.workers:
        raise OutputUnavailableError("--workers is of this computer, not of a cluster.", "Leave one of the two out.")
    if chosen.evaluation and not chosen.labels:
        raise OutputUnavailableError("--evaluation needs to know what the pictures show.", "Say so with --labels.")


def _search(chosen: argparse.Namespace) -> "Search":
    """What the command line says to search, or what the interrupted run was over. Raises OutputUnavailableError."""
    from skindesk.services.batch import Search, facts_of_job
    from skindesk.services.batch.lists import listed_paths
    from skindesk.services.batch.sources import STANDARD_INPUT

    if not chosen.sources:
        before = facts_of_job(chosen.out) if chosen.resume else None
        if before is None:
            raise OutputUnavailableError("There is nothing to classify.", "Name a picture, a folder or a list.")
        return replace(before.search, label_by_folder=chosen.labels == _FOLDERS)
    listed = listed_paths(sys.stdin.buffer.read()) if STANDARD_INPUT in chosen.sources else ()
    return Search(
        tuple(chosen.sources), chosen.recursive, not chosen.unordered, listed, label_by_folder=chosen.labels == _FOLDERS
    )


def _options(chosen: argparse.Namespace) -> "Options":
    from skindesk.services.batch import Options

    return Options(
        chosen.workers,
        ordered=not chosen.unordered,
        quality=chosen.quality,
        low_priority=chosen.low_priority,
    )


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


def _engine(chosen: argparse.Namespace, context: Context, classifier: "Classifier", stack: ExitStack) -> "Engine":
    """This computer's workers, or those of the cluster that is named. Raises as `open_cluster` does."""
    from skindesk.services.batch.engine import run_items

    if not chosen.cluster:
        return run_items
    from skindesk.services.cluster import open_cluster

    model = context.workspace.models.with_digest(classifier.ref.digest)
    if model is None:
        raise ModelUnavailableError("The network has gone from its folder.", "Install the model again.")
    cluster = open_cluster(chosen.cluster, model.folder, lambda sentence: print(sentence, file=sys.stderr))
    return stack.enter_context(cluster).run_items


def _writer(chosen: argparse.Namespace, classifier: "Classifier") -> "Callable[[Outcome], None]":
    """What is done with a result at once."""
    codes = classifier.contract.codes
    if chosen.json:
        return lambda outcome: _print_json(outcome, codes)
    return _print_line if not chosen.out else lambda _: None


@contextmanager
def _stopping(job: "Job") -> Iterator[Callable[[], bool]]:
    """Let Ctrl+C stop the job after the pictures already begun, and a second one at once; says whether it did."""
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True
        signal.signal(signal.SIGINT, before)
        job.stop()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _say_how_to_go_on(chosen: argparse.Namespace) -> None:
    """The same command, but for the sources, which the run remembers: paths on standard input are gone."""
    if chosen.out:
        again = [word for word in sys.argv[1:] if word not in (*chosen.sources, "--resume")]
        print(f"Every row so far is kept. Go on with: skindesk {shlex.join([*again, '--resume'])}", file=sys.stderr)


def _write_files(chosen: argparse.Namespace, job: "Job", classifier: "Classifier") -> None:
    """Write what is asked for of all results."""
    if chosen.out:
        from skindesk.exchange.rows import RowFile

        with RowFile(chosen.out, classifier.contract.codes) as file:
            for result in job.all_results():
                file.write(result.outcome)
    evaluation = _evaluation(chosen, job, classifier) if chosen.labels else None
    if chosen.summary:
        from skindesk.exchange.batch_page import write_page
        from skindesk.services.batch.summary import summarise

        sources = job.search.sources
        write_page(summarise(job.all_results(), classifier.contract, job.mix.name, sources, evaluation), chosen.summary)


def _evaluation(chosen: argparse.Namespace, job: "Job", classifier: "Classifier") -> dict[str, Any]:
    """Measure the network by the labels, say the most important, and write all where that is asked for."""
    from skindesk.services.batch.evaluation import evaluate, labels_from_table, said_by_item

    label_of = said_by_item if chosen.labels == _FOLDERS else labels_from_table(Path(chosen.labels))
    found = evaluate(job.all_results(), classifier.contract, label_of)
    for line in evaluation_lines(found):
        print(line, file=sys.stderr)
    if chosen.evaluation:
        try:
            write_durably(chosen.evaluation, json.dumps(found, indent=2).encode())
        except OSError as error:
            raise OutputUnavailableError(
                f"{chosen.evaluation} cannot be written: {error.strerror or error}.", "Check the folder."
            ) from error
    return found


class _Live:
    """On a terminal, shows how far the run is; only that needs the pictures counted."""

    def __init__(self, job: "Job", watching: bool) -> None:
        self._job = job
        self._live = sys.stderr.isatty()
        self._started = time.monotonic()
        self._shown_at = self._started + _PROGRESS_AFTER_S - _PROGRESS_EVERY_S
        if self._live and not watching:
            job.count()

    def tell(self) -> None:
        now = time.monotonic()
        if not self._live or now - self._shown_at < _PROGRESS_EVERY_S:
            return
        self._shown_at = now
        at = self._job.progress
        of = "" if at.total is None else f"/{at.total}"
        rate = "" if at.rate_per_s is None else f"  {at.rate_per_s:.0f} images/s"
        left = "" if at.left_s is None else f"  {at.left_s:.0f} s left"
        print(f"\r{at.kept + at.done}{of}{rate}{left}  {at.rejected} rejected ", end="", file=sys.stderr)

    def report(self, out: Path | None) -> None:
        seconds, at = time.monotonic() - self._started, self._job.progress
        kept = f", {at.kept} kept" if at.kept else ""
        changed = f", {at.changed} of files that had changed" if at.changed else ""
        where = f", written to {out}" if out else ""
        print(
            f"{chr(13) if self._live else ''}{at.done - at.rejected} classified, {at.rejected} rejected{kept}{changed} "
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
