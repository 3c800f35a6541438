"""Staff accounts: passwords that have to be changed, the accounts of a school found."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.add_column("staff", sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_staff_school", "staff", ["school_id", "role"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_staff_school", "staff")
    op.drop_column("staff", "must_change_password")
