"""`skindesk backup …`: back up the case log into a folder, prove the backups, and restore one."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skindesk.cli import old_copies
from skindesk.cli.backup_common import (
    FOLDER_HELP,
    backups_of,
    confirmed,
    existing,
    folder_of,
    megabytes,
    require_administrator,
)
from skindesk.cli.context import Context, secret
from skindesk.cli.table import format_table
from skindesk.domain.errors import CaseLogUnavailableError, ProfileUnavailableError

if TYPE_CHECKING:
    from skindesk.bootstrap import Workspace
    from skindesk.services.access import Access
    from skindesk.services.backup_entries import BackupEntry
    from skindesk.services.backups import Backups, Examined
    from skindesk.storage.backups.checking import Flaw
    from skindesk.storage.keyring import Keyring
    from skindesk.storage.sealing import DataKey
    from skindesk.system.settings import Settings

_SOUND, _SOME_LOST, _FLAWED = 0, 1, 3


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("backup", help="back up the case log, and restore it", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    daily = actions.add_parser("daily", help="choose the folder, and whether the window backs up by itself every day")
    daily.add_argument("--off", action="store_true", help="keep the folder, but make no backups by themselves")
    create = actions.add_parser("create", help="add a backup, verify it, and thin out older ones")
    listing = actions.add_parser("list", help="the backups in a folder, the newest first")
    listing.add_argument("--json", action="store_true")
    verify = actions.add_parser("verify", help="open a backup and read every byte of it")
    drill = actions.add_parser("drill", help="restore a backup for a trial, beside the backups")
    restore = actions.add_parser("restore", help="put a backup in the case log's place; the old log is set aside")
    restore.add_argument("--accept-losses", action="store_true", help="restore a backup of which pictures are missing")
    for action, run in (
        (daily, run_daily),
        (create, run_create),
        (listing, run_list),
        (verify, run_verify),
        (drill, run_drill),
        (restore, run_restore),
    ):
        action.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help=FOLDER_HELP)
        action.set_defaults(run=run)
    for action in (verify, drill, restore):
        action.add_argument("--snapshot", metavar="NAME", help="which backup (default: the newest)")
        action.add_argument(
            "--recovery-key-file", type=Path, metavar="FILE", help="opens a backup of another key in place of --user"
        )
    for action in (restore, *old_copies.register(actions)):
        action.add_argument("--yes", action="store_true", help="do not ask")


def run_daily(chosen: argparse.Namespace, context: Context) -> int:
    """Show or change where backups go and whether they are made by themselves."""
    workspace = context.workspace
    if chosen.folder is not None or chosen.off:
        require_administrator(context)
        folder = workspace.settings.backup_folder if chosen.folder is None else str(existing(chosen.folder))
        _keep(workspace, replace(workspace.settings, backup_folder=folder, backup_daily=not chosen.off))
    settings = workspace.settings
    if settings.backup_folder is None:
        print("No backup folder is chosen: no backups are made by themselves.")
    else:
        how = "every day while the window is open" if settings.backup_daily else "only when asked"
        print(f"Backups go to {settings.backup_folder}, {how}.")
    return _SOUND


def _keep(workspace: "Workspace", settings: "Settings") -> None:
    try:
        workspace.change_settings(settings)
    except OSError as error:
        raise ProfileUnavailableError(
            f"The profile folder {workspace.profile.root} cannot be written: {error.strerror or error}.",
            "Check its permissions and free space.",
        ) from error


def run_create(chosen: argparse.Namespace, context: Context) -> int:
    """Add a backup; returns 1 where the case log has lost pictures, 3 where the backup has flaws."""
    created = backups_of(context.access, context).create(folder_of(chosen, context))
    written = created.written
    print(
        f"Backup {written.snapshot.name}: {written.manifest.cases} cases, {written.manifest.pictures} pictures, "
        f"{megabytes(written.written_bytes)} written of {megabytes(written.manifest.size_bytes)}."
    )
    if created.thinned:
        print(f"Older backups thinned out: {len(created.thinned)}.")
    if written.lost_by_log:
        kept = written.lost_by_log - written.lost
        print(
            f"The case log has lost {written.lost_by_log} pictures, of which the backups still hold {kept}. "
            "Run `skindesk doctor --full`, and restore this backup to get those back.",
            file=sys.stderr,
        )
    if created.flaws:
        return _tell(created.flaws)
    print("Verified: it opens, and every byte was read.")
    return _SOME_LOST if written.lost_by_log else _SOUND


def run_list(chosen: argparse.Namespace, context: Context) -> int:
    """Print the backups; without signing in, what they say of themselves."""
    backups, folder = backups_of(_access(context), context), folder_of(chosen, context)
    entries = backups.list(folder)
    if chosen.json:
        print(json.dumps([_as_json(entry) for entry in entries]))
    else:
        header = ("BACKUP", "MADE", "CASES", "PICTURES", "LOST", "SIZE", "VERIFIED", "PROVEN", "")
        print(format_table(header, [_cells(entry) for entry in entries]))
        _tell_left_behind(backups, folder)
    return _SOUND


def run_verify(chosen: argparse.Namespace, context: Context) -> int:
    """Verify one backup; returns 3 where it has flaws."""
    backups = backups_of(_access(context), context)
    folder = folder_of(chosen, context)
    return _conclude(backups.verify(folder, chosen.snapshot, _Unlock(chosen, context)), "verified")


def run_drill(chosen: argparse.Namespace, context: Context) -> int:
    """Restore one for a trial; returns 3 where it has flaws."""
    backups = backups_of(_access(context), context)
    examined = backups.drill(folder_of(chosen, context), _Unlock(chosen, context), name=chosen.snapshot)
    return _conclude(examined, "restored for a trial and proven")


def run_restore(chosen: argparse.Namespace, context: Context) -> int:
    """Restore one backup, after asking."""
    backups = backups_of(_access(context), context)
    folder = folder_of(chosen, context)
    snapshot = backups.to_restore(folder, chosen.snapshot)
    made_at = f"{snapshot.made_at.astimezone():%Y-%m-%d %H:%M}"
    if not chosen.yes and not confirmed(
        f"Put the backup of {made_at} in the case log's place? The log that is there now is kept."
    ):
        print("Nothing was changed.")
        return _SOUND
    restored = backups.restore(folder, snapshot.name, _Unlock(chosen, context), chosen.accept_losses)
    print(f"Restored: the backup of {made_at}, {restored.manifest.cases} cases, checked in full.")
    if restored.old_log is not None:
        print(f"The log that was there is kept in {restored.old_log}.")
    for flaw in restored.flaws:
        print(f"skindesk: {flaw.what}", file=sys.stderr)
    return _SOME_LOST if restored.flaws else _SOUND


class _Unlock:
    """Opens the ring of a backup that was made under another key, by whoever the command line names."""

    def __init__(self, chosen: argparse.Namespace, context: Context) -> None:
        self._recovery_key_file: Path | None = chosen.recovery_key_file
        self._context = context

    def __call__(self, ring: "Keyring") -> "DataKey":
        if self._recovery_key_file is None:
            return self._context.unlock(ring)
        return ring.unlock_by_recovery(secret(self._recovery_key_file, "Recovery key: "))


def _access(context: Context) -> "Access":
    """The door, signed in at where the command line names somebody who can; a damaged ring lets nobody in."""
    access = context.workspace.access
    try:
        return context.access if context.names_somebody and access.people() else access
    except CaseLogUnavailableError:
        return access


def _tell_left_behind(backups: "Backups", folder: Path) -> None:
    left = backups.left_behind(folder)
    if left.open_to_all:
        print(f"{len(left.open_to_all)} of them need no passphrase: whoever has the drive can read them.")
    if left.old_key:
        print(f"{len(left.old_key)} of them are under a key of before: whoever had that key can read them.")
    if left.names:
        print("Make a new backup with `backup create`, then remove them with `backup remove --left-behind`.")


def _conclude(examined: "Examined", what: str) -> int:
    if examined.flaws:
        return _tell(examined.flaws)
    print(f"Backup {examined.snapshot.name}: {what}.")
    return _SOUND


def _tell(flaws: "tuple[Flaw, ...]") -> int:
    for flaw in flaws:
        print(f"skindesk: {flaw.what} {flaw.advice}", file=sys.stderr)
    return _FLAWED


def _cells(entry: "BackupEntry") -> tuple[object, ...]:
    manifest, trust = entry.manifest, entry.trust
    made_at = f"{entry.snapshot.made_at.astimezone():%Y-%m-%d %H:%M}"
    if manifest is None:
        return (entry.snapshot.name, made_at, "–", "–", "–", "–", "–", "–", "damaged")
    times = (f"{at.astimezone():%Y-%m-%d}" if at else "–" for at in (trust.verified_at, trust.proven_at))
    counts = (manifest.cases, manifest.pictures, len(manifest.lost), megabytes(manifest.size_bytes))
    return (entry.snapshot.name, made_at, *counts, *times, _remark(entry))


def _remark(entry: "BackupEntry") -> str:
    if entry.own:
        return ""
    return "needs no passphrase" if entry.open_to_all else "under another key"


def _as_json(entry: "BackupEntry") -> dict[str, Any]:
    manifest, trust = entry.manifest, entry.trust
    return {
        "name": entry.snapshot.name,
        "made_at": entry.snapshot.made_at.isoformat(),
        "damaged": manifest is None,
        "own_key": entry.own,
        "open_to_all": entry.open_to_all,
        "cases": manifest.cases if manifest else None,
        "pictures": manifest.pictures if manifest else None,
        "lost": len(manifest.lost) if manifest else None,
        "size_bytes": manifest.size_bytes if manifest else None,
        "verified_at": trust.verified_at.isoformat() if trust.verified_at else None,
        "proven_at": trust.proven_at.isoformat() if trust.proven_at else None,
    }
