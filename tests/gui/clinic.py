"""Cases for the pages that show them: real pictures, generated ones, in a real case log."""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path

from PySide6.QtWidgets import QLabel, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import (
    CaseDraft,
    Confidence,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    Plan,
    ReviewDetails,
    Sex,
    Site,
    SkinType,
)
from skindesk.domain.contract import Modality
from skindesk.domain.prediction import AbstentionReason, Decision, ModelRef, Prediction
from skindesk.system.paths import bundled
from tests.support.report_cases import LABELS, MIX, NOON

EXAMPLES = tuple(sorted(bundled("resources", "examples").glob("*.jpg")))


def prediction(content: bytes, probabilities: tuple[float, ...], at: datetime = NOON) -> Prediction:
    """What a network said of a picture; it abstains where its leading classes are within 0.1."""
    first, second = sorted(probabilities, reverse=True)[:2]
    close = first - second < 0.1
    return Prediction(
        model=ModelRef("dermoscopy-7", "1.0.0", "3fa9c2d1" * 8),
        image_digest=hashlib.sha256(content).hexdigest(),
        labels=LABELS,
        probabilities=probabilities,
        decision=Decision.ABSTAINED if close else Decision.SUPPORTED,
        abstention_reason=AbstentionReason.CLASSES_TOO_CLOSE if close else None,
        novelty=0.8,
        class_mix=MIX,
        created_at=at,
    )


def draft(
    patient: PatientDetails | int,
    lesion: LesionDetails | int,
    picture: Path,
    at: datetime = NOON,
    probabilities: tuple[float, ...] | None = (0.05, 0.04, 0.2, 0.62, 0.09),
    review: ReviewDetails | None = None,
) -> CaseDraft:
    """One picture of a lesion, ready to be saved."""
    content = picture.read_bytes()
    return CaseDraft(
        patient=patient,
        lesion=lesion,
        pictures=(
            DraftPicture(
                PictureDetails(
                    hashlib.sha256(content).hexdigest(), picture.name, "image/jpeg", 600, 450, Modality.DERMOSCOPIC
                ),
                content,
                None if probabilities is None else prediction(content, probabilities, at),
            ),
        ),
        review=review,
        visited_at=at,
    )


def save_many(workspace: Workspace, count: int) -> None:
    """That many patients with one lesion each, P-0000 seen first."""
    for number in range(count):
        who = PatientDetails(f"P-{number:04}", f"Family{number:04}", "Given")
        workspace.casework.save_case(
            draft(
                who, LesionDetails(Site.LATERAL_TORSO), EXAMPLES[number % len(EXAMPLES)], NOON + timedelta(hours=number)
            )
        )


def save_clinic(workspace: Workspace) -> int:
    """A few patients with a history; returns the case of Ada Lindqvist's forearm."""
    ada = PatientDetails("10482", "Lindqvist", "Ada", date(1961, 4, 2), Sex.FEMALE, SkinType.II)
    before = ReviewDetails(
        "nv", Confidence.MEDIUM, Plan.WATCH, "Regular at its border. Photograph again in three months."
    )
    after = ReviewDetails(
        "mel", Confidence.HIGH, Plan.EXCISE, "New blue-white area at 4 o'clock since June.", revealed_before=True
    )
    work = workspace.casework
    first = work.save_case(
        draft(
            ada,
            LesionDetails(Site.UPPER_EXTREMITY, "left forearm, radial"),
            EXAMPLES[5],
            NOON,
            (0.02, 0.02, 0.1, 0.16, 0.7),
            before,
        )
    )
    work.save_case(
        draft(
            first.patient_id,
            first.case_id,
            EXAMPLES[4],
            NOON + timedelta(days=98),
            (0.05, 0.04, 0.2, 0.62, 0.09),
            after,
        )
    )
    work.save_case(
        draft(first.patient_id, first.case_id, EXAMPLES[6], NOON + timedelta(days=98), (0.1, 0.07, 0.38, 0.1, 0.35))
    )
    work.save_case(draft(first.patient_id, LesionDetails(Site.POSTERIOR_TORSO), EXAMPLES[2], NOON, None))
    names = (
        ("Okafor", "Chidi", Site.HEAD_NECK, (0.03, 0.8, 0.1, 0.04, 0.03)),
        ("Marchetti", "Giulia", Site.LOWER_EXTREMITY, (0.002, 0.001, 0.017, 0.01, 0.97)),
        ("Nakamura", "Ren", Site.PALMS_SOLES, (0.1, 0.1, 0.3, 0.25, 0.25)),
        ("van der Meulen", "Annelies", Site.ANTERIOR_TORSO, (0.7, 0.1, 0.1, 0.05, 0.05)),
    )
    for number, (family, given, site, probabilities) in enumerate(names):
        who = PatientDetails(f"{20310 + 137 * number}", family, given, date(1950 + 9 * number, 1 + number, 7))
        review = ReviewDetails(("bcc", "nv", "Spitz nevus", "akiec")[number], Confidence.LOW)
        at = NOON + timedelta(days=20 * number + 3)
        work.save_case(draft(who, LesionDetails(site), EXAMPLES[number], at, probabilities, review))
    return first.case_id


def visible_words(widget: QWidget) -> list[str]:
    """What stands in all labels that can be seen, from the first made to the last."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
