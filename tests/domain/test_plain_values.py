"""Dataclasses as plain JSON values, whatever their fields are."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

import pytest

from skindesk.domain.case import Case, PatientDetails
from skindesk.domain.plain_values import MalformedError, from_plain, to_plain
from tests.support.whole_cases import whole_case


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part:
    name: str
    colour: Colour = Colour.RED


@dataclass(frozen=True)
class Whole:
    count: int
    share: float
    seen: bool
    at: datetime
    on: date | None
    parts: tuple[Part, ...]
    place: tuple[float, float] = (0.5, 0.5)
    best: Part | None = None


WHOLE = Whole(
    3, 0.1, True, datetime(2026, 3, 14, 12, tzinfo=UTC), date(1961, 4, 2), (Part("ä"), Part("b", Colour.BLUE))
)
PLAIN = {
    "count": 3,
    "share": 0.1,
    "seen": True,
    "at": "2026-03-14T12:00:00+00:00",
    "on": "1961-04-02",
    "parts": [{"name": "ä", "colour": "red"}, {"name": "b", "colour": "blue"}],
    "place": [0.5, 0.5],
    "best": None,
}


def test_a_dataclass_becomes_plain_and_comes_back() -> None:
    assert to_plain(WHOLE) == PLAIN
    assert from_plain(Whole, PLAIN) == WHOLE


def test_a_case_comes_back_from_its_json() -> None:
    case = whole_case()
    assert from_plain(Case, json.loads(json.dumps(to_plain(case), allow_nan=False))) == case


def test_times_are_told_in_utc() -> None:
    here = datetime(2026, 3, 14, 13, tzinfo=timezone(timedelta(hours=1)))
    assert from_plain(Whole, {**PLAIN, "at": here.isoformat()}).at.tzinfo is UTC
    assert to_plain(here) == PLAIN["at"]


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_can_be_written_as_json(value: float) -> None:
    written = json.loads(json.dumps({**PLAIN, "share": to_plain(value)}, allow_nan=False))
    assert repr(from_plain(Whole, written).share) == repr(value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"count": "3"}, "count is no whole number"),
        ({"count": True}, "count is no whole number"),
        ({"count": 2**63}, "count is no whole number"),
        ({"share": "much"}, "share is no number"),
        ({"share": False}, "share is no number"),
        ({"share": 10**400}, "share"),
        ({"seen": 1}, "seen is neither true nor false"),
        ({"at": "2026-03-14T12:00:00"}, "at is a time without a zone"),
        ({"at": "yesterday"}, "at is no time"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at "),
        ({"on": "1961-13-02"}, "on is no date"),
        ({"on": 1961}, "on is no date"),
        ({"parts": {}}, "parts is no list"),
        ({"parts": [{"name": "a"}]}, "parts[0].colour is missing"),
        ({"parts": [{"name": None, "colour": "red"}]}, "parts[0].name is no text"),
        ({"parts": [{"name": "\ud800", "colour": "red"}]}, "parts[0].name is no readable text"),
        ({"parts": [{"name": "a", "colour": "green"}]}, "parts[0].colour is none of red, blue"),
        ({"parts": [{"name": "a", "colour": []}]}, "parts[0].colour is none of red, blue"),
        ({"parts": [{"name": "a", "colour": "red", "size": 1}]}, "parts[0].size is unknown"),
        ({"parts": ["a"]}, "parts[0] is no object"),
        ({"place": [0.5]}, "place holds 1 values instead of 2"),
        ({"best": 7}, "best is no object"),
    ],
)
def test_what_is_not_of_its_kind_is_refused_with_its_place(change: dict[str, object], words: str) -> None:
    with pytest.raises(MalformedError) as refused:
        from_plain(Whole, {**PLAIN, **change})
    assert words in str(refused.value)


def test_what_a_class_itself_refuses_is_said() -> None:
    with pytest.raises(MalformedError, match="needs an identifier"):
        from_plain(PatientDetails, {**to_plain(PatientDetails("x")), "identifier": " "})


def test_a_missing_field_takes_its_default_only_where_the_fields_need_not_be_complete() -> None:
    older = {name: value for name, value in PLAIN.items() if name not in ("best", "place")}
    older["parts"] = [{"name": "ä"}, {"name": "b", "colour": "blue"}]
    assert from_plain(Whole, older, complete=False) == WHOLE
    with pytest.raises(MalformedError, match="place is missing"):
        from_plain(Whole, older)
    with pytest.raises(MalformedError, match="count is missing"):
        from_plain(Whole, {name: value for name, value in PLAIN.items() if name != "count"}, complete=False)
