"""What a network's probabilities mean in words, which never reassure.

Frequencies such as "about 6 in 10" are understood better than percentages (Gigerenzer and Edwards 2003, BMJ 327,
741-744). Likelihood is put into words for malignant and premalignant classes only: of any other class a word such as
"likely" would be read as an all-clear.
"""

from PySide6.QtCore import QCoreApplication

from skindesk.domain.class_mix import BALANCED, ClassMix
from skindesk.domain.prediction import Decision, Prediction, RankedLabel
from skindesk.domain.wording import NO_SUPPORT_BELOW

_TENTHS_FROM, _TENTHS_TO = 0.15, 0.85
"""Between these a probability reads in tenths; nearer to 0 and 1 tenths would be too coarse."""
_VERY_LIKELY, _LIKELY, _EVEN = 0.9, 2 / 3, 1 / 3
"""From these on the words of the IPCC's scale hold; below, anything is "possible" and nothing "unlikely"."""

translate = QCoreApplication.translate


def frequency(probability: float) -> str:
    """A probability, 0 to 1, as a natural frequency, such as "about 6 in 10"."""
    if probability < 0.005:
        return translate("meaning", "fewer than 1 in 100")
    if probability >= 0.995:
        return translate("meaning", "more than 99 in 100")
    base = 10 if _TENTHS_FROM <= probability < _TENTHS_TO else 100
    return translate("meaning", "about {count} in {base}").format(count=_nearest(probability * base), base=base)


def meaning_of_class(entry: RankedLabel, mix: ClassMix) -> str:
    """What one line of a differential says under a class mix."""
    name = f"{entry.label.name[:1].upper()}{entry.label.name[1:]}"
    how_many = translate("meaning", "{frequency} pictures like this, {mix}").format(
        frequency=frequency(entry.probability), mix=_at(mix)
    )
    if not entry.label.group.counts_as_malignant or entry.probability < NO_SUPPORT_BELOW:
        return f"{name}: {how_many}."
    return f"{name} {_likelihood(entry.probability)}: {how_many}."


def meaning_of_sum(prediction: Prediction) -> str:
    """What the malignant sum says beside its number; a low one supports nothing, and excludes nothing either."""
    if prediction.decision is Decision.ABSTAINED:
        return translate("meaning", "No answer: the numbers say nothing on malignancy.")
    total = prediction.malignant_sum
    how_many = translate("meaning", "{frequency} pictures like this are malignant or premalignant")
    how_many = how_many.format(frequency=frequency(total))
    if total < NO_SUPPORT_BELOW:
        words = translate("meaning", "No support for malignancy. It is not excluded: {how_many}.")
        return words.format(how_many=how_many)
    words = translate("meaning", "Malignancy {likelihood}: {how_many}.")
    return words.format(likelihood=_likelihood(total), how_many=how_many)


def _likelihood(probability: float) -> str:
    if probability >= _VERY_LIKELY:
        return translate("meaning", "is very likely")
    if probability >= _LIKELY:
        return translate("meaning", "is likely")
    if probability >= _EVEN:
        return translate("meaning", "is about as likely as not")
    return translate("meaning", "is possible")


def _at(mix: ClassMix) -> str:
    """Under which mix of classes a frequency holds."""
    if mix.is_archives:
        return translate("meaning", "at the archive's class mix")
    if mix.name == BALANCED:
        return translate("meaning", "as if every class were equally common")
    return translate("meaning", "at this clinic's class mix “{name}”").format(name=mix.name)


def _nearest(number: float) -> int:
    """The nearest whole number, a half upwards, so that 0.25 and 0.35 step alike."""
    return int(number + 0.5)
