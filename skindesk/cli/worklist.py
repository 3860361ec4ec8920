"""`skindesk worklist`: what is overdue, due today, waits for a result, or is due soon."""

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from skindesk.cli.arguments import count_of_days
from skindesk.cli.case_words import NOTHING, network_words, patient_words, sum_words
from skindesk.cli.context import Context
from skindesk.cli.plain_json import to_json
from skindesk.cli.table import format_table
from skindesk.domain.worklist import SOON_DAYS

if TYPE_CHECKING:
    from skindesk.domain.worklist import WorklistItem

_HEADER = ("DUE", "SINCE", "DAYS", "CASE", "PATIENT", "BORN", "ID", "LESION", "NETWORK", "IN SUM", "IMPRESSION")


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("worklist", help="what is to be done next, and since when", description=__doc__)
    parser.add_argument(
        "--days", type=count_of_days, default=SOON_DAYS, metavar="N",
        help=f"how far ahead to look (default: {SOON_DAYS})",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object a line, as they are read")
    parser.set_defaults(run=run_worklist)


def run_worklist(chosen: argparse.Namespace, context: Context) -> int:
    """Print one line a case, the most urgent first. What is written as JSON is an export: the audit is told before."""
    from skindesk.services.worklist import told_worklist, worklist_pages

    today, casework = date.today(), context.casework
    if chosen.json:
        for item in told_worklist(casework, today, chosen.days):
            print(to_json(item))
        return 0
    pages = worklist_pages(casework.log, today, chosen.days)
    rows = [_cells(item, today) for page in pages for item in page]
    print(format_table(_HEADER, rows) if rows else "Nothing is due.")
    return 0


def _cells(item: "WorklistItem", today: date) -> tuple[object, ...]:
    case, lesion = item.case, item.case.lesion
    who = case.patient.details
    return (
        item.due,
        item.since,
        (today - item.since).days,
        case.case_id,
        patient_words(case.patient),
        who.birth_date or NOTHING,
        who.identifier,
        f"L{lesion.number} {lesion.details.site} {lesion.details.description}".rstrip(),
        network_words(case),
        sum_words(case),
        case.impression or NOTHING,
    )
