"""The alarm over pictures that are unlike the training pictures."""

import random

import pytest

from skindesk.domain.insights import NoveltyReading
from skindesk.services.drift import ALARM_P, LEAST_PICTURES, WINDOW, drifts

KEY = ("dermoscopy-7", "2.0.0")
EXPECTED = {KEY: 0.03}


def latest(refused: int, others: int, network: tuple[str, str] = KEY) -> list[NoveltyReading]:
    return [NoveltyReading(n, *network, 95.0 if n < refused else 20.0, n < refused) for n in range(refused + others)]


def test_many_refused_pictures_raise_an_alarm_and_carry_their_cases() -> None:
    (found,) = drifts(latest(12, 38), EXPECTED)
    assert found.is_alarm
    assert (found.pictures, found.refused) == (50, tuple(range(12)))
    assert found.p == pytest.approx(2.2271618660815907e-08)


def test_as_many_as_expected_raise_none() -> None:
    (found,) = drifts(latest(2, 48), EXPECTED)
    assert not found.is_alarm


def test_there_is_no_alarm_on_few_pictures_or_without_the_networks_own_rate() -> None:
    (few,) = drifts(latest(LEAST_PICTURES - 1, 0), EXPECTED)
    (enough,) = drifts(latest(LEAST_PICTURES, 0), EXPECTED)
    (unknown,) = drifts(latest(40, 10), {})
    assert (few.is_alarm, enough.is_alarm, unknown.is_alarm) == (False, True, False)


def test_only_the_latest_pictures_count_and_each_network_by_itself() -> None:
    other = ("clinical-6", "1.0.0")
    readings = latest(0, WINDOW) + latest(30, 0) + latest(25, 0, other)
    first, second = drifts(readings, {**EXPECTED, other: 0.03})
    assert (first.model_id, first.pictures, first.is_alarm) == ("dermoscopy-7", WINDOW, False)
    assert (second.model_id, second.pictures, second.is_alarm) == ("clinical-6", 25, True)


def test_a_clinic_like_the_training_data_is_rarely_alarmed() -> None:
    """At 3 % refused by chance, looked at after every picture."""
    chance = random.Random(4)
    alarms = [any(_alarmed([chance.random() < 0.03 for _ in range(500)])) for _ in range(40)]
    assert sum(alarms) <= 4


def _alarmed(refused: list[bool]) -> list[bool]:
    readings = [NoveltyReading(n, *KEY, 0.0, flag) for n, flag in enumerate(refused)]
    return [drifts(readings[n::-1], EXPECTED)[0].is_alarm for n in range(LEAST_PICTURES, len(readings), 5)]


def test_the_alarms_threshold_is_the_one_that_is_stated() -> None:
    found = [drifts(latest(count, 50 - count), EXPECTED)[0] for count in range(15)]
    assert [each.is_alarm for each in found] == [each.p is not None and each.p < ALARM_P for each in found]
    assert [each.is_alarm for each in found].index(True) == 7
