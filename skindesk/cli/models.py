"""`skindesk models list | show | verify`: which networks are installed, and whether they are sound."""

import argparse
import json
from typing import Any

from skindesk.cli.context import Context
from skindesk.cli.table import format_table


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("models", help="list, show and verify networks", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="every installed network")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)
    show = actions.add_parser("show", help="one network's card")
    show.add_argument("model", metavar="ID")
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=run_show)
    verify = actions.add_parser("verify", help="check digest, contract and golden outputs")
    verify.add_argument("model", metavar="ID", nargs="?", help="default: every network")
    verify.set_defaults(run=run_verify)


def run_list(chosen: argparse.Namespace, context: Context) -> int:
    """Print one line a network."""
    models = context.workspace.models.installed()
    if chosen.json:
        rows = [
            {**model.card.raw, "model_id": model.model_id, "shipped": model.shipped, "modality": model.modality}
            for model in models
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    print(
        format_table(
            ("ID", "VERSION", "PICTURES", "TITLE", "LICENCE", "DIGEST", "FROM"),
            [
                (
                    model.model_id,
                    model.card.raw.get("version", ""),
                    model.modality,
                    model.card.raw.get("title", ""),
                    model.card.licence,
                    model.card.digest[:12],
                    "SkinDesk" if model.shipped else "profile",
                )
                for model in models
            ],
        )
    )
    return 0


def run_show(chosen: argparse.Namespace, context: Context) -> int:
    """Print one card."""
    model = context.workspace.models.find(chosen.model)
    print(json.dumps(model.card.raw, ensure_ascii=False) if chosen.json else model.card.text, end="")
    return 0


def run_verify(chosen: argparse.Namespace, context: Context) -> int:
    """Verify one network or all; returns 3 where one is not sound."""
    models = context.workspace.models
    faults = () if chosen.model else models.faults()
    for fault in faults:
        print(fault)
    problems = len(faults)
    wanted = () if chosen.model else models.installed()
    if not wanted and not faults:
        wanted = (models.find(chosen.model),)
    for model in wanted:
        problem = models.problem_with(model.model_id)
        problems += problem is not None
        print(f"{model.model_id}: {problem or 'sound: digest, contract and golden outputs hold'}")
    return 3 if problems else 0
