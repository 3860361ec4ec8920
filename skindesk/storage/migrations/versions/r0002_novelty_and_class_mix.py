"""Predictions say how strange the picture was to the network, and under which class mix they hold."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was predicted before has no novelty and was under the archive's mix."""
    op.add_column("prediction", sa.Column("novelty", sa.Double(), nullable=True))
    op.add_column("prediction", sa.Column("class_mix", sa.String(), nullable=False, server_default="archive"))
    op.add_column("prediction", sa.Column("class_mix_shares", sa.JSON(), nullable=False, server_default="[]"))
