"""Writes a report's file, which appears under its name when it is complete."""

import os
from pathlib import Path

from skindesk.domain.errors import OutputUnavailableError
from skindesk.system.files import sync_folder

_MODE = 0o600


def refuse_existing(path: Path, force: bool) -> None:
    """Raise OutputUnavailableError where a file must not be written here, because something is there already."""
    if path.is_dir():
        raise OutputUnavailableError(f"{path.name} is a folder.", "Name a file.")
    if not force and path.exists():
        raise OutputUnavailableError(f"{path.name} exists already.", "Name another file, or add --force.")


def write_report(path: Path, pdf: bytes, force: bool = False) -> None:
    """Write a PDF, by way of `FILE.part`, for the user of this computer's account only.

    Raises OutputUnavailableError where the file exists already, unless by `force`, or cannot be written; what was
    there stays then, and no part is left.
    """
    refuse_existing(path, force)
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)  # of an interrupted write
        try:
            _write_synced(part, pdf)
            refuse_existing(path, force)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise OutputUnavailableError(
            f"{path.name} cannot be written: {error.strerror or error}.", "Check the folder and the free space."
        ) from error


def _write_synced(part: Path, content: bytes) -> None:
    with open(part, "xb", opener=_for_this_user) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _for_this_user(path: str, flags: int) -> int:
    return os.open(path, flags, _MODE)
