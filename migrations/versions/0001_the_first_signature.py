"""the first signature."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "account",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id_kind", sa.String(length=20), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_blind", sa.LargeBinary(length=32), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_blind", sa.LargeBinary(length=32), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_blind", sa.LargeBinary(length=32), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_blind", name=op.f("uq_account_email_blind")),
        sa.UniqueConstraint("id_number_blind", name=op.f("uq_account_id_number_blind")),
        sa.UniqueConstraint("phone_blind", name=op.f("uq_account_phone_blind")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
    )
    op.create_table(
        "agreement_choice",
        sa.Column("province_code", sa.String(length=6), nullable=False),
        sa.Column("from_cohort", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("province_code", "from_cohort", name=op.f("pk_agreement_choice")),
    )
    op.create_table(
        "agreement_counter",
        sa.Column("school_code", sa.String(length=5), nullable=False),
        sa.Column("kind_digit", sa.String(length=1), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school_code", "kind_digit", "day", name=op.f("pk_agreement_counter")),
    )
    op.create_table(
        "code_entry",
        sa.Column("table", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False),
        sa.Column("valid_to", sa.String(length=10), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("table", "code", name=op.f("pk_code_entry")),
    )
    op.create_table(
        "demo_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_message")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_demo_message_delivery_id")),
    )
    op.create_table(
        "download_ticket",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_download_ticket")),
    )
    with op.batch_alter_table("download_ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_download_ticket_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "employer",
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind_code", sa.String(length=4), nullable=False),
        sa.Column("industry_code", sa.String(length=4), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("contact_name", sa.String(length=60), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("chain_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chain_head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chain_salt", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_employer_credit_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_employer_public_id")),
    )
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employer_name"), ["name"], unique=False)

    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_role", sa.String(length=12), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("prev", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint("record_kind", "record_id", "seq", name=op.f("uq_history_record_kind_record_id_seq")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "history_value",
        sa.Column("record_kind", sa.String(length=20), nullable=False),
        sa.Column(
            "record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_kind", "record_id", "seq", "field", name=op.f("pk_history_value")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column(
            "principal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("door", "principal_id", "key", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_at"), ["at"], unique=False)

    op.create_table(
        "legal_text",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "version", name=op.f("pk_legal_text")),
    )
    with op.batch_alter_table("legal_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_text_published_at"), ["published_at"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("roll_record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=60), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("state IN ('due', 'leased')"),
            sqlite_where=sa.text("state IN ('due', 'leased')"),
        )
        batch_op.create_index(batch_op.f("ix_outbox_placement_id"), ["placement_id"], unique=False)

    op.create_table(
        "province",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("chain_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chain_head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chain_salt", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province")),
        sa.UniqueConstraint("code", name=op.f("uq_province_code")),
    )
    op.create_table(
        "province_module",
        sa.Column("province_code", sa.String(length=6), nullable=False),
        sa.Column("module", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("province_code", "module", name=op.f("pk_province_module")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_code", sa.String(length=6), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_region_parent_code"), ["parent_code"], unique=False)

    op.create_table(
        "school",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("province_code", sa.String(length=6), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=6), nullable=False),
        sa.Column("department_review", sa.Boolean(), nullable=False),
        sa.Column("binding_notice", sa.Boolean(), nullable=False),
        sa.Column("settings_completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("chain_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chain_head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chain_salt", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
        sa.UniqueConstraint("code", name=op.f("uq_school_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_school_public_id")),
    )
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_province_code"), ["province_code"], unique=False)

    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("principal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index("ix_session_door_principal_id", ["door", "principal_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recipient_kind", sa.String(length=12), nullable=False),
        sa.Column("recipient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_delivery_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "outbox_id",
            "recipient_kind",
            "recipient_id",
            "channel",
            name=op.f("uq_delivery_outbox_id_recipient_kind_recipient_id_channel"),
        ),
    )
    op.create_table(
        "department",
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_department_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("public_id", name=op.f("uq_department_public_id")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_department_school_id_name")),
    )
    op.create_table(
        "employer_user",
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_employer_user_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_user")),
        sa.UniqueConstraint("public_id", name=op.f("uq_employer_user_public_id")),
        sa.UniqueConstraint("username", name=op.f("uq_employer_user_username")),
    )
    with op.batch_alter_table("employer_user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employer_user_employer_id"), ["employer_id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_code", sa.String(length=5), nullable=False),
        sa.Column("degree_level_code", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_enrolment_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint(
            "account_id",
            "school_code",
            "degree_level_code",
            name=op.f("uq_enrolment_account_id_school_code_degree_level_code"),
        ),
    )
    op.create_table(
        "school_function",
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("function", sa.String(length=12), nullable=False),
        sa.Column("cohort", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_school_function_school_id")),
        sa.PrimaryKeyConstraint("school_id", "function", "cohort", name=op.f("pk_school_function")),
    )
    op.create_table(
        "alert",
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recipient_kind", sa.String(length=12), nullable=False),
        sa.Column("recipient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_alert_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_alert_delivery_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_alert_public_id")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index("ix_alert_reader", ["recipient_kind", "recipient_id", "id"], unique=False)

    op.create_table(
        "roll_record",
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id_kind", sa.String(length=20), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_blind", sa.LargeBinary(length=32), nullable=False),
        sa.Column("gender_code", sa.String(length=2), nullable=False),
        sa.Column("ethnic_code", sa.String(length=4), nullable=False),
        sa.Column("political_code", sa.String(length=4), nullable=False),
        sa.Column("education_code", sa.String(length=4), nullable=False),
        sa.Column("degree_level_code", sa.String(length=10), nullable=False),
        sa.Column("training_mode", sa.String(length=2), nullable=False),
        sa.Column("major", sa.String(length=80), nullable=False),
        sa.Column("student_number", sa.String(length=30), nullable=False),
        sa.Column("exam_number", sa.String(length=20), nullable=False),
        sa.Column("duration_years", sa.String(length=4), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("graduates_on", sa.Date(), nullable=True),
        sa.Column("origin_region", sa.String(length=6), nullable=False),
        sa.Column("archive_moved", sa.Boolean(), nullable=True),
        sa.Column("household_moved", sa.Boolean(), nullable=True),
        sa.Column("shown_hash", sa.String(length=64), nullable=False),
        sa.Column("confirmed_hash", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("chain_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chain_head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chain_salt", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_roll_record_account_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_roll_record_department_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_roll_record_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_record")),
        sa.UniqueConstraint("public_id", name=op.f("uq_roll_record_public_id")),
        sa.UniqueConstraint(
            "school_id", "cohort", "student_number", name=op.f("uq_roll_record_school_id_cohort_student_number")
        ),
    )
    with op.batch_alter_table("roll_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_record_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_roll_record_department_id_cohort", ["department_id", "cohort"], unique=False)
        batch_op.create_index(batch_op.f("ix_roll_record_id_number_blind"), ["id_number_blind"], unique=False)
        batch_op.create_index("ix_roll_record_school_id_name", ["school_id", "name"], unique=False)

    op.create_table(
        "staff",
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("province_code", sa.String(length=6), nullable=True),
        sa.Column("placement_level", sa.Integer(), nullable=False),
        sa.Column("archive_level", sa.Integer(), nullable=False),
        sa.Column("household_level", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("chain_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chain_head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chain_salt", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_staff_department_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_staff_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_public_id")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index("ix_staff_reviewers", ["department_id", "active", "placement_level"], unique=False)

    op.create_table(
        "graduate_search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("roll_record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_graduate_search_employer_id")),
        sa.ForeignKeyConstraint(["roll_record_id"], ["roll_record.id"], name=op.f("fk_graduate_search_roll_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graduate_search")),
    )
    with op.batch_alter_table("graduate_search", schema=None) as batch_op:
        batch_op.create_index("ix_graduate_search_misses", ["employer_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_graduate_search_roll_record_id"), ["roll_record_id"], unique=False)

    op.create_table(
        "placement",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("roll_record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("live_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("open_key", sa.String(length=44), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("agreement_kind", sa.String(length=12), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_path", sa.String(length=40), nullable=False),
        sa.Column("review_step", sa.String(length=12), nullable=True),
        sa.Column("rejected_by", sa.String(length=12), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("agreement_number", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "(((kind = 'online' AND state IN ('accepted', 'effective')) OR (kind = 'offline' AND state IN ('agreement_approved', 'agreement_returned', 'agreement_review', 'effective', 'signing_returned', 'signing_review')) OR (kind = 'paper' AND state IN ('effective', 'returned', 'review')) OR (kind = 'destination' AND state IN ('approved', 'returned', 'review'))) AND live_key IS NOT NULL AND live_key = roll_record_id) OR (NOT ((kind = 'online' AND state IN ('accepted', 'effective')) OR (kind = 'offline' AND state IN ('agreement_approved', 'agreement_returned', 'agreement_review', 'effective', 'signing_returned', 'signing_review')) OR (kind = 'paper' AND state IN ('effective', 'returned', 'review')) OR (kind = 'destination' AND state IN ('approved', 'returned', 'review'))) AND live_key IS NULL)",
            name=op.f("ck_placement_live_key"),
        ),
        sa.CheckConstraint(
            "(((kind = 'online' AND state IN ('accepted', 'effective', 'invited'))) AND open_key IS NOT NULL) OR (NOT ((kind = 'online' AND state IN ('accepted', 'effective', 'invited'))) AND open_key IS NULL)",
            name=op.f("ck_placement_open_key"),
        ),
        sa.CheckConstraint(
            "(kind = 'online' AND state IN ('invited', 'accepted', 'effective', 'terminated', 'declined', 'expired', 'withdrawn', 'review_rejected')) OR (kind = 'offline' AND state IN ('draft', 'agreement_review', 'agreement_returned', 'agreement_approved', 'signing_review', 'signing_returned', 'effective', 'terminated', 'void', 'cancelled')) OR (kind = 'paper' AND state IN ('draft', 'review', 'returned', 'effective', 'terminated', 'void', 'cancelled')) OR (kind = 'destination' AND state IN ('draft', 'review', 'returned', 'approved', 'voided', 'void', 'cancelled'))",
            name=op.f("ck_placement_kind_state"),
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_placement_employer_id")),
        sa.ForeignKeyConstraint(["roll_record_id"], ["roll_record.id"], name=op.f("fk_placement_roll_record_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_placement_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint("agreement_number", name=op.f("uq_placement_agreement_number")),
        sa.UniqueConstraint("live_key", name=op.f("uq_placement_live_key")),
        sa.UniqueConstraint("open_key", name=op.f("uq_placement_open_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_placement_public_id")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index("ix_placement_due", ["state", "deadline_at"], unique=False)
        batch_op.create_index("ix_placement_employer_id_created_at", ["employer_id", "created_at"], unique=False)
        batch_op.create_index("ix_placement_review", ["school_id", "state", "review_step"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_roll_record_id"), ["roll_record_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("clauses_version", sa.String(length=20), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_document_placement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("code", name=op.f("uq_document_code")),
        sa.UniqueConstraint("placement_id", "version", name=op.f("uq_document_placement_id_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_document_public_id")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_file_sha256"), ["file_sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_number"), ["number"], unique=False)

    op.create_table(
        "placement_snapshot",
        sa.Column("placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_placement_snapshot_placement_id")),
        sa.PrimaryKeyConstraint("placement_id", name=op.f("pk_placement_snapshot")),
    )
    op.create_table(
        "placement_terms",
        sa.Column("placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_placement_terms_placement_id")),
        sa.PrimaryKeyConstraint("placement_id", "version", name=op.f("pk_placement_terms")),
    )
    op.create_table(
        "verification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("visitor", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_verification_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    with op.batch_alter_table("verification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verification_at"), ["at"], unique=False)
        batch_op.create_index("ix_verification_document_id_at", ["document_id", "at"], unique=False)
        batch_op.create_index("ix_verification_visitor_at", ["visitor", "at"], unique=False)


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("verification", schema=None) as batch_op:
        batch_op.drop_index("ix_verification_visitor_at")
        batch_op.drop_index("ix_verification_document_id_at")
        batch_op.drop_index(batch_op.f("ix_verification_at"))

    op.drop_table("verification")
    op.drop_table("placement_terms")
    op.drop_table("placement_snapshot")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_number"))
        batch_op.drop_index(batch_op.f("ix_document_file_sha256"))

    op.drop_table("document")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_roll_record_id"))
        batch_op.drop_index("ix_placement_review")
        batch_op.drop_index("ix_placement_employer_id_created_at")
        batch_op.drop_index("ix_placement_due")

    op.drop_table("placement")
    with op.batch_alter_table("graduate_search", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_graduate_search_roll_record_id"))
        batch_op.drop_index("ix_graduate_search_misses")

    op.drop_table("graduate_search")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_reviewers")

    op.drop_table("staff")
    with op.batch_alter_table("roll_record", schema=None) as batch_op:
        batch_op.drop_index("ix_roll_record_school_id_name")
        batch_op.drop_index(batch_op.f("ix_roll_record_id_number_blind"))
        batch_op.drop_index("ix_roll_record_department_id_cohort")
        batch_op.drop_index(batch_op.f("ix_roll_record_account_id"))

    op.drop_table("roll_record")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index("ix_alert_reader")

    op.drop_table("alert")
    op.drop_table("school_function")
    op.drop_table("enrolment")
    with op.batch_alter_table("employer_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employer_user_employer_id"))

    op.drop_table("employer_user")
    op.drop_table("department")
    op.drop_table("delivery")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index("ix_session_door_principal_id")

    op.drop_table("session")
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_province_code"))
        batch_op.drop_index(batch_op.f("ix_school_name"))

    op.drop_table("school")
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_region_parent_code"))

    op.drop_table("region")
    op.drop_table("province_module")
    op.drop_table("province")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_placement_id"))
        batch_op.drop_index(
            "ix_outbox_due",
            postgresql_where=sa.text("state IN ('due', 'leased')"),
            sqlite_where=sa.text("state IN ('due', 'leased')"),
        )

    op.drop_table("outbox")
    with op.batch_alter_table("legal_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legal_text_published_at"))

    op.drop_table("legal_text")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_at"))

    op.drop_table("idempotency_key")
    op.drop_table("history_value")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("ix_history_subject")

    op.drop_table("history")
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employer_name"))

    op.drop_table("employer")
    with op.batch_alter_table("download_ticket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_download_ticket_expires_at"))

    op.drop_table("download_ticket")
    op.drop_table("demo_message")
    op.drop_table("code_entry")
    op.drop_table("agreement_counter")
    op.drop_table("agreement_choice")
    op.drop_table("account")
