"""`skindesk backup remove | erase | set-aside`: take copies of the case log away for good."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skindesk.cli.backup_common import FOLDER_HELP, backups_of, chosen_folder, confirmed, folder_of, megabytes
from skindesk.cli.context import Context
from skindesk.cli.table import format_table

if TYPE_CHECKING:
    from skindesk.storage.backups.erasing import Traces


def register(actions: Any) -> tuple[argparse.ArgumentParser, ...]:
    """Add the actions' parsers to those of `skindesk backup`; returns them."""
    remove = actions.add_parser("remove", help="remove backups by name, for good")
    remove.add_argument("names", nargs="*", metavar="NAME")
    remove.add_argument(
        "--left-behind", action="store_true", help="those that the passphrase or key of now does not protect"
    )
    erase = actions.add_parser("erase", help="take patients out of the backups who were erased from the case log")
    erase.add_argument("identifiers", nargs="+", metavar="PATIENT-IDENTIFIER")
    aside = actions.add_parser("set-aside", help="list the logs that were replaced and are kept, or erase them")
    aside.add_argument("--erase", action="store_true", help="erase them all, whole and for good")
    for action, run in ((remove, run_remove), (erase, run_erase), (aside, run_set_aside)):
        action.set_defaults(run=run)
    for action in (remove, erase):
        action.add_argument("--folder", type=Path, metavar="FOLDER", help=FOLDER_HELP)
    return remove, erase, aside


def run_remove(chosen: argparse.Namespace, context: Context) -> int:
    """Remove backups by name, or those that a change of the protection has left behind, after asking."""
    backups, folder = backups_of(context.access, context), folder_of(chosen, context)
    left = backups.left_behind(folder).names if chosen.left_behind else ()
    names = tuple(dict.fromkeys((*chosen.names, *left)))
    if not names:
        print("There is nothing to remove." if chosen.left_behind else "Name the backups to remove; `list` shows them.")
        return 0
    if not chosen.yes and not confirmed(f"Remove {', '.join(names)} for good?"):
        print("Nothing was changed.")
        return 0
    print(f"Backups removed: {len(backups.remove(folder, names))}.")
    return 0


def run_erase(chosen: argparse.Namespace, context: Context) -> int:
    """Take erased patients out of the backups, after asking."""
    from skindesk.storage.backups.erasing import Traces

    who = ", ".join(chosen.identifiers)
    if not chosen.yes and not confirmed(f"Make a new backup and remove every older one that may hold {who}?"):
        print("Nothing was changed.")
        return 0
    folder = folder_of(chosen, context)
    for identifier in chosen.identifiers:
        erase_from_backups(context, folder, Traces(identifier))
    return 0


def erase_from_backups(context: Context, folder: Path | None, traces: "Traces") -> None:
    """Take one erased patient out of the backups, and print what is still out of reach.

    Raises as `Backups.erase_from` does.
    """
    from skindesk.services.set_aside import logs_set_aside

    where = chosen_folder(context) if folder is None else folder
    erased = backups_of(context.access, context).erase_from(where, traces)
    print(
        f"Backups that held or may have held the patient: {len(erased.removed)}, removed. "
        f"The new backup {erased.created.written.snapshot.name} is verified."
    )
    for place in erased.elsewhere:
        print(f"Not looked into, since it is not known to be of this case log: {place}")
    if logs_set_aside(context.workspace.profile):
        print("Logs that were set aside may hold the patient: `skindesk backup set-aside --erase` erases them whole.")
    print("Copies that were made otherwise, such as of the drive, are out of SkinDesk's reach.")


def run_set_aside(chosen: argparse.Namespace, context: Context) -> int:
    """List the replaced logs, or erase them after asking."""
    from skindesk.services.set_aside import erase_set_aside, logs_set_aside

    profile = context.workspace.profile
    logs = logs_set_aside(profile)
    rows = [(log.folder, f"{log.at.astimezone():%Y-%m-%d %H:%M}", megabytes(log.size_bytes)) for log in logs]
    print(format_table(("FOLDER", "SET ASIDE", "SIZE"), rows))
    if not chosen.erase or not logs:
        return 0
    if not chosen.yes and not confirmed("Erase them whole? What was saved only there is gone then."):
        print("Nothing was changed.")
        return 0
    erase_set_aside(profile, context.access, logs)
    print(f"Erased: {len(logs)}.")
    return 0
