"""`skindesk report CASE --out FILE.pdf`: one case on paper."""

import argparse
import sys
from pathlib import Path
from typing import Any

from skindesk.cli.arguments import case_number
from skindesk.cli.context import Context
from skindesk.cli.outputs import readers_of
from skindesk.domain.paper import Paper


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser(
        "report",
        help="write the report of one case as PDF",
        description="Write the report of one case as PDF: patient, pictures, visits, diagnoses, and what the network "
        "said with its limits. The file is not encrypted.",
    )
    parser.add_argument("case", type=case_number, metavar="CASE")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
    parser.add_argument("--paper", choices=[paper.value for paper in Paper], help="default: as in the settings")
    parser.add_argument("--force", action="store_true", help="overwrite the file if it exists")
    parser.set_defaults(run=run_report)


def run_report(chosen: argparse.Namespace, context: Context) -> int:
    """Write the file; returns 1 where something in the report is not as it should be."""
    context.casework  # noqa: B018 - signs in
    reports, settings = context.workspace.reports, context.workspace.settings
    made = reports.make(chosen.case, Paper(chosen.paper) if chosen.paper else settings.report_paper)
    reports.save(made, chosen.out, chosen.force)
    for caution in made.report.cautions:
        print(f"skindesk: {caution}", file=sys.stderr)
    print(f"Written to {chosen.out}.")
    print(
        f"skindesk: {chosen.out} is not encrypted: {readers_of(chosen.out)} can read who the patient is.",
        file=sys.stderr,
    )
    return 1 if made.report.cautions else 0
