"""The audit's chain, and ids that are never given again once their rows are erased."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the audit's tables, empty, and rebuild the tables whose ids stand in it."""
    _create_audit()
    if op.get_bind().dialect.name == "postgresql":
        return  # whose sequences never give a number again
    _rebuild_patients()
    _rebuild_lesions()
    _rebuild_pictures()


def _create_audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", _KEY, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("patient_id", _KEY, nullable=True),
        sa.Column("detail_digest", sa.String(), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_entry"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _keep_entries_on_server()
    else:
        _keep_entries()
    op.create_table(
        "audit_detail",
        sa.Column("seq", _KEY, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_detail"),
        sa.ForeignKeyConstraint(["seq"], ["audit_entry.seq"], name="fk_audit_detail_seq"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("count", _KEY, nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "erased_picture",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_erased_picture"),
        sqlite_with_rowid=False,
    )


def _keep_entries() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entry_no_{change.lower()} BEFORE {change} ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'an audit entry is kept as it was made'); END"
        )


def _keep_entries_on_server() -> None:
    op.execute(
        "CREATE FUNCTION audit_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'an audit entry is kept as it was made' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for change, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER audit_entry_no_{change.lower()} BEFORE {change} ON audit_entry "
            f"FOR EACH {each} EXECUTE FUNCTION audit_entry_is_kept()"
        )


def _rebuild_patients() -> None:
    op.drop_index("ix_patient_name_key", "patient")
    _rebuild(
        "patient",
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("identifier_key", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("skin_type", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.UniqueConstraint("identifier_key", name="uq_patient_identifier_key"),
    )
    op.create_index("ix_patient_name_key", "patient", ["name_key"])


def _rebuild_lesions() -> None:
    op.drop_index("ix_lesion_last_visit_at_id", "lesion")
    _rebuild(
        "lesion",
        sa.Column("patient_id", _KEY, nullable=False),
        sa.Column("number", _KEY, nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("last_visit_at", _TIME, nullable=False),
        sa.UniqueConstraint("patient_id", "number", name="uq_lesion_patient_id_number"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_lesion_patient_id"),
    )
    op.create_index("ix_lesion_last_visit_at_id", "lesion", ["last_visit_at", "id"])


def _rebuild_pictures() -> None:
    op.drop_index("ix_image_sha256", "image")
    _rebuild(
        "image",
        sa.Column("visit_id", _KEY, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width_px", _KEY, nullable=False),
        sa.Column("height_px", _KEY, nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.UniqueConstraint("visit_id", "sha256", name="uq_image_visit_id_sha256"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_image_visit_id"),
    )
    op.create_index("ix_image_sha256", "image", ["sha256"])


def _rebuild(table: str, *parts: sa.Column[object] | sa.Constraint) -> None:
    """The same table with the same rows under AUTOINCREMENT, which SQLite cannot add to a table."""
    names = ", ".join(["id", *(part.name for part in parts if isinstance(part, sa.Column))])
    key = sa.PrimaryKeyConstraint("id", name=f"pk_{table}")
    op.create_table(f"{table}_0003", sa.Column("id", _KEY, nullable=False), *parts, key, sqlite_autoincrement=True)
    op.execute(f"INSERT INTO {table}_0003 ({names}) SELECT {names} FROM {table} ORDER BY id")
    op.drop_table(table)
    op.rename_table(f"{table}_0003", table)
