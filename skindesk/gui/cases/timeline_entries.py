"""What a lesion's timeline shows, from the earliest to the latest."""

from dataclasses import dataclass
from datetime import datetime

from skindesk.domain.case import Case, ReviewDetails, StoredPicture, Visit
from skindesk.domain.final_diagnosis import FinalDiagnosis
from skindesk.gui.cases.words import picture_kind


@dataclass(frozen=True)
class Seen:
    """A visit with one of its pictures, or without any, and what the clinician thought in the end of it."""

    visit: Visit
    picture: StoredPicture | None
    review: ReviewDetails | None

    @property
    def at(self) -> datetime:
        """When."""
        return self.visit.visited_at


@dataclass(frozen=True)
class Diagnosed:
    """What the lesion was in the end."""

    diagnosis: FinalDiagnosis

    @property
    def at(self) -> datetime:
        """When it was recorded."""
        return self.diagnosis.created_at


TimelineEntry = Seen | Diagnosed


def timeline_of(case: Case) -> tuple[TimelineEntry, ...]:
    """Pictures, visits without one, and final diagnoses."""
    entries: list[TimelineEntry] = []
    for visit in case.visits:
        review = visit.reviews[-1].details if visit.reviews else None
        entries += [Seen(visit, picture, review) for picture in visit.pictures or (None,)]
    entries = [entry for entry in entries if not isinstance(entry, Seen) or entry.picture or entry.review]
    entries += [Diagnosed(diagnosis) for diagnosis in case.final_diagnoses]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def first_and_latest(case: Case) -> tuple[int, int] | None:
    """The ids of the two pictures of one kind that lie farthest apart in time; None where no kind has two."""
    by_kind: dict[str, list[tuple[datetime, int]]] = {}
    for visit in case.visits:
        for picture in visit.pictures:
            kind = picture_kind(picture.details)
            by_kind.setdefault(kind, []).append((visit.visited_at, picture.image_id))
    pairs = [(min(found), max(found)) for found in by_kind.values() if len(found) > 1]
    if not pairs:
        return None
    first, latest = max(pairs, key=lambda pair: pair[1][0] - pair[0][0])
    return first[1], latest[1]
