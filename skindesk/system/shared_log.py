"""Whether a profile works with a case log that several workstations share, and where that is."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from skindesk.domain.errors import ProfileUnavailableError
from skindesk.system.paths import SharedLog
from skindesk.system.settings import Settings

DATABASE_VARIABLE = "SKINDESK_DATABASE"
LOG_FOLDER_VARIABLE = "SKINDESK_LOG_FOLDER"


def find_shared_log(database: str | None, folder: Path | None, settings: Settings) -> SharedLog | None:
    """The shared log that the command line names, else the environment, else the settings; None for the profile's own.

    Raises ProfileUnavailableError where only one of its two places is named, the folder is no folder of a shared log,
    or the settings, which anybody may read, hold the database's password.
    """
    if settings.database is not None and _has_password(settings.database):
        raise ProfileUnavailableError(
            "The settings hold the password of the case log's database.",
            "Take it out of the address in settings.json; the variable PGPASSWORD or the file .pgpass gives it.",
        )
    address = database or os.environ.get(DATABASE_VARIABLE) or settings.database
    place = folder or _path(os.environ.get(LOG_FOLDER_VARIABLE)) or _path(settings.log_folder)
    if address is None and place is None:
        return None
    if address is None:
        raise ProfileUnavailableError(
            f"The folder {place} is named for a shared case log, but not its database.", "Name that with --database."
        )
    if place is None:
        raise ProfileUnavailableError(
            "The database of a shared case log is named, but not the folder of its key and pictures.",
            "Name a folder that every workstation reaches with --log-folder.",
        )
    return SharedLog(_usable(place), address)


def _usable(place: Path) -> Path:
    try:
        folder = place.expanduser().resolve()
        taken = (folder / "caselog" / "caselog.sqlite3").exists() or (folder / "settings.json").exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise ProfileUnavailableError(
            f"The folder {place} cannot be used: {error}.", "Name another with --log-folder."
        ) from error
    if taken:
        raise ProfileUnavailableError(
            f"The folder {place} is a profile with a case log of its own.",
            "Nothing was changed. Name an empty folder, or that of the shared case log, with --log-folder.",
        )
    return folder


def _has_password(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.password) or "password=" in parts.query
    except ValueError:
        return False


def _path(name: str | None) -> Path | None:
    return Path(name) if name else None
