import re
from dataclasses import replace

import pytest

from skindesk.domain.class_mix import BALANCED, ClassMix
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.prediction import Prediction
from skindesk.gui.widgets.meaning import frequency, meaning_of_class, meaning_of_sum
from tests.gui.test_widgets import prediction

REASSURING = re.compile(r"benign|harmless|unlikely|healthy|normal|safe|only|no risk|rule[ds]? out", re.IGNORECASE)


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "fewer than 1 in 100"),
        (0.0049, "fewer than 1 in 100"),
        (0.005, "about 1 in 100"),
        (0.03, "about 3 in 100"),
        (0.149, "about 15 in 100"),
        (0.15, "about 2 in 10"),
        (0.62, "about 6 in 10"),
        (0.849, "about 8 in 10"),
        (0.85, "about 85 in 100"),
        (0.9949, "about 99 in 100"),
        (0.995, "more than 99 in 100"),
        (1.0, "more than 99 in 100"),
    ],
)
def test_probability_reads_as_a_natural_frequency(probability: float, words: str) -> None:
    assert frequency(probability) == words


@pytest.mark.parametrize("thousandth", range(1001))
def test_frequency_is_near_the_probability(thousandth: int) -> None:
    probability = thousandth / 1000
    match = re.fullmatch(r"about (\d+) in (\d+)", frequency(probability))
    if match is None:
        assert probability < 0.005 or probability >= 0.995
    else:
        assert int(match[1]) / int(match[2]) == pytest.approx(probability, abs=0.0501)


@pytest.mark.parametrize(
    ("probabilities", "sentences"),
    [
        (
            (0.72, 0.2, 0.04, 0.03, 0.01),
            (
                "Melanoma is likely: about 7 in 10 pictures like this, at the archive's class mix.",
                "Malignancy is likely: about 8 in 10 pictures like this are malignant or premalignant.",
            ),
        ),
        (
            (0.02, 0.93, 0.01, 0.03, 0.01),
            (
                "Melanocytic nevus: about 93 in 100 pictures like this, at the archive's class mix.",
                "No support for malignancy. It is not excluded: about 3 in 100 pictures like this are malignant or "
                "premalignant.",
            ),
        ),
        (
            (0.12, 0.8, 0.03, 0.04, 0.01),
            (
                "Melanocytic nevus: about 8 in 10 pictures like this, at the archive's class mix.",
                "Malignancy is possible: about 2 in 10 pictures like this are malignant or premalignant.",
            ),
        ),
    ],
)
def test_answer_is_told_in_words(probabilities: tuple[float, ...], sentences: tuple[str, ...]) -> None:
    answer = prediction(*probabilities)
    assert (meaning_of_class(answer.top, answer.class_mix), meaning_of_sum(answer)) == sentences


@pytest.mark.parametrize(
    ("malignant", "likelihood"),
    [(0.06, "is possible"), (0.4, "is about as likely as not"), (0.7, "is likely"), (0.95, "is very likely")],
)
def test_likelihood_of_malignancy_has_a_word(malignant: float, likelihood: str) -> None:
    said = meaning_of_sum(prediction(malignant, 1 - malignant, 0, 0, 0))
    assert said.startswith(f"Malignancy {likelihood}: ")


def test_abstention_gives_the_numbers_no_meaning() -> None:
    said = meaning_of_sum(prediction(0.02, 0.93, 0.01, 0.03, 0.01, abstained=True))
    assert said == "No answer: the numbers say nothing on malignancy."


@pytest.mark.parametrize(
    ("mix", "words"),
    [
        (ClassMix(BALANCED, (0.2,) * 5), "as if every class were equally common."),
        (ClassMix("north", (0.2,) * 5), "at this clinic's class mix “north”."),
    ],
)
def test_class_mix_under_which_it_holds_is_named(mix: ClassMix, words: str) -> None:
    answer = replace(prediction(0.6, 0.3, 0.05, 0.03, 0.02), class_mix=mix)
    assert meaning_of_class(answer.top, answer.class_mix).endswith(words)


def _grid() -> list[Prediction]:
    return [prediction(step / 50, 1 - step / 50, 0, 0, 0) for step in range(51)]


def test_nothing_reassures() -> None:
    for answer in _grid():
        for sentence in (meaning_of_sum(answer), *(meaning_of_class(one, answer.class_mix) for one in answer.ranked)):
            assert REASSURING.search(sentence) is None, sentence


def test_only_malignant_classes_are_called_likely() -> None:
    for answer in _grid():
        for entry in answer.ranked:
            if entry.label.group is MalignancyGroup.BENIGN:
                assert "likely" not in meaning_of_class(entry, answer.class_mix)
