"""When the mini-program itself reported a consent, so that the platform's event of the same one does not count again."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it in place."""
    op.add_column("subscribe_grant", sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("subscribe_grant", "reported_at")
