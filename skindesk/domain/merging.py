"""What a second record of one patient's lesions adds to the first, and which lesions in the two are the same.

A lesion has no name that holds in every log: its number counts within one log, and its place can be corrected. What
never changes is what was added to it: pictures, predictions and reviews, with their times.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, date
from typing import Any, TypeVar

from skindesk.domain.case import Case, LesionDetails, PatientDetails, StoredPicture, Visit
from skindesk.domain.transfer import Counts

Details = TypeVar("Details", PatientDetails, LesionDetails)
_Marks = frozenset[Hashable]
_Pair = tuple[int, int, bool, bool, int, int]


def same_lesions(incoming: Sequence[Case], known: Sequence[Case]) -> tuple[Case | None, ...]:
    """For each incoming lesion of a patient the known one that it is, or None; no known one is given twice.

    Two lesions are the same where they share what no other lesion of the patient has, such as a picture of the same
    day. What several lesions share, such as an overview picture, tells nothing of two that lie in different places.
    """
    found: dict[int, int] = {}
    for *_, at, to in sorted(_alike(incoming, known)):
        if at not in found and to not in found.values():
            found[at] = to
    return tuple(known[found[at]] if at in found else None for at in range(len(incoming)))


def what_is_new(incoming: Case, known: Case | None) -> tuple[Visit, ...]:
    """The visits of a case that are not known or hold something new, without what is known of them.

    A known picture with a new prediction comes with that prediction alone; a known visit that only ended later comes
    empty.
    """
    by_day = {} if known is None else {day_of(visit): visit for visit in known.visits}
    return tuple(news for visit in incoming.visits if (news := _new_in(visit, by_day.get(day_of(visit)))) is not None)


def count_new(news: Iterable[Visit], known: Case | None) -> Counts:
    """How much there is in what is new to a known case."""
    kept = frozenset() if known is None else _marks(known)
    days = set() if known is None else {day_of(visit) for visit in known.visits}
    total = Counts(cases=int(known is None))
    for visit in news:
        total += Counts(
            visits=int(day_of(visit) not in days),
            pictures=sum(_picture_mark(visit, picture) not in kept for picture in visit.pictures),
            predictions=sum(len(picture.predictions) for picture in visit.pictures),
            reviews=len(visit.reviews),
        )
    return total


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
            if shared & telling or (shared and not moved):
                renumbered = case.lesion.number != other.lesion.number
                yield -len(shared & telling), -len(shared), moved, renumbered, at, to


def _of_one_only(marks: Iterable[_Marks]) -> _Marks:
    counts = Counter(mark for of_case in marks for mark in of_case)
    return frozenset(mark for mark, times in counts.items() if times == 1)


def _marks(case: Case) -> _Marks:
    """What was added to a case, as it can be told from what was added to others."""
    return frozenset(mark for visit in case.visits for mark in _marks_of_visit(visit))


def _marks_of_visit(visit: Visit) -> Iterator[Hashable]:
    for picture in visit.pictures:
        yield _picture_mark(visit, picture)
        yield from (repr(prediction) for prediction in picture.predictions)
    for review in visit.reviews:
        yield review.details, review.created_at


def _picture_mark(visit: Visit, picture: StoredPicture) -> Hashable:
    return day_of(visit), picture.details.sha256


def _new_in(visit: Visit, known: Visit | None) -> Visit | None:
    if known is None:
        return visit
    kept = frozenset(_marks_of_visit(known))
    pictures = tuple(_new_of(picture, kept) for picture in visit.pictures)
    pictures = tuple(
        picture for picture in pictures if picture.predictions or _picture_mark(visit, picture) not in kept
    )
    reviews = tuple(review for review in visit.reviews if (review.details, review.created_at) not in kept)
    if pictures or reviews or visit.visited_at > known.visited_at:
        return replace(visit, pictures=pictures, reviews=reviews)
    return None


def _new_of(picture: StoredPicture, kept: _Marks) -> StoredPicture:
    """A picture with the predictions that are not kept; `repr` tells them, for what is no number equals nothing."""
    new = tuple(prediction for prediction in picture.predictions if repr(prediction) not in kept)
    return replace(picture, predictions=new)


def _trimmed(value: object) -> object:
    """Texts without blanks around them; a member of an enumeration of texts stays one."""
    return value.strip() if type(value) is str else value
