"""Failed sign-ins: each makes the next wait longer, and all are told to the audit once somebody is in."""

import json
import logging
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from skindesk.storage.plain_words import in_plain_words
from skindesk.system.files import write_durably

_log = logging.getLogger(__name__)
_FREE = 3
"""So many mistakes cost no wait: a slip of the finger is not an attack."""
_LONGEST_S = 300


@dataclass(frozen=True)
class _Failures:
    """How often in a row, when last, and the times of those that the audit has not been told of."""

    in_a_row: int = 0
    last_at: str = ""
    untold: list[str] = field(default_factory=list)


class SignIns:
    """The failed sign-ins of a profile, by person, in a file that outlives the program. It holds ids, no names."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def wait_s(self, person_id: str, now: datetime) -> float:
        """Seconds until this person may try again: none at first, then 2, 4, 8 … to five minutes."""
        failures = self._read().get(person_id, _Failures())
        if failures.in_a_row < _FREE:
            return 0.0
        pause = timedelta(seconds=min(_LONGEST_S, 2 ** (failures.in_a_row - _FREE + 1)))
        left = datetime.fromisoformat(failures.last_at) + pause - now
        return min(pause, max(timedelta(), left)).total_seconds()  # a failure dated ahead costs no more

    def failed(self, person_id: str, now: datetime) -> None:
        """Count a failure, durably, before the person is told. Raises CaseLogUnavailableError where it cannot be."""
        everybody = self._read()
        before = everybody.get(person_id, _Failures())
        at = now.astimezone(UTC).isoformat()
        everybody[person_id] = _Failures(before.in_a_row + 1, at, [*before.untold, at])
        self._write(everybody)

    def succeeded(self, person_id: str) -> None:
        """Forgive a person's failures; the audit is still to be told of them."""
        everybody = self._read()
        if person_id in everybody:
            everybody[person_id] = _Failures(untold=everybody[person_id].untold)
            self._write(everybody)

    def untold(self) -> list[tuple[str, datetime]]:
        """Failures that the audit has not been told of, by time."""
        told = [
            (person_id, datetime.fromisoformat(at)) for person_id, entry in self._read().items() for at in entry.untold
        ]
        return sorted(told, key=lambda failure: failure[1])

    def told(self) -> None:
        """The audit has all of `untold`."""
        everybody = self._read()
        self._write({person_id: _Failures(entry.in_a_row, entry.last_at) for person_id, entry in everybody.items()})

    def _read(self) -> dict[str, _Failures]:
        try:
            raw = json.loads(self._file.read_text("utf-8"))
            return {person_id: _Failures(**entry) for person_id, entry in raw.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError):
            _log.warning("the list of failed sign-ins cannot be read", exc_info=True)
            return {}

    @in_plain_words()
    def _write(self, everybody: dict[str, _Failures]) -> None:
        content = {person_id: asdict(entry) for person_id, entry in everybody.items()}
        write_durably(self._file, json.dumps(content, indent=2).encode())
