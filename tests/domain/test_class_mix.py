import math
from dataclasses import replace

import pytest

from skindesk.domain.class_mix import ClassMix, archive_mix, balanced_mix, own_mix, shift
from skindesk.domain.errors import ClassMixError
from tests.support.tiny_bundle import tiny_contract

CONTRACT = replace(tiny_contract(), class_mix=(0.2, 0.5, 0.3))
ANSWER = (0.6, 0.3, 0.1)


def test_shift_is_bayes_rule_with_another_prior() -> None:
    wanted = ClassMix("clinic", (0.1, 0.1, 0.8))
    weighted = [0.6 * 0.1 / 0.2, 0.3 * 0.1 / 0.5, 0.1 * 0.8 / 0.3]
    assert shift(ANSWER, CONTRACT.class_mix, wanted) == pytest.approx([w / sum(weighted) for w in weighted])


def test_shift_adds_the_log_ratio_of_the_shares_to_the_logits() -> None:
    wanted = balanced_mix(CONTRACT)
    logits = [math.log(p) + math.log(w / t) for p, w, t in zip(ANSWER, wanted.shares, CONTRACT.class_mix, strict=True)]
    expected = [math.exp(logit) / sum(map(math.exp, logits)) for logit in logits]
    assert shift(ANSWER, CONTRACT.class_mix, wanted) == pytest.approx(expected)


def test_archives_mix_changes_nothing_to_the_last_bit() -> None:
    odd = (0.1 + 0.2, 0.7 / 3, 1 - 0.3 - 0.7 / 3)
    assert shift(odd, CONTRACT.class_mix, archive_mix(CONTRACT)) == odd


def test_shift_there_and_back_is_the_answer_again() -> None:
    clinic = ClassMix("clinic", (0.01, 0.01, 0.98))
    there = shift(ANSWER, CONTRACT.class_mix, clinic)
    assert shift(there, clinic.shares, ClassMix("back", CONTRACT.class_mix)) == pytest.approx(ANSWER)


@pytest.mark.parametrize("answer", [(1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (1e-45, 1 - 1e-45, 1e-45)])
def test_shift_of_a_certain_answer_is_a_distribution(answer: tuple[float, ...]) -> None:
    rare = own_mix("rare", {"red": 2e-6, "green": 1, "blue": 2e-6}, replace(CONTRACT, class_mix=(0.98, 0.01, 0.01)))
    shifted = shift(answer, (0.98, 0.01, 0.01), rare)
    assert sum(shifted) == pytest.approx(1)
    assert min(shifted) >= 0


def test_what_is_no_number_stays_none() -> None:
    assert all(map(math.isnan, shift((float("nan"), 0.5, 0.5), CONTRACT.class_mix, balanced_mix(CONTRACT))))


def test_own_mix_takes_counts_in_any_order() -> None:
    mix = own_mix("clinic", {"blue": 10, "red": 30, "green": 60}, CONTRACT)
    assert mix == ClassMix("clinic", (0.3, 0.6, 0.1))


@pytest.mark.parametrize(
    ("name", "weights", "complaint"),
    [
        ("clinic", {"red": 1, "green": 1}, "lacks blue"),
        ("clinic", {"red": 1, "green": 1, "blue": 1, "pink": 1}, "names pink, which colours-3 does not know"),
        ("clinic", {"red": 1, "green": 1, "blue": 0}, "share of blue in the class mix clinic is 0"),
        ("clinic", {"red": 1, "green": -1, "blue": 1}, "share of green in the class mix clinic is -1"),
        ("clinic", {"red": 1, "green": 1, "blue": float("nan")}, "is nan"),
        ("clinic", {"red": 1, "green": 1, "blue": float("inf")}, "is inf"),
        ("clinic", {"red": 1, "green": 1e9, "blue": 1}, "less than a millionth"),
        ("balanced", {"red": 1, "green": 1, "blue": 1}, "cannot be called 'balanced'"),
    ],
)
def test_impossible_mix_is_refused_with_its_fault(name: str, weights: dict[str, float], complaint: str) -> None:
    with pytest.raises(ClassMixError, match=complaint):
        own_mix(name, weights, CONTRACT)
