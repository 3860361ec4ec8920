"""Between table rows and domain values, in both directions."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.capture import Capture, DermoscopicType, PictureKind
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
from skindesk.domain.final_diagnosis import Attachment, ConfirmedBy, FinalDiagnosis, FinalDiagnosisDetails
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.measurement import Measurement
from skindesk.domain.plain_values import from_plain, to_plain
from skindesk.domain.prediction import AbstentionReason, Decision, ModelRef, Prediction
from skindesk.domain.quality import QualityIssue
from skindesk.domain.region import Region
from skindesk.storage.rows import (
    FinalDiagnosisRow,
    ImageRow,
    LesionRow,
    PatientRow,
    PredictionRow,
    ReviewRow,
    VisitRow,
)
from skindesk.storage.search import fold, identifier_key


def to_case(row: LesionRow, with_withdrawn: bool = False) -> Case:
    """A whole case, from a lesion with everything below it loaded; what was withdrawn is left out, unless asked for."""
    return Case(
        patient=to_patient(row.patient),
        lesion=to_lesion(row),
        visits=tuple(_to_visit(visit, with_withdrawn) for visit in row.visits),
        final_diagnoses=tuple(
            to_final_diagnosis(diagnosis)
            for diagnosis in row.final_diagnoses
            if with_withdrawn or diagnosis.withdrawn_at is None
        ),
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
            history=row.history,
            notes=row.notes,
        ),
    )


def to_lesion(row: LesionRow) -> Lesion:
    """A lesion, without its visits."""
    return Lesion(
        case_id=row.id,
        patient_id=row.patient_id,
        number=row.number,
        details=LesionDetails(site=Site(row.site), description=row.description, position=_position(row)),
        state=LesionState(row.state),
        follow_up_on=row.follow_up_on,
    )


def to_prediction(row: PredictionRow | Row[*tuple[Any, ...]]) -> Prediction:
    """A prediction, equal to the one that was saved, from its row or from a row with the same columns."""
    return Prediction(
        model=ModelRef(row.model_id, row.model_version, row.model_digest),
        image_digest=row.image_digest,
        labels=tuple(
            _label(answer["code"], answer["name"], answer["group"], answer["icd10"], answer["icd11"])
            for answer in row.answers
        ),
        probabilities=tuple(float(answer["probability"]) for answer in row.answers),
        decision=Decision(row.decision),
        abstention_reason=None if row.abstention_reason is None else AbstentionReason(row.abstention_reason),
        novelty=row.novelty,
        class_mix=ClassMix(row.class_mix, tuple(float(share) for share in row.class_mix_shares)),
        created_at=row.created_at,
        region=None if row.region is None else Region(**row.region),
    )


def to_review(row: ReviewRow) -> Review:
    """A review."""
    return Review(row.id, to_review_details(row), row.created_at)


def to_review_details(row: ReviewRow) -> ReviewDetails:
    """What a review says."""
    return ReviewDetails(
        impression=row.impression,
        confidence=None if row.confidence is None else Confidence(row.confidence),
        plan=Plan(row.plan),
        notes=row.notes,
        revealed_before=row.revealed_before,
        second_impression=row.second_impression,
        second_confidence=None if row.second_confidence is None else Confidence(row.second_confidence),
        follow_up_on=row.follow_up_on,
        asked_first=row.asked_first,
    )


def to_final_diagnosis(row: FinalDiagnosisRow) -> FinalDiagnosis:
    """A final diagnosis."""
    sha256 = row.attachment_sha256
    return FinalDiagnosis(
        final_diagnosis_id=row.id,
        details=FinalDiagnosisDetails(
            diagnosis=row.diagnosis,
            group=MalignancyGroup(row.malignancy),
            confirmed_by=ConfirmedBy(row.confirmed_by),
            decided_on=row.decided_on,
            text=row.text,
            attachment=None if sha256 is None else Attachment(sha256, row.attachment_name, row.attachment_type),
        ),
        created_at=row.created_at,
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
        history=details.history.strip(),
        notes=details.notes.strip(),
        created_at=created_at,
    )


def place(row: LesionRow, position: BodyPosition | None) -> None:
    """Put a lesion on the drawn body, or take it off."""
    row.view = None if position is None else position.view.value
    row.x, row.y = (None, None) if position is None else (position.x, position.y)


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
        kind=None if picture.capture.kind is None else picture.capture.kind.value,
        dermoscopic_type=(None if picture.capture.dermoscopic_type is None else picture.capture.dermoscopic_type.value),
        taken_at=picture.capture.taken_at,
        device=picture.capture.device,
        mm_per_px=picture.capture.mm_per_px,
        quality=[issue.value for issue in picture.quality],
        measurement=_plain_measurement(picture.measurement),
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
        region=None if prediction.region is None else to_plain(prediction.region),
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
        second_impression=review.second_impression,
        second_confidence=None if review.second_confidence is None else review.second_confidence.value,
        follow_up_on=review.follow_up_on,
        asked_first=review.asked_first,
    )


def final_diagnosis_row(case_id: int, details: FinalDiagnosisDetails, created_at: datetime) -> FinalDiagnosisRow:
    """A new final diagnosis' row."""
    attachment = details.attachment
    return FinalDiagnosisRow(
        lesion_id=case_id,
        diagnosis=details.diagnosis.strip(),
        malignancy=details.group.value,
        confirmed_by=details.confirmed_by.value,
        decided_on=details.decided_on,
        text=details.text.strip(),
        attachment_sha256=None if attachment is None else attachment.sha256,
        attachment_name="" if attachment is None else attachment.file_name,
        attachment_type="" if attachment is None else attachment.media_type,
        created_at=created_at,
    )


@lru_cache(maxsize=1024)
def _label(code: str, name: str, group: str, icd10: str, icd11: str) -> Label:
    """Thousands of predictions share a few labels."""
    return Label(code, name, MalignancyGroup(group), icd10, icd11)


def _to_visit(row: VisitRow, with_withdrawn: bool) -> Visit:
    return Visit(
        visit_id=row.id,
        visited_at=row.visited_at,
        pictures=tuple(_to_picture(image) for image in row.images if with_withdrawn or image.withdrawn_at is None),
        reviews=tuple(to_review(review) for review in row.reviews if with_withdrawn or review.withdrawn_at is None),
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
            capture=_capture(row),
            quality=tuple(QualityIssue(issue) for issue in row.quality),
            measurement=None if row.measurement is None else from_plain(Measurement, row.measurement),
        ),
        predictions=tuple(to_prediction(prediction) for prediction in row.predictions),
    )


def examined_anew(row: ImageRow, picture: PictureDetails) -> bool:
    """Let a picture's row say what was found on it when it was examined again; returns whether it says more now."""
    before = (row.quality, row.measurement, row.mm_per_px)
    row.quality = [issue.value for issue in picture.quality] or row.quality
    row.measurement = _plain_measurement(picture.measurement) or row.measurement
    row.mm_per_px = picture.capture.mm_per_px or row.mm_per_px
    return (row.quality, row.measurement, row.mm_per_px) != before


def _plain_measurement(measurement: Measurement | None) -> dict[str, Any] | None:
    return None if measurement is None else to_plain(measurement)


def _capture(row: ImageRow) -> Capture:
    return Capture(
        kind=None if row.kind is None else PictureKind(row.kind),
        dermoscopic_type=None if row.dermoscopic_type is None else DermoscopicType(row.dermoscopic_type),
        taken_at=row.taken_at,
        device=row.device,
        mm_per_px=row.mm_per_px,
    )


def _position(row: LesionRow) -> BodyPosition | None:
    if row.view is None or row.x is None or row.y is None:
        return None
    return BodyPosition(BodyView(row.view), row.x, row.y)
