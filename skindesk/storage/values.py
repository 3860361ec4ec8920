"""Between table rows and domain values, in both directions."""

from datetime import datetime

from skindesk.domain.case import (
    Case,
    Confidence,
    Lesion,
    LesionDetails,
    Patient,
    PatientDetails,
    PictureDetails,
    Plan,
    Review,
    ReviewDetails,
    Sex,
    Site,
    SkinType,
    StoredPicture,
    Visit,
)
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.contract import Modality
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.prediction import AbstentionReason, Decision, ModelRef, Prediction
from skindesk.storage.rows import ImageRow, LesionRow, PatientRow, PredictionRow, ReviewRow, VisitRow
from skindesk.storage.search import fold, identifier_key


def to_case(row: LesionRow) -> Case:
    """A whole case, from a lesion with everything below it loaded."""
    return Case(
        patient=to_patient(row.patient),
        lesion=to_lesion(row),
        visits=tuple(_to_visit(visit) for visit in row.visits),
    )


def to_patient(row: PatientRow) -> Patient:
    """A patient."""
    return Patient(
        patient_id=row.id,
        details=PatientDetails(
            identifier=row.identifier,
            family_name=row.family_name,
            given_name=row.given_name,
            birth_date=row.birth_date,
            sex=Sex(row.sex),
            skin_type=SkinType(row.skin_type),
        ),
    )


def to_lesion(row: LesionRow) -> Lesion:
    """A lesion, without its visits."""
    return Lesion(
        case_id=row.id,
        patient_id=row.patient_id,
        number=row.number,
        details=LesionDetails(site=Site(row.site), description=row.description),
    )


def to_prediction(row: PredictionRow) -> Prediction:
    """A prediction, equal to the one that was saved."""
    return Prediction(
        model=ModelRef(row.model_id, row.model_version, row.model_digest),
        image_digest=row.image_digest,
        labels=tuple(
            Label(
                code=answer["code"],
                name=answer["name"],
                group=MalignancyGroup(answer["group"]),
                icd10=answer["icd10"],
                icd11=answer["icd11"],
            )
            for answer in row.answers
        ),
        probabilities=tuple(float(answer["probability"]) for answer in row.answers),
        decision=Decision(row.decision),
        abstention_reason=None if row.abstention_reason is None else AbstentionReason(row.abstention_reason),
        novelty=row.novelty,
        class_mix=ClassMix(row.class_mix, tuple(float(share) for share in row.class_mix_shares)),
        created_at=row.created_at,
    )


def to_review_details(row: ReviewRow) -> ReviewDetails:
    """What a review says."""
    return ReviewDetails(
        impression=row.impression,
        confidence=None if row.confidence is None else Confidence(row.confidence),
        plan=Plan(row.plan),
        notes=row.notes,
        revealed_before=row.revealed_before,
    )


def patient_row(details: PatientDetails, created_at: datetime) -> PatientRow:
    """A new patient's row; blanks around names and the identifier are dropped."""
    family_name, given_name = details.family_name.strip(), details.given_name.strip()
    return PatientRow(
        identifier=details.identifier.strip(),
        identifier_key=identifier_key(details.identifier),
        family_name=family_name,
        given_name=given_name,
        name_key=fold(f"{family_name} {given_name}"),
        birth_date=details.birth_date,
        sex=details.sex.value,
        skin_type=details.skin_type.value,
        created_at=created_at,
    )


def image_row(visit_id: int, picture: PictureDetails, created_at: datetime) -> ImageRow:
    """A new picture's row."""
    return ImageRow(
        visit_id=visit_id,
        sha256=picture.sha256,
        file_name=picture.file_name,
        media_type=picture.media_type,
        width_px=picture.width_px,
        height_px=picture.height_px,
        modality=picture.modality.value,
        created_at=created_at,
    )


def prediction_row(image_id: int, prediction: Prediction) -> PredictionRow:
    """A new prediction's row."""
    return PredictionRow(
        image_id=image_id,
        model_id=prediction.model.model_id,
        model_version=prediction.model.version,
        model_digest=prediction.model.digest,
        image_digest=prediction.image_digest,
        answers=[
            {
                "code": label.code,
                "name": label.name,
                "group": label.group.value,
                "icd10": label.icd10,
                "icd11": label.icd11,
                "probability": float(probability),
            }
            for label, probability in zip(prediction.labels, prediction.probabilities, strict=True)
        ],
        decision=prediction.decision.value,
        abstention_reason=None if prediction.abstention_reason is None else prediction.abstention_reason.value,
        novelty=prediction.novelty,
        class_mix=prediction.class_mix.name,
        class_mix_shares=list(prediction.class_mix.shares),
        created_at=prediction.created_at,
    )


def review_row(visit_id: int, review: ReviewDetails, created_at: datetime) -> ReviewRow:
    """A new review's row."""
    return ReviewRow(
        visit_id=visit_id,
        impression=review.impression,
        confidence=None if review.confidence is None else review.confidence.value,
        plan=review.plan.value,
        notes=review.notes,
        revealed_before=review.revealed_before,
        created_at=created_at,
    )


def _to_visit(row: VisitRow) -> Visit:
    return Visit(
        visit_id=row.id,
        visited_at=row.visited_at,
        pictures=tuple(_to_picture(image) for image in row.images),
        reviews=tuple(Review(review.id, to_review_details(review), review.created_at) for review in row.reviews),
    )


def _to_picture(row: ImageRow) -> StoredPicture:
    return StoredPicture(
        image_id=row.id,
        details=PictureDetails(
            sha256=row.sha256,
            file_name=row.file_name,
            media_type=row.media_type,
            width_px=row.width_px,
            height_px=row.height_px,
            modality=Modality(row.modality),
        ),
        predictions=tuple(to_prediction(prediction) for prediction in row.predictions),
    )
