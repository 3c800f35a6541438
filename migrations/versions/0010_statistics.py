"""Summary rows and their deltas."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLACE = ("cohort", "level", "province_code", "measure", "school_id", "department_id", "major")


def _counted() -> list[sa.Column]:
    return [
        sa.Column("id", BIG, nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("province_code", sa.String(length=6), nullable=False),
        sa.Column("school_id", BIG, nullable=False),
        sa.Column("department_id", BIG, nullable=False),
        sa.Column("major", sa.String(length=80), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
    ]


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "statistic",
        *_counted(),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistic")),
        sa.UniqueConstraint(*PLACE, name=op.f("uq_statistic_place")),
    )
    op.create_index("ix_statistic_school", "statistic", ["cohort", "level", "school_id"])
    op.create_table(
        "statistic_delta",
        *_counted(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistic_delta")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("statistic_delta")
    op.drop_table("statistic")
