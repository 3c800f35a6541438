"""Upload links, paper agreements, who uploaded a stamped agreement, and until when one may be verified."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create them. Columns are added in place: SQLite would lose its CHECKs by copying the table."""
    op.add_column("roll_record", sa.Column("paper_state", sa.String(length=8), server_default="none", nullable=False))
    op.add_column("placement", sa.Column("uploaded_by", sa.String(length=12), nullable=True))
    op.add_column("placement", sa.Column("verifiable_until", MOMENT, nullable=True))
    op.create_table(
        "upload_link",
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("live_key", BIG, nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("phone_blind", sa.LargeBinary(length=32), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("letter_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_upload_link_placement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_link")),
        sa.UniqueConstraint("live_key", name=op.f("uq_upload_link_live_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_upload_link_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_upload_link_token_hash")),
    )
    op.create_index("ix_upload_link_placement_id", "upload_link", ["placement_id"])
    op.create_index("ix_upload_link_phone", "upload_link", ["phone_blind", "sent_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("upload_link")
    for name in ("verifiable_until", "uploaded_by"):
        op.drop_column("placement", name)
    op.drop_column("roll_record", "paper_state")
