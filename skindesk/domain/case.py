"""The case log's values: patients, their lesions, visits, pictures, predictions and reviews.

A case is one lesion of one patient over time; its number in the log is the lesion's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from skindesk.domain.body_position import BodyPosition
from skindesk.domain.capture import NOTHING_KNOWN, Capture
from skindesk.domain.contract import Modality
from skindesk.domain.embedding import Embedding
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.final_diagnosis import FinalDiagnosis
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.measurement import Measurement
from skindesk.domain.prediction import Prediction
from skindesk.domain.quality import QualityIssue


class Sex(StrEnum):
    """Administrative sex, as FHIR R4 `administrative-gender` lists it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class SkinType(StrEnum):
    """Fitzpatrick skin type."""

    I = "I"  # noqa: E741 - the scale's own name
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"
    VI = "VI"
    UNKNOWN = "unknown"


class Site(StrEnum):
    """General anatomical site, in the words of the ISIC Archive's metadata dictionary."""

    HEAD_NECK = "head/neck"
    UPPER_EXTREMITY = "upper extremity"
    LOWER_EXTREMITY = "lower extremity"
    ANTERIOR_TORSO = "anterior torso"
    POSTERIOR_TORSO = "posterior torso"
    LATERAL_TORSO = "lateral torso"
    PALMS_SOLES = "palms/soles"
    ORAL_GENITAL = "oral/genital"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure the clinician is of their own impression."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Plan(StrEnum):
    """What the clinician decides to do next."""

    NONE = "none"
    WATCH = "watch"
    BIOPSY = "biopsy"
    EXCISE = "excise"
    REFER = "refer"


@dataclass(frozen=True)
class PatientDetails:
    """Who a patient is. Only the identifier is required; it is unique in the log, ignoring case.

    `history` is what matters of the past, such as a melanoma in the family; `notes` is anything else.
    """

    identifier: str
    family_name: str = ""
    given_name: str = ""
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    skin_type: SkinType = SkinType.UNKNOWN
    history: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        if not self.identifier.strip():
            raise InvalidCaseError("A patient needs an identifier.", "Enter the number used in your own records.")


@dataclass(frozen=True)
class Patient:
    """A patient in the log. `patient_id` is the log's own key, never shown as an identifier."""

    patient_id: int
    details: PatientDetails


@dataclass(frozen=True)
class LesionDetails:
    """Where a lesion is: its general site, free text such as "left forearm, radial", and its place on the body."""

    site: Site = Site.UNKNOWN
    description: str = ""
    position: BodyPosition | None = None


@dataclass(frozen=True)
class Lesion:
    """A lesion in the log. `number` counts from 1 within its patient, so that L3 is the third.

    `follow_up_on` is the day by which it is to be looked at again, if one was set.
    """

    case_id: int
    patient_id: int
    number: int
    details: LesionDetails
    state: LesionState = LesionState.NEW
    follow_up_on: date | None = None


@dataclass(frozen=True)
class ReviewDetails:
    """The clinician's own reading of a lesion at a visit.

    `impression` is a label code or free text; `revealed_before` says whether the network's answer had been on
    the screen when the impression was given. `second_impression` is what the clinician thinks after the answer,
    empty where it changed nothing. `follow_up_on` is the day by which the lesion is to be looked at again.
    `asked_first` says whether the program asked for the impression before it showed the answer, as the clinic has set;
    None where that was not recorded.
    """

    impression: str
    confidence: Confidence | None = None
    plan: Plan = Plan.NONE
    notes: str = ""
    revealed_before: bool = False
    second_impression: str = ""
    second_confidence: Confidence | None = None
    follow_up_on: date | None = None
    asked_first: bool | None = None

    @property
    def standing_impression(self) -> str:
        """What the clinician thinks in the end."""
        return self.second_impression or self.impression


@dataclass(frozen=True)
class Review:
    """A review in the log; `created_at` is aware UTC."""

    review_id: int
    details: ReviewDetails
    created_at: datetime


@dataclass(frozen=True)
class PictureDetails:
    """What is kept of a picture besides its bytes.

    `sha256` is the digest of the file's bytes and its name in the image store; sizes are of the upright
    original in pixels; `file_name` is the name it came under, without folders. `quality` is what was found to speak
    against the picture when it was examined.
    """

    sha256: str
    file_name: str
    media_type: str
    width_px: int
    height_px: int
    modality: Modality
    capture: Capture = NOTHING_KNOWN
    quality: tuple[QualityIssue, ...] = ()
    measurement: Measurement | None = None


@dataclass(frozen=True)
class StoredPicture:
    """A picture of a lesion with everything networks have said about it, oldest first."""

    image_id: int
    details: PictureDetails
    predictions: tuple[Prediction, ...]


@dataclass(frozen=True)
class Visit:
    """What was seen and thought of one lesion at one visit; `visited_at` is aware UTC."""

    visit_id: int
    visited_at: datetime
    pictures: tuple[StoredPicture, ...]
    reviews: tuple[Review, ...]


@dataclass(frozen=True)
class Case:
    """One lesion's whole record: visits and final diagnoses, oldest first."""

    patient: Patient
    lesion: Lesion
    visits: tuple[Visit, ...]
    final_diagnoses: tuple[FinalDiagnosis, ...] = ()

    @property
    def final_diagnosis(self) -> FinalDiagnosis | None:
        """The one that counts: what was recorded last."""
        return self.final_diagnoses[-1] if self.final_diagnoses else None


@dataclass(frozen=True)
class DraftPicture:
    """A picture that is to be saved, with what a network said of it; `content` holds the file's bytes, unchanged."""

    details: PictureDetails
    content: bytes
    prediction: Prediction | None = None
    embedding: Embedding | None = None


@dataclass(frozen=True)
class CaseDraft:
    """Pictures of one lesion with their predictions and a review, to be saved in one transaction.

    `patient` is the key of a known patient or the details of a new one; `lesion` likewise. A known lesion
    must belong to the known patient. There is at least one picture, and none twice.
    """

    patient: int | PatientDetails
    lesion: int | LesionDetails
    pictures: tuple[DraftPicture, ...]
    review: ReviewDetails | None
    visited_at: datetime

    def __post_init__(self) -> None:
        digests = [picture.details.sha256 for picture in self.pictures]
        if not digests or len(set(digests)) != len(digests):
            raise InvalidCaseError("A case is saved with pictures, each of them once.", "Open a picture first.")
        if isinstance(self.lesion, int) and not isinstance(self.patient, int):
            raise InvalidCaseError("A new patient cannot have a known lesion.", "Choose a new lesion.")


@dataclass(frozen=True)
class CaseSummary:
    """One row of the case table.

    `top_name`, `top_probability` and `malignant_sum` are of one prediction, if there is any: of the pictures of
    the latest visit that has one, the picture with the highest malignant sum, as it was answered last.
    """

    case_id: int
    patient: Patient
    lesion: Lesion
    last_visit_at: datetime
    picture_count: int
    top_name: str | None
    top_probability: float | None
    malignant_sum: float | None
    impression: str | None
    final_diagnosis: str | None = None


@dataclass(frozen=True)
class CaseCursor:
    """Where a page of cases ended; the next page starts after it."""

    recency: int


@dataclass(frozen=True)
class CasePage:
    """Some cases, latest visit first; `next_cursor` is None on the last page."""

    cases: tuple[CaseSummary, ...]
    next_cursor: CaseCursor | None
