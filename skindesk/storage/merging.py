"""Makes two records of one person one, and takes that back.

The patient who goes leaves the key and the identifier behind, so that both still lead to the record, and the audit
keeps everything else that was recorded of them.
"""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.case import Patient, PatientDetails, Sex, SkinType
from skindesk.domain.errors import InvalidCaseError
from skindesk.storage.correcting import correct_patient, plain
from skindesk.storage.full_text import index_patient
from skindesk.storage.rows import FormerPatientRow, LesionRow, PatientWordRow
from skindesk.storage.saving import add_words, patient_row_of
from skindesk.storage.transactions import Tell
from skindesk.storage.values import patient_row, to_patient


@dataclass(frozen=True)
class Merge:
    """What a merge did, which is what undoing it needs. `numbers` are the moved lesions' old numbers by case."""

    kept_before: Patient
    gone: Patient
    numbers: dict[int, int]


def merge_patients(session: Session, keep_id: int, gone_id: int, tell: Tell) -> Merge:
    """Move every lesion of one patient to another, who gets what their own record lacks.

    Raises InvalidCaseError where either is not in the log, or they are the same.
    """
    if keep_id == gone_id:
        raise InvalidCaseError("These are the same record.", "Choose two different patients.")
    keep, gone = patient_row_of(session, keep_id), patient_row_of(session, gone_id)
    merge = Merge(to_patient(keep), to_patient(gone), _take_lesions(session, gone_id, keep_id))
    session.execute(update(FormerPatientRow).where(FormerPatientRow.patient_id == gone_id).values(patient_id=keep_id))
    session.execute(delete(PatientWordRow).where(PatientWordRow.patient_id == gone_id))
    session.delete(gone)
    session.flush()
    session.add(
        FormerPatientRow(
            former_id=gone_id,
            patient_id=keep_id,
            identifier=merge.gone.details.identifier,
            identifier_key=gone.identifier_key,
            merged_at=datetime.now(UTC),
        )
    )
    correct_patient(session, keep_id, _filled(merge.kept_before.details, merge.gone.details), tell)
    index_patient(session, keep_id)
    detail = {name: plain(value) for name, value in asdict(merge.gone.details).items()}
    numbers = {str(case_id): number for case_id, number in merge.numbers.items()}
    told = {"into": keep_id, "details": detail, "lesions": numbers}
    tell(AuditEvent(AuditAction.PATIENTS_MERGED, Subject.PATIENT, str(gone_id), keep_id, told))
    return merge


def undo_merge(session: Session, merge: Merge, tell: Tell) -> None:
    """Make two records of one again, with the lesions where they were; new lesions stay with who was kept."""
    keep_id, gone_id = merge.kept_before.patient_id, merge.gone.patient_id
    keep = patient_row_of(session, keep_id)
    session.execute(delete(FormerPatientRow).where(FormerPatientRow.former_id == gone_id))
    gone = patient_row(merge.gone.details, datetime.now(UTC))
    gone.id = gone_id
    session.add(gone)
    session.flush()
    add_words(session, gone)
    for case_id, number in merge.numbers.items():
        moved = update(LesionRow).where(LesionRow.id == case_id, LesionRow.patient_id == keep_id)
        session.execute(moved.values(patient_id=gone_id, number=number))
    session.expire_all()
    if to_patient(keep).details == _filled(merge.kept_before.details, merge.gone.details):
        correct_patient(session, keep_id, merge.kept_before.details, tell)
    index_patient(session, keep_id)
    index_patient(session, gone_id)
    tell(AuditEvent(AuditAction.MERGE_UNDONE, Subject.PATIENT, str(gone_id), keep_id))


def _take_lesions(session: Session, gone_id: int, keep_id: int) -> dict[int, int]:
    """Give the lesions to the other patient, with numbers after theirs; returns the old numbers by case."""
    highest = session.scalar(select(func.max(LesionRow.number)).where(LesionRow.patient_id == keep_id)) or 0
    lesions = session.scalars(select(LesionRow).where(LesionRow.patient_id == gone_id).order_by(LesionRow.number)).all()
    old = {lesion.id: lesion.number for lesion in lesions}
    for place, lesion in enumerate(lesions, start=1):
        lesion.patient_id, lesion.number = keep_id, highest + place
    session.flush()
    return old


def _filled(keep: PatientDetails, gone: PatientDetails) -> PatientDetails:
    """The kept record with what only the other knows; texts of both stand one after the other."""
    return replace(
        keep,
        family_name=keep.family_name or gone.family_name,
        given_name=keep.given_name or gone.given_name,
        birth_date=keep.birth_date or gone.birth_date,
        sex=gone.sex if keep.sex is Sex.UNKNOWN else keep.sex,
        skin_type=gone.skin_type if keep.skin_type is SkinType.UNKNOWN else keep.skin_type,
        history=_joined(keep.history, gone.history),
        notes=_joined(keep.notes, gone.notes),
    )


def _joined(first: str, second: str) -> str:
    return "\n".join(dict.fromkeys(text for text in (first, second) if text))
