"""Remembers in the profile when and where the case log was last backed up: the drive may be away when it is asked."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from skindesk.system.files import write_durably

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LastBackup:
    """The newest verified backup: its folder as it was chosen, and when it was made, in UTC.

    `key_id` tells under which key, and nothing about it: after the key has changed there is no backup yet. `log_ids`
    are those that the profile's case log has had so far; protecting it gives it a new one.
    """

    folder: Path
    made_at: datetime
    key_id: str
    log_ids: frozenset[str]


def load_last(file: Path) -> LastBackup | None:
    """What was kept; None where nothing was, or it cannot be read."""
    try:
        raw = json.loads(file.read_text("utf-8"))
        made_at = datetime.fromisoformat(raw["made_at"])
        log_ids = frozenset(map(str, raw["log_ids"]))
        return LastBackup(Path(raw["folder"]), made_at, str(raw["key_id"]), log_ids) if made_at.tzinfo else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_last(file: Path, last: LastBackup) -> None:
    """Keep it; the backup is made, even where that fails."""
    content = {
        "folder": str(last.folder),
        "made_at": last.made_at.isoformat(),
        "key_id": last.key_id,
        "log_ids": sorted(last.log_ids),
    }
    try:
        write_durably(file, json.dumps(content).encode())
    except OSError:
        _log.warning("it could not be noted when the case log was last backed up", exc_info=True)
