"""`skindesk cases …`: read the patient case log, take cases to another one, and erase a patient."""

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skindesk.cli import case_listing, case_transfer
from skindesk.cli.arguments import case_number
from skindesk.cli.backup_common import FOLDER_HELP
from skindesk.cli.context import Context
from skindesk.cli.old_copies import erase_from_backups
from skindesk.cli.plain_json import to_json
from skindesk.cli.words import decision_words, differential_words
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.wording import remarks, size_words

if TYPE_CHECKING:
    from skindesk.domain.case import Case, Visit


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("cases", help="read the case log", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    case_listing.register(actions)
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


def run_show(chosen: argparse.Namespace, context: Context) -> int:
    """Print one case."""
    case = context.casework.log.case(chosen.case)
    if chosen.json:
        context.casework.tell_export([case.patient.patient_id])
    print(to_json(case) if chosen.json else _describe(case))
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
        if kept.measurement is not None:
            lines.append(f"      measured: {size_words(kept.measurement)}")
        if kept.quality:
            lines.append(f"      remarked: {remarks(kept.quality)}")
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
