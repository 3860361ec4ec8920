"""The program's log files. They carry ids and digests; names, notes and paths stay in the case log."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from skindesk.system.paths import Profile


def start_logging(profile: Profile) -> Path | None:
    """Log to the profile, one megabyte at a time; returns the file, or None where it cannot be written."""
    path = profile.logs / "skindesk.log"
    root = logging.getLogger()
    try:
        profile.logs.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    except OSError:
        root.addHandler(logging.NullHandler())  # else each record, with its trace, would go to the user's terminal
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.captureWarnings(True)  # Pillow warns of odd metadata that no reader can do anything about
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every opening of the log
    return path
