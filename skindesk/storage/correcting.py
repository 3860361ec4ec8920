"""Corrects what was recorded of a patient or a lesion; the audit keeps the old values."""

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.case import Lesion, LesionDetails, Patient, PatientDetails
from skindesk.domain.errors import ChangedMeanwhileError
from skindesk.storage.full_text import index_cases, index_patient
from skindesk.storage.rows import PatientWordRow
from skindesk.storage.saving import add_words, lesion_row, patient_row_of, refuse_taken
from skindesk.storage.transactions import Tell
from skindesk.storage.values import patient_row, place, to_lesion, to_patient

_GIVEN = (
    *("identifier", "identifier_key", "family_name", "given_name", "name_key", "birth_date", "sex", "skin_type"),
    *("history", "notes"),
)


def correct_patient(
    session: Session, patient_id: int, details: PatientDetails, tell: Tell, seen: PatientDetails | None = None
) -> Patient:
    """Give a patient other details and search words; nothing is told where nothing changes.

    Raises InvalidCaseError, as ChangedMeanwhileError where the details are not those that the user has `seen`.
    """
    row = patient_row_of(session, patient_id)
    before = to_patient(row)
    refuse_changed(before.details, seen, "this patient")
    refuse_taken(session, details, but=patient_id)
    corrected = patient_row(details, row.created_at)
    for name in _GIVEN:
        setattr(row, name, getattr(corrected, name))
    after = to_patient(row)
    if after != before:
        session.execute(delete(PatientWordRow).where(PatientWordRow.patient_id == patient_id))
        add_words(session, row)
        index_patient(session, patient_id)
        detail = changed(before.details, after.details)
        tell(AuditEvent(AuditAction.PATIENT_CORRECTED, Subject.PATIENT, str(patient_id), patient_id, detail))
    return after


def correct_lesion(
    session: Session, case_id: int, details: LesionDetails, tell: Tell, seen: LesionDetails | None = None
) -> Lesion:
    """Give a lesion another place or description; nothing is told where nothing changes.

    Raises InvalidCaseError, as ChangedMeanwhileError where the details are not those that the user has `seen`.
    """
    row = lesion_row(session, case_id)
    before = to_lesion(row)
    refuse_changed(before.details, seen, "this lesion")
    row.site, row.description = details.site.value, details.description.strip()
    place(row, details.position)
    after = to_lesion(row)
    if after != before:
        index_cases(session, [case_id])
        detail = changed(before.details, after.details)
        tell(AuditEvent(AuditAction.LESION_CORRECTED, Subject.CASE, str(case_id), row.patient_id, detail))
    return after


def refuse_changed(now: object, seen: object | None, what: str) -> None:
    """Raises ChangedMeanwhileError where something is not as the user has seen it; without `seen` nobody has looked."""
    if seen is not None and now != seen:
        raise ChangedMeanwhileError(
            f"Somebody at another workstation, or in another window, has changed {what} since you opened it.",
            "Nothing of yours was written. Open it again, look at what it says now, and correct that.",
        )


def changed(before: Any, after: Any) -> dict[str, object]:
    """What differs between two dataclass values, by field: the old value and the new."""
    old, new = asdict(before), asdict(after)
    return {name: {"old": plain(old[name]), "new": plain(new[name])} for name in old if old[name] != new[name]}


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value
