"""Reads the features of confirmed cases' pictures, by which like ones are found, and adds those that are missing.

A case is confirmed while it is closed with a final diagnosis that stands. Its pictures count that were taken up to the
day of its first diagnosis: what was seen later, such as a scar, is not what was diagnosed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from skindesk.domain.capture import PictureKind
from skindesk.domain.case import Plan
from skindesk.domain.contract import Modality
from skindesk.domain.embedding import Embedding
from skindesk.domain.final_diagnosis import ConfirmedBy
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.storage.rows import EmbeddingRow, FinalDiagnosisRow, ImageRow, LesionRow, ReviewRow, VisitRow
from skindesk.storage.saving import add_embedding
from skindesk.storage.transactions import Transactions, again_where_crossed

Extent = tuple[int, ...]
"""Another one at another moment means that a picture may have come to be found, or to be found no more, meanwhile."""

_CLOSED = LesionRow.state == LesionState.CLOSED.value
_STANDS = FinalDiagnosisRow.withdrawn_at.is_(None)


@dataclass(frozen=True)
class ConfirmedPicture:
    """A picture of a confirmed case with its features, as `Embedding` holds them."""

    image_id: int
    case_id: int
    features: bytes


@dataclass(frozen=True)
class ConfirmedOutcome:
    """What the lesion on a picture was in the end, and nothing that says whose it is.

    `sha256` names the picture in the image store; `diagnosis` is a label's code or free text; `plan` is the last one
    that was made for the lesion.
    """

    image_id: int
    sha256: str
    case_id: int
    diagnosis: str
    group: MalignancyGroup
    confirmed_by: ConfirmedBy
    decided_on: date
    plan: Plan


@dataclass(frozen=True)
class PictureWithout:
    """A picture of a confirmed case that has no features of some network yet."""

    image_id: int
    sha256: str


class Embeddings:
    """Each method is one transaction; the promises are those of `CaseLog`.

    The audit is told nothing of features: they are computed from what it was told of.
    """

    def __init__(self, work: Transactions) -> None:
        self._work = work

    def extent(self) -> Extent:
        """How much there is to find, from numbers that are cheap to have: 4 ms with 100,000 cases.

        That a picture has gone may be missed, which `pictures` makes good. That one has come is missed only where a
        diagnosis is brought back, or an earlier one withdrawn, and the case stays closed all along.
        """
        parts = (
            select(func.count(), func.sum(LesionRow.id)).where(_CLOSED),
            select(func.max(FinalDiagnosisRow.id)),
            select(func.max(EmbeddingRow.id)),
        )
        with self._work.reading() as session:
            return tuple(int(number or 0) for part in parts for number in session.execute(part).one())

    def confirmed_ids(self, model_digest: str) -> tuple[int, ...]:
        """The ids, ascending, of all pictures of confirmed cases that have features of this network.

        Withdrawn pictures and those of after the diagnosis are among them; `pictures` leaves them out.
        """
        found = (
            select(EmbeddingRow.image_id)
            .join(ImageRow, ImageRow.id == EmbeddingRow.image_id)
            .join(VisitRow, VisitRow.id == ImageRow.visit_id)
            .join(LesionRow, LesionRow.id == VisitRow.lesion_id)
            .where(EmbeddingRow.model_digest == model_digest, _CLOSED, _is_diagnosed())
        )
        with self._work.reading() as session:
            return tuple(sorted(session.scalars(found)))

    def pictures(self, model_digest: str, image_ids: Collection[int]) -> tuple[ConfirmedPicture, ...]:
        """Those of these pictures, at most some hundreds, that count, by their ids."""
        first_known_on = (
            select(func.min(FinalDiagnosisRow.decided_on))
            .where(FinalDiagnosisRow.lesion_id == LesionRow.id, _STANDS)
            .scalar_subquery()
        )
        found = (
            select(EmbeddingRow.image_id, LesionRow.id, EmbeddingRow.features, VisitRow.visited_at, first_known_on)
            .join(ImageRow, ImageRow.id == EmbeddingRow.image_id)
            .join(VisitRow, VisitRow.id == ImageRow.visit_id)
            .join(LesionRow, LesionRow.id == VisitRow.lesion_id)
            .where(EmbeddingRow.image_id.in_(image_ids), EmbeddingRow.model_digest == model_digest)
            .where(ImageRow.withdrawn_at.is_(None), _CLOSED)
            .order_by(EmbeddingRow.image_id)
        )
        with self._work.reading() as session:
            return tuple(
                ConfirmedPicture(image_id, case_id, features)
                for image_id, case_id, features, visited_at, known_on in session.execute(found)
                if known_on is not None and visited_at.astimezone().date() <= known_on
            )

    def cases_of(self, patient_id: int) -> frozenset[int]:
        """The numbers of all cases of a patient."""
        with self._work.reading() as session:
            return frozenset(session.scalars(select(LesionRow.id).where(LesionRow.patient_id == patient_id)))

    def outcomes(self, image_ids: Collection[int]) -> tuple[ConfirmedOutcome, ...]:
        """What the lesions on these pictures were, in no certain order; nothing of a case that is not confirmed."""
        found = (
            select(ImageRow.id, ImageRow.sha256, LesionRow.id)
            .join(VisitRow, VisitRow.id == ImageRow.visit_id)
            .join(LesionRow, LesionRow.id == VisitRow.lesion_id)
            .where(ImageRow.id.in_(image_ids), ImageRow.withdrawn_at.is_(None), _CLOSED)
        )
        with self._work.reading() as session:
            rows = session.execute(found).all()
            cases = {case_id for _, _, case_id in rows}
            diagnoses, plans = _last_diagnoses(session, cases), _last_plans(session, cases)
            return tuple(
                _outcome(image_id, sha256, diagnoses[case_id], plans.get(case_id, Plan.NONE))
                for image_id, sha256, case_id in rows
                if case_id in diagnoses
            )

    def without(
        self, model_digest: str, modality: Modality, after: int = 0, limit: int = 100
    ) -> tuple[PictureWithout, ...]:
        """Up to `limit` pictures of confirmed cases that lack this network's features, from just after an id on.

        Overviews are left out, since they show no single lesion.
        """
        found = (
            select(ImageRow.id, ImageRow.sha256)
            .join(VisitRow, VisitRow.id == ImageRow.visit_id)
            .join(LesionRow, LesionRow.id == VisitRow.lesion_id)
            .where(ImageRow.id > after, ImageRow.modality == modality.value, ImageRow.withdrawn_at.is_(None))
            .where(or_(ImageRow.kind.is_(None), ImageRow.kind != PictureKind.OVERVIEW.value))
            .where(_CLOSED, _is_diagnosed(), ~_has_features(ImageRow.id, model_digest))
            .order_by(ImageRow.id)
            .limit(limit)
        )
        with self._work.reading() as session:
            return tuple(PictureWithout(image_id, sha256) for image_id, sha256 in session.execute(found))

    @again_where_crossed
    def add(self, image_id: int, embedding: Embedding) -> bool:
        """Add a picture's features unless it has some of this network; False where the picture is not in the log."""
        with self._work.untold() as session:
            if session.get(ImageRow, image_id) is None:
                return False
            if not session.scalar(select(_has_features(image_id, embedding.model_digest))):
                add_embedding(session, image_id, embedding)
            return True


def _is_diagnosed() -> ColumnElement[bool]:
    """Of a lesion: that some final diagnosis of it stands."""
    return exists().where(FinalDiagnosisRow.lesion_id == LesionRow.id, _STANDS)


def _has_features(image_id: object, model_digest: str) -> ColumnElement[bool]:
    return exists().where(EmbeddingRow.image_id == image_id, EmbeddingRow.model_digest == model_digest)


def _last_diagnoses(session: Session, cases: Iterable[int]) -> dict[int, FinalDiagnosisRow]:
    """The final diagnosis of each case that counts: the one that was recorded last."""
    found = select(FinalDiagnosisRow).where(FinalDiagnosisRow.lesion_id.in_(cases), _STANDS)
    rows = session.scalars(found.order_by(FinalDiagnosisRow.created_at, FinalDiagnosisRow.id))
    return {row.lesion_id: row for row in rows}


def _last_plans(session: Session, cases: Iterable[int]) -> dict[int, Plan]:
    found = (
        select(VisitRow.lesion_id, ReviewRow.plan)
        .join(VisitRow, VisitRow.id == ReviewRow.visit_id)
        .where(VisitRow.lesion_id.in_(cases), ReviewRow.withdrawn_at.is_(None), ReviewRow.plan != Plan.NONE.value)
        .order_by(ReviewRow.created_at, ReviewRow.id)
    )
    return {case_id: Plan(plan) for case_id, plan in session.execute(found)}


def _outcome(image_id: int, sha256: str, diagnosis: FinalDiagnosisRow, plan: Plan) -> ConfirmedOutcome:
    return ConfirmedOutcome(
        image_id=image_id,
        sha256=sha256,
        case_id=diagnosis.lesion_id,
        diagnosis=diagnosis.diagnosis,
        group=MalignancyGroup(diagnosis.malignancy),
        confirmed_by=ConfirmedBy(diagnosis.confirmed_by),
        decided_on=diagnosis.decided_on,
        plan=plan,
    )
