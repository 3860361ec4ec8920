"""The index of the words of each case: SQLite's FTS5 in a file, PostgreSQL's text search on a server.

Both hold one row a case, numbered by its recency, and take words that are folded already. https://sqlite.org/fts5.html,
https://www.postgresql.org/docs/current/textsearch.html
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import Select, TextClause, column, select, text
from sqlalchemy.orm import Session

from skindesk.storage.rows import KeyType
from skindesk.storage.server import on_server

LONGEST_PREFIX = 8
"""Up to this many letters the beginnings of words are indexed themselves by FTS5, so that the first matches of a common
one are read without gathering all of them."""
_TRIED = 1_000
"""So many candidates are looked at before a longer beginning is searched for as such."""
_AT_ONCE = 500
_LONGEST_WORD = 500
"""A tsvector takes words of up to 2,046 bytes; a letter has up to four."""
_MOST_BYTES = 1_000_000
"""A tsvector holds 2**20 bytes of words, fewer where they are many."""
_WORD = re.compile(r"[^\W_]+")


class WordIndex(Protocol):
    """Puts words in and finds cases by how words begin, inside the caller's transaction."""

    def put(self, session: Session, recency: int, words: str) -> None:
        """Let a case, which has none, be found by these words."""

    def take(self, session: Session, recency: int) -> None:
        """Let a case be found no more."""

    def tidy(self, session: Session) -> None:
        """Leave nothing in the index of the words that were taken out, as far as the database allows."""

    def matches(self, session: Session, words: Sequence[str], before: int) -> Iterator[int]:
        """The recencies of the cases in which each of the words begins one, newest first, lesser than `before`."""

    def all_matches(self, words: Sequence[str]) -> Select[int]:
        """The same, of all cases, for use within another statement."""


def index_of(session: Session) -> WordIndex:
    """The index that goes with the session's database."""
    return _ON_SERVER if on_server(session.get_bind()) else _IN_FILE


def is_empty(session: Session) -> bool:
    """Whether nothing is indexed."""
    return session.execute(text("SELECT 1 FROM case_text LIMIT 1")).first() is None


def leave_out_index(connection: Any) -> None:
    """Empty the index of a copy of the file, on a DB-API connection: whoever opens the copy makes it anew."""
    made = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'case_text'").fetchone()
    if made is not None:
        connection.execute("DROP TABLE case_text")
        connection.execute(made[0])
        connection.commit()
        connection.execute("VACUUM")


class _Fts5:
    """FTS5 divides texts into words itself, and keeps the beginnings of words that it is told to."""

    _put = text("INSERT INTO case_text (rowid, words) VALUES (:recency, :words)")
    _take = text("DELETE FROM case_text WHERE rowid = :recency")
    _tidy = text("INSERT INTO case_text (case_text) VALUES ('optimize')")
    _all = text("SELECT rowid FROM case_text WHERE case_text MATCH :pattern")
    _matches = text(
        "SELECT rowid FROM case_text WHERE case_text MATCH :pattern AND rowid < :before ORDER BY rowid DESC"
    )
    _candidates = text(
        "SELECT rowid, words FROM case_text WHERE case_text MATCH :pattern AND rowid < :before ORDER BY rowid DESC"
    )

    def put(self, session: Session, recency: int, words: str) -> None:
        session.execute(self._put, {"recency": recency, "words": words})

    def take(self, session: Session, recency: int) -> None:
        session.execute(self._take, {"recency": recency})

    def tidy(self, session: Session) -> None:
        session.execute(self._tidy)

    def matches(self, session: Session, words: Sequence[str], before: int) -> Iterator[int]:
        """Read as they are taken."""
        long = [word for word in words if len(word) > LONGEST_PREFIX]
        found = 0
        if long:
            asked = {"pattern": self._pattern(word[:LONGEST_PREFIX] for word in words), "before": before}
            for tried, (before, recorded) in enumerate(session.execute(self._candidates, asked), start=1):
                if all(re.search(rf"(?<![^\W_]){word}", recorded) for word in long):
                    found += 1
                    yield before
                if tried > _TRIED and found * 20 < tried:
                    break
            else:
                return
        yield from session.scalars(self._matches, {"pattern": self._pattern(words), "before": before})

    def all_matches(self, words: Sequence[str]) -> Select[int]:
        return _numbers(self._all.bindparams(pattern=self._pattern(words)), "rowid")

    def _pattern(self, words: Iterable[str]) -> str:
        return " AND ".join(f'"{word}"*' for word in words) or '""'


class _TextSearch:
    """A tsvector of the words as they are, without PostgreSQL's own ideas of languages and of what a word is.

    A common beginning gathers all cases that have it: 13 ms for 20,000 on PostgreSQL 15.
    """

    _put = text("INSERT INTO case_text (recency, words) VALUES (:recency, array_to_tsvector(:words))")
    _take = text("DELETE FROM case_text WHERE recency = :recency")
    _all = text("SELECT recency FROM case_text WHERE words @@ CAST(:pattern AS tsquery)")
    _matches = text(
        "SELECT recency FROM case_text WHERE words @@ CAST(:pattern AS tsquery) AND recency < :before "
        "ORDER BY recency DESC LIMIT :limit"
    )

    def put(self, session: Session, recency: int, words: str) -> None:
        session.execute(self._put, {"recency": recency, "words": _fitting(_WORD.findall(words))})

    def take(self, session: Session, recency: int) -> None:
        session.execute(self._take, {"recency": recency})

    def tidy(self, session: Session) -> None:
        """The server removes them when it next vacuums the table."""

    def matches(self, session: Session, words: Sequence[str], before: int) -> Iterator[int]:
        """Read in pieces: a driver that has asked for everything waits for everything."""
        pattern = self._pattern(words)
        while pattern:
            asked = {"pattern": pattern, "before": before, "limit": _AT_ONCE}
            found = session.scalars(self._matches, asked).all()
            yield from found
            if len(found) < _AT_ONCE:
                return
            before = found[-1]

    def all_matches(self, words: Sequence[str]) -> Select[int]:
        return _numbers(self._all.bindparams(pattern=self._pattern(words)), "recency")

    def _pattern(self, words: Iterable[str]) -> str:
        return " & ".join(f"'{word[:_LONGEST_WORD]}':*" for word in words)


def _fitting(words: Iterable[str]) -> list[str]:
    """Each word once, of its first letters what a tsvector takes, and no more of them than it holds."""
    left = _MOST_BYTES
    fitting: list[str] = []
    for word in sorted({word[:_LONGEST_WORD] for word in words}):
        left -= len(word.encode()) + 1
        if left < 0:
            break
        fitting.append(word)
    return fitting


def _numbers(found: TextClause, name: str) -> Select[int]:
    numbers = found.columns(column(name, KeyType)).subquery()
    return select(numbers.c[name])


_IN_FILE, _ON_SERVER = _Fts5(), _TextSearch()
