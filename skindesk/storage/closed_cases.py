"""Reads what was said of every closed case before its diagnosis was known, with a fixed number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from skindesk.domain.case import Site, SkinType
from skindesk.domain.contract import Modality
from skindesk.domain.final_diagnosis import ConfirmedBy
from skindesk.domain.insights import ClosedCase, NoveltyReading, Reading
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.prediction import AbstentionReason, Prediction
from skindesk.storage.rows import (
    FinalDiagnosisRow,
    ImageRow,
    LesionRow,
    PatientRow,
    PredictionRow,
    ReviewRow,
    VisitRow,
)
from skindesk.storage.values import to_prediction

_Columns = Row[*tuple[Any, ...]]
"""Columns by their names, read past the session: making objects of ten thousand rows would take most of the time."""
_OUTCOME = (
    FinalDiagnosisRow.lesion_id,
    FinalDiagnosisRow.diagnosis,
    FinalDiagnosisRow.malignancy,
    FinalDiagnosisRow.confirmed_by,
    FinalDiagnosisRow.decided_on,
    FinalDiagnosisRow.created_at,
)
_CLOSED = LesionRow.state == LesionState.CLOSED.value


@dataclass(frozen=True)
class _Diagnosis:
    """The final diagnosis that counts, and from when on any was known."""

    outcome: str
    group: MalignancyGroup
    confirmed_by: ConfirmedBy
    decided_on: date
    known_on: date
    known_at: datetime


@dataclass
class _Visit:
    """What one visit had before the diagnosis was known, by picture the kind and the last answer, and the reviews."""

    visited_on: date
    modalities: dict[int, Modality] = field(default_factory=dict)
    answers: dict[int, _Columns] = field(default_factory=dict)
    reviews: list[_Columns] = field(default_factory=list)


def closed_cases(session: Session) -> tuple[ClosedCase, ...]:
    """Every closed case with a final diagnosis, by its number. Withdrawn pictures, reviews and diagnoses do not count.

    What was seen after the day of the first diagnosis, or said after that had been recorded, does not count either.
    """
    diagnoses = _diagnoses(session)
    visits = _visits(session, diagnoses)
    rows = session.connection().execute(
        select(LesionRow.id, LesionRow.site, PatientRow.birth_date, PatientRow.skin_type)
        .join(PatientRow, LesionRow.patient_id == PatientRow.id)
        .where(_CLOSED)
        .order_by(LesionRow.id)
    )
    return tuple(
        _case(case_id, Site(site), SkinType(skin_type), born, diagnoses[case_id], visits.get(case_id, {}))
        for case_id, site, born, skin_type in rows
        if case_id in diagnoses
    )


def latest_novelty(session: Session, limit: int) -> tuple[NoveltyReading, ...]:
    """How strange pictures were found of late, latest first: of the last `limit` answers, one a visit and network.

    That is the visit's first picture as it was answered first: one that is taken again for being strange would
    otherwise count twice, or not at all.
    """
    found = session.execute(
        select(VisitRow.id, VisitRow.lesion_id, ImageRow.id, PredictionRow)
        .join(ImageRow, ImageRow.visit_id == VisitRow.id)
        .join(PredictionRow, PredictionRow.image_id == ImageRow.id)
        .where(ImageRow.withdrawn_at.is_(None), PredictionRow.novelty.is_not(None))
        .order_by(PredictionRow.id.desc())
        .limit(limit)
    )
    latest: dict[tuple[int, str, str], tuple[int, NoveltyReading]] = {}
    for visit_id, case_id, image_id, row in found:
        key = (visit_id, row.model_id, row.model_version)
        if key not in latest or image_id <= latest[key][0]:
            latest[key] = (image_id, _novelty(case_id, row))
    return tuple(reading for _, reading in latest.values())


def _novelty(case_id: int, row: PredictionRow) -> NoveltyReading:
    refused = row.abstention_reason == AbstentionReason.UNLIKE_TRAINING.value
    return NoveltyReading(case_id, row.model_id, row.model_version, float(row.novelty or 0), refused)


def _diagnoses(session: Session) -> dict[int, _Diagnosis]:
    """The last one of each closed case, with when the first one was known."""
    found: dict[int, _Diagnosis] = {}
    rows = session.connection().execute(
        select(*_OUTCOME)
        .join(LesionRow, LesionRow.id == FinalDiagnosisRow.lesion_id)
        .where(_CLOSED, FinalDiagnosisRow.withdrawn_at.is_(None))
        .order_by(FinalDiagnosisRow.created_at, FinalDiagnosisRow.id)
    )
    for row in rows:
        first = found.get(row.lesion_id)
        found[row.lesion_id] = _Diagnosis(
            row.diagnosis,
            MalignancyGroup(row.malignancy),
            ConfirmedBy(row.confirmed_by),
            row.decided_on,
            known_on=row.decided_on if first is None else min(first.known_on, row.decided_on),
            known_at=row.created_at if first is None else min(first.known_at, row.created_at),
        )
    return found


def _visits(session: Session, diagnoses: Mapping[int, _Diagnosis]) -> dict[int, dict[int, _Visit]]:
    """The visits of each case before its diagnosis was known, by their ids."""
    visits: dict[int, dict[int, _Visit]] = {}

    def visit_of(case_id: int, visit_id: int, visited_at: datetime) -> _Visit | None:
        """The visit, unless it came after the diagnosis: days are compared on the clinic's own calendar."""
        visited_on = visited_at.astimezone().date()
        if case_id not in diagnoses or visited_on > diagnoses[case_id].known_on:
            return None
        return visits.setdefault(case_id, {}).setdefault(visit_id, _Visit(visited_on))

    for row in session.connection().execute(_answers()):
        visit = visit_of(row.lesion_id, row.visit_id, row.visited_at)
        if visit is None:
            continue
        visit.modalities[row.picture_id] = Modality(row.modality)
        if row.created_at is not None and row.created_at <= diagnoses[row.lesion_id].known_at:
            visit.answers[row.picture_id] = row
    for row in session.connection().execute(_reviews()):
        visit = visit_of(row.lesion_id, row.visit_id, row.visited_at)
        if visit is not None and row.created_at <= diagnoses[row.lesion_id].known_at:
            visit.reviews.append(row)
    return visits


def _answers() -> Select[*tuple[Any, ...]]:
    """Every picture with each of its answers, oldest first, or without any."""
    seen = (VisitRow.lesion_id, VisitRow.visited_at, VisitRow.id.label("visit_id"))
    return (
        select(*seen, ImageRow.id.label("picture_id"), ImageRow.modality, *PredictionRow.__table__.columns)
        .join(LesionRow, LesionRow.id == VisitRow.lesion_id)
        .join(ImageRow, ImageRow.visit_id == VisitRow.id)
        .outerjoin(PredictionRow, PredictionRow.image_id == ImageRow.id)
        .where(_CLOSED, ImageRow.withdrawn_at.is_(None))
        .order_by(ImageRow.id, PredictionRow.created_at, PredictionRow.id)
    )


def _reviews() -> Select[*tuple[Any, ...]]:
    """Every review that has an impression, oldest first."""
    said = (ReviewRow.visit_id, ReviewRow.impression, ReviewRow.second_impression)
    when = (ReviewRow.revealed_before, ReviewRow.created_at)
    return (
        select(VisitRow.lesion_id, VisitRow.visited_at, *said, *when)
        .join(LesionRow, LesionRow.id == VisitRow.lesion_id)
        .join(ReviewRow, ReviewRow.visit_id == VisitRow.id)
        .where(_CLOSED, ReviewRow.withdrawn_at.is_(None), ReviewRow.impression != "")
        .order_by(ReviewRow.created_at, ReviewRow.id)
    )


def _case(
    case_id: int,
    site: Site,
    skin_type: SkinType,
    born: date | None,
    diagnosis: _Diagnosis,
    visits: Mapping[int, _Visit],
) -> ClosedCase:
    in_order = sorted(visits.values(), key=lambda visit: visit.visited_on)
    both = _last(visit for visit in in_order if visit.answers and visit.reviews)
    answered = both or _last(visit for visit in in_order if visit.answers)
    read = both or _last(visit for visit in in_order if visit.reviews)
    seen = answered or read or _last(in_order)
    image_id, answer = (None, None) if answered is None else _most_suspicious(answered.answers)
    return ClosedCase(
        case_id=case_id,
        outcome=diagnosis.outcome,
        group=diagnosis.group,
        confirmed_by=diagnosis.confirmed_by,
        decided_on=diagnosis.decided_on,
        site=site,
        skin_type=skin_type,
        age_years=None if born is None else _age(born, diagnosis.decided_on if seen is None else seen.visited_on),
        modality=None if seen is None else seen.modalities.get(image_id or min(seen.modalities, default=0)),
        answer=answer,
        reading=None if read is None else _reading(read.reviews),
        same_visit=both is not None,
    )


def _last(visits: Iterable[_Visit]) -> _Visit | None:
    found = list(visits)
    return found[-1] if found else None


def _most_suspicious(answers: Mapping[int, _Columns]) -> tuple[int, Prediction]:
    """The picture with the highest malignant sum, by its id, and what was said of it."""
    said = [(image_id, to_prediction(row)) for image_id, row in answers.items()]
    return said[0] if len(said) == 1 else max(said, key=lambda entry: entry[1].malignant_sum)


def _reading(reviews: Sequence[_Columns]) -> Reading:
    first, last = reviews[0], reviews[-1]
    return Reading(first.impression, not first.revealed_before, last.second_impression or last.impression)


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
