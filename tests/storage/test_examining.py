"""What is kept of an examination: several pictures at once, what was found and measured on them, and their features."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skindesk.domain.case import CaseDraft, DraftPicture, ReviewDetails
from skindesk.domain.embedding import Embedding
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.measurement import Abcd, LesionColour, Measurement, Scale, ScaleSource
from skindesk.domain.prediction import Prediction
from skindesk.domain.quality import QualityIssue
from skindesk.domain.region import Region
from skindesk.storage.case_log import CaseLog
from skindesk.storage.rows import EmbeddingRow

MakeDraft = Callable[..., CaseDraft]
MakePrediction = Callable[..., Prediction]
MEASURED = Measurement(
    ((100.0, 80.0), (300.5, 80.0), (300.0, 250.0)),
    by_hand=True,
    diameter_px=262.4,
    area_px=17_000.0,
    perimeter_px=640.0,
    abcd=Abcd(1, 3, (LesionColour.DARK_BROWN, LesionColour.WHITE)),
    scale=Scale(0.02, ScaleSource.RULER),
)


def examined(draft: CaseDraft, prediction: Prediction, at: int = 0) -> DraftPicture:
    (picture,) = draft.pictures
    details = replace(picture.details, quality=(QualityIssue.HAIR, QualityIssue.GLARE), measurement=MEASURED)
    return replace(picture, details=details, prediction=prediction, embedding=Embedding("f" * 64, bytes([at]) * 8))


def embeddings(log: CaseLog) -> dict[int, bytes]:
    with Session(log._engine) as session:
        return {row.image_id: row.features for row in session.scalars(select(EmbeddingRow))}


def test_several_pictures_are_saved_at_once_with_all_that_is_known_of_them(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    region = Region(10, 20, 300, 225)
    first = examined(make_draft(), replace(make_prediction(), region=region))
    second = examined(make_draft(content=b"second"), make_prediction(b"second"), at=7)
    draft = replace(make_draft(review=ReviewDetails("nv", asked_first=True)), pictures=(first, second))

    saved = log.save(draft)

    (visit,) = log.case(saved.case_id).visits
    assert tuple(picture.image_id for picture in visit.pictures) == saved.image_ids
    assert tuple(picture.details for picture in visit.pictures) == (first.details, second.details)
    assert [picture.predictions[0].region for picture in visit.pictures] == [region, None]
    assert visit.reviews[0].details.asked_first is True
    assert log.picture(second.details.sha256) == b"second"
    assert embeddings(log) == {saved.image_ids[0]: bytes(8), saved.image_ids[1]: b"\x07" * 8}


def test_a_picture_that_is_examined_again_says_more_and_loses_nothing(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    saved = log.save(make_draft())
    measured = examined(make_draft(), make_prediction(), at=1)
    log.save(replace(make_draft(saved.patient_id, saved.case_id), pictures=(measured,)))
    log.save(make_draft(saved.patient_id, saved.case_id))

    (picture,) = log.case(saved.case_id).visits[0].pictures
    assert (picture.image_id, picture.details) == (saved.image_ids[0], measured.details)
    assert embeddings(log) == {picture.image_id: b"\x01" * 8}


def test_features_found_again_take_the_place_of_the_old_and_go_with_the_patient(
    log: CaseLog, make_draft: MakeDraft, make_prediction: MakePrediction
) -> None:
    saved = log.save(replace(make_draft(), pictures=(examined(make_draft(), make_prediction(), 1),)))
    again = examined(make_draft(), make_prediction(), 2)
    log.save(replace(make_draft(saved.patient_id, saved.case_id), pictures=(again,)))
    assert list(embeddings(log).values()) == [b"\x02" * 8]

    log.erase_patient(saved.patient_id)

    with Session(log._engine) as session:
        assert session.scalar(select(func.count()).select_from(EmbeddingRow)) == 0


def test_a_draft_without_pictures_or_with_one_twice_is_refused(make_draft: MakeDraft) -> None:
    draft = make_draft()
    for pictures in ((), draft.pictures * 2):
        with pytest.raises(InvalidCaseError, match="each of them once"):
            replace(draft, pictures=pictures, visited_at=datetime.now(UTC))
