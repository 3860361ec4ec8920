"""Failed sign-ins: each makes the next wait longer."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from skindesk.domain.errors import AccessRefusedError, CaseLogUnavailableError
from skindesk.storage.occupancy import in_turn
from skindesk.storage.plain_words import in_plain_words
from skindesk.system.files import write_durably

_log = logging.getLogger(__name__)
_FREE = 3
"""So many mistakes cost no wait: a slip of the finger is not an attack."""
_LONGEST_S = 300
_COUNTED = 100
"""More failures in a row make no difference."""
_AHEAD = timedelta(seconds=60)
"""A failure may be dated so far ahead: whoever asks may have waited for their turn since they looked at the clock."""


@dataclass(frozen=True)
class _Failures:
    """How often in a row, and when last, as an aware time in ISO 8601."""

    in_a_row: int
    last_at: str

    def wait_s(self, now: datetime) -> float:
        if self.in_a_row < _FREE:
            return 0.0
        pause_s = float(min(_LONGEST_S, 2 ** (self.in_a_row - _FREE + 1)))
        return max(0.0, pause_s - (now - datetime.fromisoformat(self.last_at)).total_seconds())


class SignIns:
    """The failed sign-ins of a profile, by person, in a file that outlives the program. It holds ids, no names.

    What the file says is not trusted: a date that is missing, no date or far ahead counts as now, from the first time
    that it is seen, so that nobody waits for ever, and nobody is spared the wait.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = file.with_suffix(".lock")

    def wait_s(self, person_id: str, now: datetime) -> float:
        """Seconds until this person may try again: none at first, then 2, 4, 8 … to five minutes."""
        raw = self._raw()
        everybody = _usable(raw, now)
        if raw != _plain(everybody):
            with suppress(CaseLogUnavailableError), in_turn(self._lock):  # an attempt will tell of it
                everybody = self._mended(now)
        return everybody[person_id].wait_s(now) if person_id in everybody else 0.0

    @contextmanager
    def attempt(self, person_id: str, now: datetime) -> Iterator[None]:
        """One attempt, of which there is only one at a time; one whose body raises AccessRefusedError has failed.

        A failure is counted, durably, before the person is told, and success forgives all. Raises AccessRefusedError
        where it is too soon, CaseLogUnavailableError where the file cannot be written.
        """
        with in_turn(self._lock):
            everybody = self._mended(now)
            before = everybody.get(person_id)
            wait_s = 0.0 if before is None else before.wait_s(now)
            if wait_s > 0:
                raise AccessRefusedError("There were too many wrong attempts.", f"Wait {wait_s:.0f} seconds.")
            try:
                yield
            except AccessRefusedError:
                in_a_row = min(_COUNTED, 1 + (0 if before is None else before.in_a_row))
                self._write({**everybody, person_id: _Failures(in_a_row, now.astimezone(UTC).isoformat())})
                raise
            if before is not None:
                self._write({other: failures for other, failures in everybody.items() if other != person_id})

    def _mended(self, now: datetime) -> dict[str, _Failures]:
        """What the file holds, after what cannot be used was replaced in it."""
        raw = self._raw()
        everybody = _usable(raw, now)
        if raw != _plain(everybody):
            _log.warning("the list of failed sign-ins held what cannot be used")
            self._write(everybody)
        return everybody

    def _raw(self) -> Any:
        try:
            return json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            _log.warning("the list of failed sign-ins cannot be read", exc_info=True)
            return None

    @in_plain_words()
    def _write(self, everybody: dict[str, _Failures]) -> None:
        write_durably(self._file, json.dumps(_plain(everybody), indent=2).encode())


def _plain(everybody: dict[str, _Failures]) -> dict[str, dict[str, object]]:
    return {person_id: asdict(failures) for person_id, failures in everybody.items()}


def _usable(raw: Any, now: datetime) -> dict[str, _Failures]:
    """What was read, with now for a time and a first wait for a count that cannot be used."""
    entries = raw.items() if isinstance(raw, dict) else ()
    return {person_id: _usable_failures(entry, now) for person_id, entry in entries}


def _usable_failures(entry: Any, now: datetime) -> _Failures:
    told = entry if isinstance(entry, dict) else {}
    in_a_row = told.get("in_a_row")
    return _Failures(
        in_a_row if type(in_a_row) is int and 0 <= in_a_row <= _COUNTED else _FREE,
        _usable_time(told.get("last_at"), now),
    )


def _usable_time(at: Any, now: datetime) -> str:
    try:
        if datetime.fromisoformat(at) <= now + _AHEAD:
            return str(at)
    except (TypeError, ValueError):  # no date, or one without a zone
        pass
    return now.astimezone(UTC).isoformat()
