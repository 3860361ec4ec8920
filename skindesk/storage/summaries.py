"""Reads the rows of the case table with a fixed number of statements, however many rows there are."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import ARRAY, ColumnElement, Select, and_, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from skindesk.domain.case import CaseCursor, CasePage, CaseSummary
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.prediction import Prediction
from skindesk.storage.full_text import all_matching_cases, matching_cases
from skindesk.storage.recency import first_of_day
from skindesk.storage.rows import (
    FinalDiagnosisRow,
    ImageRow,
    KeyType,
    LesionRow,
    PatientRow,
    PatientWordRow,
    PredictionRow,
    ReviewRow,
    VisitRow,
)
from skindesk.storage.search import prefix_range, query_words
from skindesk.storage.server import on_server
from skindesk.storage.values import to_lesion, to_patient, to_prediction

_Found = Select[LesionRow, PatientRow]
_NEWEST = 2**63 - 1
_MATCHES_AT_ONCE = 500


def page_of_cases(session: Session, wanted: CaseFilter, after: CaseCursor | None, limit: int) -> CasePage:
    """Up to `limit` cases that fit, latest visit first, from just after the cursor on."""
    before = _NEWEST if after is None else after.recency
    parts = [_part(session, criteria, before, limit + 1) for criteria in _parts(wanted)]
    recencies = sorted({recency for part in parts for recency in part}, reverse=True)[: limit + 1]
    shown = recencies[:limit]
    summaries = _summarise(session, _cases().where(LesionRow.recency.in_(shown)))
    return CasePage(summaries, CaseCursor(shown[-1]) if len(recencies) > limit else None)


def cases_of_patient(session: Session, patient_id: int) -> tuple[CaseSummary, ...]:
    """All cases of one patient, latest visit first."""
    return _summarise(session, _cases().where(LesionRow.patient_id == patient_id))


def summaries_of(session: Session, case_ids: Sequence[int]) -> dict[int, CaseSummary]:
    """Some cases by their number."""
    return {summary.case_id: summary for summary in _summarise(session, _cases().where(LesionRow.id.in_(case_ids)))}


def count_of_cases(session: Session, wanted: CaseFilter) -> int:
    """How many cases fit."""
    fitting = select(func.count(LesionRow.id)).where(*_conditions(session, wanted))
    if wanted.words.strip():
        fitting = fitting.where(LesionRow.recency.in_(all_matching_cases(session, wanted.words)))
    return session.scalars(fitting).one()


def leading_models(session: Session) -> tuple[str, ...]:
    """The networks whose answers lead cases; each is one look into the index, however many cases there are."""
    found: list[str] = []
    while (
        model_id := session.scalar(
            select(func.min(LesionRow.model_id)).where(LesionRow.model_id > (found[-1] if found else ""))
        )
    ) is not None:
        found.append(model_id)
    return tuple(found)


def matching(patient_id: InstrumentedAttribute[int], query: str) -> list[ColumnElement[bool]]:
    """For each word of the query: that it begins a word of the patient's names or identifier."""
    return [patient_id.in_(_patients_with(word)) for word in query_words(query)]


def leading_prediction(session: Session, case_id: int) -> Prediction | None:
    """The answer that stands for a case."""
    return _leading_predictions(session, [case_id]).get(case_id)


def _parts(wanted: CaseFilter) -> list[CaseFilter]:
    """Filters of one state or one site each: within one, an index has the cases in order. Words bring their own."""
    if wanted.words.strip():
        return [wanted]
    if wanted.states:
        return [replace(wanted, states=frozenset({state})) for state in wanted.states]
    if wanted.sites:
        return [replace(wanted, sites=frozenset({site})) for site in wanted.sites]
    return [wanted]


def _part(session: Session, wanted: CaseFilter, before: int, limit: int) -> Sequence[int]:
    """The recencies of the first cases that fit, newest first."""
    conditions = _conditions(session, wanted)
    if not wanted.words.strip():
        found = select(LesionRow.recency).where(LesionRow.recency < before, *conditions)
        return session.scalars(found.order_by(LesionRow.recency.desc()).limit(limit)).all()
    matches = matching_cases(session, wanted.words, before)
    if not conditions:
        return list(islice(matches, limit))
    fitting: list[int] = []
    while len(fitting) < limit and (batch := list(islice(matches, _MATCHES_AT_ONCE))):
        fitting += _fitting(session, batch, conditions)
    return fitting[:limit]


def _fitting(session: Session, recencies: Sequence[int], conditions: list[ColumnElement[bool]]) -> Sequence[int]:
    """Those of the newest-first matches that fit the rest of a filter, in the same order."""
    found = select(LesionRow.recency).where(LesionRow.recency.in_(recencies), *conditions)
    return session.scalars(found.order_by(LesionRow.recency.desc())).all()


def _conditions(session: Session, wanted: CaseFilter) -> list[ColumnElement[bool]]:
    """Everything but the words."""
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(LesionRow.state.in_(state.value for state in wanted.states))
    if wanted.sites:
        found.append(LesionRow.site.in_(site.value for site in wanted.sites))
    if wanted.visited_from is not None:
        found.append(LesionRow.recency >= first_of_day(wanted.visited_from))
    if wanted.visited_to is not None and wanted.visited_to < date.max:
        found.append(LesionRow.recency < first_of_day(wanted.visited_to + timedelta(days=1)))
    if wanted.due_by is not None:
        found.append(LesionRow.follow_up_on <= wanted.due_by)
    if wanted.malignant_sum_from is not None:
        found.append(LesionRow.malignant_sum >= wanted.malignant_sum_from)
    if wanted.malignant_sum_to is not None:
        found.append(LesionRow.malignant_sum <= wanted.malignant_sum_to)
    if wanted.model_id:
        found.append(LesionRow.model_id == wanted.model_id)
    if wanted.case_ids is not None:
        found.append(LesionRow.id.in_(_listed(session, wanted.case_ids)))
    return found


def _listed(session: Session, case_ids: Collection[int]) -> Select[int]:
    """Any number of ids in one parameter."""
    if on_server(session.get_bind()):
        return select(func.unnest(cast(sorted(case_ids), ARRAY(KeyType))))
    listed = func.json_each(json.dumps(sorted(case_ids))).table_valued("value")
    return select(listed.c.value)


def _patients_with(prefix: str) -> Select[int]:
    low, high = prefix_range(prefix)
    return select(PatientWordRow.patient_id).where(PatientWordRow.word >= low, PatientWordRow.word < high)


def _cases() -> _Found:
    return (
        select(LesionRow, PatientRow)
        .join(PatientRow, LesionRow.patient_id == PatientRow.id)
        .order_by(LesionRow.recency.desc())
    )


def _summarise(session: Session, found: _Found) -> tuple[CaseSummary, ...]:
    rows = session.execute(found).all()
    case_ids = [lesion.id for lesion, _ in rows]
    pictures = _picture_counts(session, case_ids)
    predictions = _leading_predictions(session, case_ids)
    impressions = _latest_impressions(session, case_ids)
    final = _final_diagnoses(session, case_ids)
    return tuple(
        _summary(
            lesion,
            patient,
            pictures.get(lesion.id, 0),
            predictions.get(lesion.id),
            impressions.get(lesion.id),
            final.get(lesion.id),
        )
        for lesion, patient in rows
    )


def _summary(
    lesion: LesionRow,
    patient: PatientRow,
    picture_count: int,
    prediction: Prediction | None,
    impression: str | None,
    final_diagnosis: str | None,
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
        final_diagnosis=final_diagnosis,
    )


def _picture_counts(session: Session, case_ids: Sequence[int]) -> dict[int, int]:
    counts = (
        select(VisitRow.lesion_id, func.count(ImageRow.id))
        .join(ImageRow, ImageRow.visit_id == VisitRow.id)
        .where(VisitRow.lesion_id.in_(case_ids), ImageRow.withdrawn_at.is_(None))
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
        .where(VisitRow.lesion_id.in_(case_ids), ImageRow.withdrawn_at.is_(None))
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
    standing = case((ReviewRow.second_impression != "", ReviewRow.second_impression), else_=ReviewRow.impression)
    place = func.row_number().over(
        partition_by=VisitRow.lesion_id, order_by=(ReviewRow.created_at.desc(), ReviewRow.id.desc())
    )
    ranked = (
        select(VisitRow.lesion_id, standing.label("impression"), place.label("place"))
        .join(ReviewRow, ReviewRow.visit_id == VisitRow.id)
        .where(VisitRow.lesion_id.in_(case_ids), ReviewRow.withdrawn_at.is_(None))
        .subquery()
    )
    latest = select(ranked.c.lesion_id, ranked.c.impression).where(ranked.c.place == 1)
    return {case_id: impression for case_id, impression in session.execute(latest)}  # noqa: C416 - likewise


def _final_diagnoses(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    found = (
        select(FinalDiagnosisRow.lesion_id, FinalDiagnosisRow.diagnosis)
        .where(FinalDiagnosisRow.lesion_id.in_(case_ids), FinalDiagnosisRow.withdrawn_at.is_(None))
        .order_by(FinalDiagnosisRow.created_at, FinalDiagnosisRow.id)
    )
    return {case_id: diagnosis for case_id, diagnosis in session.execute(found)}  # noqa: C416 - likewise
