"""Makes what a file says of itself fit to be shown and kept: no control characters, no impossible days."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

_FIRST_YEAR_OF_PHOTOGRAPHS = 1990
"""Digital cameras came later; a clock without a battery shows an earlier year."""
_OLDEST_PATIENT_YEARS = 130
_JOINERS = "\u200c\u200d"
"""Zero-width joiners are part of names in several scripts; no other character without a form is."""


def plain_text(value: object, most: int) -> str:
    """A text on one line without anything invisible, at most `most` characters; empty where there is none."""
    if value is None:
        return ""
    shown = (character if _is_shown(character) else " " for character in str(value)[: 4 * most])
    return " ".join("".join(shown).split())[:most].rstrip()


def plausible_moment(moment: datetime) -> str:
    """When a picture was taken, in ISO 8601; empty where no photograph can have been taken then."""
    latest = datetime.now(UTC) + timedelta(days=1)
    if moment.year < _FIRST_YEAR_OF_PHOTOGRAPHS or moment.replace(tzinfo=moment.tzinfo or UTC) > latest:
        return ""
    return moment.isoformat(timespec="seconds")


def plausible_birth_date(day: date) -> date | None:
    """A date of birth, or None where nobody alive can have it."""
    today = datetime.now(UTC).date() + timedelta(days=1)
    return day if today.year - _OLDEST_PATIENT_YEARS <= day.year and day <= today else None


def _is_shown(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] != "C"
