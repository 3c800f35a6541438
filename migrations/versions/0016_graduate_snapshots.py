"""What the roll said of a graduate when a paper registration, destination or transfer was handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "graduate_snapshot",
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", "record_id", name=op.f("pk_graduate_snapshot")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("graduate_snapshot")
