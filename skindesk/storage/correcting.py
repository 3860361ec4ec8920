"""Corrects what was recorded of a patient or a lesion; the audit keeps the old values."""

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.case import Lesion, LesionDetails, Patient, PatientDetails
from skindesk.domain.errors import InvalidCaseError
from skindesk.storage.rows import LesionRow, PatientRow, PatientWordRow
from skindesk.storage.saving import Tell, add_words, refuse_taken
from skindesk.storage.values import patient_row, to_lesion, to_patient

_GIVEN = ("identifier", "identifier_key", "family_name", "given_name", "name_key", "birth_date", "sex", "skin_type")


def correct_patient(session: Session, patient_id: int, details: PatientDetails, tell: Tell) -> Patient:
    """Give a patient other details and search words; nothing is told where nothing changes. Raises InvalidCaseError."""
    row = session.get(PatientRow, patient_id)
    if row is None:
        raise InvalidCaseError("The patient is not in the case log.", "Search for the patient again.")
    refuse_taken(session, details, but=patient_id)
    before = to_patient(row)
    corrected = patient_row(details, row.created_at)
    for name in _GIVEN:
        setattr(row, name, getattr(corrected, name))
    after = to_patient(row)
    if after != before:
        session.execute(delete(PatientWordRow).where(PatientWordRow.patient_id == patient_id))
        add_words(session, row)
        detail = _changed(before.details, after.details)
        tell(AuditEvent(AuditAction.PATIENT_CORRECTED, Subject.PATIENT, str(patient_id), patient_id, detail))
    return after


def correct_lesion(session: Session, case_id: int, details: LesionDetails, tell: Tell) -> Lesion:
    """Give a lesion another place or description; nothing is told where nothing changes. Raises InvalidCaseError."""
    row = session.get(LesionRow, case_id)
    if row is None:
        raise InvalidCaseError(f"The case log has no case {case_id}.", "Search for the patient instead.")
    before = to_lesion(row)
    row.site, row.description = details.site.value, details.description.strip()
    after = to_lesion(row)
    if after != before:
        detail = _changed(before.details, after.details)
        tell(AuditEvent(AuditAction.LESION_CORRECTED, Subject.CASE, str(case_id), row.patient_id, detail))
    return after


def _changed(before: PatientDetails | LesionDetails, after: PatientDetails | LesionDetails) -> dict[str, object]:
    """What differs, by name: the old value and the new."""
    old, new = asdict(before), asdict(after)
    return {name: {"old": _plain(old[name]), "new": _plain(new[name])} for name in old if old[name] != new[name]}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
