"""What follows a first visit: patients and lesions without pictures, reviews, states, final diagnoses; and undoing.

Every function works inside a transaction that the caller commits, and tells the audit what it has done.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.case import ReviewDetails
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.final_diagnosis import FinalDiagnosisDetails
from skindesk.domain.following import Standing, standing_of
from skindesk.domain.lesion_state import LesionState
from skindesk.storage.correcting import changed, refuse_changed
from skindesk.storage.full_text import forget_cases
from skindesk.storage.image_store import ImageStore
from skindesk.storage.rows import (
    FinalDiagnosisRow,
    ImageRow,
    LesionRow,
    PatientRow,
    PatientWordRow,
    ReviewRow,
    VisitRow,
)
from skindesk.storage.saving import add_review, lesion_row, refresh_case, visit_of_day
from skindesk.storage.states import follow_plans, set_state
from skindesk.storage.transactions import Tell
from skindesk.storage.values import final_diagnosis_row, to_lesion


class Withdrawable(StrEnum):
    """What can be taken back and brought back: it stays in the log, and is shown no more."""

    PICTURE = "picture"
    REVIEW = "review"
    FINAL_DIAGNOSIS = "final diagnosis"


_ROWS: dict[Withdrawable, type[ImageRow | ReviewRow | FinalDiagnosisRow]] = {
    Withdrawable.PICTURE: ImageRow,
    Withdrawable.REVIEW: ReviewRow,
    Withdrawable.FINAL_DIAGNOSIS: FinalDiagnosisRow,
}


def review_case(session: Session, case_id: int, review: ReviewDetails, at: datetime, tell: Tell) -> int | None:
    """Add a review to the visit of that UTC day; returns its id, or None where it repeats the latest."""
    lesion = lesion_row(session, case_id)
    row = add_review(session, visit_of_day(session, lesion, at), review)
    if row is None:
        return None
    tell(AuditEvent(AuditAction.REVIEW_ADDED, Subject.CASE, str(case_id), lesion.patient_id))
    refresh_case(session, lesion)
    return row.id


def diagnose(
    session: Session, images: ImageStore, case_id: int, details: FinalDiagnosisDetails, file: bytes | None, tell: Tell
) -> int:
    """Record what a lesion was in the end, which closes its case; returns the diagnosis' id.

    The attached file's bytes are durable before its row exists.
    """
    lesion = lesion_row(session, case_id)
    if (file is None) != (details.attachment is None):
        raise ValueError("an attachment needs its bytes, and bytes their description")
    kept_as = None if details.attachment is None or file is None else images.add(file, details.attachment.media_type)
    if details.attachment is not None and kept_as != details.attachment.sha256:
        raise ValueError("an attachment's digest is not that of its content")
    row = final_diagnosis_row(case_id, details, datetime.now(UTC))
    session.add(row)
    session.flush()
    tell(AuditEvent(AuditAction.FINAL_DIAGNOSIS_ADDED, Subject.CASE, str(case_id), lesion.patient_id))
    follow_plans(session, case_id)
    refresh_case(session, lesion)
    return row.id


def change_state(
    session: Session,
    case_id: int,
    state: LesionState,
    follow_up_on: date | None,
    tell: Tell,
    reason: str = "",
    seen: Standing | None = None,
) -> None:
    """Set a lesion's state and date by hand, for this reason; nothing is told where nothing changes.

    Raises ChangedMeanwhileError where it does not stand as the user has `seen`.
    """
    row = lesion_row(session, case_id)
    before = to_lesion(row)
    refuse_changed(standing_of(before), seen, "the state of this lesion")
    set_state(row, state, follow_up_on, datetime.now(UTC).date())
    after = to_lesion(row)
    if after != before:
        detail = changed(before, after) | ({"reason": reason} if reason else {})
        tell(AuditEvent(AuditAction.STATE_CHANGED, Subject.CASE, str(case_id), row.patient_id, detail))
        refresh_case(session, row)


def withdraw(session: Session, what: Withdrawable, row_id: int, tell: Tell) -> None:
    """Take something back: it is kept, and shown no more. Raises InvalidCaseError where it is not in the log."""
    _set_withdrawn(session, what, row_id, datetime.now(UTC), tell)


def bring_back(session: Session, what: Withdrawable, row_id: int, tell: Tell) -> None:
    """Show again what was withdrawn. Raises InvalidCaseError where it is not in the log."""
    _set_withdrawn(session, what, row_id, None, tell)


def remove_empty_lesion(session: Session, case_id: int, tell: Tell) -> None:
    """Remove a lesion to which nothing was ever added. Raises InvalidCaseError otherwise."""
    lesion = lesion_row(session, case_id)
    used = select(VisitRow.id).where(VisitRow.lesion_id == case_id)
    diagnosed = select(FinalDiagnosisRow.id).where(FinalDiagnosisRow.lesion_id == case_id)
    if session.scalar(select(exists(used))) or session.scalar(select(exists(diagnosed))):
        raise InvalidCaseError("Something was added to the lesion meanwhile.", "It stays. Close its case instead.")
    forget_cases(session, [lesion.recency])
    session.delete(lesion)
    tell(AuditEvent(AuditAction.WITHDRAWN, Subject.CASE, str(case_id), lesion.patient_id))


def remove_empty_patient(session: Session, patient_id: int, tell: Tell) -> None:
    """Remove a patient who never had a lesion. Raises InvalidCaseError otherwise."""
    patient = session.get(PatientRow, patient_id)
    lesions = select(LesionRow.id).where(LesionRow.patient_id == patient_id)
    if patient is None or session.scalar(select(exists(lesions))):
        raise InvalidCaseError("The patient has lesions meanwhile.", "The record stays.")
    session.execute(delete(PatientWordRow).where(PatientWordRow.patient_id == patient_id))
    session.delete(patient)
    tell(AuditEvent(AuditAction.WITHDRAWN, Subject.PATIENT, str(patient_id), patient_id))


def _set_withdrawn(session: Session, what: Withdrawable, row_id: int, at: datetime | None, tell: Tell) -> None:
    kind: Any = _ROWS[what]
    row: ImageRow | ReviewRow | FinalDiagnosisRow | None = session.get(kind, row_id)
    if row is None:
        raise InvalidCaseError(f"The case log has no such {what}.", "Open the case again.")
    if (row.withdrawn_at is None) == (at is None):
        return
    row.withdrawn_at = at
    case_id = row.lesion_id if isinstance(row, FinalDiagnosisRow) else session.get_one(VisitRow, row.visit_id).lesion_id
    lesion = lesion_row(session, case_id)
    action = AuditAction.BROUGHT_BACK if at is None else AuditAction.WITHDRAWN
    tell(AuditEvent(action, Subject(what.value), str(row_id), lesion.patient_id))
    follow_plans(session, case_id)
    refresh_case(session, lesion)
