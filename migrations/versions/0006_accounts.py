"""Codes sent to people, imports of rolls, requests about them, and the history of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
# Every account gets an empty chain and a salt of its own; neither database needs an extension for that.
CHAIN = {
    "postgresql": "UPDATE account SET chain_head = decode(repeat('00', 32), 'hex'),"
    " chain_salt = decode(replace(gen_random_uuid()::text, '-', ''), 'hex')",
    "sqlite": "UPDATE account SET chain_head = zeroblob(32), chain_salt = randomblob(16)",
}


def upgrade() -> None:
    """Create them."""
    _chain_accounts()
    op.create_table(
        "sent_code",
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("asked_blind", sa.LargeBinary(length=32), nullable=False),
        sa.Column("target_blind", sa.LargeBinary(length=32), nullable=True),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("letter_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("live_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sent_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_code")),
        sa.UniqueConstraint("live_key", name=op.f("uq_sent_code_live_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sent_code_public_id")),
    )
    op.create_index("ix_sent_code_asked", "sent_code", ["asked_blind", "sent_at"])
    op.create_index("ix_sent_code_target", "sent_code", ["target_blind", "sent_at"])
    op.create_index("ix_sent_code_sent_at", "sent_code", ["sent_at"])
    op.create_table(
        "roll_import",
        sa.Column("school_id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("stage", sa.String(length=8), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("total", "read", "added", "changed", "unchanged", "faulty")
        ),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("faults", "departments", "ignored")),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_roll_import_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_roll_import_public_id")),
    )
    op.create_index("ix_roll_import_school_id_id", "roll_import", ["school_id", "id"])
    _create_requests()


def _create_requests() -> None:
    op.create_table(
        "roll_request",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("school_id", BIG, nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("roll_record_id", BIG, nullable=True),
        sa.Column("open_key", sa.String(length=40), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'granted', 'refused')", name=op.f("ck_roll_request_state")),
        sa.CheckConstraint("kind IN ('import', 'update')", name=op.f("ck_roll_request_kind")),
        sa.CheckConstraint(
            "(state = 'asked' AND open_key IS NOT NULL) OR (state <> 'asked' AND open_key IS NULL)",
            name=op.f("ck_roll_request_open_key"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_roll_request_account_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_roll_request_school_id")),
        sa.ForeignKeyConstraint(["roll_record_id"], ["roll_record.id"], name=op.f("fk_roll_request_roll_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_request")),
        sa.UniqueConstraint("open_key", name=op.f("uq_roll_request_open_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_roll_request_public_id")),
    )
    op.create_index("ix_roll_request_account_id", "roll_request", ["account_id"])
    op.create_index("ix_roll_request_school_id_state_id", "roll_request", ["school_id", "state", "id"])


def _chain_accounts() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("chain_seq", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("chain_head", sa.LargeBinary(length=32), nullable=True))
        table.add_column(sa.Column("chain_salt", sa.LargeBinary(length=16), nullable=True))
    op.execute(CHAIN[op.get_bind().dialect.name])
    with op.batch_alter_table("account") as table:
        for name, length in (("chain_head", 32), ("chain_salt", 16)):
            table.alter_column(name, existing_type=sa.LargeBinary(length=length), nullable=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("roll_request")
    op.drop_table("roll_import")
    op.drop_table("sent_code")
    with op.batch_alter_table("account") as table:
        for name in ("chain_salt", "chain_head", "chain_seq"):
            table.drop_column(name)
