"""What follows a first visit: states and dates, places on the body, final diagnoses, drafts, and search in words."""

import json
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TIME = sa.DateTime(timezone=True)
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_MS = "CAST(round((julianday(last_visit_at) - 2440587.5) * 86400000) AS INTEGER)"
_RECENCY = f"({_MS} >> 4 << 22) | (id & 4194303)"


def upgrade() -> None:
    """Add columns that are empty so far, and empty tables; the search in words is filled when the log is opened.

    No log on a server is as old as this: there the tables are empty, so that nothing is to be reckoned.
    """
    _extend_tables()
    _create_former_patient()
    _create_final_diagnosis()
    _create_drafts()
    op.create_table(
        "saved_filter",
        sa.Column("name", _ORDERED, nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_saved_filter"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _create_words_on_server()
        return
    op.execute(f"UPDATE lesion SET recency = {_RECENCY}")
    _follow_plans()
    _repeat_leading_answers()
    op.execute("CREATE VIRTUAL TABLE case_text USING fts5(words, detail=none, prefix='1 2 3 4 5 6 7 8')")


def _create_words_on_server() -> None:
    op.create_table(
        "case_text",
        sa.Column("recency", _KEY, nullable=False, autoincrement=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("recency", name="pk_case_text"),
    )
    op.create_index("ix_case_text_words", "case_text", ["words"], postgresql_using="gin")


def _extend_tables() -> None:
    _add(
        "patient",
        sa.Column("history", sa.String(), nullable=False, server_default=""),
        sa.Column("notes", sa.String(), nullable=False, server_default=""),
    )
    _add(
        "lesion",
        sa.Column("recency", _KEY, nullable=False, server_default="0"),
        sa.Column("view", sa.String(), nullable=True),
        sa.Column("x", sa.Double(), nullable=True),
        sa.Column("y", sa.Double(), nullable=True),
        sa.Column("state", sa.String(), nullable=False, server_default="new"),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("pending_since", sa.Date(), nullable=True),
        sa.Column("malignant_sum", sa.Double(), nullable=True),
        sa.Column("model_id", _ORDERED, nullable=True),
    )
    op.drop_index("ix_lesion_last_visit_at_id", "lesion")
    op.create_index("ix_lesion_recency", "lesion", ["recency"])
    op.create_index("ix_lesion_state_recency", "lesion", ["state", "recency"])
    op.create_index("ix_lesion_site_recency", "lesion", ["site", "recency"])
    op.create_index("ix_lesion_model_id_recency", "lesion", ["model_id", "recency"])
    op.create_index("ix_lesion_follow_up_on_id", "lesion", ["follow_up_on", "id"])
    op.create_index("ix_lesion_pending_since_id_follow_up_on", "lesion", ["pending_since", "id", "follow_up_on"])
    _add(
        "image",
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("dermoscopic_type", sa.String(), nullable=True),
        sa.Column("taken_at", sa.String(), nullable=False, server_default=""),
        sa.Column("device", sa.String(), nullable=False, server_default=""),
        sa.Column("mm_per_px", sa.Double(), nullable=True),
        sa.Column("withdrawn_at", _TIME, nullable=True),
    )
    _add(
        "review",
        sa.Column("second_impression", sa.String(), nullable=False, server_default=""),
        sa.Column("second_confidence", sa.String(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", _TIME, nullable=True),
    )


def _add(table: str, *columns: sa.Column[Any]) -> None:
    for column in columns:
        op.add_column(table, column)


def _create_former_patient() -> None:
    op.create_table(
        "former_patient",
        sa.Column("former_id", _KEY, nullable=False, autoincrement=False),
        sa.Column("patient_id", _KEY, nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("identifier_key", sa.String(), nullable=False),
        sa.Column("merged_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("former_id", name="pk_former_patient"),
        sa.UniqueConstraint("identifier_key", name="uq_former_patient_identifier_key"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_former_patient_patient_id"),
    )
    op.create_index("ix_former_patient_patient_id", "former_patient", ["patient_id"])


def _create_final_diagnosis() -> None:
    op.create_table(
        "final_diagnosis",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("lesion_id", _KEY, nullable=False),
        sa.Column("diagnosis", sa.String(), nullable=False),
        sa.Column("malignancy", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("attachment_sha256", sa.String(64), nullable=True),
        sa.Column("attachment_name", sa.String(), nullable=False),
        sa.Column("attachment_type", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("withdrawn_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_final_diagnosis"),
        sa.ForeignKeyConstraint(["lesion_id"], ["lesion.id"], name="fk_final_diagnosis_lesion_id"),
    )
    op.create_index("ix_final_diagnosis_lesion_id", "final_diagnosis", ["lesion_id"])
    op.create_index("ix_final_diagnosis_attachment_sha256", "final_diagnosis", ["attachment_sha256"])


def _create_drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("saved_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("person_id", "kind", name="uq_draft_person_id_kind"),
    )
    op.create_table(
        "draft_picture",
        sa.Column("draft_id", _KEY, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name="pk_draft_picture"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_draft_picture_draft_id"),
    )


def _follow_plans() -> None:
    """The state that each lesion's latest review asks for."""
    latest = (
        "SELECT {} FROM review r JOIN visit v ON v.id = r.visit_id WHERE v.lesion_id = lesion.id "
        "ORDER BY v.visited_at DESC, r.created_at DESC, r.id DESC LIMIT 1"
    )
    state = (
        "CASE WHEN r.plan IN ('watch', 'refer') THEN 'watched' "
        "WHEN r.plan IN ('biopsy', 'excise') THEN 'biopsy pending' ELSE 'new' END"
    )
    op.execute(f"UPDATE lesion SET state = coalesce(({latest.format(state)}), 'new')")
    since = latest.format("date(r.created_at)")
    op.execute(f"UPDATE lesion SET pending_since = ({since}) WHERE state = 'biopsy pending'")


def _repeat_leading_answers() -> None:
    """The answer that stands for each case: of the latest visit with one, the most suspicious picture's last."""
    connection = op.get_bind()
    answers = connection.execute(
        sa.text(
            "SELECT v.lesion_id, v.id AS visit_id, i.id AS image_id, p.answers, p.model_id FROM prediction p "
            "JOIN image i ON i.id = p.image_id JOIN visit v ON v.id = i.visit_id "
            "ORDER BY v.lesion_id, v.visited_at, v.id, i.id, p.created_at, p.id"
        )
    )
    for lesion_id, of_lesion in groupby(answers, key=attrgetter("lesion_id")):
        rows = list(of_lesion)
        last = {row.image_id: row for row in rows if row.visit_id == rows[-1].visit_id}
        sums = [(_malignant_sum(row.answers), row.model_id) for row in last.values()]
        malignant_sum, model_id = max(sums, key=itemgetter(0))
        connection.execute(
            sa.text("UPDATE lesion SET malignant_sum = :sum, model_id = :model WHERE id = :id"),
            {"sum": malignant_sum, "model": model_id, "id": lesion_id},
        )


def _malignant_sum(answers: str) -> float:
    counted = ("malignant", "premalignant")
    return sum(float(answer["probability"]) for answer in json.loads(answers) if answer["group"] in counted)
