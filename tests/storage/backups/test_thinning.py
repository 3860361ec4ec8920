"""Which backups stay, and for how long."""

import random
from datetime import UTC, datetime, timedelta

from skindesk.storage.backups.thinning import Dated, kept

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def hourly(hours: int, verified: bool = True) -> list[Dated]:
    return [Dated(NOW - timedelta(hours=hour), verified) for hour in range(hours)]


def days(backups: frozenset[Dated]) -> list[int]:
    return sorted({(NOW.date() - backup.made_at.date()).days for backup in backups})


def test_everything_of_the_last_day_stays() -> None:
    assert len(kept(hourly(24), NOW)) == 24


def test_one_a_day_stays_for_two_weeks_the_newest_of_it() -> None:
    staying = kept(hourly(24 * 14), NOW)
    assert days(staying) == list(range(15))
    assert all(backup.made_at.hour == 23 for backup in staying if NOW - backup.made_at > timedelta(hours=36))


def test_one_a_week_then_one_a_month_stays() -> None:
    daily = [Dated(NOW - timedelta(days=day), True) for day in range(3 * 365)]
    staying = kept(daily, NOW)
    weekly = [backup for backup in staying if timedelta(days=14) <= NOW - backup.made_at < timedelta(weeks=8)]
    monthly = [backup for backup in staying if NOW - backup.made_at >= timedelta(weeks=8)]
    assert len({backup.made_at.isocalendar()[:2] for backup in weekly}) >= 6
    assert len({(backup.made_at.year, backup.made_at.month) for backup in monthly}) in (22, 23)
    assert max(NOW - backup.made_at for backup in staying) < timedelta(days=731)


def test_three_years_of_daily_thinning_leave_what_thinning_at_once_leaves() -> None:
    begin = NOW - timedelta(days=3 * 365)
    everything = [Dated(begin + timedelta(days=day), True) for day in range(3 * 365 + 1)]
    held: frozenset[Dated] = frozenset()
    for backup in everything:
        held = kept({*held, backup}, backup.made_at)
    assert held == kept(everything, NOW)


def test_of_a_period_a_verified_one_stays_rather_than_a_newer_one_that_is_not() -> None:
    verified = Dated(NOW - timedelta(days=5, hours=3), True)
    newer = Dated(NOW - timedelta(days=5), False)
    assert kept([Dated(NOW, True), verified, newer], NOW) == {Dated(NOW, True), verified}


def test_the_newest_verified_stay_however_old_they_are() -> None:
    ancient = [Dated(NOW - timedelta(days=4000 + day), True) for day in range(12)]
    assert kept([*ancient, *hourly(5, verified=False)], NOW) == {*ancient[:10], *hourly(5, verified=False)}


def test_a_clock_that_was_set_ahead_by_years_does_not_thin_out_what_there_is() -> None:
    daily = [Dated(NOW - timedelta(days=day), True) for day in range(30)]
    one_of_2040 = Dated(NOW + timedelta(days=5000), True)
    staying = kept([*daily, one_of_2040], one_of_2040.made_at)
    assert staying == {one_of_2040, *daily[:9]}
    assert kept(staying, NOW) == staying


def test_thinning_again_at_once_changes_nothing_whatever_the_times() -> None:
    chance = random.Random(4)
    for _ in range(50):
        backups = [
            Dated(NOW - timedelta(hours=chance.randrange(-50, 24_000)), chance.random() < 0.7) for _ in range(80)
        ]
        once = kept(backups, NOW)
        assert kept(once, NOW) == once
        assert all(backup in once for backup in backups if backup.made_at > NOW)
