"""Confirmed cases with generated pictures whose features are chosen, to be found again by likeness."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.case import (
    CaseDraft,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    Plan,
    ReviewDetails,
    Site,
)
from skindesk.domain.contract import Modality
from skindesk.domain.embedding import Embedding
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.labels import MalignancyGroup
from skindesk.storage.case_log import CaseLog
from skindesk.storage.saving import SavedCase

DIGEST = "3fa9c2d1" * 8
SEEN = datetime(2026, 3, 14, 12, tzinfo=UTC)
FEATURES = 32
MELANOMA = FinalDiagnosisDetails("mel", MalignancyGroup.MALIGNANT, ConfirmedBy.HISTOPATHOLOGY, date(2026, 3, 20))
NEVUS = replace(MELANOMA, diagnosis="nv", group=MalignancyGroup.BENIGN, confirmed_by=ConfirmedBy.SERIAL_IMAGING)
CARCINOMA = replace(MELANOMA, diagnosis="Basal cell carcinoma", decided_on=date(2027, 2, 1))


def features(likeness: float, seed: int = 0) -> NDArray[np.float32]:
    """Features whose cosine with `features(1)` is this."""
    aside = np.random.default_rng(seed).standard_normal(FEATURES)
    aside[0] = 0
    aside *= math.sqrt(1 - likeness**2) / np.linalg.norm(aside)
    aside[0] = likeness
    return aside.astype(np.float32)


def save_picture(
    log: CaseLog,
    patient: PatientDetails | int,
    content: bytes,
    values: NDArray[np.float32] | None,
    lesion: LesionDetails | int = LesionDetails(Site.LATERAL_TORSO, "beside the scar of 2019"),  # noqa: B008 - frozen
    digest: str = DIGEST,
) -> SavedCase:
    """One picture with these features and a review."""
    details = PictureDetails(
        hashlib.sha256(content).hexdigest(), "lindqvist-ada.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC
    )
    embedding = None if values is None else Embedding(digest, values.astype("<f2").tobytes())
    review = ReviewDetails("nv", plan=Plan.EXCISE, notes="mother worried")
    return log.save(CaseDraft(patient, lesion, (DraftPicture(details, content, None, embedding),), review, SEEN))


def save_confirmed(
    log: CaseLog,
    number: int,
    content: bytes,
    values: NDArray[np.float32] | None,
    outcome: FinalDiagnosisDetails = MELANOMA,
) -> SavedCase:
    """A closed case of a patient of its own, whose names and identifier hold the number."""
    who = PatientDetails(
        f"ID-{number}", f"Family{number}", f"Given{number}", date(1961, 4, number % 28 + 1), notes="lives alone"
    )
    saved = save_picture(log, who, content, values)
    log.record.diagnose(saved.case_id, replace(outcome, text="the laboratory's letter"))
    return saved


def save_clinic(log: CaseLog, pictures: Sequence[bytes]) -> list[SavedCase]:
    """One case for each picture, less and less like `features(1)`; melanoma, nevus, nevus, carcinoma and so on."""
    outcomes = (MELANOMA, NEVUS, NEVUS, CARCINOMA)
    return [
        save_confirmed(log, number, content, features(0.98 - 0.04 * number, number), outcomes[number % 4])
        for number, content in enumerate(pictures)
    ]
