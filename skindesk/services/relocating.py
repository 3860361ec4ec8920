"""Puts a profile's case log under another key in one step, and puts right what a crash has left of that."""

import logging
import shutil
from datetime import UTC, datetime
from pathlib import Path

from skindesk.domain.caution import Caution
from skindesk.domain.errors import CaseLogDamagedError, CaseLogUnavailableError
from skindesk.domain.people import OWNER, Person
from skindesk.storage.keyring import Keyring
from skindesk.storage.occupancy import alone_with
from skindesk.storage.plain_words import DATABASE_MISSING, in_plain_words
from skindesk.storage.replacing import (
    abandon_replacing,
    begin_replacing,
    finish_replacing,
    remove_unsealed,
    settle,
    unsettled,
)
from skindesk.storage.sealing import DataKey
from skindesk.system.files import is_there
from skindesk.system.paths import LogFolder, Profile

_log = logging.getLogger(__name__)
_SEALED_HERE = "sealed-from-0.1"
"""Marks a sealed log whose unsealed original is still to be removed."""


class Relocation:
    """The place of a profile's case log. `cautions` holds what the user is to be warned of: what could not be taken
    along, or removed. Methods raise CaseLogUnavailableError where the disk refuses or another program works with the
    log; it must be closed.
    """

    def __init__(self, profile: Profile) -> None:
        self.cautions: tuple[Caution, ...] = ()
        self._profile = profile
        self._here = profile.log
        self._settled = False

    def look_again(self) -> None:
        """Let `settle` look once more for what is left."""
        self._settled = False

    @in_plain_words()
    def settle(self) -> None:
        """Put right what a crash has left. What only takes space keeps nobody out of a log that is in its place."""
        if self._settled:
            return
        if unsettled(self._here) or self._marker.exists():
            try:
                with alone_with(self._profile.log_lock):
                    self._put_right()
            except CaseLogUnavailableError:
                if self._here.root.exists():
                    return  # another program works with it, or is replacing it now: the next look finds out more
                raise
        self._settled = True

    def set_up(self, ring: Keyring, key: DataKey) -> None:
        """Put an empty log into the place where there is none."""
        if self._here.server is None:
            self._move(None, None, ring, key)
        else:
            self._set_up_on_server(ring, key)

    def seal(self, ring: Keyring, key: DataKey) -> None:
        """Put the log of SkinDesk 0.1 there, encrypted, and remove its plain files."""
        self._move(self._profile.unsealed_log, None, ring, key)

    @in_plain_words()
    def rekey(self, old: DataKey, ring: Keyring, key: DataKey) -> None:
        """Put the log that is there under another key. Raises CaseLogDamagedError where its database is missing."""
        if not is_there(self._here.database):
            raise CaseLogDamagedError(*DATABASE_MISSING)
        self._move(self._here, old, ring, key)

    @in_plain_words()
    def _set_up_on_server(self, ring: Keyring, key: DataKey) -> None:
        """Put the key into the place, then make the log in the database, which must never be without its key.

        What a crash leaves in between is an empty place with a key; the first opening makes the rest.
        """
        with alone_with(self._profile.log_lock):
            there = begin_replacing(self._here)
            try:
                ring.save(there.keyring)
            except BaseException:
                abandon_replacing(self._here)
                raise
            finish_replacing(self._here)
            from skindesk.storage.case_log import open_case_log

            try:
                open_case_log(self._here, key, lambda: _first(ring)).close()
            except CaseLogUnavailableError:
                if not self._here.audit_head.exists():  # else the log has begun
                    shutil.rmtree(self._here.root, ignore_errors=True)
                raise

    def _move(self, source: LogFolder | None, old: DataKey | None, ring: Keyring, key: DataKey) -> None:
        """Put a log and its ring into the place, in one step.

        Where pictures of the source are damaged and cannot be taken along, it is kept beside the new one.
        """
        with alone_with(self._profile.log_lock):
            there = begin_replacing(self._here)
            try:
                lost = _fill(there, source, old, ring, key)
            except BaseException:
                abandon_replacing(self._here)
                raise
            self.look_again()
            aside = self._profile.set_aside(datetime.now(UTC)) if lost else None
            finish_replacing(self._here, aside)
            if aside is not None:
                self._warn(_left_behind(lost, aside if source == self._here else self._profile.root))
            try:
                self._remove_unsealed()
            except CaseLogUnavailableError as error:
                self._warn_of_remains(error)

    def _put_right(self) -> None:
        try:
            settle(self._here)
            self._remove_unsealed()
        except CaseLogUnavailableError as error:
            if not self._here.root.exists():
                raise
            self._warn_of_remains(error)

    @property
    def _marker(self) -> Path:
        return self._here.root / _SEALED_HERE

    @in_plain_words()
    def _remove_unsealed(self) -> None:
        """Remove the plain files of a log that has been sealed; what a crash has left is removed at the next start."""
        if self._marker.exists():
            remove_unsealed(self._profile.unsealed_log)
            self._marker.unlink()

    def _warn_of_remains(self, error: CaseLogUnavailableError) -> None:
        _log.warning("what a replaced log has left could not be removed yet", exc_info=error)
        self._warn(_plain_remains(error) if self._marker.exists() else _remains(error))

    def _warn(self, caution: Caution) -> None:
        if caution not in self.cautions:
            self.cautions = (*self.cautions, caution)


@in_plain_words()
def _fill(there: LogFolder, source: LogFolder | None, old: DataKey | None, ring: Keyring, key: DataKey) -> int:
    """Build the log that is to come under its key; returns how many damaged pictures could not be taken along."""
    from skindesk.storage.case_log import open_case_log
    from skindesk.storage.resealing import reseal

    lost = 0
    if source is None:
        open_case_log(there, key, lambda: _first(ring)).close()
    else:
        lost = reseal(source, old, there, key)
        if old is None and not lost:
            (there.root / _SEALED_HERE).touch()
    ring.save(there.keyring)
    return lost


def _first(ring: Keyring) -> Person:
    return ring.people[0] if ring.protected else OWNER


def _left_behind(pictures: int, folder: Path) -> Caution:
    which = "1 damaged picture" if pictures == 1 else f"{pictures} damaged pictures"
    return Caution(
        f"{which} could not be taken along when the case log was encrypted anew.",
        f"The old log is kept whole in {folder}. Look there, and in your backups, for what is missing.",
    )


def _plain_remains(error: CaseLogUnavailableError) -> Caution:
    return Caution(
        f"The files of SkinDesk 0.1, which are not encrypted, could not be removed yet. {error.what}",
        "The encrypted case log holds all of it. SkinDesk tries again at its next start; until then they can be read.",
    )


def _remains(error: CaseLogUnavailableError) -> Caution:
    return Caution(
        f"What an interrupted change of the case log has left could not be removed yet. {error.what}",
        "The case log is whole. SkinDesk tries again at its next start.",
    )
