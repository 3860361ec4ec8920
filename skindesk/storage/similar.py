"""Finds patients who may be recorded already."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from skindesk.domain.case import Patient, PatientDetails
from skindesk.storage.rows import FormerPatientRow, PatientRow
from skindesk.storage.search import fold, identifier_key
from skindesk.storage.values import to_patient

_AT_MOST = 5


def similar_patients(session: Session, details: PatientDetails) -> tuple[Patient, ...]:
    """Patients with the same identifier, or with the same name, or born on the same day with the same family or
    given name: by folded text, so that accents and case make no difference. The closest first.
    """
    key = identifier_key(details.identifier)
    former = select(FormerPatientRow.patient_id).where(FormerPatientRow.identifier_key == key)
    alike = [PatientRow.identifier_key == key, PatientRow.id.in_(former)]
    family, given = fold(details.family_name.strip()), fold(details.given_name.strip())
    if family and given:
        alike += [PatientRow.name_key == f"{family} {given}", PatientRow.name_key == f"{given} {family}"]
    if details.birth_date is not None and (family or given):
        names = [PatientRow.name_key.startswith(f"{family} ", autoescape=True)] if family else []
        names += [PatientRow.name_key.endswith(f" {given}", autoescape=True)] if given else []
        alike.append(and_(PatientRow.birth_date == details.birth_date, or_(*names)))
    found = session.scalars(select(PatientRow).where(or_(*alike)).limit(50)).all()
    closest = sorted(found, key=lambda row: (row.identifier_key != key, row.birth_date != details.birth_date, row.id))
    return tuple(to_patient(row) for row in closest[:_AT_MOST])
