"""Lists the pictures of one kind in the case log, with the part of each that a network was given last."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from skindesk.domain.contract import Modality
from skindesk.domain.region import Region
from skindesk.domain.shadow import PastPicture
from skindesk.storage.rows import ImageRow, PredictionRow, VisitRow


def past_pictures(session: Session, modality: Modality, limit: int | None) -> tuple[PastPicture, ...]:
    """The pictures of a kind that were not withdrawn, those that came last first, up to `limit` of them."""
    region = (
        select(PredictionRow.region)
        .where(PredictionRow.image_id == ImageRow.id)
        .order_by(PredictionRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ImageRow.id, VisitRow.lesion_id, ImageRow.sha256, ImageRow.file_name, VisitRow.visited_at, region)
        .join(VisitRow, VisitRow.id == ImageRow.visit_id)
        .where(ImageRow.modality == modality.value, ImageRow.withdrawn_at.is_(None))
        .order_by(ImageRow.id.desc())
        .limit(limit)
    )
    return tuple(
        PastPicture(
            image_id=image_id,
            case_id=case_id,
            sha256=sha256,
            file_name=file_name,
            seen_at=seen_at,
            region=None if part is None else Region(**part),
        )
        for image_id, case_id, sha256, file_name, seen_at, part in rows
    )
