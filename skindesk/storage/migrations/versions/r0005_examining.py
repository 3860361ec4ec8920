"""What is found in a picture and measured on it, which part a network was given, and its features."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add columns and a table that are empty so far, and let a draft have several pictures."""
    op.add_column("image", sa.Column("quality", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("image", sa.Column("measurement", sa.JSON(), nullable=True))
    op.add_column("prediction", sa.Column("region", sa.JSON(), nullable=True))
    op.add_column("review", sa.Column("asked_first", sa.Boolean(), nullable=True))
    op.create_table(
        "embedding",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("image_id", _KEY, nullable=False),
        sa.Column("model_digest", sa.String(64), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_embedding"),
        sa.UniqueConstraint("image_id", "model_digest", name="uq_embedding_image_id_model_digest"),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name="fk_embedding_image_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.drop_table("draft_picture")  # which is empty: no log on a server is older than this
        _create_draft_pictures()
        _create_generation_of_people()
    else:
        _let_drafts_have_several_pictures()


def _let_drafts_have_several_pictures() -> None:
    """SQLite cannot give a table another key, so the table is made anew."""
    op.rename_table("draft_picture", "earlier_draft_picture")
    _create_draft_pictures()
    op.execute(
        "INSERT INTO draft_picture (draft_id, sha256, place, content) "
        "SELECT draft_id, sha256, 0, content FROM earlier_draft_picture"
    )
    op.drop_table("earlier_draft_picture")


def _create_draft_pictures() -> None:
    op.create_table(
        "draft_picture",
        sa.Column("draft_id", _KEY, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("place", _KEY, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "sha256", name="pk_draft_picture"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_draft_picture_draft_id"),
    )


def _create_generation_of_people() -> None:
    """SQLite keeps that number in the head of its file."""
    op.create_table("people_generation", sa.Column("generation", _KEY, nullable=False))
    op.execute("INSERT INTO people_generation (generation) VALUES (0)")
