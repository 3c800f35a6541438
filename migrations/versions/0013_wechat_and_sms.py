"""WeChat users, scenes, inbox, token and grants; messages on their ladder, pauses of channels, text messages."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
HASH = sa.LargeBinary(length=32)
NEW_IN_DELIVERY = {
    "message_id": BIG,
    "number": sa.BigInteger(),
    "provider_id": sa.String(length=64),
    "first_at": MOMENT,
    "tried_at": MOMENT,
    "again_at": MOMENT,
    "proven_at": MOMENT,
}


def upgrade() -> None:
    """Create them. Columns are added in place: SQLite would lose its CHECKs by copying the table."""
    _wechat()
    _messages()
    for name, kind in NEW_IN_DELIVERY.items():
        op.add_column("delivery", sa.Column(name, kind, nullable=True))
    op.add_column("delivery", sa.Column("asked", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_delivery_message_id", "delivery", ["message_id"])
    op.create_index("ix_delivery_number", "delivery", ["channel", "number"])
    op.create_index("ix_delivery_provider_id", "delivery", ["provider_id"])
    op.drop_table("demo_message")
    op.add_column("school", sa.Column("sms_fallback", sa.Boolean(), server_default=sa.true(), nullable=False))


def _public(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    )


def _wechat() -> None:
    op.create_table(
        "wechat_user",
        sa.Column("platform", sa.String(length=8), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("unionid", sa.String(length=64), nullable=True),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("bound_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", MOMENT, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries_since", MOMENT, nullable=True),
        sa.Column("busy_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_wechat_user_account_id")),
        sa.UniqueConstraint("platform", "account_id", name=op.f("uq_wechat_user_platform_account_id")),
        sa.UniqueConstraint("platform", "openid", name=op.f("uq_wechat_user_platform_openid")),
        *_public("wechat_user"),
    )
    op.create_index("ix_wechat_user_account_id", "wechat_user", ["account_id"])
    op.create_index("ix_wechat_user_unionid", "wechat_user", ["unionid"])
    op.create_table(
        "wechat_scene",
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("wechat_user_id", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("scanned_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_wechat_scene_account_id")),
        sa.ForeignKeyConstraint(["wechat_user_id"], ["wechat_user.id"], name=op.f("fk_wechat_scene_wechat_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_wechat_scene_token_hash")),
        *_public("wechat_scene"),
    )
    for column in ("account_id", "wechat_user_id", "expires_at"):
        op.create_index(f"ix_wechat_scene_{column}", "wechat_scene", [column])
    op.create_table(
        "wechat_inbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("platform", sa.String(length=8), nullable=False),
        sa.Column("key", HASH, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reply_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("message_number", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("error", sa.String(length=60), nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_inbox")),
        sa.UniqueConstraint("platform", "key", name=op.f("uq_wechat_inbox_platform_key")),
    )
    op.create_index("ix_wechat_inbox_message_number", "wechat_inbox", ["message_number"])
    op.create_index("ix_wechat_inbox_state", "wechat_inbox", ["state", "received_at"])
    op.create_table(
        "wechat_token",
        sa.Column("platform", sa.String(length=8), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("platform", name=op.f("pk_wechat_token")),
    )
    op.create_table(
        "subscribe_grant",
        sa.Column("wechat_user_id", BIG, nullable=False),
        sa.Column("template", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["wechat_user_id"], ["wechat_user.id"], name=op.f("fk_subscribe_grant_wechat_user_id")),
        sa.PrimaryKeyConstraint("wechat_user_id", "template", name=op.f("pk_subscribe_grant")),
    )


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("outbox_id", BIG, nullable=False),
        sa.Column("recipient_kind", sa.String(length=12), nullable=False),
        sa.Column("recipient_id", BIG, nullable=False),
        sa.Column("school_id", BIG, nullable=True),
        sa.Column("roll_record_id", BIG, nullable=True),
        sa.Column("placement_id", BIG, nullable=True),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("message_group", sa.String(length=20), nullable=False),
        sa.Column("letter_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=True),
        sa.Column("proof", sa.String(length=20), nullable=True),
        sa.Column("error", sa.String(length=60), nullable=True),
        sa.Column("merged_into", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("worthless_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("called_by", BIG, nullable=True),
        sa.Column("call_note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["message.id"], name=op.f("fk_message_merged_into")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_message_outbox_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_message_school_id")),
        sa.UniqueConstraint(
            "outbox_id",
            "recipient_kind",
            "recipient_id",
            name=op.f("uq_message_outbox_id_recipient_kind_recipient_id"),
        ),
        *_public("message"),
    )
    op.create_index("ix_message_reader", "message", ["recipient_kind", "recipient_id", "id"])
    op.create_index("ix_message_school", "message", ["school_id", "state", "id"])
    op.create_table(
        "channel_pause",
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("template", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "template", name=op.f("pk_channel_pause")),
    )
    op.create_table(
        "sms_receipt",
        sa.Column("biz_id", sa.String(length=64), nullable=False),
        sa.Column("phone_blind", HASH, nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("biz_id", "phone_blind", name=op.f("pk_sms_receipt")),
    )
    op.create_index("ix_sms_receipt_reported_at", "sms_receipt", ["reported_at"])
    op.create_table(
        "sms_sent",
        sa.Column("id", BIG, nullable=False),
        sa.Column("delivery_id", BIG, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("phone_blind", HASH, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_sent")),
    )
    op.create_index("ix_sms_sent_at", "sms_sent", ["at"])
    op.create_index("ix_sms_sent_phone", "sms_sent", ["phone_blind", "at"])
    op.create_table(
        "sms_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_sms_day")),
    )


def downgrade() -> None:
    """Drop them, and put the demo's inbox back."""
    op.create_table(
        "demo_message",
        sa.Column("id", BIG, nullable=False),
        sa.Column("delivery_id", BIG, nullable=False),
        sa.Column("reader", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_message")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_demo_message_delivery_id")),
    )
    op.drop_column("school", "sms_fallback")
    for name in ("ix_delivery_provider_id", "ix_delivery_number", "ix_delivery_message_id"):
        op.drop_index(name, "delivery")
    for name in ("asked", *NEW_IN_DELIVERY):
        op.drop_column("delivery", name)
    for name in (
        "sms_day",
        "sms_sent",
        "sms_receipt",
        "channel_pause",
        "message",
        "subscribe_grant",
        "wechat_token",
        "wechat_inbox",
        "wechat_scene",
        "wechat_user",
    ):
        op.drop_table(name)
