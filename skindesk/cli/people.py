"""`skindesk people …`: protect the case log by passphrases, and manage who works with it."""

import argparse
from pathlib import Path
from typing import Any

from skindesk.cli.context import Context, secret
from skindesk.cli.table import format_table
from skindesk.domain.errors import AccessRefusedError
from skindesk.domain.people import Role


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("people", help="who works with the case log", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="everybody who can sign in").set_defaults(run=run_list)
    actions.add_parser("personal", help="set up a case log that needs no passphrase").set_defaults(run=run_personal)
    protect = actions.add_parser("protect", help="encrypt the case log under a passphrase; you become administrator")
    protect.add_argument("name")
    protect.set_defaults(run=run_protect)
    add = actions.add_parser("add", help="let somebody in")
    add.add_argument("name")
    add.add_argument("--role", type=Role, choices=list(Role), default=Role.CLINICIAN)
    add.set_defaults(run=run_add)
    remove = actions.add_parser("remove", help="let somebody in no more")
    remove.add_argument("name")
    remove.set_defaults(run=run_remove)
    role = actions.add_parser("role", help="make somebody something else")
    role.add_argument("name")
    role.add_argument("role", type=Role, choices=list(Role))
    role.set_defaults(run=run_role)
    passphrase = actions.add_parser("passphrase", help="change your passphrase, or give somebody else a new one")
    passphrase.add_argument("name", nargs="?")
    passphrase.set_defaults(run=run_passphrase)
    for action in (protect, add, passphrase):
        action.add_argument("--new-passphrase-file", type=Path, metavar="FILE", help="its first line (default: ask)")
    recover = actions.add_parser("recover", help="give somebody a new passphrase by the recovery key")
    recover.add_argument("name")
    recover.add_argument("--new-passphrase-file", type=Path, metavar="FILE", help="its first line (default: ask)")
    recover.add_argument("--recovery-key-file", type=Path, metavar="FILE", help="its first line (default: ask)")
    recover.set_defaults(run=run_recover)
    renew = actions.add_parser("recovery-key", help="a new recovery key in place of the old one")
    renew.set_defaults(run=run_recovery_key)
    rekey = actions.add_parser("rekey", help="encrypt everything anew, and remove everybody else")
    rekey.set_defaults(run=run_rekey)


def run_list(_chosen: argparse.Namespace, context: Context) -> int:
    """Print everybody; the list is open, so that a name can be chosen before signing in."""
    people = context.workspace.access.people()
    print(format_table(("NAME", "ROLE"), [(person.name, person.role) for person in people]))
    return 0


def run_personal(_chosen: argparse.Namespace, context: Context) -> int:
    """Set up a log without a passphrase."""
    context.workspace.access.set_up_open()
    print("The case log opens without a passphrase: whoever can read this profile folder can read its patients.")
    return 0


def run_protect(chosen: argparse.Namespace, context: Context) -> int:
    """Encrypt a new or an open log."""
    _print_recovery_key(context.workspace.access.set_up_protected(chosen.name, _new_passphrase(chosen)))
    _tell_of_old_copies()
    return 0


def run_add(chosen: argparse.Namespace, context: Context) -> int:
    """Add a person."""
    person = context.access.add_person(chosen.name, chosen.role, _new_passphrase(chosen))
    print(f"{person.name} can sign in as {person.role}.")
    return 0


def run_remove(chosen: argparse.Namespace, context: Context) -> int:
    """Remove a person."""
    context.access.remove_person(context.somebody(chosen.name).person_id)
    print(f"{chosen.name} can sign in no more.")
    return 0


def run_role(chosen: argparse.Namespace, context: Context) -> int:
    """Change a person's role."""
    context.access.give_role(context.somebody(chosen.name).person_id, chosen.role)
    print(f"{chosen.name} is {chosen.role} now.")
    return 0


def run_passphrase(chosen: argparse.Namespace, context: Context) -> int:
    """Change one's own passphrase, or give another a new one."""
    access = context.access
    if chosen.name is None:
        access.change_passphrase(context.passphrase(), _new_passphrase(chosen))
    else:
        access.give_passphrase(context.somebody(chosen.name).person_id, _new_passphrase(chosen))
    print("The passphrase is changed.")
    return 0


def run_recover(chosen: argparse.Namespace, context: Context) -> int:
    """Give a new passphrase by the recovery key."""
    person = context.somebody(chosen.name)
    recovery_key = secret(chosen.recovery_key_file, "Recovery key: ")
    _print_recovery_key(context.workspace.access.recover(recovery_key, person.person_id, _new_passphrase(chosen)))
    return 0


def run_recovery_key(_chosen: argparse.Namespace, context: Context) -> int:
    """Replace the recovery key."""
    _print_recovery_key(context.access.new_recovery_key(context.passphrase()))
    return 0


def run_rekey(_chosen: argparse.Namespace, context: Context) -> int:
    """Encrypt everything anew."""
    _print_recovery_key(context.access.change_key(context.passphrase()))
    _tell_of_old_copies()
    return 0


def _new_passphrase(chosen: argparse.Namespace) -> str:
    """From the file that the command line names, or typed twice. Raises AccessRefusedError."""
    passphrase = secret(chosen.new_passphrase_file, "New passphrase: ")
    if chosen.new_passphrase_file is None and secret(None, "Once more: ") != passphrase:
        raise AccessRefusedError("The two passphrases differ.", "Nothing was changed. Try again.")
    return passphrase


def _print_recovery_key(recovery_key: str) -> None:
    print(f"Recovery key: {recovery_key}")
    print("Print it and lock it away: it opens the case log when a passphrase is forgotten, and is not shown again.")


def _tell_of_old_copies() -> None:
    print(
        "Older backups and set-aside logs are not changed by this. Make a new backup (`skindesk backup create`), "
        "then remove them (`backup remove --left-behind`, `backup set-aside --erase`)."
    )
