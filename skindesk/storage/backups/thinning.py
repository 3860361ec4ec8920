"""Decides which backups stay: all of a day, then one a day, one a week and one a month."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_ALL_FOR = timedelta(hours=24)
_VERIFIED_WHATEVER_DATE = 10
"""So many stay even where the clock makes them look ancient, as one does that was set ahead by years."""


@dataclass(frozen=True)
class Dated:
    """A backup as thinning sees it: when it was made, in UTC, and whether it was verified."""

    made_at: datetime
    verified: bool


@dataclass(frozen=True)
class _Rule:
    """For backups younger than `back`, one of each period stays."""

    back: timedelta
    period: Callable[[datetime], Hashable]


_RULES = (
    _Rule(timedelta(days=14), lambda at: at.date()),
    _Rule(timedelta(weeks=8), lambda at: at.isocalendar()[:2]),
    _Rule(timedelta(days=731), lambda at: (at.year, at.month)),
)


def kept(backups: Iterable[Dated], now: datetime) -> frozenset[Dated]:
    """The backups that stay.

    All of the last 24 hours, one a day for 14 days, one a week for 8 weeks, one a month for 24 months. Of a period the
    newest verified one stays, or the newest where none was verified. The newest ten verified of all always stay.
    """
    newest_first = sorted(backups, key=lambda backup: backup.made_at, reverse=True)
    staying = {backup for backup in newest_first if now - backup.made_at < _ALL_FOR}
    staying.update([backup for backup in newest_first if backup.verified][:_VERIFIED_WHATEVER_DATE])
    for rule in _RULES:
        staying.update(_one_of_each(rule, [backup for backup in newest_first if now - backup.made_at < rule.back]))
    return frozenset(staying)


def _one_of_each(rule: _Rule, newest_first: Iterable[Dated]) -> Iterable[Dated]:
    best: dict[Hashable, Dated] = {}
    for backup in newest_first:
        period = rule.period(backup.made_at)
        held = best.get(period)
        if held is None or (backup.verified and not held.verified):
            best[period] = backup
    return best.values()
