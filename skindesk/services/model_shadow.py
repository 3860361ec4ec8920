"""Asks two networks the same of past pictures, in the shadow: nothing that they say is kept in the case record."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from threading import Event

from skindesk.domain.class_mix import ClassMix, archive_mix
from skindesk.domain.errors import ClassMixError, SkinDeskError
from skindesk.domain.insights import ClosedCase, Confusion, Detection, Level, Reader, Share
from skindesk.domain.prediction import Decision, Prediction
from skindesk.domain.shadow import (
    AnsweredTwice,
    Change,
    Comparison,
    PastPicture,
    Rate,
    Record,
    Skipped,
    effects_of,
    leading_among,
    weight,
)
from skindesk.imaging.decode import picture_from_bytes
from skindesk.inference.classifier import Classifier
from skindesk.services.class_mixes import mix_for
from skindesk.services.classify import answer_for
from skindesk.services.insights import Insight
from skindesk.services.statistics import mcnemar, mean_of_shares, wilson
from skindesk.storage.case_log import CaseLog

_log = logging.getLogger(__name__)

THRESHOLD = 0.5
"""The malignant sum from which on a lesion counts as called malignant, as in the clinic's own figures."""
MOST_PICTURES = 500
"""So many of the newest pictures are looked at unless more are asked for: a minute on two busy cores."""
Told = Callable[[int, int], None]
"""Is told how many of how many pictures are done."""


@dataclass(frozen=True)
class Contestant:
    """A network and the class mix under which it answers."""

    classifier: Classifier
    mix: ClassMix


def contestants(before: Classifier, after: Classifier, choice: str) -> tuple[Contestant, Contestant]:
    """Two networks under the clinic's class mix; where that does not fit both, each under its archive's."""
    try:
        mixes = [mix_for(choice, network.contract) for network in (before, after)]
    except ClassMixError:
        mixes = [archive_mix(network.contract) for network in (before, after)]
    return Contestant(before, mixes[0]), Contestant(after, mixes[1])


class Shadow:
    """Two networks side by side. What was answered is kept while this lives, so that a stopped run can go on."""

    def __init__(self, before: Contestant, after: Contestant, log: CaseLog, threshold: float = THRESHOLD) -> None:
        self._before, self._after = before, after
        self._log = log
        self._threshold = threshold
        self._known: dict[PastPicture, AnsweredTwice | Skipped] = {}

    def run(self, limit: int | None, told: Told, stop: Event) -> Comparison:
        """Compare the networks on the newest pictures of their kind, up to `limit`; what is done when `stop` is set.

        A picture that cannot be read is skipped with the reason. Raises CaseLogUnavailableError where the log cannot be
        read.
        """
        pictures = self._log.record.past_pictures(self._before.classifier.contract.modality, limit)
        found: list[AnsweredTwice | Skipped] = []
        for picture in pictures:
            if stop.is_set():
                break
            if picture not in self._known:
                self._known[picture] = self._answered(picture)
            found.append(self._known[picture])
            told(len(found), len(pictures))
        answered = [each for each in found if isinstance(each, AnsweredTwice)]
        skipped = [each for each in found if isinstance(each, Skipped)]
        return self._compared(answered, skipped)

    def _answered(self, picture: PastPicture) -> AnsweredTwice | Skipped:
        try:
            file = picture_from_bytes(picture.file_name, self._log.picture(picture.sha256))
            before, after = (
                answer_for(file, each.classifier, each.mix, picture.region).answer.prediction
                for each in (self._before, self._after)
            )
        except SkinDeskError as error:
            return Skipped(picture, str(error))
        except Exception:
            # A bug in a decoder must not cost the run; the log holds it whole, the row says that it happened.
            _log.exception("unexpected failure on image %s", picture.sha256)
            return Skipped(picture, "It could not be processed; see the log.")
        return AnsweredTwice(picture, before, after)

    def _compared(self, answered: Sequence[AnsweredTwice], skipped: Sequence[Skipped]) -> Comparison:
        known = [each.classifier.contract.codes for each in (self._before, self._after)]
        shared = tuple(code for code in known[0] if code in known[1])
        closed = self._log.record.closed_cases()
        judged = _judged(closed, answered)
        detections = [_detection(cases, self._threshold) for cases in judged]
        records = [
            _record(network.classifier, cases, detection, shared)
            for network, cases, detection in zip((self._before, self._after), judged, detections, strict=True)
        ]
        mended, spoilt = _difference(detections)
        return Comparison(
            before=self._before.classifier.ref,
            after=self._after.classifier.ref,
            class_mixes=(self._before.mix.name, self._after.mix.name),
            shared=shared,
            threshold=self._threshold,
            answered=len(answered),
            skipped=tuple(skipped),
            same_leading=_rate([_same_leading(each, shared) for each in answered] if shared else []),
            same_decision=_rate([each.before.decision is each.after.decision for each in answered]),
            same_side=_rate([self._same_side(each) for each in answered]),
            changes=self._changes(answered, shared, {case.case_id: case.outcome for case in closed}),
            records=(records[0], records[1]),
            mended=mended,
            spoilt=spoilt,
            p=mcnemar(len(mended), len(spoilt)),
        )

    def _same_side(self, each: AnsweredTwice) -> bool:
        return (each.before.malignant_sum >= self._threshold) == (each.after.malignant_sum >= self._threshold)

    def _changes(
        self, answered: Iterable[AnsweredTwice], shared: Sequence[str], diagnoses: Mapping[int, str]
    ) -> tuple[Change, ...]:
        changes = (
            Change(each, effects_of(each, shared, self._threshold), diagnoses.get(each.picture.case_id, ""))
            for each in answered
        )
        return tuple(sorted((change for change in changes if change.effects), key=weight))


def _same_leading(each: AnsweredTwice, shared: Sequence[str]) -> bool:
    before, after = leading_among(each.before, shared), leading_among(each.after, shared)
    return before is not None and after is not None and before.label.code == after.label.code


def _rate(agreements: Sequence[bool]) -> Rate:
    return Rate(sum(agreements), len(agreements), wilson(sum(agreements), len(agreements)))


def _judged(
    closed: Iterable[ClosedCase], answered: Iterable[AnsweredTwice]
) -> tuple[list[ClosedCase], list[ClosedCase]]:
    """The closed cases with what each network says of them: of the last day with pictures before the diagnosis, the
    answer with the highest malignant sum, as a case is judged elsewhere.
    """
    by_case = {
        case_id: list(pictures)
        for case_id, pictures in groupby(
            sorted(answered, key=lambda each: each.picture.case_id), key=lambda each: each.picture.case_id
        )
    }
    before, after = [], []
    for case in closed:
        shown = _of_last_day(by_case.get(case.case_id, []), case.decided_on)
        if shown:
            before.append(_answered_by(case, [each.before for each in shown]))
            after.append(_answered_by(case, [each.after for each in shown]))
    return before, after


def _of_last_day(answered: Sequence[AnsweredTwice], known_on: date) -> list[AnsweredTwice]:
    days = {each.picture.image_id: each.picture.seen_at.astimezone().date() for each in answered}
    last = max((day for day in days.values() if day <= known_on), default=None)
    return [each for each in answered if days[each.picture.image_id] == last]


def _answered_by(case: ClosedCase, predictions: Sequence[Prediction]) -> ClosedCase:
    """The case as if this had been answered, and shown whatever the network decided."""
    answer = max(predictions, key=lambda prediction: prediction.malignant_sum)
    return replace(case, answer=replace(answer, decision=Decision.SUPPORTED, abstention_reason=None))


def _detection(cases: Sequence[ClosedCase], threshold: float) -> Detection:
    return Insight(cases, thresholds=(threshold,)).whole().detection(Reader.NETWORK_SUM, threshold)


def _record(network: Classifier, cases: Sequence[ClosedCase], detection: Detection, shared: Sequence[str]) -> Record:
    confusion = Insight(cases, network.contract.labels).whole().confusion(Reader.NETWORK, Level.DIAGNOSIS)
    right = [_recognised(confusion, diagnosis) for diagnosis in confusion.rows if diagnosis in shared]
    hits = [case_id for share in right for case_id in share.hits]
    others = [case_id for share in right for case_id in share.others]
    return Record(
        model=network.ref,
        accuracy=_share(hits, others),
        balanced_accuracy=mean_of_shares([(share.count, share.total) for share in right]),
        sensitivity=detection.sensitivity,
        specificity=detection.specificity,
    )


def _recognised(confusion: Confusion, diagnosis: str) -> Share:
    """In which of the cases with a diagnosis it was the leading class."""
    said = {column: cases for (row, column), cases in confusion.cells.items() if row == diagnosis}
    hits = said.pop(diagnosis, ())
    return _share(hits, [case_id for cases in said.values() for case_id in cases])


def _share(hits: Sequence[int], others: Sequence[int]) -> Share:
    return Share(tuple(hits), tuple(others), wilson(len(hits), len(hits) + len(others)))


def _difference(detections: Sequence[Detection]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The cases that only the second network gets right, and those that only the first one does."""
    before, after = ({*each.sensitivity.hits, *each.specificity.hits} for each in detections)
    return tuple(sorted(after - before)), tuple(sorted(before - after))
