"""The figures over closed cases, compared with scikit-learn's and statsmodels' on a generated clinic."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, cohen_kappa_score, confusion_matrix
from statsmodels.stats.contingency_tables import mcnemar as their_mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from skindesk.domain.insights import (
    ClosedCase,
    Dimension,
    InsightFilter,
    Insights,
    Level,
    Reader,
    Share,
    Why,
    subgroup,
)
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.prediction import Decision
from skindesk.services.insights import NO_LABEL, Insight
from skindesk.services.statistics import at_least, kappa, mcnemar, mean_interval, wilson
from tests.support.closed_clinic import FREE_TEXT, LABELS, answer, closed_clinic

GROUPS = {label.code: label.group for label in LABELS}
CODES = {label.name: label.code for label in LABELS} | {label.code: label.code for label in LABELS}


@pytest.fixture(scope="module")
def cases() -> list[ClosedCase]:
    return closed_clinic(400)


@pytest.fixture(scope="module")
def whole(cases: list[ClosedCase]) -> Insights:
    return Insight(cases, thresholds=(0.05, 0.5)).whole()


def malignant(code: str) -> bool:
    return GROUPS[code].counts_as_malignant


def supported(cases: list[ClosedCase]) -> list[ClosedCase]:
    return [case for case in cases if case.answer is not None and case.answer.decision is Decision.SUPPORTED]


def top(case: ClosedCase) -> str:
    assert case.answer is not None
    return case.answer.labels[int(np.argmax(case.answer.probabilities))].code


def malignant_sum(case: ClosedCase) -> float:
    assert case.answer is not None
    return sum(p for p, label in zip(case.answer.probabilities, LABELS, strict=True) if malignant(label.code))


def blind(cases: list[ClosedCase]) -> list[ClosedCase]:
    return [case for case in cases if case.reading and case.reading.blind and case.reading.first != FREE_TEXT]


def first(case: ClosedCase) -> str:
    assert case.reading is not None
    return case.reading.first


def standing(case: ClosedCase) -> str:
    assert case.reading is not None
    return case.reading.standing


def check_share(share: Share, said_of_them: list[bool]) -> None:
    assert (share.count, share.total) == (sum(said_of_them), len(said_of_them))
    assert share.interval is not None
    low, high = proportion_confint(share.count, share.total, method="wilson")
    assert (share.interval.low, share.interval.high) == pytest.approx((low, high))
    assert share.interval.value == pytest.approx(np.mean(said_of_them))


def test_sensitivity_and_specificity_are_those_of_an_independent_count(
    cases: list[ClosedCase], whole: Insights
) -> None:
    def check(reader: Reader, said: list[tuple[ClosedCase, bool]], threshold: float | None = None) -> None:
        found = whole.detection(reader, threshold)
        check_share(found.sensitivity, [yes for case, yes in said if case.group.counts_as_malignant])
        check_share(found.specificity, [not yes for case, yes in said if not case.group.counts_as_malignant])
        assert set(found.sensitivity.hits) == {c.case_id for c, yes in said if yes and c.group.counts_as_malignant}
        left_out = {case_id for ids in found.left_out.values() for case_id in ids}
        assert left_out == {case.case_id for case in cases} - {case.case_id for case, _ in said}

    check(Reader.NETWORK, [(case, malignant(top(case))) for case in supported(cases)])
    for threshold in (0.05, 0.5):
        said = [(case, malignant_sum(case) >= threshold) for case in cases if case.answer is not None]
        check(Reader.NETWORK_SUM, said, threshold)
    check(Reader.FIRST, [(case, malignant(first(case))) for case in blind(cases)])
    after = [case for case in cases if case.reading and case.reading.standing != FREE_TEXT]
    check(Reader.STANDING, [(case, malignant(standing(case))) for case in after])


def test_confusion_matrices_are_those_of_scikit_learn(cases: list[ClosedCase], whole: Insights) -> None:
    answered = supported(cases)
    found = whole.confusion(Reader.NETWORK, Level.GROUP)
    order = [group.value for group in MalignancyGroup]
    expected = confusion_matrix(
        [case.group.value for case in answered], [GROUPS[top(case)].value for case in answered], labels=order
    )
    assert [[len(found.cells.get((row, column), ())) for column in order] for row in order] == expected.tolist()

    known = [case for case in answered if case.outcome in CODES]
    found = whole.confusion(Reader.NETWORK, Level.DIAGNOSIS)
    codes = [label.code for label in LABELS]
    expected = confusion_matrix([CODES[case.outcome] for case in known], [top(case) for case in known], labels=codes)
    assert [[len(found.cells.get((row, column), ())) for column in codes] for row in codes] == expected.tolist()
    assert set(found.rows) == {*codes, NO_LABEL}
    assert sum(map(len, found.cells.values())) == len(cases)


def test_kappa_is_that_of_scikit_learn_with_the_standard_error_of_statsmodels(
    cases: list[ClosedCase], whole: Insights
) -> None:
    def check(level: Level, one: Reader, other: Reader, pairs: list[tuple[object, object]]) -> None:
        found = whole.agreement(one, other, level)
        assert found.kappa is not None
        ours, theirs = zip(*pairs, strict=True)
        assert len(found.cases) == len(pairs)
        assert found.kappa.value == pytest.approx(cohen_kappa_score(ours, theirs))
        names = sorted({*ours, *theirs})
        expected = cohens_kappa(confusion_matrix(ours, theirs, labels=names))
        assert (found.kappa.low, found.kappa.high) == pytest.approx((expected.kappa_low, expected.kappa_upp))

    answered = supported(cases)
    check(
        Level.MALIGNANCY,
        Reader.NETWORK,
        Reader.OUTCOME,
        [(malignant(top(case)), case.group.counts_as_malignant) for case in answered],
    )
    known = [case for case in blind(cases) if case.outcome in CODES]
    check(Level.DIAGNOSIS, Reader.FIRST, Reader.OUTCOME, [(first(case), CODES[case.outcome]) for case in known])
    both = [case for case in answered if case in blind(cases)]
    check(Level.DIAGNOSIS, Reader.NETWORK, Reader.FIRST, [(top(case), first(case)) for case in both])


def test_changes_of_mind_and_their_p_are_those_of_statsmodels(cases: list[ClosedCase], whole: Insights) -> None:
    found = whole.changes_at(Level.DIAGNOSIS)
    used = [case for case in blind(cases) if case.same_visit and case.outcome in CODES]
    table = np.zeros((2, 2), int)
    for case in used:
        truth = CODES[case.outcome]
        table[int(first(case) == truth), int(standing(case) == truth)] += 1
    assert (len(found.stayed_wrong), len(found.better)) == tuple(table[0])
    assert (len(found.worse), len(found.stayed_right)) == tuple(table[1])
    assert found.p == pytest.approx(their_mcnemar(table, exact=True).pvalue)
    check_share(found.changed, [first(case) != standing(case) for case in used])
    assert min(len(found.better), len(found.worse)) >= 5  # the clinic is one where both occur


def test_brier_score_and_calibration_error_are_those_of_an_independent_computation(
    cases: list[ClosedCase], whole: Insights
) -> None:
    answered = [case for case in cases if case.answer is not None]
    sums = np.array([malignant_sum(case) for case in answered])
    truth = np.array([case.group.counts_as_malignant for case in answered])
    found = whole.calibration

    assert found.brier is not None
    assert found.brier.value == pytest.approx(brier_score_loss(truth, sums))
    order = np.argsort(sums)
    parts = np.array_split(order, len(found.bins))
    assert {len(part) for part in parts} == {each.observed.total for each in found.bins}
    assert [each.observed.total for each in found.bins] != [len(answered)]
    # equal-count bins may differ by where the one more goes, so the error is compared over the same bins
    edges = np.cumsum([0, *(each.observed.total for each in found.bins)])
    expected = 0.0
    for each, low, high in zip(found.bins, edges, edges[1:], strict=False):
        chosen = order[low:high]
        assert each.mean_sum == pytest.approx(sums[chosen].mean())
        check_share(each.observed, truth[chosen].tolist())
        expected += abs(sums[chosen].mean() - truth[chosen].mean()) * len(chosen) / len(answered)
    assert found.ece == pytest.approx(expected)


@pytest.mark.parametrize("dimension", Dimension)
def test_every_subgroup_has_the_figures_of_its_own_cases(cases: list[ClosedCase], dimension: Dimension) -> None:
    found = Insight(cases, LABELS).by(dimension)

    assert sorted(case_id for each in found for case_id in each.insights.cases) == [case.case_id for case in cases]
    for each in found:
        own = [case for case in cases if subgroup(case, dimension) == each.name]
        assert each.insights == Insight(own, LABELS).whole()


def test_small_and_empty_clinics_have_figures_without_a_division_by_nothing() -> None:
    nothing = Insight([]).whole()
    assert nothing.detection(Reader.NETWORK).sensitivity.interval is None
    assert (nothing.calibration.brier, nothing.calibration.ece, nothing.calibration.bins) == (None, None, ())
    assert nothing.changes_at(Level.MALIGNANCY).p is None
    for count in range(1, 12):
        found = Insight(closed_clinic(count)).whole()
        assert len(found.cases) == count


def test_an_impression_that_no_label_explains_is_counted_and_not_guessed(cases: list[ClosedCase]) -> None:
    (case,) = [case for case in cases if case.reading and case.reading.blind and case.reading.first == FREE_TEXT][:1]
    found = Insight([case]).whole()
    assert found.detection(Reader.FIRST).left_out == {Why.NOT_CLASSIFIABLE: (case.case_id,)}
    matrix = found.confusion(Reader.FIRST, Level.GROUP)
    assert matrix.cells == {(case.group.value, Why.NOT_CLASSIFIABLE.value): (case.case_id,)}

    named = replace(case, reading=replace(case.reading, first="  melanoma "))  # a label's name, as somebody types it
    assert Insight([named]).whole().detection(Reader.FIRST).left_out == {}


def test_a_label_of_another_network_counts_as_the_own_one_of_the_same_name() -> None:
    other = replace(LABELS[5], code="nev")
    case = replace(closed_clinic(1)[0], outcome="nev", group=MalignancyGroup.BENIGN)
    case = replace(case, answer=answer(1, (0.02, 0.02, 0.02, 0.02, 0.02, 0.88, 0.02)))
    found = Insight([case], [other]).whole().confusion(Reader.NETWORK, Level.DIAGNOSIS)
    assert found.cells == {("nv", "nv"): (1,)}


def test_a_filter_keeps_the_cases_that_fit_all_of_it(cases: list[ClosedCase]) -> None:
    wanted = InsightFilter(model="dermoscopy-7 1.0.0", histology_only=True)
    kept = [case for case in cases if wanted.fits(case)]
    assert 0 < len(kept) < len(cases)
    assert {(case.answer.model.version, case.confirmed_by.value) for case in kept if case.answer} == {
        ("1.0.0", "histopathology")
    }
    assert all(InsightFilter().fits(case) for case in cases)


@pytest.mark.parametrize(("count", "total"), [(0, 1), (1, 1), (0, 9), (9, 9), (3, 11), (997, 1000)])
def test_wilson_intervals_at_the_ends_are_those_of_statsmodels(count: int, total: int) -> None:
    found = wilson(count, total)
    assert found is not None
    expected = proportion_confint(count, total, method="wilson")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)


def test_kappa_says_where_there_is_nothing_to_say() -> None:
    assert kappa([]) is None
    assert kappa([[7]]) is None
    complete = kappa([[4, 0], [0, 3]])
    assert complete is not None
    assert (complete.value, complete.low, complete.high) == (1.0, None, None)


@pytest.mark.parametrize(("better", "worse"), [(1, 0), (5, 5), (12, 3), (900, 1100)])
def test_exact_mcnemar_is_that_of_statsmodels(better: int, worse: int) -> None:
    expected = their_mcnemar([[0, better], [worse, 0]], exact=True).pvalue
    assert mcnemar(better, worse) == pytest.approx(expected)


def test_the_binomial_tail_and_the_mean_are_those_of_scipy() -> None:
    from scipy import stats

    assert at_least(12, 50, 0.03) == pytest.approx(stats.binomtest(12, 50, 0.03, alternative="greater").pvalue)
    assert at_least(0, 50, 0.03) == pytest.approx(1)
    values = [0.1, 0.4, 0.35, 0.8]
    found = mean_interval(values)
    assert found is not None
    low, high = stats.norm.interval(0.95, np.mean(values), stats.sem(values))
    assert (found.value, found.low, found.high) == pytest.approx((np.mean(values), low, high))
