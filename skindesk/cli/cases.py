"""`skindesk cases …`: read the patient case log, take cases to another one, and erase a patient."""

import argparse
import json
import shlex
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skindesk.cli import case_transfer
from skindesk.cli.arguments import case_number
from skindesk.cli.backup_common import FOLDER_HELP
from skindesk.cli.context import Context
from skindesk.cli.old_copies import erase_from_backups
from skindesk.cli.table import format_table
from skindesk.cli.words import decision_words, differential_words
from skindesk.domain.errors import InvalidCaseError

if TYPE_CHECKING:
    from skindesk.domain.case import Case, CaseCursor, CaseSummary, Visit


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("cases", help="read the case log", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="cases, latest visit first")
    listing.add_argument(
        "query", nargs="?", default="", help="beginnings of words of the record: names, identifiers, notes, diagnoses …"
    )
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="0 for all (default: 50)")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(run=run_list)
    show = actions.add_parser("show", help="one case with its visits, pictures, predictions and reviews")
    show.add_argument("case", type=case_number, metavar="CASE")
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=run_show)
    erase = actions.add_parser("erase", help="erase a patient with every case and picture, for good")
    erase.add_argument("identifier", metavar="PATIENT-IDENTIFIER")
    erase.add_argument("--yes", action="store_true", help="do not ask for the identifier again")
    erase.add_argument(
        "--also-backups", action="store_true", help="then make a new backup and remove the older ones with the patient"
    )
    erase.add_argument("--folder", type=Path, metavar="FOLDER", help=FOLDER_HELP)
    erase.set_defaults(run=run_erase)
    case_transfer.register(actions)


def run_list(chosen: argparse.Namespace, context: Context) -> int:
    """Print one line a case."""
    query = chosen.query.encode(errors="replace").decode()  # bytes that are no text begin nobody's name
    cases = _read(query, chosen.limit, context)
    if chosen.json or chosen.limit <= 0:
        context.casework.tell_export(case.patient.patient_id for case in cases)
    if chosen.json:
        for case in cases:
            print(_to_json(case))
        return 0
    print(
        format_table(
            ("CASE", "PATIENT", "ID", "LESION", "LAST VISIT", "PICTURES", "NETWORK", "IN SUM", "IMPRESSION"),
            [_summary_cells(case) for case in cases],
        )
    )
    return 0


def run_show(chosen: argparse.Namespace, context: Context) -> int:
    """Print one case."""
    case = context.casework.log.case(chosen.case)
    if chosen.json:
        context.casework.tell_export([case.patient.patient_id])
    print(_to_json(case) if chosen.json else _describe(case))
    return 0


def run_erase(chosen: argparse.Namespace, context: Context) -> int:
    """Erase a patient, once the identifier was typed again."""
    from skindesk.storage.backups.erasing import Traces

    casework = context.casework
    patient = casework.log.patient_by_identifier(chosen.identifier)
    if patient is None:
        raise InvalidCaseError(
            f"The case log has no patient with the identifier {chosen.identifier}.", "Look it up with `cases list`."
        )
    if not chosen.yes and not _is_confirmed(patient.details.identifier):
        raise InvalidCaseError("The two identifiers differ.", "Nothing was erased. Try again.")
    erased = casework.erase_patient(patient.patient_id)
    print(f"Erased, with {len(erased.pictures)} picture files.")
    identifier = patient.details.identifier
    if chosen.also_backups:
        traces = Traces(identifier, frozenset([erased.patient_id]), frozenset(erased.pictures))
        erase_from_backups(context, chosen.folder, traces)
    else:
        print(f"Backups made before still hold the patient: `skindesk backup erase {shlex.quote(identifier)}`.")
    return 0


def _is_confirmed(identifier: str) -> bool:
    print("Every case and picture of this patient will be erased for good.", file=sys.stderr)
    print("Type the identifier again: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip() == identifier


def _read(query: str, limit: int, context: Context) -> "list[CaseSummary]":
    from skindesk.domain.case_filter import CaseFilter

    log = context.casework.log
    cases: list[CaseSummary] = []
    after: CaseCursor | None = None
    while True:
        wanted = 500 if limit <= 0 else min(500, limit - len(cases))
        page = log.page(CaseFilter(query), after, wanted)
        cases.extend(page.cases)
        after = page.next_cursor
        if after is None or (limit > 0 and len(cases) >= limit):
            return cases


def _summary_cells(case: "CaseSummary") -> tuple[object, ...]:
    details = case.patient.details
    name = ", ".join(part for part in (details.family_name.upper(), details.given_name) if part)
    network = f"{case.top_name} {case.top_probability:.0%}" if case.top_probability is not None else "–"
    return (
        case.case_id,
        name or "–",
        details.identifier,
        f"L{case.lesion.number} {case.lesion.details.site}",
        case.last_visit_at.astimezone().date(),
        case.picture_count,
        network,
        f"{case.malignant_sum:.0%}" if case.malignant_sum is not None else "–",
        case.impression or "–",
    )


def _describe(case: "Case") -> str:
    details, lesion = case.patient.details, case.lesion
    lines = [
        f"{details.family_name.upper()}, {details.given_name} · {details.birth_date or 'birth date not given'} · "
        f"ID {details.identifier} · skin type {details.skin_type}",
        f"Case {lesion.case_id}: lesion L{lesion.number}, {lesion.details.site} {lesion.details.description}".rstrip(),
    ]
    for visit in case.visits:
        lines.extend(_describe_visit(visit))
    return "\n".join(lines)


def _describe_visit(visit: "Visit") -> list[str]:
    lines = [f"  {visit.visited_at.astimezone():%Y-%m-%d %H:%M}"]
    for picture in visit.pictures:
        kept = picture.details
        lines.append(
            f"    picture {picture.image_id}: {kept.file_name}, {kept.width_px} x {kept.height_px}, "
            f"{kept.modality}, sha256 {kept.sha256[:12]}"
        )
        for prediction in picture.predictions:
            lines.append(
                f"      {prediction.model.model_id} {prediction.model.version}: {decision_words(prediction)}; "
                f"{differential_words(prediction)}"
            )
    for review in visit.reviews:
        own = review.details
        seen = "after" if own.revealed_before else "before"
        lines.append(
            f"    own impression: {own.impression or '–'} (confidence {own.confidence or 'not given'}, {seen} seeing "
            f"the network's answer); plan: {own.plan}{'; ' + own.notes if own.notes else ''}"
        )
    return lines


def _to_json(value: Any) -> str:
    return json.dumps(asdict(value), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value).__name__} as JSON")
