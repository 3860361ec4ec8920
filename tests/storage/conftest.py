"""A case log in a temporary profile, and drafts to put into it."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skindesk.domain.case import (
    CaseDraft,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    ReviewDetails,
    Site,
)
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.contract import Modality
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.prediction import Decision, ModelRef, Prediction
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.system.paths import Profile

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LABELS = (
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT, "C43", "2C30"),
    Label("akiec", "Actinic keratosis or Bowen's disease", MalignancyGroup.PREMALIGNANT),
    Label("nv", "Melanocytic naevus", MalignancyGroup.BENIGN, "D22"),
)

MakeDraft = Callable[..., CaseDraft]
MakePrediction = Callable[..., Prediction]


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """A profile folder that does not exist yet."""
    return Profile(tmp_path / "profile")


@pytest.fixture
def log(profile: Profile) -> Iterator[CaseLog]:
    """A new case log."""
    opened = open_case_log(profile.log, None)
    yield opened
    opened.close()


@pytest.fixture
def make_prediction() -> MakePrediction:
    """Predictions for a picture's bytes."""

    def make(
        content: bytes = b"picture",
        probabilities: tuple[float, ...] = (0.1, 0.2, 0.7),
        created_at: datetime = NOON,
        version: str = "1",
        novelty: float | None = 1.5,
        class_mix: ClassMix = ClassMix("archive", (0.1, 0.1, 0.8)),  # noqa: B008 - frozen
    ) -> Prediction:
        return Prediction(
            model=ModelRef("model", version, "f" * 64),
            image_digest=hashlib.sha256(content).hexdigest(),
            labels=LABELS,
            probabilities=probabilities,
            decision=Decision.SUPPORTED,
            abstention_reason=None,
            novelty=novelty,
            class_mix=class_mix,
            created_at=created_at,
        )

    return make


@pytest.fixture
def make_draft() -> MakeDraft:
    """Drafts; by default a new patient P-1 with a new lesion and one picture, no prediction and no review."""

    def make(
        patient: int | PatientDetails | str = "P-1",
        lesion: int | LesionDetails = LesionDetails(Site.UPPER_EXTREMITY, "left forearm"),  # noqa: B008 - frozen
        content: bytes = b"picture",
        prediction: Prediction | None = None,
        review: ReviewDetails | None = None,
        visited_at: datetime = NOON,
    ) -> CaseDraft:
        return CaseDraft(
            patient=PatientDetails(patient) if isinstance(patient, str) else patient,
            lesion=lesion,
            pictures=(
                DraftPicture(
                    PictureDetails(
                        sha256=hashlib.sha256(content).hexdigest(),
                        file_name="lesion.jpg",
                        media_type="image/jpeg",
                        width_px=600,
                        height_px=450,
                        modality=Modality.CLINICAL,
                    ),
                    content,
                    prediction,
                ),
            ),
            review=review,
            visited_at=visited_at,
        )

    return make
