"""The figures over closed cases as rows of a CSV file: counts and shares only, no patient and no case."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.insights import (
    COUNTS_ONLY_UNDER,
    SMALL_UNDER,
    Agreement,
    Calibration,
    ChangesOfMind,
    Confusion,
    Detection,
    Insights,
    Interval,
    Share,
    Subgroup,
)
from skindesk.system.files import write_durably

COLUMNS = ("subgroup_by", "subgroup", "reader", "figure", "count", "of", "value", "low_95", "high_95", "note")
Row = tuple[str | int | float, ...]
_FEW, _TOO_FEW = "few cases", "too few cases for a share"


def write_rows(path: Path, whole: Insights, subgroups: Iterable[Subgroup]) -> int:
    """Write all figures as CSV, the whole first, then each subgroup; returns how many rows.

    Raises OutputUnavailableError where the file cannot be written; what was there is then unchanged.
    """
    found = [*_rows(whole, "", "")]
    for each in subgroups:
        found += _rows(each.insights, each.dimension.value, each.name or "none")
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(found)
    try:
        write_durably(path, buffer.getvalue().encode())
    except OSError as error:
        raise OutputUnavailableError(
            f"{path.name} cannot be written: {error.strerror or error}.", "Check the folder and the free space."
        ) from error
    return len(found)


def _rows(insights: Insights, dimension: str, name: str) -> Iterator[Row]:
    rows = [
        ("", "closed cases", len(insights.cases), "", "", "", "", ""),
        *(row for detection in insights.detections for row in _detection(detection)),
        *(_agreement(agreement) for agreement in insights.agreements),
        *(row for changes in insights.changes for row in _changes(changes)),
        *_calibration(insights.calibration),
        *(row for confusion in insights.confusions for row in _confusion(confusion)),
    ]
    return ((dimension, name, *row) for row in rows)


def _detection(detection: Detection) -> Iterator[Row]:
    over = "" if detection.threshold is None else f", malignant in sum from {detection.threshold:g}"
    yield _share(detection.reader.value, f"sensitivity{over}", detection.sensitivity)
    yield _share(detection.reader.value, f"specificity{over}", detection.specificity)
    for why, cases in detection.left_out.items():
        yield (detection.reader.value, f"left out{over}: {why.value}", len(cases), "", "", "", "", "")


def _agreement(agreement: Agreement) -> Row:
    readers = f"{agreement.one.value} and {agreement.other.value}"
    return _interval(readers, f"kappa, {agreement.level.value}", agreement.kappa, len(agreement.cases))


def _changes(changes: ChangesOfMind) -> Iterator[Row]:
    reader, level = "clinicians, with the network", changes.level.value
    yield _share(reader, f"changed impression, {level}", changes.changed)
    counts = {
        "wrong then right": changes.better,
        "right then wrong": changes.worse,
        "right both times": changes.stayed_right,
        "wrong both times": changes.stayed_wrong,
    }
    for name, cases in counts.items():
        yield (reader, f"{name}, {level}", len(cases), changes.changed.total, "", "", "", "")
    if changes.p is not None:
        yield (reader, f"McNemar's exact p, {level}", "", "", _rounded(changes.p), "", "", "")


def _calibration(calibration: Calibration) -> Iterator[Row]:
    reader, total = "network, malignant in sum", len(calibration.cases)
    yield _interval(reader, "Brier score", calibration.brier, total)
    if calibration.ece is not None and total >= SMALL_UNDER:
        yield (reader, "expected calibration error", "", total, _rounded(calibration.ece), "", "", "")
    for each in calibration.bins:
        yield _share(reader, f"observed at a mean sum of {each.mean_sum:.4f}", each.observed)


def _confusion(confusion: Confusion) -> Iterator[Row]:
    for row in confusion.rows:
        for column in confusion.columns:
            cases = confusion.cells.get((row, column), ())
            figure = f"{confusion.level.value}: final diagnosis {row or 'no label'}, said {column}"
            yield (confusion.reader.value, figure, len(cases), "", "", "", "", "")


def _share(reader: str, figure: str, share: Share) -> Row:
    """A share; of too few cases the counts alone."""
    counts = (reader, figure, share.count, share.total)
    if share.interval is None or share.total < COUNTS_ONLY_UNDER:
        return (*counts, "", "", "", _TOO_FEW)
    return (*counts, *_ends(share.interval), _FEW if share.total < SMALL_UNDER else "")


def _interval(reader: str, figure: str, interval: Interval | None, total: int) -> Row:
    if interval is None or total < COUNTS_ONLY_UNDER:
        return (reader, figure, "", total, "", "", "", _TOO_FEW if total < COUNTS_ONLY_UNDER else "not defined")
    return (reader, figure, "", total, *_ends(interval), _FEW if total < SMALL_UNDER else "")


def _ends(interval: Interval) -> tuple[str | float, ...]:
    return tuple("" if end is None else _rounded(end) for end in (interval.value, interval.low, interval.high))


def _rounded(value: float) -> float:
    return round(value, 6)
