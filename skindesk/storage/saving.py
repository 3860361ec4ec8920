"""Turns a draft into rows, inside a transaction that the caller commits."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.case import (
    CaseDraft,
    DraftPicture,
    Lesion,
    LesionDetails,
    Patient,
    PatientDetails,
    PictureDetails,
    ReviewDetails,
)
from skindesk.domain.embedding import Embedding
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.prediction import Prediction
from skindesk.storage.full_text import index_cases, move_case
from skindesk.storage.image_store import ImageStore
from skindesk.storage.recency import recency_of
from skindesk.storage.rows import (
    EmbeddingRow,
    FormerPatientRow,
    ImageRow,
    LesionRow,
    PatientRow,
    PatientWordRow,
    PredictionRow,
    ReviewRow,
    VisitRow,
)
from skindesk.storage.search import identifier_key, searchable_words
from skindesk.storage.states import follow_plans
from skindesk.storage.summaries import leading_prediction
from skindesk.storage.transactions import Tell
from skindesk.storage.values import (
    examined_anew,
    image_row,
    patient_row,
    place,
    prediction_row,
    review_row,
    to_lesion,
    to_patient,
    to_prediction,
    to_review_details,
)


@dataclass(frozen=True)
class SavedCase:
    """Where a draft went: whose it is, of which lesion, and the log's keys of its pictures and of a review it added."""

    patient: Patient
    lesion: Lesion
    image_ids: tuple[int, ...]
    review_id: int | None = None

    @property
    def patient_id(self) -> int:
        """The log's key of the patient."""
        return self.patient.patient_id

    @property
    def case_id(self) -> int:
        """The log's number of the case."""
        return self.lesion.case_id


def save_draft(session: Session, images: ImageStore, draft: CaseDraft, tell: Tell) -> SavedCase:
    """Write a draft, and tell what is new. A picture's bytes are durable before its row exists.

    A refused patient or lesion raises InvalidCaseError before the bytes are stored.
    """
    patient_id = _patient_id(session, draft.patient, tell)
    lesion = _lesion(session, patient_id, draft.lesion, draft.visited_at, tell)
    for picture in draft.pictures:
        if images.add(picture.content, picture.details.media_type) != picture.details.sha256:
            raise ValueError("a draft's digest is not that of its content")
    visit = visit_of_day(session, lesion, draft.visited_at)
    image_ids = tuple(_picture(session, visit, picture, patient_id, tell) for picture in draft.pictures)
    review = None if draft.review is None else add_review(session, visit, draft.review)
    if review is not None:
        tell(AuditEvent(AuditAction.REVIEW_ADDED, Subject.CASE, str(lesion.id), patient_id))
    refresh_case(session, lesion)
    patient = session.get_one(PatientRow, patient_id)
    return SavedCase(to_patient(patient), to_lesion(lesion), image_ids, None if review is None else review.id)


def _picture(session: Session, visit: VisitRow, picture: DraftPicture, patient_id: int, tell: Tell) -> int:
    """A picture at its visit with what is known of it; one that is there already may know more now."""
    image = image_at(session, visit, picture.details, patient_id, tell)
    if examined_anew(image, picture.details):
        tell(AuditEvent(AuditAction.PICTURE_EXAMINED, Subject.PICTURE, str(image.id), patient_id))
    if picture.prediction is not None:
        add_prediction(session, image, picture.prediction, patient_id, tell)
    if picture.embedding is not None:
        add_embedding(session, image.id, picture.embedding)
    return image.id


def add_embedding(session: Session, image_id: int, embedding: Embedding) -> None:
    """Keep the features that a network found in a picture, in the place of what it found before."""
    of_network = (EmbeddingRow.image_id == image_id, EmbeddingRow.model_digest == embedding.model_digest)
    row = session.scalar(select(EmbeddingRow).where(*of_network))
    if row is None:
        row = EmbeddingRow(image_id=image_id, model_digest=embedding.model_digest)
        session.add(row)
    row.features = embedding.values


def refresh_case(session: Session, lesion: LesionRow) -> None:
    """Bring up to date what a case's row repeats of its visits, and the words by which it is found."""
    session.flush()
    last_visit_at = session.scalar(select(func.max(VisitRow.visited_at)).where(VisitRow.lesion_id == lesion.id))
    lesion.last_visit_at = last_visit_at or lesion.last_visit_at
    move_case(session, lesion, recency_of(lesion.last_visit_at, lesion.id))
    leading = leading_prediction(session, lesion.id)
    lesion.malignant_sum = None if leading is None else leading.malignant_sum
    lesion.model_id = None if leading is None else leading.model.model_id
    index_cases(session, [lesion.id])


def lesion_row(session: Session, case_id: int) -> LesionRow:
    """A case's row. Raises InvalidCaseError where there is none."""
    row = session.get(LesionRow, case_id)
    if row is None:
        raise InvalidCaseError(f"The case log has no case {case_id}.", "Search for the patient instead.")
    return row


def patient_row_of(session: Session, patient_id: int) -> PatientRow:
    """A patient's row. Raises InvalidCaseError where there is none."""
    row = session.get(PatientRow, patient_id)
    if row is None:
        raise InvalidCaseError("The patient is not in the case log.", "Search for the patient again.")
    return row


def add_prediction(
    session: Session, image: ImageRow, prediction: Prediction, patient_id: int | None, tell: Tell
) -> None:
    """Append a prediction to a picture; one that is already there, word for word, is not repeated."""
    known = session.scalars(
        select(PredictionRow).where(
            PredictionRow.image_id == image.id, PredictionRow.created_at == prediction.created_at
        )
    )
    if prediction not in map(to_prediction, known):
        session.add(prediction_row(image.id, prediction))
        tell(AuditEvent(AuditAction.PREDICTION_ADDED, Subject.PICTURE, str(image.id), patient_id))


def case_of(session: Session, image: ImageRow) -> LesionRow:
    """The case to which a picture belongs."""
    found = select(LesionRow).join(VisitRow, VisitRow.lesion_id == LesionRow.id)
    return session.scalars(found.where(VisitRow.id == image.visit_id)).one()


def refuse_taken(session: Session, details: PatientDetails, but: int | None = None) -> None:
    """Raises InvalidCaseError where the identifier is that of another patient than `but`."""
    key = identifier_key(details.identifier)
    taken = session.scalar(select(PatientRow.id).where(PatientRow.identifier_key == key))
    if taken is None:
        taken = session.scalar(select(FormerPatientRow.patient_id).where(FormerPatientRow.identifier_key == key))
    if taken is not None and taken != but:
        raise InvalidCaseError(
            f"The case log already has a patient with the identifier {details.identifier.strip()}.",
            "Choose that patient, or correct the identifier.",
        )


def add_words(session: Session, row: PatientRow) -> None:
    """Let a patient be found by names and identifier."""
    words = searchable_words(row.identifier, row.family_name, row.given_name)
    session.add_all(PatientWordRow(word=word, patient_id=row.id) for word in sorted(words))


def _patient_id(session: Session, patient: int | PatientDetails, tell: Tell) -> int:
    if isinstance(patient, PatientDetails):
        return add_patient(session, patient, tell).id
    if session.get(PatientRow, patient) is None:
        raise InvalidCaseError("The chosen patient is not in the case log.", "Search for the patient again.")
    return patient


def add_patient(session: Session, details: PatientDetails, tell: Tell) -> PatientRow:
    """A new patient. Raises InvalidCaseError where the identifier is taken."""
    refuse_taken(session, details)
    row = patient_row(details, datetime.now(UTC))
    session.add(row)
    session.flush()
    add_words(session, row)
    tell(AuditEvent(AuditAction.PATIENT_ADDED, Subject.PATIENT, str(row.id), row.id))
    return row


def _lesion(
    session: Session, patient_id: int, lesion: int | LesionDetails, visited_at: datetime, tell: Tell
) -> LesionRow:
    if isinstance(lesion, LesionDetails):
        return add_lesion(session, patient_id, lesion, visited_at, tell)
    row = session.get(LesionRow, lesion)
    if row is None or row.patient_id != patient_id:
        raise InvalidCaseError(
            "The chosen lesion does not belong to the chosen patient.", "Choose one of this patient's lesions."
        )
    return row


def add_lesion(
    session: Session, patient_id: int, details: LesionDetails, at: datetime, tell: Tell, number: int | None = None
) -> LesionRow:
    """A new lesion, which nobody has visited yet, under the next number unless another free one is given."""
    highest = session.scalar(select(func.max(LesionRow.number)).where(LesionRow.patient_id == patient_id))
    row = LesionRow(
        patient_id=patient_id,
        number=(highest or 0) + 1 if number is None else number,
        site=details.site.value,
        description=details.description.strip(),
        last_visit_at=at,
        state=LesionState.NEW.value,
    )
    place(row, details.position)
    session.add(row)
    session.flush()
    row.recency = recency_of(at, row.id)
    tell(AuditEvent(AuditAction.LESION_ADDED, Subject.CASE, str(row.id), patient_id))
    return row


def visit_of_day(session: Session, lesion: LesionRow, visited_at: datetime) -> VisitRow:
    """The lesion's visit of that UTC day, begun or continued."""
    day = visited_at.astimezone(UTC).date()
    row = session.scalar(select(VisitRow).where(VisitRow.lesion_id == lesion.id, VisitRow.day == day))
    if row is not None:
        row.visited_at = max(row.visited_at, visited_at)
        return row
    row = VisitRow(lesion_id=lesion.id, day=day, visited_at=visited_at)
    session.add(row)
    session.flush()
    return row


def image_at(session: Session, visit: VisitRow, picture: PictureDetails, patient_id: int, tell: Tell) -> ImageRow:
    """The picture's row at that visit; the same picture is kept once."""
    known = session.scalar(select(ImageRow).where(ImageRow.visit_id == visit.id, ImageRow.sha256 == picture.sha256))
    if known is not None:
        known.withdrawn_at = None
        return known
    row = image_row(visit.id, picture, datetime.now(UTC))
    session.add(row)
    session.flush()
    tell(AuditEvent(AuditAction.PICTURE_ADDED, Subject.PICTURE, str(row.id), patient_id))
    return row


def add_review(session: Session, visit: VisitRow, review: ReviewDetails) -> ReviewRow | None:
    """Append a review and let the lesion's state follow its plan.

    Repeating the visit's latest one, as a second press of Save does, adds nothing and returns None.
    """
    latest = session.scalar(
        select(ReviewRow)
        .where(ReviewRow.visit_id == visit.id, ReviewRow.withdrawn_at.is_(None))
        .order_by(ReviewRow.created_at.desc(), ReviewRow.id.desc())
        .limit(1)
    )
    if latest is not None and to_review_details(latest) == review:
        return None
    row = review_row(visit.id, review, datetime.now(UTC))
    session.add(row)
    session.flush()
    follow_plans(session, visit.lesion_id)
    return row
