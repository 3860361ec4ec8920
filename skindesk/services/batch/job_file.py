"""What a job has done so far, in one SQLite file that is whole after a kill or a power cut at any moment."""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple, Self

from skindesk.domain.errors import OutputUnavailableError
from skindesk.services.batch.items import Item, Seen
from skindesk.services.batch.sources import Search
from skindesk.system.files import sync_folder

_SCHEMA_VERSION = 1
_APPLICATION_ID = 0x534B444A
_SCHEMA = """
CREATE TABLE facts (facts TEXT NOT NULL);
CREATE TABLE row (
    key BLOB NOT NULL PRIMARY KEY,
    round INTEGER NOT NULL,
    number INTEGER NOT NULL,
    size_bytes INTEGER,
    modified_ns INTEGER,
    settled INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    label TEXT NOT NULL,
    patient TEXT NOT NULL,
    lesion TEXT NOT NULL,
    record BLOB NOT NULL
);
CREATE INDEX row_in_order ON row (round, number);
"""
_INSERT = """
INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    round = excluded.round, number = excluded.number, size_bytes = excluded.size_bytes,
    modified_ns = excluded.modified_ns, settled = excluded.settled, sha256 = excluded.sha256, label = excluded.label,
    patient = excluded.patient, lesion = excluded.lesion, record = excluded.record
"""


@dataclass(frozen=True)
class JobFacts:
    """What must be the same for a job to be continued: all that its rows depend on besides the pictures.

    `folder` is where the program was when it began, to which the sources are relative; `absent` are sources that were
    not there then.
    """

    model_id: str
    model_version: str
    model_digest: str
    class_mix: str
    class_mix_shares: tuple[float, ...]
    search: Search
    quality: bool
    folder: str
    absent: tuple[str, ...] = ()

    def to_json(self) -> str:
        """As the file keeps it."""
        return json.dumps({"schema_version": _SCHEMA_VERSION, **asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError, KeyError or TypeError where it is not what `to_json` writes."""
        raw = json.loads(text)
        if raw.pop("schema_version") != _SCHEMA_VERSION:
            raise ValueError("written by another version")
        search = raw.pop("search")
        search = Search(**{**search, "sources": tuple(search["sources"]), "listed": tuple(search["listed"])})
        shares, absent = tuple(raw.pop("class_mix_shares")), tuple(raw.pop("absent"))
        return cls(**raw, class_mix_shares=shares, search=search, absent=absent)


class Known(NamedTuple):
    """What is known of an item from earlier: its file then, its digest, and whether the outcome would be the same."""

    round: int
    seen: Seen | None
    settled: bool
    sha256: str


class Row(NamedTuple):
    """One row as it is kept."""

    number: int
    seen: Seen | None
    said: tuple[str, str, str]
    record: bytes


class NewRow(NamedTuple):
    """One row as it is to be kept."""

    item: Item
    number: int
    seen: Seen | None
    settled: bool
    sha256: str
    record: bytes


class JobFile:
    """The rows of a job, of this round or an earlier one; a job begun anew or continued begins a round.

    `write` returns once its rows survive a power cut. Only one program at a time has the file. Every method raises
    OutputUnavailableError where the disk refuses or the file is damaged.
    """

    def __init__(self, path: Path | None) -> None:
        """Open a file; None is one that nobody can continue, and that is gone however the program ends."""
        self.path = path
        self.name = "The list of results" if path is None else path.name
        with self._translating():
            is_new = path is None or not path.exists() or path.stat().st_size == 0
            self._connection = sqlite3.connect(
                path or "", timeout=0.5, isolation_level=None, check_same_thread=False
            )  # SQLite's own temporary file has no name
        try:
            with self._translating():
                self._set_up(is_new)
        except BaseException:
            self._connection.close()
            raise

    def _set_up(self, is_new: bool) -> None:
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("PRAGMA journal_mode = TRUNCATE")
        run("PRAGMA synchronous = FULL")
        run("BEGIN EXCLUSIVE")
        if is_new or not run("SELECT 1 FROM sqlite_schema").fetchone():
            for statement in _SCHEMA.split(";"):
                run(statement)
            run(f"PRAGMA application_id = {_APPLICATION_ID}")
            run("COMMIT")
            if self.path is not None:
                sync_folder(self.path.parent)
            self.round = 0
            return
        if run("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise sqlite3.DatabaseError("not a job")
        self.round = (run("SELECT max(round) FROM row").fetchone()[0] or 0) + 1
        run("COMMIT")

    @property
    def facts(self) -> JobFacts | None:
        """What the job depends on; None where nothing was ever written."""
        with self._translating():
            found = self._connection.execute("SELECT facts FROM facts").fetchone()
            return None if found is None else JobFacts.from_json(found[0])

    def begin(self, facts: JobFacts) -> None:
        """Write what the job depends on."""
        with self._writing():
            self._connection.execute("DELETE FROM facts")
            self._connection.execute("INSERT INTO facts VALUES (?)", (facts.to_json(),))

    def known(self, item: Item) -> Known | None:
        """What is known of an item; None of a new one."""
        with self._translating():
            found = self._connection.execute(
                "SELECT round, size_bytes, modified_ns, settled, sha256 FROM row WHERE key = ?", (_key(item),)
            ).fetchone()
        return found and Known(found[0], _seen(found[1], found[2]), bool(found[3]), found[4])

    def write(self, rows: Iterable[NewRow], kept: Sequence[tuple[Item, int]] = ()) -> None:
        """Keep new rows, and count earlier ones, with what is said of them now, among this round's."""
        with self._writing():
            self._connection.executemany(
                _INSERT,
                (
                    (
                        *(_key(row.item), self.round, row.number, *(row.seen or (None, None)), row.settled, row.sha256),
                        *(row.item.label, row.item.patient, row.item.lesion, row.record),
                    )
                    for row in rows
                ),
            )
            self._connection.executemany(
                "UPDATE row SET round = ?, number = ?, label = ?, patient = ?, lesion = ? WHERE key = ?",
                ((self.round, number, item.label, item.patient, item.lesion, _key(item)) for item, number in kept),
            )

    def rows(self) -> Iterator[Row]:
        """This round's rows by their numbers, read as they are asked for."""
        yield from self._found("round = ? ORDER BY number", self.round)

    def earlier_rows(self) -> Iterator[Row]:
        """The rows of earlier rounds that are not among this round's yet, by their numbers."""
        yield from self._found("round < ? ORDER BY round, number", self.round)

    def row_of(self, key: str) -> Row | None:
        """The row of the item with this key; None where there is none."""
        return next(self._found("key = ?", _key_bytes(key)), None)

    def _found(self, where: str, value: int | bytes) -> Iterator[Row]:
        with self._translating():
            found = self._connection.execute(
                f"SELECT number, size_bytes, modified_ns, label, patient, lesion, record FROM row WHERE {where}",
                (value,),
            )
            for number, size_bytes, modified_ns, label, patient, lesion, record in found:
                yield Row(number, _seen(size_bytes, modified_ns), (label, patient, lesion), record)

    def count(self) -> int:
        """How many rows there are, of any round."""
        with self._translating():
            return int(self._connection.execute("SELECT count(*) FROM row").fetchone()[0])

    def close(self) -> None:
        """Leave it to be continued."""
        self._connection.close()

    def remove(self) -> None:
        """The job is done and its results are elsewhere."""
        self._connection.close()
        if self.path is None:
            return
        with self._translating():
            self.path.unlink(missing_ok=True)
            self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._translating():
            self._connection.execute("BEGIN")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise OutputUnavailableError(
                    f"{self.name} is being written by another run.", "Wait for it, or name another file."
                ) from error
            raise self._unwritable(str(error)) from error
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise OutputUnavailableError(
                f"{self.name} is damaged, or is no interrupted run.", "Delete it, or name another file."
            ) from error
        except OSError as error:
            raise self._unwritable(error.strerror or str(error)) from error

    def _unwritable(self, why: str) -> OutputUnavailableError:
        return OutputUnavailableError(f"{self.name} cannot be written: {why}.", "Check the folder and the free space.")


def job_path(out: Path) -> Path:
    """Where a job is kept whose results are to go to `out`."""
    return out.with_name(f"{out.name}.part")


def here() -> str:
    """The folder to which sources are relative."""
    return os.getcwd()  # noqa: PTH109 - as text


def _key(item: Item) -> bytes:
    return _key_bytes(item.key)


def _key_bytes(key: str) -> bytes:
    return key.encode("utf-8", errors="surrogatepass")


def _seen(size_bytes: int | None, modified_ns: int | None) -> Seen | None:
    return None if size_bytes is None or modified_ns is None else Seen(size_bytes, modified_ns)
