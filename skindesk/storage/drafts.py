"""Keeps what somebody has begun and not saved, so that it is back after a crash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from skindesk.storage.image_store import digest_of
from skindesk.storage.rows import DraftPictureRow, DraftRow


@dataclass(frozen=True)
class Draft:
    """What a form held: `kind` names the form, `values` are plain JSON, `pictures` the bytes of picture files."""

    kind: str
    values: dict[str, Any]
    pictures: tuple[bytes, ...]
    saved_at: datetime


def keep_draft(
    session: Session, person_id: str, kind: str, values: dict[str, Any], pictures: Sequence[bytes] = ()
) -> None:
    """Keep one person's draft of one kind in place of the one before; a picture that is there is not written again."""
    row = _row(session, person_id, kind)
    if row is None:
        row = DraftRow(person_id=person_id, kind=kind)
        session.add(row)
    row.values, row.saved_at = values, datetime.now(UTC)
    session.flush()
    wanted = {digest_of(content): (place, content) for place, content in enumerate(pictures)}
    of_draft = DraftPictureRow.draft_id == row.id
    session.execute(delete(DraftPictureRow).where(of_draft, DraftPictureRow.sha256.not_in(wanted)))
    there = set(session.scalars(select(DraftPictureRow.sha256).where(of_draft)))
    for sha256, (place, content) in wanted.items():
        if sha256 in there:
            moved = update(DraftPictureRow).where(of_draft, DraftPictureRow.sha256 == sha256)
            session.execute(moved.values(place=place))
        else:
            session.add(DraftPictureRow(draft_id=row.id, sha256=sha256, place=place, content=content))


def drop_draft(session: Session, person_id: str, kind: str) -> None:
    """Forget a draft; one that is not there is no trouble."""
    row = _row(session, person_id, kind)
    if row is not None:
        session.execute(delete(DraftPictureRow).where(DraftPictureRow.draft_id == row.id))
        session.delete(row)


def draft_of(session: Session, person_id: str, kind: str) -> Draft | None:
    """One person's draft of one kind."""
    row = _row(session, person_id, kind)
    if row is None:
        return None
    pictures = select(DraftPictureRow.content).where(DraftPictureRow.draft_id == row.id)
    contents = session.scalars(pictures.order_by(DraftPictureRow.place))
    return Draft(kind, row.values, tuple(contents), row.saved_at)


def drop_drafts_of_patient(session: Session, patient_id: int) -> None:
    """Forget what was begun for a patient who is erased: drafts whose values name the `patient_id`."""
    for row in session.scalars(select(DraftRow)).all():
        if row.values.get("patient_id") == patient_id:
            drop_draft(session, row.person_id, row.kind)


def _row(session: Session, person_id: str, kind: str) -> DraftRow | None:
    return session.scalar(select(DraftRow).where(DraftRow.person_id == person_id, DraftRow.kind == kind))
