"""Reads patients and their whole cases in the order of their keys, so that a log can be walked through in pieces."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from skindesk.domain.case import Case, Patient
from skindesk.storage.rows import WHOLE_CASE, LesionRow, PatientRow
from skindesk.storage.summaries import matching
from skindesk.storage.values import to_case, to_patient


def patients_after(session: Session, patient_id: int, query: str, limit: int) -> tuple[Patient, ...]:
    """Up to `limit` patients who match, by their keys, from just after this one on."""
    found = select(PatientRow).where(PatientRow.id > patient_id, *matching(PatientRow.id, query))
    return tuple(map(to_patient, session.scalars(found.order_by(PatientRow.id).limit(limit))))


def whole_cases(session: Session, patient_ids: Collection[int], with_withdrawn: bool = False) -> tuple[Case, ...]:
    """Every case of these patients, by their keys and lesion number; without what was withdrawn, unless asked for."""
    found = select(LesionRow).where(LesionRow.patient_id.in_(patient_ids))
    ordered = found.order_by(LesionRow.patient_id, LesionRow.number)
    return tuple(to_case(row, with_withdrawn) for row in session.scalars(ordered.options(*WHOLE_CASE)))
