"""Erases a patient for good: rows, search words, audit details and picture files."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, Select, delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skindesk.domain.errors import InvalidCaseError
from skindesk.storage.drafts import drop_drafts_of_patient
from skindesk.storage.full_text import forget_cases
from skindesk.storage.guards import without_guard
from skindesk.storage.image_store import ImageStore
from skindesk.storage.rows import (
    AuditDetailRow,
    AuditEntryRow,
    Base,
    EmbeddingRow,
    ErasedPictureRow,
    FinalDiagnosisRow,
    FormerPatientRow,
    ImageRow,
    LesionRow,
    PatientRow,
    PatientWordRow,
    PredictionRow,
    ReviewRow,
    VisitRow,
)
from skindesk.storage.server import on_server
from skindesk.system.files import sync_folder

_COPIES = "copies"
"""Stands among the pictures that are still to be removed for the copies from before migrations."""


@dataclass(frozen=True)
class ErasedPatient:
    """Whom backups still have to forget: the log's key of the patient, never given again, and the digests of the
    pictures that nobody else has.
    """

    patient_id: int
    pictures: tuple[str, ...]


def erase_rows(session: Session, patient_id: int) -> ErasedPatient:
    """Delete everything of a patient but the audit's entries; the files are removed after the commit.

    Raises InvalidCaseError where the patient is not in the log.
    """
    if session.get(PatientRow, patient_id) is None:
        raise InvalidCaseError("The patient is not in the case log.", "Search for the patient again.")
    lesions = select(LesionRow.id).where(LesionRow.patient_id == patient_id)
    visits = select(VisitRow.id).where(VisitRow.lesion_id.in_(lesions))
    images = select(ImageRow.id).where(ImageRow.visit_id.in_(visits))
    pictures = _files_of_nobody_else(session, lesions, visits)
    former = select(FormerPatientRow.former_id).where(FormerPatientRow.patient_id == patient_id)
    known_as = (patient_id, *session.scalars(former))
    told = select(AuditEntryRow.seq).where(AuditEntryRow.patient_id.in_(known_as))
    forget_cases(session, session.scalars(select(LesionRow.recency).where(LesionRow.patient_id == patient_id)).all())
    drop_drafts_of_patient(session, patient_id)
    session.flush()
    session.expunge_all()
    with without_guard(session, "prediction_no_delete"):
        for rows in (
            delete(AuditDetailRow).where(AuditDetailRow.seq.in_(told)),
            delete(EmbeddingRow).where(EmbeddingRow.image_id.in_(images)),
            delete(PredictionRow).where(PredictionRow.image_id.in_(images)),
            delete(ReviewRow).where(ReviewRow.visit_id.in_(visits)),
            delete(ImageRow).where(ImageRow.visit_id.in_(visits)),
            delete(VisitRow).where(VisitRow.lesion_id.in_(lesions)),
            delete(FinalDiagnosisRow).where(FinalDiagnosisRow.lesion_id.in_(lesions)),
            delete(LesionRow).where(LesionRow.patient_id == patient_id),
            delete(PatientWordRow).where(PatientWordRow.patient_id == patient_id),
            delete(FormerPatientRow).where(FormerPatientRow.patient_id == patient_id),
            delete(PatientRow).where(PatientRow.id == patient_id),
        ):
            session.execute(rows.execution_options(synchronize_session=False))
    noted = set(session.scalars(select(ErasedPictureRow.sha256)))
    session.add_all(ErasedPictureRow(sha256=sha256) for sha256 in {*pictures, _COPIES} - noted)
    return ErasedPatient(patient_id, pictures)


def _files_of_nobody_else(session: Session, lesions: Select[int], visits: Select[int]) -> tuple[str, ...]:
    """The digests of pictures and attachments that only these lesions have."""
    theirs = set(session.scalars(select(ImageRow.sha256).where(ImageRow.visit_id.in_(visits))))
    attached = FinalDiagnosisRow.attachment_sha256
    mine = FinalDiagnosisRow.lesion_id.in_(lesions)
    theirs |= {sha256 for sha256 in session.scalars(select(attached).where(mine)) if sha256 is not None}
    elsewhere = set(
        session.scalars(select(ImageRow.sha256).where(ImageRow.sha256.in_(theirs), ImageRow.visit_id.not_in(visits)))
    )
    elsewhere |= {sha256 for sha256 in session.scalars(select(attached).where(attached.in_(theirs), ~mine)) if sha256}
    return tuple(sorted(theirs - elsewhere))


def remove_files(session: Session, images: ImageStore, earlier: Path | None) -> None:
    """Remove the copies from before migrations, which hold the patient too, and the files of erased pictures that no
    case refers to again, also those that a crash has left.

    In a transaction that holds the write lock, so that nobody saves the same picture meanwhile. Raises OSError,
    CaseLogUnavailableError.
    """
    erased = session.scalars(select(ErasedPictureRow.sha256)).all()
    attached = FinalDiagnosisRow.attachment_sha256
    wanted = {*session.scalars(select(ImageRow.sha256).where(ImageRow.sha256.in_(erased)))}
    wanted |= {sha256 for sha256 in session.scalars(select(attached).where(attached.in_(erased))) if sha256}
    if earlier is not None:
        _empty(earlier)
    for sha256 in erased:
        if sha256 not in wanted:
            images.remove(sha256)
    session.execute(delete(ErasedPictureRow))


def has_files_to_remove(session: Session) -> bool:
    """Whether an erasure was interrupted before its files were gone."""
    return session.scalar(select(ErasedPictureRow.sha256).limit(1)) is not None


def leave_no_remains(engine: Engine) -> bool:
    """Let the rows that were erased leave the database's files; False while something keeps them there.

    A file has nothing in its -wal then. A server frees the rows' space, and lets go of their bytes when it gives that
    space to others; what its own log and backups hold is its administrator's.
    """
    if on_server(engine):
        return _vacuum(engine)
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return [row[0] for row in cursor.fetchall()] == [0]
    finally:
        connection.close()


def _vacuum(engine: Engine) -> bool:
    tables = ", ".join((*Base.metadata.tables, "case_text"))
    try:
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(f"VACUUM {tables}")
    except DBAPIError:  # the server does so by itself later
        return False
    return True


def _empty(folder: Path) -> None:
    copies = list(folder.glob("*")) if folder.exists() else []
    for copy in copies:
        copy.unlink()
    if copies:
        sync_folder(folder)
