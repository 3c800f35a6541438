"""The page of the mini-program that an alert opens."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; alerts from before have none."""
    op.add_column("alert", sa.Column("page", sa.String(length=80), server_default="", nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("alert", "page")
