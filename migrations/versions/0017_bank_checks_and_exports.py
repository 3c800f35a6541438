"""Why the operator could not make a transfer to an employer's account; lists exported with people named in full."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them in place: SQLite would lose its CHECKs by copying a table."""
    op.add_column("bank_check", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("list_export", sa.Column("full", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("list_export", "full")
    op.drop_column("bank_check", "reason")
