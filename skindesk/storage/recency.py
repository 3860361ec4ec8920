"""The number that orders cases by their latest visit, and under which the search in words knows them.

Multiples of 16 ms since 1970 in the upper bits, the lower 22 bits of the case's number below: cases sort by time, and
two of them share a number only beyond four million cases, and only within the same 16 ms.
"""

from datetime import UTC, date, datetime, time

_ID_BITS = 22
_FARTHEST = 2**63 - 1


def recency_of(last_visit_at: datetime, case_id: int) -> int:
    """A case's place: greater is more recent."""
    return first_of(last_visit_at) | case_id & (1 << _ID_BITS) - 1


def first_of(moment: datetime) -> int:
    """The least number of a moment; every case seen earlier, by 16 ms or more, has a lesser one."""
    return round(moment.timestamp() * 1000) >> 4 << _ID_BITS


def first_of_day(day: date) -> int:
    """The least number of a day in UTC; that of the nearest day which has one, for years before 855 or from 3085 on."""
    return max(-_FARTHEST, min(first_of(datetime.combine(day, time(), UTC)), _FARTHEST))
