"""What the backup commands have in common: the folder, the question before something is done, and sizes."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from skindesk.cli.context import Context
from skindesk.domain.errors import BackupUnavailableError

if TYPE_CHECKING:
    from skindesk.services.access import Access
    from skindesk.services.backups import Backups

FOLDER_HELP = "where the backups are kept (default: the folder that was chosen)"


def folder_of(chosen: argparse.Namespace, context: Context) -> Path:
    """The folder that the command line names, or the chosen one. Raises BackupUnavailableError where there is none."""
    folder: Path | None = chosen.folder
    return chosen_folder(context) if folder is None else folder


def chosen_folder(context: Context) -> Path:
    """The folder of the settings. Raises BackupUnavailableError where none was chosen."""
    kept = context.workspace.settings.backup_folder
    if kept is None:
        raise BackupUnavailableError(
            "No backup folder is chosen.", "Name one, or choose one with `skindesk backup daily FOLDER`."
        )
    return Path(kept)


def existing(folder: Path) -> Path:
    """A folder that is there, in full. Raises BackupUnavailableError where it is not."""
    if not folder.is_dir():
        raise BackupUnavailableError(
            f"The backup folder {folder} cannot be found.", "Connect its drive, or create the folder."
        )
    return folder.resolve()


def backups_of(access: "Access", context: Context) -> "Backups":
    """The profile's backups."""
    from skindesk.services.backups import Backups

    return Backups(context.workspace.profile, access)


def require_administrator(context: Context) -> None:
    """Raises AccessRefusedError where whoever signs in may not administer; a log that is not set up has nobody yet."""
    from skindesk.domain.people import Permission
    from skindesk.services.access import Door

    if context.workspace.access.door not in (Door.NEW, Door.UNSEALED):
        context.access.require(Permission.ADMINISTER)


def confirmed(question: str) -> bool:
    """Whether the question is answered by yes."""
    try:
        return input(f"{question} [y/N] ").strip().casefold() in ("y", "yes")
    except EOFError:
        return False


def megabytes(size_bytes: int) -> str:
    """A size in megabytes."""
    return f"{size_bytes / 1e6:.1f} MB"
