"""The first case log: patients, lesions, visits, pictures, predictions and reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TIME = sa.DateTime(timezone=True)
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Create every table, and the triggers that keep predictions as they were made."""
    _create_patients()
    _create_lesions_and_visits()
    _create_pictures()
    _create_predictions()
    _create_reviews()


def _create_patients() -> None:
    op.create_table(
        "patient",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("identifier", _ORDERED, nullable=False),
        sa.Column("identifier_key", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("name_key", _ORDERED, nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("skin_type", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patient"),
        sa.UniqueConstraint("identifier_key", name="uq_patient_identifier_key"),
    )
    op.create_index("ix_patient_name_key", "patient", ["name_key"])
    op.create_table(
        "patient_word",
        sa.Column("word", _ORDERED, nullable=False),
        sa.Column("patient_id", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("word", "patient_id", name="pk_patient_word"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_patient_word_patient_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_patient_word_patient_id", "patient_word", ["patient_id"])


def _create_lesions_and_visits() -> None:
    op.create_table(
        "lesion",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("patient_id", _KEY, nullable=False),
        sa.Column("number", _KEY, nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("last_visit_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lesion"),
        sa.UniqueConstraint("patient_id", "number", name="uq_lesion_patient_id_number"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_lesion_patient_id"),
    )
    op.create_index("ix_lesion_last_visit_at_id", "lesion", ["last_visit_at", "id"])
    op.create_table(
        "visit",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("lesion_id", _KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visited_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
        sa.UniqueConstraint("lesion_id", "day", name="uq_visit_lesion_id_day"),
        sa.ForeignKeyConstraint(["lesion_id"], ["lesion.id"], name="fk_visit_lesion_id"),
    )


def _create_pictures() -> None:
    op.create_table(
        "image",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("visit_id", _KEY, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width_px", _KEY, nullable=False),
        sa.Column("height_px", _KEY, nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_image"),
        sa.UniqueConstraint("visit_id", "sha256", name="uq_image_visit_id_sha256"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_image_visit_id"),
    )
    op.create_index("ix_image_sha256", "image", ["sha256"])


def _create_predictions() -> None:
    op.create_table(
        "prediction",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("image_id", _KEY, nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("model_digest", sa.String(64), nullable=False),
        sa.Column("image_digest", sa.String(64), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("abstention_reason", sa.String(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prediction"),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name="fk_prediction_image_id"),
    )
    op.create_index("ix_prediction_image_id", "prediction", ["image_id"])
    if op.get_bind().dialect.name == "postgresql":
        _keep_predictions_on_server()
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER prediction_no_{change.lower()} BEFORE {change} ON prediction "
            "BEGIN SELECT RAISE(ABORT, 'a prediction is kept as it was made'); END"
        )


def _keep_predictions_on_server() -> None:
    op.execute(
        "CREATE FUNCTION prediction_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'a prediction is kept as it was made' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for change, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER prediction_no_{change.lower()} BEFORE {change} ON prediction "
            f"FOR EACH {each} EXECUTE FUNCTION prediction_is_kept()"
        )


def _create_reviews() -> None:
    op.create_table(
        "review",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("visit_id", _KEY, nullable=False),
        sa.Column("impression", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=True),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("revealed_before", sa.Boolean(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_review_visit_id"),
    )
    op.create_index("ix_review_visit_id", "review", ["visit_id"])
