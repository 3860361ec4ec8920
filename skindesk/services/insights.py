"""How good the network and the clinicians have been in the clinic's own closed cases."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from statistics import fmean

from skindesk.domain.insights import (
    Agreement,
    Calibration,
    CalibrationBin,
    Cases,
    ChangesOfMind,
    ClosedCase,
    Confusion,
    Detection,
    Dimension,
    Insights,
    Level,
    Reader,
    Share,
    Subgroup,
    Why,
    subgroup,
    subgroups_in_order,
)
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.prediction import Decision
from skindesk.services.statistics import kappa, mcnemar, mean_interval, wilson

NO_LABEL = ""
"""Stands for a final diagnosis that is no label."""
MOST_BINS, LEAST_IN_BIN = 10, 10
"""How many bins a calibration curve has at most, and how many answers each must hold."""

_NAMED = (Reader.NETWORK, Reader.FIRST, Reader.STANDING)
"""Who names a diagnosis; a malignant sum only says malignant or not."""
_PAIRS = (
    (Reader.NETWORK, Reader.OUTCOME),
    (Reader.FIRST, Reader.OUTCOME),
    (Reader.STANDING, Reader.OUTCOME),
    (Reader.NETWORK, Reader.FIRST),
)
_YES, _NO = "yes", "no"


@dataclass(frozen=True)
class _Said:
    """A diagnosis that somebody named; `code` is NO_LABEL where only its group is known."""

    code: str
    group: MalignancyGroup

    def at(self, level: Level) -> str:
        """As finely as a level tells diagnoses apart."""
        match level:
            case Level.MALIGNANCY:
                return _YES if self.group.counts_as_malignant else _NO
            case Level.GROUP:
                return self.group.value
            case Level.DIAGNOSIS:
                return self.code


@dataclass(frozen=True)
class _Judged:
    """A closed case with what each reader said of it, or why nothing."""

    case: ClosedCase
    outcome: _Said
    said: Mapping[Reader, _Said | Why]
    malignant_sum: float | None

    def by(self, reader: Reader) -> _Said | Why:
        """What a reader said; the final diagnosis is a reader, too."""
        return self.outcome if reader is Reader.OUTCOME else self.said[reader]


class Insight:
    """Closed cases, read once, whose figures can be had as a whole and by subgroups.

    `labels` explain codes and names beyond those of each case's own answer, as of installed networks. `thresholds` are
    of the malignant sum, 0 to 1.
    """

    def __init__(
        self, cases: Sequence[ClosedCase], labels: Iterable[Label] = (), thresholds: Sequence[float] = (0.5,)
    ) -> None:
        answered = (label for case in cases if case.answer is not None for label in case.answer.labels)
        self._known = _explained([*labels, *dict.fromkeys(answered)])
        self._thresholds = tuple(thresholds)
        self._judged = [self._judge(case) for case in cases]

    def whole(self) -> Insights:
        """The figures over all cases."""
        return _figures(self._judged, self._thresholds)

    def by(self, dimension: Dimension) -> tuple[Subgroup, ...]:
        """The figures over each subgroup that has cases."""
        members: dict[str, list[_Judged]] = {name: [] for name in subgroups_in_order(dimension)}
        for judged in sorted(self._judged, key=lambda judged: subgroup(judged.case, dimension)):
            members.setdefault(subgroup(judged.case, dimension), []).append(judged)
        return tuple(
            Subgroup(dimension, name, _figures(judged, self._thresholds)) for name, judged in members.items() if judged
        )

    def _judge(self, case: ClosedCase) -> _Judged:
        own = _explained(case.answer.labels if case.answer is not None else ())
        label = self._meant(case.outcome, own)
        outcome = _Said(NO_LABEL if label is None else label.code, case.group)
        said = {Reader.NETWORK: _answered(case), **self._impressions(case, own)}
        return _Judged(case, outcome, said, None if case.answer is None else case.answer.malignant_sum)

    def _impressions(self, case: ClosedCase, own: Mapping[str, Label]) -> dict[Reader, _Said | Why]:
        reading = case.reading
        if reading is None:
            return {Reader.FIRST: Why.NO_IMPRESSION, Reader.STANDING: Why.NO_IMPRESSION}
        first = self._classified(reading.first, own) if reading.blind else Why.NOT_BLIND
        return {Reader.FIRST: first, Reader.STANDING: self._classified(reading.standing, own)}

    def _classified(self, words: str, own: Mapping[str, Label]) -> _Said | Why:
        label = self._meant(words, own)
        return Why.NOT_CLASSIFIABLE if label is None else _Said(label.code, label.group)

    def _meant(self, words: str, own: Mapping[str, Label]) -> Label | None:
        """The label whose code or name this is, without regard to case; a network's own where two share the name."""
        key = words.strip().casefold()
        found = own.get(key) or self._known.get(key)
        return None if found is None else own.get(found.name.casefold(), found)


def _explained(labels: Iterable[Label]) -> dict[str, Label]:
    """Labels by code and by name; the first one counts."""
    known: dict[str, Label] = {}
    for label in labels:
        known.setdefault(label.code.casefold(), label)
        known.setdefault(label.name.casefold(), label)
    return known


def _answered(case: ClosedCase) -> _Said | Why:
    if case.answer is None:
        return Why.NO_ANSWER
    if case.answer.decision is Decision.ABSTAINED:
        return Why.ABSTAINED
    top = case.answer.top.label
    return _Said(top.code, top.group)


def _figures(judged: Sequence[_Judged], thresholds: Sequence[float]) -> Insights:
    return Insights(
        cases=_cases(judged),
        detections=(
            _detection(judged, Reader.NETWORK),
            *(_sum_detection(judged, threshold) for threshold in thresholds),
            _detection(judged, Reader.FIRST),
            _detection(judged, Reader.STANDING),
        ),
        confusions=tuple(
            _confusion(judged, reader, level) for reader in _NAMED for level in (Level.GROUP, Level.DIAGNOSIS)
        ),
        agreements=tuple(
            _agreement(judged, one, other, level)
            for level in (Level.MALIGNANCY, Level.DIAGNOSIS)
            for one, other in _PAIRS
        ),
        changes=tuple(_changes(judged, level) for level in (Level.MALIGNANCY, Level.DIAGNOSIS)),
        calibration=_calibration(judged),
    )


def _detection(judged: Sequence[_Judged], reader: Reader) -> Detection:
    def says(each: _Judged) -> bool | Why:
        said = each.by(reader)
        return said if isinstance(said, Why) else said.group.counts_as_malignant

    return _detected(judged, reader, None, says)


def _sum_detection(judged: Sequence[_Judged], threshold: float) -> Detection:
    def says(each: _Judged) -> bool | Why:
        return Why.NO_ANSWER if each.malignant_sum is None else each.malignant_sum >= threshold

    return _detected(judged, Reader.NETWORK_SUM, threshold, says)


def _detected(
    judged: Sequence[_Judged], reader: Reader, threshold: float | None, says: Callable[[_Judged], bool | Why]
) -> Detection:
    left_out: dict[Why, list[int]] = {}
    called: dict[tuple[bool, bool], list[int]] = {(was, said): [] for was in (True, False) for said in (True, False)}
    for each in judged:
        said = says(each)
        if isinstance(said, Why):
            left_out.setdefault(said, []).append(each.case.case_id)
        else:
            called[each.outcome.group.counts_as_malignant, said].append(each.case.case_id)
    return Detection(
        reader,
        threshold,
        sensitivity=_share(called[True, True], called[True, False]),
        specificity=_share(called[False, False], called[False, True]),
        left_out={why: tuple(cases) for why, cases in left_out.items()},
    )


def _confusion(judged: Sequence[_Judged], reader: Reader, level: Level) -> Confusion:
    cells: dict[tuple[str, str], list[int]] = {}
    for each in judged:
        said = each.by(reader)
        column = said.value if isinstance(said, Why) else said.at(level)
        cells.setdefault((each.outcome.at(level), column), []).append(each.case.case_id)
    order = _order(judged, level)
    rows, columns = {row for row, _ in cells}, {column for _, column in cells}
    named = [name for name in order if name in rows | columns]
    return Confusion(
        reader,
        level,
        rows=tuple(name for name in (*named, NO_LABEL) if name in rows),
        columns=(*(name for name in named if name), *(why.value for why in Why if why.value in columns)),
        cells={place: tuple(cases) for place, cases in cells.items()},
    )


def _order(judged: Sequence[_Judged], level: Level) -> list[str]:
    """Everything that occurs at a level: groups as they are defined, label codes by group and code."""
    if level is Level.GROUP:
        return [group.value for group in MalignancyGroup]
    groups = list(MalignancyGroup)
    said = {each.by(reader) for each in judged for reader in (*_NAMED, Reader.OUTCOME)}
    named = sorted((groups.index(each.group), each.code) for each in said if isinstance(each, _Said) and each.code)
    return list(dict.fromkeys(code for _, code in named))


def _agreement(judged: Sequence[_Judged], one: Reader, other: Reader, level: Level) -> Agreement:
    pairs = [(each.case.case_id, _named(each, one, level), _named(each, other, level)) for each in judged]
    both = [(case_id, first, second) for case_id, first, second in pairs if first and second]
    categories = {name: place for place, name in enumerate(sorted({name for _, *names in both for name in names}))}
    table = [[0] * len(categories) for _ in categories]
    for _, first, second in both:
        table[categories[first]][categories[second]] += 1
    return Agreement(one, other, level, kappa(table), tuple(case_id for case_id, *_ in both))


def _named(each: _Judged, reader: Reader, level: Level) -> str:
    """What a reader said at a level; empty where that is nothing, or no label."""
    said = each.by(reader)
    return "" if isinstance(said, Why) else said.at(level)


def _changes(judged: Sequence[_Judged], level: Level) -> ChangesOfMind:
    """Of cases whose first impression was blind, and whose visit has the network's answer, too."""
    changed: dict[bool, list[int]] = {True: [], False: []}
    right: dict[tuple[bool, bool], list[int]] = {(a, b): [] for a in (True, False) for b in (True, False)}
    for each in judged:
        first, standing, outcome = each.said[Reader.FIRST], each.said[Reader.STANDING], each.outcome.at(level)
        if isinstance(first, Why) or isinstance(standing, Why) or not (each.case.same_visit and outcome):
            continue
        changed[first.code != standing.code].append(each.case.case_id)
        right[first.at(level) == outcome, standing.at(level) == outcome].append(each.case.case_id)
    better, worse = right[False, True], right[True, False]
    return ChangesOfMind(
        level,
        changed=_share(changed[True], changed[False]),
        better=tuple(better),
        worse=tuple(worse),
        stayed_right=tuple(right[True, True]),
        stayed_wrong=tuple(right[False, False]),
        p=mcnemar(len(better), len(worse)),
    )


def _calibration(judged: Sequence[_Judged]) -> Calibration:
    """Over all answers, supported or not: the malignant sum is always shown. Bins hold equally many, or one more."""
    answered = sorted(
        (each.malignant_sum, each.case.case_id, each.outcome.group.counts_as_malignant)
        for each in judged
        if each.malignant_sum is not None
    )
    count = min(MOST_BINS, max(1, len(answered) // LEAST_IN_BIN))
    edges = [round(place * len(answered) / count) for place in range(count + 1)]
    bins = tuple(_bin(answered[low:high]) for low, high in pairwise(edges) if high > low)
    squares = [(probability - malignant) ** 2 for probability, _, malignant in answered]
    return Calibration(
        bins,
        brier=mean_interval(squares),
        ece=_expected_error(bins) if answered else None,
        cases=tuple(case_id for _, case_id, _ in answered),
    )


def _bin(answered: Sequence[tuple[float, int, bool]]) -> CalibrationBin:
    return CalibrationBin(
        mean_sum=fmean(probability for probability, *_ in answered),
        observed=_share(
            [case_id for _, case_id, malignant in answered if malignant],
            [case_id for _, case_id, malignant in answered if not malignant],
        ),
    )


def _expected_error(bins: Sequence[CalibrationBin]) -> float:
    total = sum(each.observed.total for each in bins)
    return fsum(abs(each.mean_sum * each.observed.total - each.observed.count) for each in bins) / total


def _share(hits: Sequence[int], others: Sequence[int]) -> Share:
    return Share(tuple(hits), tuple(others), wilson(len(hits), len(hits) + len(others)))


def _cases(judged: Sequence[_Judged]) -> Cases:
    return tuple(each.case.case_id for each in judged)
