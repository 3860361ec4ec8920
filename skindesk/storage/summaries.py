"""Reads the rows of the case table with a fixed number of statements, however many rows there are."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from skindesk.domain.case import CaseCursor, CasePage, CaseSummary
from skindesk.domain.prediction import Prediction
from skindesk.storage.rows import (
    ImageRow,
    LesionRow,
    PatientRow,
    PatientWordRow,
    PredictionRow,
    ReviewRow,
    UtcTime,
    VisitRow,
)
from skindesk.storage.search import prefix_range, query_words
from skindesk.storage.values import to_lesion, to_patient, to_prediction

_Found = Select[LesionRow, PatientRow]


def page_of_cases(session: Session, query: str, after: CaseCursor | None, limit: int) -> CasePage:
    """Up to `limit` cases that match, latest visit first, from just after the cursor on."""
    found = _cases().where(*matching(LesionRow.patient_id, query)).limit(limit + 1)
    if after is not None:
        found = found.where(_is_after(after))
    summaries = _summarise(session, found)
    if len(summaries) <= limit:
        return CasePage(summaries, None)
    last = summaries[limit - 1]
    return CasePage(summaries[:limit], CaseCursor(last.last_visit_at, last.case_id))


def cases_of_patient(session: Session, patient_id: int) -> tuple[CaseSummary, ...]:
    """All cases of one patient, latest visit first."""
    return _summarise(session, _cases().where(LesionRow.patient_id == patient_id))


def count_of_cases(session: Session, query: str) -> int:
    """How many cases match."""
    return session.scalars(select(func.count(LesionRow.id)).where(*matching(LesionRow.patient_id, query))).one()


def matching(patient_id: InstrumentedAttribute[int], query: str) -> list[ColumnElement[bool]]:
    """For each word of the query: that it begins a word of the patient's names or identifier."""
    return [patient_id.in_(_patients_with(word)) for word in query_words(query)]


def _patients_with(prefix: str) -> Select[int]:
    low, high = prefix_range(prefix)
    return select(PatientWordRow.patient_id).where(PatientWordRow.word >= low, PatientWordRow.word < high)


def _cases() -> _Found:
    return (
        select(LesionRow, PatientRow)
        .join(PatientRow, LesionRow.patient_id == PatientRow.id)
        .order_by(LesionRow.last_visit_at.desc(), LesionRow.id.desc())
    )


def _is_after(cursor: CaseCursor) -> ColumnElement[bool]:
    return tuple_(LesionRow.last_visit_at, LesionRow.id) < tuple_(
        literal(cursor.last_visit_at, UtcTime()), literal(cursor.case_id)
    )


def _summarise(session: Session, found: _Found) -> tuple[CaseSummary, ...]:
    rows = session.execute(found).all()
    case_ids = [lesion.id for lesion, _ in rows]
    pictures = _picture_counts(session, case_ids)
    predictions = _leading_predictions(session, case_ids)
    impressions = _latest_impressions(session, case_ids)
    return tuple(
        _summary(lesion, patient, pictures.get(lesion.id, 0), predictions.get(lesion.id), impressions.get(lesion.id))
        for lesion, patient in rows
    )


def _summary(
    lesion: LesionRow, patient: PatientRow, picture_count: int, prediction: Prediction | None, impression: str | None
) -> CaseSummary:
    top = None if prediction is None else prediction.top
    return CaseSummary(
        case_id=lesion.id,
        patient=to_patient(patient),
        lesion=to_lesion(lesion),
        last_visit_at=lesion.last_visit_at,
        picture_count=picture_count,
        top_name=None if top is None else top.label.name,
        top_probability=None if top is None else top.probability,
        malignant_sum=None if prediction is None else prediction.malignant_sum,
        impression=impression,
    )


def _picture_counts(session: Session, case_ids: Sequence[int]) -> dict[int, int]:
    counts = (
        select(VisitRow.lesion_id, func.count(ImageRow.id))
        .join(ImageRow, ImageRow.visit_id == VisitRow.id)
        .where(VisitRow.lesion_id.in_(case_ids))
        .group_by(VisitRow.lesion_id)
    )
    return {case_id: count for case_id, count in session.execute(counts)}  # noqa: C416 - mypy takes no rows for pairs


def _leading_predictions(session: Session, case_ids: Sequence[int]) -> dict[int, Prediction]:
    """What was said last of the most suspicious picture of each case's latest visit: a row must not hide the worst."""
    visit_place = func.dense_rank().over(
        partition_by=VisitRow.lesion_id, order_by=(VisitRow.visited_at.desc(), VisitRow.id.desc())
    )
    place = func.row_number().over(
        partition_by=ImageRow.id, order_by=(PredictionRow.created_at.desc(), PredictionRow.id.desc())
    )
    ranked = (
        select(VisitRow.lesion_id, PredictionRow.id, visit_place.label("visit_place"), place.label("place"))
        .join(ImageRow, ImageRow.visit_id == VisitRow.id)
        .join(PredictionRow, PredictionRow.image_id == ImageRow.id)
        .where(VisitRow.lesion_id.in_(case_ids))
        .subquery()
    )
    latest = select(ranked.c.lesion_id, PredictionRow).join(
        ranked, and_(ranked.c.id == PredictionRow.id, ranked.c.place == 1, ranked.c.visit_place == 1)
    )
    leading: dict[int, Prediction] = {}
    for case_id, row in session.execute(latest):
        prediction = to_prediction(row)
        if case_id not in leading or prediction.malignant_sum > leading[case_id].malignant_sum:
            leading[case_id] = prediction
    return leading


def _latest_impressions(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    place = func.row_number().over(
        partition_by=VisitRow.lesion_id, order_by=(ReviewRow.created_at.desc(), ReviewRow.id.desc())
    )
    ranked = (
        select(VisitRow.lesion_id, ReviewRow.impression, place.label("place"))
        .join(ReviewRow, ReviewRow.visit_id == VisitRow.id)
        .where(VisitRow.lesion_id.in_(case_ids))
        .subquery()
    )
    latest = select(ranked.c.lesion_id, ranked.c.impression).where(ranked.c.place == 1)
    return {case_id: impression for case_id, impression in session.execute(latest)}  # noqa: C416 - likewise
