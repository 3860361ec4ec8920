"""Adds a batch's results up into the page on them, in bounded memory however many they are."""

import io
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from heapq import heappush, heappushpop
from math import isfinite
from typing import Any

from PIL import Image

from skindesk.domain.contract import ModelContract
from skindesk.domain.errors import ImageRejectedError
from skindesk.domain.outcome import Classified, Rejected
from skindesk.domain.prediction import Decision
from skindesk.exchange.batch_page import BatchPage, LeadingClass, RejectedFile, Shown
from skindesk.imaging.decode import decode
from skindesk.services.batch.engine import Result
from skindesk.services.batch.items import Item

MOST_SHOWN, MOST_REJECTED = 300, 500
"""How many pictures and rejected files the page holds: about one megabyte, which any browser shows at once."""

_SUM_BINS, _NOVELTY_BINS = 20, 30
_THUMBNAIL_PX, _QUALITY = 144, 72
_OUTER_SHARE = 0.005
"""The strangest and the plainest pictures beyond this share are counted in the outermost bins."""


def summarise(
    results: Iterable[Result],
    contract: ModelContract,
    class_mix: str,
    sources: Iterable[str],
    evaluation: Mapping[str, Any] | None = None,
    most_shown: int = MOST_SHOWN,
) -> BatchPage:
    """The page on results. The contact sheet holds the pictures with the highest malignant sums, read once more."""
    adding = _Adding(most_shown)
    for result in results:
        adding.add(result)
    counts, novelty = adding.leading, contract.novelty
    bins, ends = _binned(adding.novelties, None if novelty is None else novelty.threshold)
    return BatchPage(
        model=f"{contract.title} ({contract.model_id} {contract.version})",
        class_mix=class_mix,
        sources=tuple(sources),
        made_at=datetime.now(UTC),
        total=adding.total,
        abstained=dict(adding.abstained.most_common()),
        leading=tuple(
            LeadingClass(
                label.code,
                label.name,
                label.group.counts_as_malignant,
                counts[label.code, Decision.SUPPORTED],
                counts[label.code, Decision.ABSTAINED],
            )
            for label in contract.labels
        ),
        malignant_sums=adding.sums,
        novelties=bins,
        novelty_range=ends,
        novelty_threshold=None if novelty is None else novelty.threshold,
        quality_flags=dict(adding.flags.most_common()),
        rejected=dict(adding.rejected.most_common()),
        rejected_files=adding.rejected_files,
        shown=adding.shown(),
        evaluation=evaluation,
    )


class _Adding:
    """What is counted on the way."""

    def __init__(self, most_shown: int) -> None:
        self._most_shown = most_shown
        self.total = 0
        self.leading: Counter[tuple[str, Decision]] = Counter()
        self.abstained: Counter[str] = Counter()
        self.flags: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.rejected_files: list[RejectedFile] = []
        self.sums = [0] * _SUM_BINS
        self.novelties = array("d")
        self._highest: list[tuple[float, int, Item, Classified]] = []

    def add(self, result: Result) -> None:
        self.total += 1
        outcome = result.outcome
        if isinstance(outcome, Rejected):
            self.rejected[str(outcome.reason)] += 1
            if len(self.rejected_files) < MOST_REJECTED:
                self.rejected_files.append(RejectedFile(str(outcome.path), outcome.message))
            return
        prediction = outcome.prediction
        malignant_sum = prediction.malignant_sum
        self.leading[prediction.top.label.code, prediction.decision] += 1
        if prediction.abstention_reason is not None:
            self.abstained[str(prediction.abstention_reason)] += 1
        self.flags.update(outcome.quality_flags)
        if prediction.novelty is not None and isfinite(prediction.novelty):
            self.novelties.append(prediction.novelty)
        if isfinite(malignant_sum):
            self.sums[min(int(malignant_sum * _SUM_BINS), _SUM_BINS - 1)] += 1
            entry = (malignant_sum, -result.number, result.item, outcome)
            (heappush if len(self._highest) < self._most_shown else heappushpop)(self._highest, entry)

    def shown(self) -> tuple[Shown, ...]:
        """The contact sheet, highest first."""
        return tuple(
            Shown(
                name=item.shown.name,
                place=item.path.absolute().as_uri(),
                thumbnail=_thumbnail(item),
                leading=outcome.prediction.top.label.name,
                malignant_sum=malignant_sum,
                abstained=outcome.prediction.decision is Decision.ABSTAINED,
            )
            for malignant_sum, _, item, outcome in sorted(self._highest, reverse=True, key=lambda entry: entry[:2])
        )


def _thumbnail(item: Item) -> bytes:
    """A small JPEG without any of the file's own words; empty where the picture cannot be read any more."""
    try:
        picture = Image.fromarray(decode(item.read(), _THUMBNAIL_PX).rgb)
    except ImageRejectedError:
        return b""
    picture.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=_QUALITY)
    return made.getvalue()


def _binned(values: "array[float]", threshold: float | None) -> tuple[tuple[int, ...], tuple[float, float] | None]:
    """Counts in equal bins, and from where to where these go: far enough to show where the network abstains.

    A few far ones are counted in the outermost bins.
    """
    if not values:
        return (), None
    ordered = sorted(values)
    outer = int(len(ordered) * _OUTER_SHARE)
    low, high = ordered[outer], ordered[-1 - outer]
    if threshold is not None:
        low, high = min(low, threshold), max(high, threshold)
    if low == high:
        return (len(ordered),), (low - 0.5, high + 0.5)
    counts = [0] * _NOVELTY_BINS
    for value in ordered:
        at = int((value - low) / (high - low) * _NOVELTY_BINS)
        counts[min(max(at, 0), _NOVELTY_BINS - 1)] += 1
    return tuple(counts), (low, high)
