"""Why the operator could not make a transfer to an employer's account."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the reason."""
    op.add_column("bank_check", sa.Column("reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("bank_check", "reason")
