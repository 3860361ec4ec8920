"""`skindesk cases export | import`: take cases from one workstation's log to another's."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skindesk.cli.context import Context
from skindesk.cli.outputs import readers_of
from skindesk.cli.table import format_table
from skindesk.domain.errors import InvalidCaseError

if TYPE_CHECKING:
    from skindesk.domain.transfer import Counts, ImportedCase
    from skindesk.services.transfer import Exported, Transfer

_PROGRESS_AFTER_S, _PROGRESS_EVERY_S = 0.5, 0.1
_COUNTED = (
    ("patient", "patients"),
    ("case", "cases"),
    ("visit", "visits"),
    ("picture", "pictures"),
    ("prediction", "predictions"),
    ("review", "reviews"),
    ("final diagnosis", "final diagnoses"),
)
_HEADER = ("CASE THERE", "PATIENT", "LESION", "OUTCOME", "CASE HERE", "NEW HERE", "")


def register(actions: Any) -> None:
    """Add the parsers of both actions."""
    export = actions.add_parser(
        "export",
        help="write patients with all their cases into one file",
        description="Write patients with all their cases, pictures and attachments included, into one ZIP file. It is "
        "not encrypted. What was taken back is not in it.",
    )
    export.add_argument("--out", type=Path, required=True, metavar="FILE.zip")
    chosen = export.add_mutually_exclusive_group(required=True)
    chosen.add_argument("query", nargs="?", metavar="QUERY", help="beginnings of a name or identifier")
    chosen.add_argument("--patient", nargs="+", action="extend", metavar="IDENTIFIER", help="these patients")
    chosen.add_argument("--all", action="store_true", help="every patient")
    export.add_argument("--force", action="store_true", help="overwrite the file if it exists")
    export.set_defaults(run=run_export)
    taking = actions.add_parser(
        "import",
        help="take the cases of such a file into the case log",
        description="Take the cases of a file into the case log. The file is checked from end to end first. What is "
        "there already is not repeated, so that an import that was interrupted can be given again.",
    )
    taking.add_argument("file", type=Path, metavar="FILE.zip")
    taking.add_argument("--dry-run", action="store_true", help="say what would become of each case, write nothing")
    taking.add_argument("--json", action="store_true", help="one JSON object a line")
    taking.set_defaults(run=run_import)


def run_export(chosen: argparse.Namespace, context: Context) -> int:
    """Write the file; returns 1 where a case, or a patient without one, had to be left out."""
    exported = _export(chosen, _transfer(context))
    for case in exported.left_out:
        print(f"skindesk: case {case.case_id} was left out. {case.reason}", file=sys.stderr)
    if exported.without_cases:
        patients = "1 patient has" if exported.without_cases == 1 else f"{exported.without_cases} patients have"
        print(f"skindesk: {patients} no lesion yet, and could not be taken along.", file=sys.stderr)
    print(f"Written to {chosen.out}: {_in_words(exported.counts) or 'no case'}.")
    print(
        f"skindesk: {chosen.out} is not encrypted: {readers_of(chosen.out)} can read these patients and see their "
        "pictures. Carry it on an encrypted drive only, and delete it once it has been imported.",
        file=sys.stderr,
    )
    return 1 if exported.left_out or exported.without_cases else 0


def run_import(chosen: argparse.Namespace, context: Context) -> int:
    """Print a row a case; returns 1 where not all that the file says is in the log."""
    progress = _Progress("files checked")
    results: list[ImportedCase] = []
    try:
        for result in _transfer(context).import_cases(chosen.file, chosen.dry_run, progress):
            results.append(result)
            if chosen.json:
                print(json.dumps(asdict(result), ensure_ascii=False), flush=True)
    finally:
        progress.end()
        if results and not chosen.json:
            print(format_table(_HEADER, map(_cells, results)))
    if chosen.dry_run:
        print("skindesk: this was a dry run: nothing was written.", file=sys.stderr)
    return 0 if all(result.is_whole for result in results) else 1


class _Progress:
    """Shows on a terminal how far slow work is."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown_at = time.monotonic() + _PROGRESS_AFTER_S - _PROGRESS_EVERY_S
        self._shown = False

    def __call__(self, done: int, total: int | None = None) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._shown_at >= _PROGRESS_EVERY_S:
            self._shown, self._shown_at = True, now
            share = f"{done}" if total is None else f"{done}/{total}"
            print(f"\r{share} {self._what} ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line to what comes next."""
        if self._shown:
            print(file=sys.stderr)


def _export(chosen: argparse.Namespace, transfer: "Transfer") -> "Exported":
    progress = _Progress("cases written")
    try:
        if chosen.patient:
            return transfer.export_patients(chosen.out, chosen.patient, chosen.force, progress)
        query = "" if chosen.all else chosen.query.encode(errors="replace").decode()
        if not chosen.all and not query.strip():
            raise InvalidCaseError("The query is empty.", "Say whom to export, or add --all.")
        return transfer.export_matching(chosen.out, query, chosen.force, progress)
    finally:
        progress.end()


def _transfer(context: Context) -> "Transfer":
    from skindesk.services.transfer import Transfer

    return Transfer(context.casework, context.access.require)


def _cells(result: "ImportedCase") -> tuple[object, ...]:
    remarks = [result.reason] if result.reason else []
    if result.kept_here:
        remarks.append(f"kept as it is here: {', '.join(result.kept_here)}")
    if result.also_of:
        remarks.append(f"a picture is in cases of {', '.join(result.also_of)}, too: is it the right patient?")
    return (
        result.source_case_id,
        result.identifier,
        f"L{result.lesion_number}",
        result.outcome,
        result.case_id or "–",
        _in_words(result.added) or "–",
        "; ".join(remarks),
    )


def _in_words(counts: "Counts") -> str:
    """How much there is of what there is any of, such as `2 visits, 1 final diagnosis`."""
    found = ((getattr(counts, plural.replace(" ", "_")), singular, plural) for singular, plural in _COUNTED)
    return ", ".join(f"{count} {singular if count == 1 else plural}" for count, singular, plural in found if count)
