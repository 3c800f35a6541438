"""Uploaded files and what their check found."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "file",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("owner_kind", sa.String(12), nullable=False),
        sa.Column("owner_id", BIG, nullable=False),
        sa.Column("subject", sa.String(24), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("roll_record_id", BIG, nullable=True),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slot_key", sa.String(100), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("problem", sa.String(24), nullable=True),
        sa.Column("sentence", sa.String(200), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("original_sha256", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(24), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("stored_size", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("picture_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("blur", sa.Float(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("purged_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'refused')", name=op.f("ck_file_state")),
        sa.CheckConstraint("(state = 'accepted') = (sha256 IS NOT NULL)", name=op.f("ck_file_accepted")),
        sa.CheckConstraint("(state = 'refused') = (problem IS NOT NULL)", name=op.f("ck_file_refused")),
        sa.ForeignKeyConstraint(["roll_record_id"], ["roll_record.id"], name=op.f("fk_file_roll_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_file_public_id")),
        sa.UniqueConstraint("slot_key", name=op.f("uq_file_slot_key")),
    )
    op.create_index("ix_file_record", "file", ["subject", "subject_id"])
    op.create_index("ix_file_owner", "file", ["owner_kind", "owner_id", "created_at"])
    op.create_index(op.f("ix_file_roll_record_id"), "file", ["roll_record_id"])
    op.create_index(op.f("ix_file_sha256"), "file", ["sha256"])
    op.create_table(
        "picture_band",
        sa.Column("file_id", BIG, nullable=False),
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", BIG, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_picture_band_file_id")),
        sa.PrimaryKeyConstraint("file_id", "band", name=op.f("pk_picture_band")),
    )
    op.create_index("ix_picture_band_value", "picture_band", ["band", "value"])
    op.create_table(
        "file_ticket",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("file_id", BIG, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_file_ticket_file_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_file_ticket")),
    )
    op.create_index(op.f("ix_file_ticket_expires_at"), "file_ticket", ["expires_at"])


def downgrade() -> None:
    """Drop them."""
    for table in ("file_ticket", "picture_band", "file"):
        op.drop_table(table)
