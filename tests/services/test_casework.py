"""The rules of saving a case that a database cannot know."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails
from skindesk.domain.class_mix import UNRECORDED_MIX
from skindesk.domain.contract import Modality
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.prediction import Decision, ModelRef, Prediction
from skindesk.services.casework import Casework
from skindesk.storage.case_log import open_case_log
from skindesk.system.paths import Profile

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
SHA256 = hashlib.sha256(b"picture").hexdigest()
DRAFT = CaseDraft(
    patient=PatientDetails("P-1"),
    lesion=LesionDetails(),
    pictures=(
        DraftPicture(
            PictureDetails(SHA256, "lesion.png", "image/png", 600, 450, Modality.DERMOSCOPIC),
            b"picture",
            Prediction(
                model=ModelRef("model", "1", "f" * 64),
                image_digest=SHA256,
                labels=(
                    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT),
                    Label("nv", "Naevus", MalignancyGroup.BENIGN),
                ),
                probabilities=(0.25, 0.75),
                decision=Decision.SUPPORTED,
                abstention_reason=None,
                novelty=None,
                class_mix=UNRECORDED_MIX,
                created_at=NOON,
            ),
        ),
    ),
    review=None,
    visited_at=NOON,
)

(PICTURE,) = DRAFT.pictures


def with_picture(**changes: Any) -> CaseDraft:
    return replace(DRAFT, pictures=(replace(PICTURE, **changes),))


@pytest.fixture
def casework(tmp_path: Path) -> Iterator[Casework]:
    log = open_case_log(Profile(tmp_path / "profile").log, None)
    yield Casework(log, lambda _: None)
    log.close()


def test_a_saved_case_can_be_read(casework: Casework) -> None:
    saved = casework.save_case(DRAFT)

    (visit,) = casework.log.case(saved.case_id).visits
    assert visit.pictures[0].predictions == (PICTURE.prediction,)
    assert casework.log.picture(SHA256) == b"picture"


def test_a_picture_that_changed_since_it_was_opened_is_refused(casework: Casework) -> None:
    with pytest.raises(InvalidCaseError, match="changed since it was opened"):
        casework.save_case(with_picture(content=b"another"))

    assert casework.log.count() == 0
    assert casework.log.check(full=True) == ()


def test_a_prediction_of_another_picture_is_refused(casework: Casework) -> None:
    assert PICTURE.prediction is not None
    stranger = replace(PICTURE.prediction, image_digest="0" * 64)

    with pytest.raises(InvalidCaseError, match="another picture"):
        casework.save_case(with_picture(prediction=stranger))

    assert casework.log.count() == 0


def test_a_picture_is_asked_about_only_where_it_is_somebody_elses(casework: Casework) -> None:
    first = casework.save_case(DRAFT)

    assert casework.others_with_pictures([SHA256], first.patient_id) == ()
    assert [owner.patient_id for owner in casework.others_with_pictures([SHA256], None)] == [first.patient_id]

    second = casework.save_case(replace(DRAFT, patient=PatientDetails("P-2")))
    (owner,) = casework.others_with_pictures([SHA256], second.patient_id)
    assert owner.patient_id == first.patient_id
