"""Terminations, transfers, requests and corrections; what placements of every kind need."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEW_COLUMNS = (
    ("credit_code", sa.String(length=18)),
    ("type_code", sa.String(length=40)),
    ("reviewed_by", BIG),
    ("ended_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Create them. Columns are added in place: SQLite would lose its CHECKs by copying the table."""
    op.execute("ALTER TABLE placement RENAME COLUMN accepted_at TO submitted_at")
    for name, kind in NEW_COLUMNS:
        op.add_column("placement", sa.Column(name, kind, nullable=True))
    op.add_column("placement", sa.Column("online_known", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_placement_credit_code", "placement", ["credit_code"])
    op.create_table(
        "correction",
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("roll_record_id", BIG, nullable=False),
        sa.Column("school_id", BIG, nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=False),
        sa.Column("made_by_role", sa.String(length=12), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("body_digest", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("dispute", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "state IN ('shown', 'acknowledged', 'open', 'upheld', 'dismissed')", name=op.f("ck_correction_state")
        ),
        sa.ForeignKeyConstraint(["roll_record_id"], ["roll_record.id"], name=op.f("fk_correction_roll_record_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_correction_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_correction_public_id")),
    )
    op.create_index("ix_correction_open", "correction", ["school_id", "state"])
    op.create_index("ix_correction_roll_record_id", "correction", ["roll_record_id"])
    op.create_index("ix_correction_subject", "correction", ["subject", "subject_id"])
    op.create_table(
        "function_suspension",
        sa.Column("function", sa.String(length=12), nullable=False),
        sa.Column("province_code", sa.String(length=6), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_staff", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("function", "province_code", name=op.f("pk_function_suspension")),
    )
    op.create_table(
        "termination",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("roll_record_id", BIG, nullable=False),
        sa.Column("school_id", BIG, nullable=False),
        sa.Column("open_key", BIG, nullable=True),
        sa.Column("asked_by", sa.String(length=12), nullable=False),
        sa.Column("reason_code", sa.String(length=20), nullable=True),
        sa.Column("mark", sa.String(length=12), nullable=True),
        sa.Column("agreement_kind", sa.String(length=12), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("body_digest", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("review_path", sa.String(length=40), nullable=False),
        sa.Column("review_step", sa.String(length=12), nullable=True),
        sa.Column("reviewed_by", BIG, nullable=True),
        sa.Column("rejected_by", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "(kind = 'online' AND state IN ('asked', 'review', 'done', 'refused', 'withdrawn', 'review_rejected', 'forced')) OR (kind = 'offline' AND state IN ('draft', 'review', 'returned', 'done', 'rejected', 'withdrawn')) OR (kind = 'paper' AND state IN ('draft', 'review', 'returned', 'done', 'rejected', 'withdrawn'))",
            name=op.f("ck_termination_kind_state"),
        ),
        sa.CheckConstraint(
            "(state IN ('asked', 'draft', 'returned', 'review') AND open_key IS NOT NULL AND open_key = placement_id) OR (state NOT IN ('asked', 'draft', 'returned', 'review') AND open_key IS NULL)",
            name=op.f("ck_termination_open_key"),
        ),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_termination_placement_id")),
        sa.ForeignKeyConstraint(["roll_record_id"], ["roll_record.id"], name=op.f("fk_termination_roll_record_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_termination_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_termination")),
        sa.UniqueConstraint("open_key", name=op.f("uq_termination_open_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_termination_public_id")),
    )
    op.create_index("ix_termination_placement_id", "termination", ["placement_id"])
    op.create_index("ix_termination_review", "termination", ["school_id", "state", "review_step"])
    op.create_index("ix_termination_roll_record_id", "termination", ["roll_record_id"])
    op.create_table(
        "transfer",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("roll_record_id", BIG, nullable=False),
        sa.Column("school_id", BIG, nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("placement_id", BIG, nullable=True),
        sa.Column("open_key", sa.String(length=40), nullable=True),
        sa.Column("live_key", sa.String(length=40), nullable=True),
        sa.Column("type_code", sa.String(length=40), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("body_digest", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("review_path", sa.String(length=40), nullable=False),
        sa.Column("review_step", sa.String(length=12), nullable=True),
        sa.Column("reviewed_by", BIG, nullable=True),
        sa.Column("rejected_by", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "(state = 'approved' AND live_key IS NOT NULL) OR (state <> 'approved' AND live_key IS NULL)",
            name=op.f("ck_transfer_live_key"),
        ),
        sa.CheckConstraint(
            "(state IN ('returned', 'review') AND open_key IS NOT NULL) OR (state NOT IN ('returned', 'review') AND open_key IS NULL)",
            name=op.f("ck_transfer_open_key"),
        ),
        sa.CheckConstraint("kind IN ('archive', 'household')", name=op.f("ck_transfer_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'review', 'returned', 'approved', 'replaced', 'void', 'cancelled')",
            name=op.f("ck_transfer_state"),
        ),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_transfer_placement_id")),
        sa.ForeignKeyConstraint(["roll_record_id"], ["roll_record.id"], name=op.f("fk_transfer_roll_record_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_transfer_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("live_key", name=op.f("uq_transfer_live_key")),
        sa.UniqueConstraint("open_key", name=op.f("uq_transfer_open_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_transfer_public_id")),
    )
    op.create_index("ix_transfer_review", "transfer", ["school_id", "kind", "state", "review_step"])
    op.create_index("ix_transfer_roll_record_id", "transfer", ["roll_record_id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("transfer", "termination", "function_suspension", "correction"):
        op.drop_table(table)
    op.drop_index("ix_placement_credit_code", "placement")
    for name in ("online_known", *(name for name, _ in reversed(NEW_COLUMNS))):
        op.drop_column("placement", name)
    op.execute("ALTER TABLE placement RENAME COLUMN submitted_at TO accepted_at")
