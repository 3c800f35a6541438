"""Registration and verification of employers, warning marks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ACTING = sa.text("state = 'approved'")
LIVE = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    """Create them."""
    with op.batch_alter_table("employer") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("proof", sa.String(12), nullable=True))
        table.add_column(sa.Column("verified_at", MOMENT, nullable=True))
        table.add_column(sa.Column("suspended_at", MOMENT, nullable=True))
        table.add_column(sa.Column("reason", sa.Text(), nullable=True))
    with op.batch_alter_table("employer_user") as table:
        table.add_column(sa.Column("state", sa.String(12), nullable=False, server_default="approved"))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("form_sealed", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("created_at", MOMENT, nullable=True))
        table.add_column(sa.Column("submitted_at", MOMENT, nullable=True))
        table.add_column(sa.Column("decided_at", MOMENT, nullable=True))
        table.add_column(sa.Column("decided_by", BIG, nullable=True))
        table.add_column(sa.Column("reason", sa.Text(), nullable=True))
    op.create_index(
        "uq_employer_user_acting",
        "employer_user",
        ["employer_id"],
        unique=True,
        postgresql_where=ACTING,
        sqlite_where=ACTING,
    )
    op.create_index("ix_employer_user_waiting", "employer_user", ["state", "submitted_at"])
    op.execute(
        "UPDATE employer_user SET state = 'pending'"
        " WHERE employer_id IN (SELECT id FROM employer WHERE state = 'pending')"
    )
    _bank_check()
    _warning_mark()


def _bank_check() -> None:
    op.create_table(
        "bank_check",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("employer_id", BIG, nullable=False),
        sa.Column("officer_id", BIG, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(80), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("amount_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("deadline_at", MOMENT, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_bank_check_employer_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["employer_user.id"], name=op.f("fk_bank_check_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_check")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_check_public_id")),
    )
    op.create_index(op.f("ix_bank_check_employer_id"), "bank_check", ["employer_id"])
    op.create_index(op.f("ix_bank_check_officer_id"), "bank_check", ["officer_id"])
    op.create_index(op.f("ix_bank_check_state"), "bank_check", ["state"])


def _warning_mark() -> None:
    op.create_table(
        "warning_mark",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("school_id", BIG, nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False),
        sa.Column("employer_name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("live_key", sa.String(60), nullable=True),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.Column("marked_by", BIG, nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lifted_by", BIG, nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_warning_mark_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_mark")),
        sa.UniqueConstraint("public_id", name=op.f("uq_warning_mark_public_id")),
        sa.UniqueConstraint("live_key", name=op.f("uq_warning_mark_live_key")),
    )
    op.create_index("ix_warning_mark_live", "warning_mark", ["credit_code"], postgresql_where=LIVE, sqlite_where=LIVE)
    op.create_index("ix_warning_mark_school", "warning_mark", ["school_id", "marked_at", "id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("warning_mark")
    op.drop_table("bank_check")
    op.drop_index("ix_employer_user_waiting", "employer_user")
    op.drop_index("uq_employer_user_acting", "employer_user")
    added = ("state", "version", "form_sealed", "created_at", "submitted_at", "decided_at", "decided_by", "reason")
    with op.batch_alter_table("employer_user") as table:
        for name in added:
            table.drop_column(name)
    with op.batch_alter_table("employer") as table:
        for name in ("version", "proof", "verified_at", "suspended_at", "reason"):
            table.drop_column(name)
