"""Cases to be reported on, with the example pictures."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditHead
from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.case import (
    Case,
    CaseDraft,
    Confidence,
    DraftPicture,
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
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosis, FinalDiagnosisDetails
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.prediction import AbstentionReason, Decision, ModelRef, Prediction
from skindesk.exchange.report.content import Letterhead, NetworkFacts, ReportContent, SkinTypeEvidence
from skindesk.system.paths import bundled

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MADE_AT = datetime(2026, 6, 20, 14, 5, tzinfo=timezone(timedelta(hours=2), "CEST"))
EXAMPLES = {path.stem: path.read_bytes() for path in sorted(bundled("resources", "examples").glob("*.jpg"))}
LABELS = (
    Label("akiec", "Actinic keratosis / Bowen's disease", MalignancyGroup.PREMALIGNANT),
    Label("bcc", "Basal cell carcinoma", MalignancyGroup.MALIGNANT),
    Label("bkl", "Benign keratosis", MalignancyGroup.BENIGN),
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT),
    Label("nv", "Melanocytic nevus", MalignancyGroup.BENIGN),
)
MIX = ClassMix("archive", (0.03, 0.05, 0.11, 0.11, 0.7))
SUPPORTED, CLOSE = (0.05, 0.04, 0.2, 0.62, 0.09), (0.1, 0.07, 0.38, 0.1, 0.35)
NETWORK = NetworkFacts(
    title="Dermoscopy, seven classes",
    trained_on="HAM10000 (Tschandl et al. 2018)",
    facts=("10,015 pictures of 7,470 lesions.",),
    intended_use="Decision support for research and second opinion on dermoscopic pictures.",
    limits=("The archive shows fair skin almost only.", "No clinical evaluation has taken place."),
    skin_types=(SkinTypeEvidence("I", 6, None), SkinTypeEvidence("II", 61, (0.66, 0.52, 0.79))),
    min_margin=0.207,
    novelty_limit=3.0,
)
PATIENT = PatientDetails(
    "10482", "Müller-Łukasiewicz", "Žofie", date(1961, 4, 2), Sex.FEMALE, SkinType.II, "Melanoma of the mother.", "rude"
)


def prediction(content: bytes, probabilities: tuple[float, ...], at: datetime = NOON) -> Prediction:
    """An answer; it abstains where its leading classes are within 0.1."""
    first, second = sorted(probabilities, reverse=True)[:2]
    close = first - second < 0.1
    return Prediction(
        model=ModelRef("dermoscopy-7", "2.0.0", "3fa9c2d1" * 8),
        image_digest=hashlib.sha256(content).hexdigest(),
        labels=LABELS,
        probabilities=probabilities,
        decision=Decision.ABSTAINED if close else Decision.SUPPORTED,
        abstention_reason=AbstentionReason.CLASSES_TOO_CLOSE if close else None,
        novelty=0.8,
        class_mix=MIX,
        created_at=at,
    )


def visit(
    number: int,
    names: tuple[str, ...],
    probabilities: tuple[float, ...] | None = SUPPORTED,
    review: ReviewDetails | None = None,
) -> Visit:
    """A visit so many weeks after the first, with these example pictures."""
    at = NOON + timedelta(weeks=number)
    pictures = []
    for name in names:
        content = EXAMPLES[name]
        details = PictureDetails(
            hashlib.sha256(content).hexdigest(), f"{name}.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC
        )
        given = () if probabilities is None else (prediction(content, probabilities, at),)
        pictures.append(StoredPicture(number * 10 + len(pictures), details, given))
    reviews = () if review is None else (Review(number, review, at),)
    return Visit(number, at, tuple(pictures), reviews)


FIRST = ReviewDetails("nv", Confidence.MEDIUM, Plan.WATCH, "Regular at its border. Photograph again.")
SECOND = ReviewDetails(
    "mel", Confidence.LOW, Plan.EXCISE, "New blue-white area at 4 o'clock.", False, "Spitz nevus", Confidence.HIGH
)
VISITS = (
    visit(0, ("generated-nv",), (0.02, 0.02, 0.1, 0.16, 0.7), FIRST),
    visit(14, ("generated-mel",), SUPPORTED, SECOND),
)
FINAL = FinalDiagnosis(
    1,
    FinalDiagnosisDetails(
        "mel",
        MalignancyGroup.MALIGNANT,
        ConfirmedBy.HISTOPATHOLOGY,
        date(2026, 6, 18),
        "Superficial spreading melanoma, Breslow 0.4 mm, excised with clear margins.",
    ),
    NOON + timedelta(weeks=14),
)


def a_case(
    visits: tuple[Visit, ...] = VISITS,
    patient: PatientDetails = PATIENT,
    finals: tuple[FinalDiagnosis, ...] = (FINAL,),
    **lesion: object,
) -> Case:
    """A lesion of the left forearm with two visits and a final diagnosis."""
    place = BodyPosition(BodyView.FRONT, 0.83, 0.42)
    details = LesionDetails(Site.UPPER_EXTREMITY, "left forearm, radial", place)
    spot = Lesion(12, 1, 3, details, LesionState.BIOPSY_PENDING, date(2026, 7, 1))
    return Case(Patient(1, patient), replace(spot, **lesion), visits, finals)  # type: ignore[arg-type]


def content_of(case: Case, **more: object) -> ReportContent:
    """A report's content with the example pictures of a case."""
    known = {hashlib.sha256(content).hexdigest(): content for content in EXAMPLES.values()}
    pictures = {
        picture.details.sha256: known[picture.details.sha256] for each in case.visits for picture in each.pictures
    }
    plain = ReportContent(
        case=case,
        pictures=pictures,
        letterhead=Letterhead("Hautpraxis am Markt", "Marktplatz 1\n12345 Musterstadt", EXAMPLES["generated-df"]),
        network=NETWORK,
        audit_head=AuditHead(153, "9c" * 32),
        program_version="0.1.0",
        made_at=MADE_AT,
        made_by="Ada",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def save_followed_lesion(workspace: Workspace) -> int:
    """Put the case of `a_case` into a log, without its final diagnosis; returns its number."""
    case = a_case()
    patient: int | PatientDetails = case.patient.details
    lesion: int | LesionDetails = case.lesion.details
    known = {hashlib.sha256(content).hexdigest(): content for content in EXAMPLES.values()}
    for each in case.visits:
        picture = each.pictures[0]
        draft = CaseDraft(
            patient,
            lesion,
            (DraftPicture(picture.details, known[picture.details.sha256], picture.predictions[0]),),
            each.reviews[0].details,
            each.visited_at,
        )
        saved = workspace.casework.save_case(draft)
        patient, lesion = saved.patient_id, saved.case_id
    return saved.case_id
