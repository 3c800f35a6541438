"""Deliveries that the platform found fault with are told apart from readers who cannot be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column in place, and the index of those few."""
    op.add_column("delivery", sa.Column("refused", sa.Boolean(), server_default=sa.false(), nullable=False))
    few = sa.text("refused")
    op.create_index("ix_delivery_refused", "delivery", ["tried_at"], postgresql_where=few, sqlite_where=few)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_delivery_refused", "delivery")
    op.drop_column("delivery", "refused")
