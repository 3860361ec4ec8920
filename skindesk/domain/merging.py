"""What a second record of one patient's lesions adds to the first, and which lesions in the two are the same.

A lesion has no name that holds in every log: its number counts within one log, and its place can be corrected. What
never changes is what was added to it: pictures, predictions, reviews and final diagnoses, with their times. A lesion to
which nothing was added is told by its place and number.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date
from enum import StrEnum
from typing import Any, TypeVar

from skindesk.domain.capture import NOTHING_KNOWN
from skindesk.domain.case import Case, LesionDetails, PatientDetails, Review, StoredPicture, Visit
from skindesk.domain.final_diagnosis import FinalDiagnosis
from skindesk.domain.prediction import Prediction
from skindesk.domain.transfer import Counts

Details = TypeVar("Details", PatientDetails, LesionDetails)


class _Kind(StrEnum):
    """What can be added to a case."""

    PICTURE = "picture"
    PREDICTION = "prediction"
    REVIEW = "review"
    FINAL_DIAGNOSIS = "final diagnosis"


_Mark = tuple[_Kind, Hashable]
_Marks = frozenset[_Mark]
_Pair = tuple[int, int, bool, bool, int, int]


@dataclass(frozen=True)
class News:
    """What is to be added to a case: visits with what is new of them, and final diagnoses."""

    visits: tuple[Visit, ...] = ()
    final_diagnoses: tuple[FinalDiagnosis, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.visits or self.final_diagnoses)


def same_lesions(incoming: Sequence[Case], known: Sequence[Case]) -> tuple[Case | None, ...]:
    """For each incoming lesion of a patient the known one that it is, or None; no known one is given twice.

    Two lesions are the same where they share what no other lesion of the patient has, such as a picture of the same
    day. What several lesions share, such as an overview picture, tells nothing of two that lie in different places.
    One to which nothing was added yet is the same as one of its number or point on the body whose place is told in the
    same words; but nothing is added to a known one of which no place is told. The known cases come with what was
    withdrawn from them.
    """
    found: dict[int, int] = {}
    for *_, at, to in sorted(_alike(incoming, known)):
        if at not in found and to not in found.values():
            found[at] = to
    return tuple(known[found[at]] if at in found else None for at in range(len(incoming)))


def what_is_new(incoming: Case, known: Case | None) -> News:
    """The visits of a case that are not known or hold something new, without what is known of them; likewise diagnoses.

    A known picture with a new prediction comes with that prediction alone; a known visit that only ended later comes
    empty. What was withdrawn from the known case counts as known, if the case comes with it.
    """
    if known is None:
        return News(incoming.visits, incoming.final_diagnoses)
    by_day = {day_of(visit): visit for visit in known.visits}
    kept = _marks(known)
    return News(
        tuple(news for visit in incoming.visits if (news := _new_in(visit, by_day.get(day_of(visit)))) is not None),
        tuple(diagnosis for diagnosis in incoming.final_diagnoses if _diagnosis_mark(diagnosis) not in kept),
    )


def count_new(news: News, known: Case | None) -> Counts:
    """How much there is in what is new to a known case."""
    kept = frozenset() if known is None else _marks(known)
    days = set() if known is None else {day_of(visit) for visit in known.visits}
    total = Counts(cases=int(known is None), final_diagnoses=len(news.final_diagnoses))
    for visit in news.visits:
        total += Counts(
            visits=int(day_of(visit) not in days),
            pictures=sum(_picture_mark(visit, picture) not in kept for picture in visit.pictures),
            predictions=sum(len(picture.predictions) for picture in visit.pictures),
            reviews=len(visit.reviews),
        )
    return total


def count_all(case: Case) -> Counts:
    """How much there is in a case."""
    return count_new(what_is_new(case, None), None)


def joined(known: Case, news: News) -> Case:
    """A case with what is new to it."""
    visits = {day_of(visit): visit for visit in known.visits}
    for visit in news.visits:
        there = visits.get(day_of(visit), replace(visit, pictures=(), reviews=()))
        visits[day_of(visit)] = replace(
            there,
            visited_at=max(there.visited_at, visit.visited_at),
            pictures=there.pictures + visit.pictures,
            reviews=there.reviews + visit.reviews,
        )
    return replace(known, visits=tuple(visits.values()), final_diagnoses=known.final_diagnoses + news.final_diagnoses)


def withdrawn_here(incoming: Case, shown: Case, everything: Case) -> tuple[str, ...]:
    """In words, the kinds of what a case brings that was withdrawn here: in `everything` and no more in `shown`."""
    found = {kind for kind, _ in (_marks(everything) - _marks(shown)) & _marks(incoming)} - {_Kind.PREDICTION}
    return tuple(f"withdrawn {kind}" for kind in _Kind if kind in found)


def knows_all_of(incoming: Case, shown: Case) -> bool:
    """Whether a case holds everything that the one in this log does."""
    return _marks(shown) <= _marks(incoming)


def taken_otherwise(incoming: Case, known: Case) -> bool:
    """Whether a case says of a known picture how it was taken or measured, and not what is known of that."""
    kept = {_picture_mark(visit, picture): picture.details for visit in known.visits for picture in visit.pictures}
    return any(
        picture.details.capture not in (NOTHING_KNOWN, here.capture)
        or picture.details.measurement not in (None, here.measurement)
        for visit in incoming.visits
        for picture in visit.pictures
        if (here := kept.get(_picture_mark(visit, picture))) is not None
    )


def completed(kept: Details, given: Details) -> Details:
    """`kept`, with what `given` says of which nothing was said yet."""
    unsaid = (entry.name for entry in fields(kept) if getattr(kept, entry.name) == entry.default)
    added: dict[str, Any] = {name: _trimmed(getattr(given, name)) for name in unsaid}
    return replace(kept, **added)


def otherwise(kept: Details, given: Details) -> tuple[str, ...]:
    """The names of the fields in which `given` says something, and not what `kept` says."""
    said = ((entry, _trimmed(getattr(given, entry.name))) for entry in fields(given))
    return tuple(
        entry.name.replace("_", " ")
        for entry, value in said
        if value != entry.default and value != _trimmed(getattr(kept, entry.name))
    )


def day_of(visit: Visit) -> date:
    """The UTC day, of which a lesion has one visit."""
    return visit.visited_at.astimezone(UTC).date()


def _alike(incoming: Sequence[Case], known: Sequence[Case]) -> Iterator[_Pair]:
    """The pairs that may be the same lesion, to be sorted: the most alike first."""
    given, kept = [_marks(case) for case in incoming], [_marks(case) for case in known]
    telling = _of_one_only(given) & _of_one_only(kept)
    for at, case in enumerate(incoming):
        for to, other in enumerate(known):
            shared = given[at] & kept[to]
            moved = case.lesion.details != other.lesion.details
            renumbered = case.lesion.number != other.lesion.number
            untouched = not kept[to] or not given[at]
            if shared & telling or (not moved and (shared or (untouched and _is_there(case, other, bool(given[at]))))):
                yield -len(shared & telling), -len(shared), moved, renumbered, at, to


def _is_there(case: Case, other: Case, adds: bool) -> bool:
    """Whether two lesions of one place, of which one has nothing in it, are the same one."""
    details = case.lesion.details
    tells = details != LesionDetails() or not adds
    return tells and (case.lesion.number == other.lesion.number or details.position is not None)


def _of_one_only(marks: Iterable[_Marks]) -> _Marks:
    counts = Counter(mark for of_case in marks for mark in of_case)
    return frozenset(mark for mark, times in counts.items() if times == 1)


def _marks(case: Case) -> _Marks:
    """What was added to a case, as it can be told from what was added to others."""
    of_visits = (mark for visit in case.visits for mark in _marks_of_visit(visit))
    return frozenset((*of_visits, *map(_diagnosis_mark, case.final_diagnoses)))


def _marks_of_visit(visit: Visit) -> Iterator[_Mark]:
    for picture in visit.pictures:
        yield _picture_mark(visit, picture)
        yield from (_prediction_mark(prediction) for prediction in picture.predictions)
    yield from map(_review_mark, visit.reviews)


def _picture_mark(visit: Visit, picture: StoredPicture) -> _Mark:
    return _Kind.PICTURE, (day_of(visit), picture.details.sha256)


def _prediction_mark(prediction: Prediction) -> _Mark:
    """`repr` tells predictions, for what is no number equals nothing."""
    return _Kind.PREDICTION, repr(prediction)


def _review_mark(review: Review) -> _Mark:
    return _Kind.REVIEW, (review.details, review.created_at)


def _diagnosis_mark(diagnosis: FinalDiagnosis) -> _Mark:
    """A log keeps its texts without blanks around them."""
    details = diagnosis.details
    trimmed = replace(details, diagnosis=details.diagnosis.strip(), text=details.text.strip())
    return _Kind.FINAL_DIAGNOSIS, (trimmed, diagnosis.created_at)


def _new_in(visit: Visit, known: Visit | None) -> Visit | None:
    if known is None:
        return visit
    kept = frozenset(_marks_of_visit(known))
    pictures = tuple(_new_of(picture, kept) for picture in visit.pictures)
    pictures = tuple(
        picture for picture in pictures if picture.predictions or _picture_mark(visit, picture) not in kept
    )
    reviews = tuple(review for review in visit.reviews if _review_mark(review) not in kept)
    if pictures or reviews or visit.visited_at > known.visited_at:
        return replace(visit, pictures=pictures, reviews=reviews)
    return None


def _new_of(picture: StoredPicture, kept: _Marks) -> StoredPicture:
    """A picture with the predictions that are not kept."""
    new = tuple(prediction for prediction in picture.predictions if _prediction_mark(prediction) not in kept)
    return replace(picture, predictions=new)


def _trimmed(value: object) -> object:
    """Texts without blanks around them; a member of an enumeration of texts stays one."""
    return value.strip() if type(value) is str else value
