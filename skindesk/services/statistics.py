"""The few statistics that the program needs, each from its own paper; the tests compare them with other software."""

from collections.abc import Sequence
from math import comb, fsum, sqrt

from skindesk.domain.insights import Interval

_Z = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


def wilson(count: int, total: int) -> Interval | None:
    """A share with its 95 % interval (Wilson 1927, J Am Stat Assoc 22:209); None of nothing."""
    if total == 0:
        return None
    share = count / total
    centre = share + _Z**2 / (2 * total)
    half = _Z * sqrt(share * (1 - share) / total + (_Z / (2 * total)) ** 2)
    whole = 1 + _Z**2 / total
    low = 0.0 if count == 0 else (centre - half) / whole
    high = 1.0 if count == total else (centre + half) / whole
    return Interval(share, low, high)


def mean_of_shares(counts: Sequence[tuple[int, int]]) -> Interval | None:
    """The mean of independent shares, each as count and total, such as balanced accuracy; None where one is of nothing.

    Its 95 % interval is made of those of the shares (Zou and Donner 2008, Stat Med 27:1693, with Wilson's limits).
    """
    shares = [wilson(count, total) for count, total in counts]
    found = [share for share in shares if share is not None]
    if not found or len(found) < len(shares):
        return None
    mean = fsum(share.value for share in found) / len(found)
    below = sqrt(fsum((share.value - (share.low or 0.0)) ** 2 for share in found)) / len(found)
    above = sqrt(fsum(((share.high or 0.0) - share.value) ** 2 for share in found)) / len(found)
    return Interval(mean, mean - below, mean + above)


def kappa(table: Sequence[Sequence[int]]) -> Interval | None:
    """Cohen's kappa of a square table of counts, with the 95 % interval of its large-sample standard error.

    Fleiss, Cohen and Everitt 1969, Psychol Bull 72:323, equation 13. None where the table is empty or chance alone
    would make every pair agree. There is no interval where the standard error is 0, as where all pairs agree.
    """
    total = sum(map(sum, table))
    if total == 0:
        return None
    places = range(len(table))
    p = [[count / total for count in row] for row in table]
    rows = [sum(row) for row in p]
    columns = [sum(p[row][column] for row in places) for column in places]
    by_chance = fsum(rows[place] * columns[place] for place in places)
    if 1 - by_chance < 1e-12:
        return None
    value = (fsum(p[place][place] for place in places) - by_chance) / (1 - by_chance)
    agreed = fsum(p[place][place] * (1 - (rows[place] + columns[place]) * (1 - value)) ** 2 for place in places)
    not_agreed = fsum(p[i][j] * (columns[i] + rows[j]) ** 2 for i in places for j in places if i != j)
    variance = agreed + (1 - value) ** 2 * not_agreed - (value - by_chance * (1 - value)) ** 2
    if variance < 1e-12:
        return Interval(value, None, None)
    error = sqrt(variance / total) / (1 - by_chance)
    return Interval(value, max(-1.0, value - _Z * error), min(1.0, value + _Z * error))


def mcnemar(better: int, worse: int) -> float | None:
    """The two-sided p of McNemar's test, exact by the binomial distribution; None of no changes."""
    changes = better + worse
    if changes == 0:
        return None
    tail = sum(comb(changes, count) for count in range(min(better, worse) + 1))
    return min(1.0, float(2 * tail / 2**changes))


def at_least(count: int, total: int, share: float) -> float:
    """The chance of `count` or more of `total` where each has the chance `share`: the exact binomial test's p."""
    return min(1.0, fsum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(count, total + 1)))


def mean_interval(values: Sequence[float]) -> Interval | None:
    """A mean with the 95 % interval of its standard error; without an interval below two values, None of none."""
    if not values:
        return None
    mean = fsum(values) / len(values)
    if len(values) < 2:
        return Interval(mean, None, None)
    error = sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))
    return Interval(mean, max(0.0, mean - _Z * error), mean + _Z * error)
