"""What WeChat's platform says of uploaded pictures, and addresses of files that it may fetch more than once."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them in place: SQLite would lose its CHECKs by copying the table."""
    op.add_column("file", sa.Column("look_key", sa.LargeBinary(length=32), nullable=True))
    op.add_column("file", sa.Column("verdict", sa.String(length=40), nullable=True))
    op.create_index("ix_file_look_key", "file", ["look_key"])
    op.add_column("file_ticket", sa.Column("once", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("file_ticket", "once")
    op.drop_index("ix_file_look_key", "file")
    op.drop_column("file", "verdict")
    op.drop_column("file", "look_key")
