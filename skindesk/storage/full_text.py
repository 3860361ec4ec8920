"""Finds cases by the words of everything that is recorded of them, with SQLite's FTS5.

`case_text` holds one row a case, numbered by its recency, so that the newest matches come first without sorting. Words
are folded as for names, so that "Müller" is found as "muller"; "2024/117" is found by its parts and, whole, as
"2024117". https://sqlite.org/fts5.html
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from skindesk.storage.rows import WHOLE_CASE, FormerPatientRow, ImageRow, LesionRow, PatientRow
from skindesk.storage.search import fold

LONGEST_PREFIX = 8
"""Up to this many letters the beginnings of words are indexed themselves, so that the first matches of a common one
are read without gathering all of them."""
_INDEXED_AT_ONCE = 500
_TRIED = 1_000
"""So many candidates are looked at before a longer beginning is searched for as such."""
_PUT = text("INSERT INTO case_text (rowid, words) VALUES (:recency, :words)")
_TAKE = text("DELETE FROM case_text WHERE rowid = :recency")
_MATCHES = text("SELECT rowid FROM case_text WHERE case_text MATCH :pattern AND rowid < :before ORDER BY rowid DESC")
_CANDIDATES = text(
    "SELECT rowid, words FROM case_text WHERE case_text MATCH :pattern AND rowid < :before ORDER BY rowid DESC"
)


def matching_cases(session: Session, query: str, before: int) -> Iterator[int]:
    """The recencies of the cases in which every word of the query begins a word, newest first, lesser than `before`.

    Read as they are taken. A query without a letter or a digit matches nothing.
    """
    words = _words(query)
    long = [word for word in words if len(word) > LONGEST_PREFIX]
    found = 0
    if long:
        asked = {"pattern": _pattern(word[:LONGEST_PREFIX] for word in words), "before": before}
        for tried, (before, recorded) in enumerate(session.execute(_CANDIDATES, asked), start=1):
            if all(re.search(rf"(?<![^\W_]){word}", recorded) for word in long):
                found += 1
                yield before
            if tried > _TRIED and found * 20 < tried:
                break
        else:
            return
    yield from session.scalars(_MATCHES, {"pattern": _pattern(words), "before": before})


def pattern_of(query: str) -> str:
    """The FTS5 expression that a query stands for."""
    return _pattern(_words(query))


def index_cases(session: Session, case_ids: Iterable[int]) -> None:
    """Write anew what these cases are found by; their rows' recency must be unchanged since they were indexed."""
    session.flush()
    for lesion in _lesions(session, list(case_ids)):
        session.execute(_TAKE, {"recency": lesion.recency})
        _put(session, lesion)


def index_patient(session: Session, patient_id: int) -> None:
    """Write anew what a patient's cases are found by."""
    index_cases(session, session.scalars(select(LesionRow.id).where(LesionRow.patient_id == patient_id)).all())


def move_case(session: Session, lesion: LesionRow, recency: int) -> None:
    """Give a case another recency; its words must be written anew afterwards."""
    if lesion.recency != recency:
        session.execute(_TAKE, {"recency": lesion.recency})
        lesion.recency = recency


def forget_cases(session: Session, recencies: Iterable[int]) -> None:
    """Let cases be found no more, and leave none of their words in the index."""
    for recency in recencies:
        session.execute(_TAKE, {"recency": recency})
    session.execute(text("INSERT INTO case_text (case_text) VALUES ('optimize')"))


def leave_out_index(connection: Any) -> None:
    """Empty the index of a copy of the database, on a DB-API connection: whoever opens the copy makes it anew."""
    made = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'case_text'").fetchone()
    if made is not None:
        connection.execute("DROP TABLE case_text")
        connection.execute(made[0])
        connection.commit()
        connection.execute("VACUUM")


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
    return some_case is not None and session.execute(text("SELECT 1 FROM case_text LIMIT 1")).first() is None


def _put(session: Session, lesion: LesionRow) -> None:
    words = fold(" ".join(_recorded(session, lesion)))
    whole = {_joined(word) for word in words.split() if not word.isalnum()}
    session.execute(_PUT, {"recency": lesion.recency, "words": " ".join((words, *sorted(whole)))})


def _words(query: str) -> list[str]:
    return [joined for word in fold(query).split() if (joined := _joined(word))]


def _pattern(words: Iterable[str]) -> str:
    return " AND ".join(f'"{word}"*' for word in words) or '""'


def _joined(word: str) -> str:
    """A word without what FTS5 would divide it at."""
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
