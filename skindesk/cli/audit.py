"""`skindesk audit list | verify`: who did what with the case log, and whether that record is whole."""

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from skindesk.cli.context import Context
from skindesk.cli.table import format_table
from skindesk.domain.audit import AuditHead

if TYPE_CHECKING:
    from skindesk.domain.audit import AuditEntry

_PAGE = 500
_BROKEN = 3
"""The exit code of a case log that cannot be trusted."""


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("audit", help="who did what with the case log", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="entries, newest first (for administrators)")
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="0 for all (default: 50)")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(run=run_list)
    verify = actions.add_parser("verify", help="find edits, deletions, reorderings and truncations")
    verify.add_argument(
        "--head", type=_head, metavar="COUNT:MAC", help="an end of the audit that a backup or report has noted"
    )
    verify.set_defaults(run=run_verify)


def run_list(chosen: argparse.Namespace, context: Context) -> int:
    """Print one line an entry."""
    entries = _read(chosen.limit, context)
    if chosen.json:
        for entry in entries:
            print(json.dumps(asdict(entry), ensure_ascii=False))
        return 0
    names = {person.person_id: person.name for person in context.access.people()}
    header = ("ENTRY", "TIME (UTC)", "WHO", "WHAT", "ABOUT", "PATIENT", "DETAIL")
    print(format_table(header, [_cells(entry, names) for entry in entries]))
    return 0


def run_verify(chosen: argparse.Namespace, context: Context) -> int:
    """Print a sentence for each finding, or where the audit ends."""
    log = context.casework.log
    findings = log.verify_audit(chosen.head)
    for finding in findings:
        print(finding.what)
    head = log.audit_head()
    if findings or head is None:
        print("The audit was tampered with. Keep the profile folder as it is, and compare it with a backup.")
        return _BROKEN
    print(f"The audit is whole: {head.count} entries. Its end is {head.count}:{head.mac}")
    return 0


def _read(limit: int, context: Context) -> "list[AuditEntry]":
    casework = context.casework
    entries: list[AuditEntry] = []
    while True:
        wanted = _PAGE if limit <= 0 else min(_PAGE, limit - len(entries))
        page = casework.audit_entries(entries[-1].seq if entries else None, wanted)
        entries.extend(page)
        if len(page) < wanted or len(entries) == limit:
            return entries


def _cells(entry: "AuditEntry", names: dict[str, str]) -> tuple[object, ...]:
    about = f"{entry.subject} {names.get(entry.subject_id, entry.subject_id)}".strip()
    return (
        entry.seq,
        entry.at[:19].replace("T", " "),
        names.get(entry.person_id, entry.person_id),
        entry.action,
        about,
        entry.patient_id or "–",
        entry.detail or "",
    )


def _head(text: str) -> AuditHead:
    count, _, mac = text.partition(":")
    if not count.isdecimal() or not mac:
        raise argparse.ArgumentTypeError("must be COUNT:MAC, as `audit verify` prints it")
    return AuditHead(int(count), mac)
