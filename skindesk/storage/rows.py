"""The case log's tables as SQLAlchemy models. They never leave this package; callers get domain values.

The ids of patients, lesions and pictures are never given again, not even after an erasure: they stand in the audit, in
reports and in backups.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    TypeDecorator,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time. A time without a zone is a bug and raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: the same moment in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times in the case log need a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: SQLite drops the zone, which is always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


KeyType = BigInteger().with_variant(Integer, "sqlite")
Ordered = String().with_variant(String(collation="C"), "postgresql")
"""Text whose order counts: by code points everywhere, not by a server's language."""
Key = Annotated[int, mapped_column(KeyType, primary_key=True)]
Words = Annotated[str, mapped_column(String, nullable=False)]


class Base(DeclarativeBase):
    """What all tables share: types by annotation, and constraint names that a migration can restate."""

    type_annotation_map: ClassVar = {datetime: UtcTime, int: KeyType}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class PatientRow(Base):
    """A patient. `identifier_key` makes the identifier unique ignoring case; `name_key` orders lists of names."""

    __tablename__ = "patient"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    identifier: Mapped[str] = mapped_column(Ordered)
    identifier_key: Mapped[str] = mapped_column(String, unique=True)
    family_name: Mapped[Words]
    given_name: Mapped[Words]
    name_key: Mapped[str] = mapped_column(Ordered, index=True)
    birth_date: Mapped[date | None]
    sex: Mapped[Words]
    skin_type: Mapped[Words]
    history: Mapped[str] = mapped_column(String, server_default="")
    notes: Mapped[str] = mapped_column(String, server_default="")
    created_at: Mapped[datetime]


class FormerPatientRow(Base):
    """A patient who turned out to be another one: under which key and identifier they were known before."""

    __tablename__ = "former_patient"

    former_id: Mapped[int] = mapped_column(KeyType, primary_key=True, autoincrement=False)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    identifier: Mapped[Words]
    identifier_key: Mapped[str] = mapped_column(String, unique=True)
    merged_at: Mapped[datetime]


class PatientWordRow(Base):
    """One folded word of a patient's names or identifier; a search is a range of this table's primary key."""

    __tablename__ = "patient_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(Ordered, primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True, index=True)


class LesionRow(Base):
    """A lesion, which is a case.

    `last_visit_at` repeats its latest visit's time, or without one the time of its making; `recency` orders cases by it
    and is the case's number in the search in words, so that every page is an index range. `malignant_sum` and
    `model_id` repeat the leading answer's. `pending_since` is the day of the decision whose result is not there yet.
    """

    __tablename__ = "lesion"
    __table_args__ = (
        UniqueConstraint("patient_id", "number"),
        Index(None, "state", "recency"),
        Index(None, "site", "recency"),
        Index(None, "model_id", "recency"),
        Index(None, "follow_up_on", "id"),
        Index(None, "pending_since", "id", "follow_up_on"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    number: Mapped[int]
    site: Mapped[Words]
    description: Mapped[Words]
    last_visit_at: Mapped[datetime]
    recency: Mapped[int] = mapped_column(KeyType, server_default="0", index=True)
    view: Mapped[str | None] = mapped_column(String)
    x: Mapped[float | None]
    y: Mapped[float | None]
    state: Mapped[str] = mapped_column(String, server_default="new")
    follow_up_on: Mapped[date | None]
    pending_since: Mapped[date | None]
    malignant_sum: Mapped[float | None]
    model_id: Mapped[str | None] = mapped_column(Ordered)

    patient: Mapped[PatientRow] = relationship(lazy="raise")
    visits: Mapped[list["VisitRow"]] = relationship(lazy="raise", order_by="VisitRow.visited_at")
    final_diagnoses: Mapped[list["FinalDiagnosisRow"]] = relationship(
        lazy="raise", order_by="FinalDiagnosisRow.created_at, FinalDiagnosisRow.id"
    )


class VisitRow(Base):
    """One lesion seen on one UTC day. `visited_at` is the latest moment of that day's saves."""

    __tablename__ = "visit"
    __table_args__ = (UniqueConstraint("lesion_id", "day"),)

    id: Mapped[Key]
    lesion_id: Mapped[int] = mapped_column(ForeignKey("lesion.id"))
    day: Mapped[date]
    visited_at: Mapped[datetime]

    images: Mapped[list["ImageRow"]] = relationship(lazy="raise", order_by="ImageRow.id")
    reviews: Mapped[list["ReviewRow"]] = relationship(lazy="raise", order_by="ReviewRow.created_at, ReviewRow.id")


class ImageRow(Base):
    """A picture taken at a visit; its bytes lie in the image store under `sha256`."""

    __tablename__ = "image"
    __table_args__ = (UniqueConstraint("visit_id", "sha256"), {"sqlite_autoincrement": True})

    id: Mapped[Key]
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[Words]
    media_type: Mapped[Words]
    width_px: Mapped[int]
    height_px: Mapped[int]
    modality: Mapped[Words]
    created_at: Mapped[datetime]
    kind: Mapped[str | None] = mapped_column(String)
    dermoscopic_type: Mapped[str | None] = mapped_column(String)
    taken_at: Mapped[str] = mapped_column(String, server_default="")
    device: Mapped[str] = mapped_column(String, server_default="")
    mm_per_px: Mapped[float | None]
    quality: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    measurement: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    withdrawn_at: Mapped[datetime | None]

    predictions: Mapped[list["PredictionRow"]] = relationship(
        lazy="raise", order_by="PredictionRow.created_at, PredictionRow.id"
    )


class PredictionRow(Base):
    """What a network said of a picture. Triggers refuse to change or delete it.

    `answers` holds the whole label set with its probabilities, so that the row can be read when the model is gone.
    `class_mix_shares` stand in the order of the answers; there are none from before mixes were recorded.
    """

    __tablename__ = "prediction"

    id: Mapped[Key]
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), index=True)
    model_id: Mapped[Words]
    model_version: Mapped[Words]
    model_digest: Mapped[str] = mapped_column(String(64))
    image_digest: Mapped[str] = mapped_column(String(64))
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    decision: Mapped[Words]
    abstention_reason: Mapped[str | None] = mapped_column(String)
    novelty: Mapped[float | None]
    class_mix: Mapped[str] = mapped_column(String, server_default="archive")
    class_mix_shares: Mapped[list[float]] = mapped_column(JSON, server_default="[]")
    region: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]


class EmbeddingRow(Base):
    """The features that a network found in a picture, by which like pictures are found: float16, little-endian.

    They can be computed again, so files of cases do not carry them.
    """

    __tablename__ = "embedding"
    __table_args__ = (UniqueConstraint("image_id", "model_digest"),)

    id: Mapped[Key]
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    model_digest: Mapped[str] = mapped_column(String(64))
    features: Mapped[bytes]


class ReviewRow(Base):
    """The clinician's own reading at a visit."""

    __tablename__ = "review"

    id: Mapped[Key]
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    impression: Mapped[Words]
    confidence: Mapped[str | None] = mapped_column(String)
    plan: Mapped[Words]
    notes: Mapped[Words]
    revealed_before: Mapped[bool]
    created_at: Mapped[datetime]
    second_impression: Mapped[str] = mapped_column(String, server_default="")
    second_confidence: Mapped[str | None] = mapped_column(String)
    follow_up_on: Mapped[date | None]
    asked_first: Mapped[bool | None]
    withdrawn_at: Mapped[datetime | None]


class FinalDiagnosisRow(Base):
    """What a lesion was in the end; the bytes of an attachment lie in the image store under `attachment_sha256`."""

    __tablename__ = "final_diagnosis"

    id: Mapped[Key]
    lesion_id: Mapped[int] = mapped_column(ForeignKey("lesion.id"), index=True)
    diagnosis: Mapped[Words]
    malignancy: Mapped[Words]
    confirmed_by: Mapped[Words]
    decided_on: Mapped[date]
    text: Mapped[Words]
    attachment_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    attachment_name: Mapped[Words]
    attachment_type: Mapped[Words]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class DraftRow(Base):
    """What somebody has begun and not saved; `content` is the picture file, if there is one."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    id: Mapped[Key]
    person_id: Mapped[Words]
    kind: Mapped[Words]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]


class DraftPictureRow(Base):
    """A picture file of a draft, apart from it, so that typing does not write it again; `place` counts from 0."""

    __tablename__ = "draft_picture"

    draft_id: Mapped[int] = mapped_column(KeyType, ForeignKey("draft.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[int]
    content: Mapped[bytes]


class SavedFilterRow(Base):
    """A filter under a name."""

    __tablename__ = "saved_filter"

    name: Mapped[str] = mapped_column(Ordered, primary_key=True)
    criteria: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditEntryRow(Base):
    """One link of the audit's chain. Triggers refuse to change or delete it. It holds ids, no personal data.

    `at` is text, since the MAC covers its very characters. `detail_digest` is empty where there is no detail.
    """

    __tablename__ = "audit_entry"

    seq: Mapped[Key]
    at: Mapped[Words]
    person_id: Mapped[Words]
    action: Mapped[Words]
    subject: Mapped[Words]
    subject_id: Mapped[Words]
    patient_id: Mapped[int | None]
    detail_digest: Mapped[Words]
    mac: Mapped[str] = mapped_column(String(64))


class AuditDetailRow(Base):
    """What an entry tells that is personal, such as the old value of a correction: erased with its patient."""

    __tablename__ = "audit_detail"

    seq: Mapped[int] = mapped_column(KeyType, ForeignKey("audit_entry.seq"), primary_key=True)
    salt: Mapped[Words]
    content: Mapped[Words]


class AuditHeadRow(Base):
    """Where the chain ends: one row."""

    __tablename__ = "audit_head"

    id: Mapped[Key]
    count: Mapped[int]
    mac: Mapped[Words]
    seal: Mapped[Words]


class ErasedPictureRow(Base):
    """A picture of an erased patient whose file is still to be removed."""

    __tablename__ = "erased_picture"
    __table_args__ = ({"sqlite_with_rowid": False},)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)


def stored_files() -> Select[str]:
    """The digest of every file that a row refers to in the image store: pictures and attachments, each once."""
    pictures = select(ImageRow.sha256.label("sha256"))
    attached = FinalDiagnosisRow.attachment_sha256
    files = pictures.union(select(attached).where(attached.is_not(None))).subquery()
    return select(files.c.sha256)


WHOLE_CASE = (
    selectinload(LesionRow.patient),
    selectinload(LesionRow.final_diagnoses),
    selectinload(LesionRow.visits).options(
        selectinload(VisitRow.reviews),
        selectinload(VisitRow.images).selectinload(ImageRow.predictions),
    ),
)
"""Loads a lesion with everything that `to_case` needs."""
