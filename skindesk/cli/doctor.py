"""`skindesk doctor`: check models, case log, libraries and display, and say what to do."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from skindesk.cli.context import Context


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("doctor", help="check that everything is sound", description=__doc__)
    parser.add_argument("--full", action="store_true", help="also read every stored picture and the whole database")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace, context: Context) -> int:
    """Print every check; returns 3 where one is not sound."""
    from skindesk.services.health import check_all

    access = context.access if context.names_somebody else context.workspace.access
    checks = list(check_all(context.workspace.profile, access, chosen.full))
    if chosen.json:
        print(json.dumps([asdict(check) for check in checks], ensure_ascii=False))
    else:
        for check in checks:
            mark = "ok     " if check.sound else "TROUBLE"
            print(f"{mark} {check.subject}: {check.finding} {check.advice}".rstrip())
    return 0 if all(check.sound for check in checks) else 3
