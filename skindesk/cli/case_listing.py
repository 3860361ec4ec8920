"""`skindesk cases list`: the cases that fit words and filters, latest visit first."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from skindesk.cli.arguments import day, share
from skindesk.cli.case_words import NOTHING, network_words, patient_words, sum_words
from skindesk.cli.context import Context
from skindesk.cli.plain_json import to_json
from skindesk.cli.table import format_table
from skindesk.domain.case import Site
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.lesion_state import LesionState

if TYPE_CHECKING:
    from skindesk.domain.case import CaseCursor, CaseSummary

_AT_ONCE = 500
_HEADER = ("CASE", "PATIENT", "ID", "LESION", "STATE", "LAST VISIT", "PICTURES", "NETWORK", "IN SUM", "IMPRESSION")


def register(actions: Any) -> None:
    """Add the action's parser."""
    listing = actions.add_parser("list", help="cases, latest visit first", description=__doc__)
    listing.add_argument(
        "words", nargs="?", default="", metavar="WORDS",
        help="beginnings of words of the record: names, identifiers, notes, diagnoses …",
    )  # fmt: skip
    listing.add_argument("--state", nargs="+", action="extend", choices=list(map(str, LesionState)), metavar="STATE")
    listing.add_argument("--site", nargs="+", action="extend", choices=list(map(str, Site)), metavar="SITE")
    listing.add_argument("--from", dest="seen_from", type=day, metavar="DATE", help="last seen on this day or later")
    listing.add_argument("--to", dest="seen_to", type=day, metavar="DATE", help="last seen on this day or before")
    listing.add_argument("--due-by", type=day, metavar="DATE", help="follow-up due on this day or before")
    listing.add_argument("--sum-from", type=share, metavar="X", help="malignant sum of the leading answer, 0 to 1")
    listing.add_argument("--sum-to", type=share, metavar="X")
    listing.add_argument("--model", default="", metavar="ID", help="the network that gave the leading answer")
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="0 for all (default: 50)")
    listing.add_argument("--json", action="store_true", help="one JSON object a line, as they are read")
    listing.set_defaults(run=run_list)


def run_list(chosen: argparse.Namespace, context: Context) -> int:
    """Print one line a case. What is written as JSON, or whole, is an export: the audit is told before each page."""
    cases = _read(_filter(chosen), chosen.limit, context, tells=chosen.json or chosen.limit <= 0)
    if not chosen.json:
        print(format_table(_HEADER, map(_cells, cases)))
        return 0
    for case in cases:
        print(to_json(case))
    return 0


def _filter(chosen: argparse.Namespace) -> CaseFilter:
    if chosen.seen_from is not None and chosen.seen_to is not None and chosen.seen_to < chosen.seen_from:
        raise InvalidCaseError("--to is before --from.", "Give the earlier day to --from.")
    if chosen.sum_from is not None and chosen.sum_to is not None and chosen.sum_to < chosen.sum_from:
        raise InvalidCaseError("--sum-to is under --sum-from.", "Give the lesser one to --sum-from.")
    return CaseFilter(
        words=chosen.words.encode(errors="replace").decode(),  # bytes that are no text begin nobody's name
        states=frozenset(map(LesionState, chosen.state or ())),
        sites=frozenset(map(Site, chosen.site or ())),
        visited_from=chosen.seen_from,
        visited_to=chosen.seen_to,
        due_by=chosen.due_by,
        malignant_sum_from=chosen.sum_from,
        malignant_sum_to=chosen.sum_to,
        model_id=chosen.model,
    )


def _read(wanted: CaseFilter, limit: int, context: Context, tells: bool) -> "Iterator[CaseSummary]":
    """A page at a time, so that a log of any size is written out in little memory."""
    casework, count = context.casework, 0
    after: CaseCursor | None = None
    told: set[int] = set()
    if tells:
        casework.tell_export(())  # whoever may not export is refused, even where nothing is found
    while True:
        page = casework.log.page(wanted, after, _AT_ONCE if limit <= 0 else min(_AT_ONCE, limit - count))
        if tells:
            patients = {case.patient.patient_id for case in page.cases} - told
            casework.tell_export(patients)
            told |= patients
        yield from page.cases
        count, after = count + len(page.cases), page.next_cursor
        if after is None or (limit > 0 and count >= limit):
            return


def _cells(case: "CaseSummary") -> tuple[object, ...]:
    return (
        case.case_id,
        patient_words(case.patient),
        case.patient.details.identifier,
        f"L{case.lesion.number} {case.lesion.details.site}",
        case.lesion.state,
        case.last_visit_at.astimezone().date(),
        case.picture_count,
        network_words(case),
        sum_words(case),
        case.impression or NOTHING,
    )
