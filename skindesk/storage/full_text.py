"""Finds cases by the words of everything that is recorded of them.

The index numbers cases by their recency, so that the newest matches come first without sorting. Words are folded as for
names, so that "Müller" is found as "muller"; "2024/117" is found by its parts and, whole, as "2024117".
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from skindesk.storage.rows import WHOLE_CASE, FormerPatientRow, ImageRow, LesionRow, PatientRow
from skindesk.storage.search import fold
from skindesk.storage.word_index import index_of, is_empty

_INDEXED_AT_ONCE = 500


def matching_cases(session: Session, query: str, before: int) -> Iterator[int]:
    """The recencies of the cases in which every word of the query begins a word, newest first, lesser than `before`.

    Read as they are taken. A query without a letter or a digit matches nothing.
    """
    return index_of(session).matches(session, _words(query), before)


def all_matching_cases(session: Session, query: str) -> Select[int]:
    """The recencies of all such cases, for use within another statement."""
    return index_of(session).all_matches(_words(query))


def index_cases(session: Session, case_ids: Iterable[int]) -> None:
    """Write anew what these cases are found by; their rows' recency must be unchanged since they were indexed."""
    session.flush()
    for lesion in _lesions(session, list(case_ids)):
        index_of(session).take(session, lesion.recency)
        _put(session, lesion)


def index_patient(session: Session, patient_id: int) -> None:
    """Write anew what a patient's cases are found by."""
    index_cases(session, session.scalars(select(LesionRow.id).where(LesionRow.patient_id == patient_id)).all())


def move_case(session: Session, lesion: LesionRow, recency: int) -> None:
    """Give a case another recency; its words must be written anew afterwards."""
    if lesion.recency != recency:
        index_of(session).take(session, lesion.recency)
        lesion.recency = recency


def forget_cases(session: Session, recencies: Iterable[int]) -> None:
    """Let cases be found no more, and leave none of their words in the index."""
    index = index_of(session)
    for recency in recencies:
        index.take(session, recency)
    index.tidy(session)


def index_everything(session: Session) -> None:
    """Index every case of a log that has none indexed."""
    after = 0
    while ids := _next_ids(session, after):
        for lesion in _lesions(session, ids):
            _put(session, lesion)
        session.expunge_all()
        after = ids[-1]


def _next_ids(session: Session, after: int) -> Sequence[int]:
    found = select(LesionRow.id).where(LesionRow.id > after).order_by(LesionRow.id)
    return session.scalars(found.limit(_INDEXED_AT_ONCE)).all()


def is_behind(session: Session) -> bool:
    """Whether there are cases and none is indexed, as after a migration and in a restored backup."""
    some_case = session.scalar(select(LesionRow.id).limit(1))
    return some_case is not None and is_empty(session)


def _put(session: Session, lesion: LesionRow) -> None:
    words = fold(" ".join(_recorded(session, lesion)))
    whole = {_joined(word) for word in words.split() if not word.isalnum()}
    index_of(session).put(session, lesion.recency, " ".join((words, *sorted(whole))))


def _words(query: str) -> list[str]:
    return [joined for word in fold(query).split() if (joined := _joined(word))]


def _joined(word: str) -> str:
    """A word without what the index divides it at."""
    return re.sub(r"[\W_]+", "", word)


def _lesions(session: Session, case_ids: Iterable[int]) -> Iterable[LesionRow]:
    found = select(LesionRow).where(LesionRow.id.in_(case_ids)).options(*WHOLE_CASE)
    return session.scalars(found.execution_options(populate_existing=True)).all()


def _recorded(session: Session, lesion: LesionRow) -> Iterator[str]:
    """Every text of a case that somebody may look for."""
    yield from _of_patient(session, lesion.patient)
    yield from (lesion.site, lesion.description, lesion.state)
    images = [image for visit in lesion.visits for image in visit.images if image.withdrawn_at is None]
    names = _names_of_codes(images)
    for diagnosis in lesion.final_diagnoses:
        if diagnosis.withdrawn_at is None:
            yield from (diagnosis.diagnosis, names.get(diagnosis.diagnosis, ""), diagnosis.confirmed_by, diagnosis.text)
    for visit in lesion.visits:
        yield visit.day.isoformat()
        for review in visit.reviews:
            if review.withdrawn_at is None:
                yield from (review.plan, review.notes)
                for impression in (review.impression, review.second_impression):
                    yield from (impression, names.get(impression, ""))
    for image in images:
        yield from (image.file_name, image.device)
        yield from _of_answers(image)


def _of_patient(session: Session, patient: PatientRow) -> Iterator[str]:
    yield from (patient.family_name, patient.given_name, patient.identifier, patient.history, patient.notes)
    yield from session.scalars(select(FormerPatientRow.identifier).where(FormerPatientRow.patient_id == patient.id))


def _names_of_codes(images: Iterable[ImageRow]) -> dict[str, str]:
    """What the label codes mean, as far as this case's own answers tell."""
    predictions = [prediction for image in images for prediction in image.predictions]
    return {answer["code"]: answer["name"] for prediction in predictions for answer in prediction.answers}


def _of_answers(image: ImageRow) -> Iterator[str]:
    """The leading class of each answer, by code and name, and the network that gave it."""
    for prediction in image.predictions:
        top = max(prediction.answers, key=lambda answer: float(answer["probability"]))
        yield from (prediction.model_id, str(top["code"]), str(top["name"]))
