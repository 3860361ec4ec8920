"""Finds the clinic's own confirmed cases whose pictures look most like one, as a network sees them."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event, Lock

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.case import Plan
from skindesk.domain.errors import CaseLogUnavailableError, ImageRejectedError
from skindesk.domain.final_diagnosis import ConfirmedBy
from skindesk.domain.labels import MalignancyGroup
from skindesk.imaging.decode import picture_from_bytes
from skindesk.inference.classifier import Classifier, embedding_of
from skindesk.inference.similarity import Keys, Neighbour, SimilarityIndex, Vectors, vectors_of
from skindesk.services.classify import answer_for
from skindesk.storage.case_log import CaseLog
from skindesk.storage.embeddings import ConfirmedOutcome, ConfirmedPicture, Extent, PictureWithout

LIMIT = 8
MOST_PICTURES = 100_000
"""Of more, the newest are compared: they take 53 MB of memory for each network."""
_MOST_NETWORKS = 2
_SAMPLE = 4096
_AT_ONCE = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SimilarCase:
    """A confirmed case with its picture that is most like the one asked about, and nothing that says whose it is.

    `sha256` names the picture in the image store; `diagnosis` is a label's code or free text; `year` is that of the
    diagnosis; `plan` is the last one that was made. `likeness` is 0 to 1, the cosine between the pictures' features.
    """

    case_id: int
    image_id: int
    sha256: str
    diagnosis: str
    group: MalignancyGroup
    confirmed_by: ConfirmedBy
    year: int
    plan: Plan
    likeness: float


@dataclass(frozen=True)
class Similar:
    """The cases most like a picture, likest first, and with how many confirmed cases it was compared."""

    cases: tuple[SimilarCase, ...]
    compared: int


@dataclass(frozen=True)
class Tally:
    """How many of some cases had one outcome, by its name."""

    diagnosis: str
    group: MalignancyGroup
    count: int


@dataclass(frozen=True)
class _Held:
    """An index, if there is anything to compare with, the extent of the log that it follows, and of how many pictures
    the log knew when its directions were chosen. `cases` are those of its pictures.
    """

    index: SimilarityIndex | None
    cases: frozenset[int]
    extent: Extent
    fitted_to: int


class SimilarCases:
    """Compares pictures with those of the log's confirmed cases. Safe to share between threads; for the background.

    What is compared is held in memory from the first question on, and follows the log from question to question.
    Every method raises CaseLogUnavailableError where the disk or the database refuses.
    """

    def __init__(self, log: CaseLog) -> None:
        self._log = log
        self._held: dict[str, _Held] = {}
        self._lock = Lock()

    def find(
        self,
        model_digest: str,
        embedding: NDArray[np.float32],
        excluding_patient: int | None = None,
        limit: int = LIMIT,
    ) -> Similar:
        """The `limit` confirmed cases likest to the picture with these features, each by its likest picture.

        None of them is of the patient `excluding_patient`, whose own pictures stand in their timelines.
        """
        own = frozenset() if excluding_patient is None else self._log.embeddings.cases_of(excluding_patient)
        held = self._held_now(model_digest)
        if held.index is None:
            return Similar((), 0)
        found = held.index.nearest(embedding, partial(self._whole, model_digest), limit, own)
        return Similar(self._described(found), len(held.cases) - len(held.cases & own))

    def prepare(self, model_digest: str) -> None:
        """Read what pictures will be compared with, so that the first question need not wait for it."""
        self._held_now(model_digest)

    def fill_in(self, classifier: Classifier, stop: Event, told: Callable[[int], None]) -> int:
        """Have a network look at the confirmed cases' pictures of its kind whose features are not in the log yet.

        `told` hears after each picture how many were added; setting `stop` ends it. Returns how many were added. A
        picture that cannot be read is passed over.
        """
        digest, modality = classifier.ref.digest, classifier.contract.modality
        added, after = 0, 0
        while not stop.is_set() and (page := self._log.embeddings.without(digest, modality, after)):
            for picture in page:
                if stop.is_set():
                    break
                added += self._fill_in(picture, classifier)
                told(added)
            after = page[-1].image_id
        return added

    def _held_now(self, model_digest: str) -> _Held:
        """What there is to compare with now; that of the networks that were asked about last is held."""
        with self._lock:
            extent = self._log.embeddings.extent()
            held = self._held.pop(model_digest, None)
            if held is None or held.extent != extent:
                held = self._renewed(model_digest, extent, held)
            self._held[model_digest] = held
            for forgotten in list(self._held)[:-_MOST_NETWORKS]:
                del self._held[forgotten]
            return held

    def _renewed(self, model_digest: str, extent: Extent, held: _Held | None) -> _Held:
        """An index that follows the log; with new directions once there is twice as much as they were chosen from."""
        ids = np.array(self._log.embeddings.confirmed_ids(model_digest)[-MOST_PICTURES:], np.int64)
        index, fitted_to = (None, 0) if held is None else (held.index, held.fitted_to)
        if len(ids) > 2 * fitted_to:
            index, fitted_to = self._fitted(model_digest, ids), len(ids)
        if index is None:
            return _Held(None, frozenset(), extent, 0)
        gone, new = np.setdiff1d(index.keys, ids), np.setdiff1d(ids, index.keys)
        index = index.changed(gone.tolist(), self._parts(model_digest, new))
        return _Held(index, frozenset(index.groups.tolist()), extent, fitted_to)

    def _fitted(self, model_digest: str, ids: Keys) -> SimilarityIndex | None:
        spread = ids[np.linspace(0, len(ids) - 1, min(len(ids), _SAMPLE)).astype(np.intp)]
        sample = [vectors for _, _, vectors in self._parts(model_digest, spread)]
        return SimilarityIndex.fitted(np.concatenate(sample)) if sample else None

    def _parts(self, model_digest: str, ids: Keys) -> Iterator[tuple[Keys, Keys, Vectors]]:
        """The pictures among these that count: their ids, cases and features, some hundreds at a time."""
        for first in range(0, len(ids), _AT_ONCE):
            found = self._log.embeddings.pictures(model_digest, ids[first : first + _AT_ONCE].tolist())
            if found:
                cases = _numbers(picture.case_id for picture in found)
                yield _numbers(picture.image_id for picture in found), cases, _features(found)

    def _whole(self, model_digest: str, ids: Sequence[int]) -> tuple[Keys, Vectors]:
        """What of some pictures can be compared at this very moment."""
        found = self._log.embeddings.pictures(model_digest, ids)
        return _numbers(picture.image_id for picture in found), _features(found)

    def _described(self, found: Sequence[Neighbour]) -> tuple[SimilarCase, ...]:
        outcomes = {
            outcome.image_id: outcome for outcome in self._log.embeddings.outcomes([near.key for near in found])
        }
        return tuple(_similar_case(outcomes[near.key], near.likeness) for near in found if near.key in outcomes)

    def _fill_in(self, picture: PictureWithout, classifier: Classifier) -> bool:
        try:
            file = picture_from_bytes(f"picture {picture.image_id}", self._log.picture(picture.sha256))
            answer = answer_for(file, classifier).answer
        except (CaseLogUnavailableError, ImageRejectedError):
            _log.warning("picture %d has no features, since it cannot be read", picture.image_id, exc_info=True)
            return False
        return self._log.embeddings.add(picture.image_id, embedding_of(answer))


def tally(cases: Iterable[SimilarCase], names: Mapping[str, str]) -> tuple[Tally, ...]:
    """What these cases were, most of them first; `names` explain label codes."""
    counted = Counter((names.get(case.diagnosis, case.diagnosis), case.group) for case in cases)
    return tuple(Tally(name, group, count) for (name, group), count in counted.most_common())


def _similar_case(outcome: ConfirmedOutcome, likeness: float) -> SimilarCase:
    return SimilarCase(
        case_id=outcome.case_id,
        image_id=outcome.image_id,
        sha256=outcome.sha256,
        diagnosis=outcome.diagnosis,
        group=outcome.group,
        confirmed_by=outcome.confirmed_by,
        year=outcome.decided_on.year,
        plan=outcome.plan,
        likeness=min(max(likeness, 0.0), 1.0),
    )


def _numbers(values: Iterable[int]) -> Keys:
    return np.fromiter(values, np.int64)


def _features(pictures: Sequence[ConfirmedPicture]) -> Vectors:
    return vectors_of([picture.features for picture in pictures])
