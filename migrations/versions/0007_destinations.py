"""Minimum wages and the operator's mapping of destination codes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "minimum_wage",
        sa.Column("id", BIG, nullable=False),
        sa.Column("province_code", sa.String(6), nullable=False),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("set_by", BIG, nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minimum_wage")),
    )
    op.create_index("ix_minimum_wage_province", "minimum_wage", ["province_code", "valid_from"])
    op.create_table(
        "destination_code",
        sa.Column("id", BIG, nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination_code")),
    )
    op.create_index("ix_destination_code_form", "destination_code", ["form", "valid_from"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("destination_code")
    op.drop_table("minimum_wage")
