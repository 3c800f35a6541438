"""Messages that leave the house: one per letter and reader, its deliveries, pauses of channels, receipts, budgets."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime


class Message(Public, db.Model):
    """One letter to one reader on its way down the ladder: WeChat template, subscribe message, SMS, calls (R-MSG-2).

    States: open, told (by `channel`, as `proof` shows: finish_event, receipt, call), merged (into another's SMS),
    listed (for the school to call), dead (its outbox row is a dead letter). `error` is the last channel's code.
    `opened_at` is when it came up, or was replayed: patience counts from there. `letter_sealed` (bound to
    `message.letter:<public_id>`) holds title, body, about, hint, at, page, params of the SMS and, for a number alone,
    the phone. `module` is that of the record, and says which staff may see it (R-ACC-1).
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("outbox_id", "recipient_kind", "recipient_id"),
        Index("ix_message_reader", "recipient_kind", "recipient_id", "id"),
        Index("ix_message_school", "school_id", "state", "id"),
    )

    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    recipient_kind: Mapped[str] = mapped_column(String(12))  # account, phone
    recipient_id: Mapped[int] = mapped_column(BigId)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    roll_record_id: Mapped[int | None] = mapped_column(BigId)
    placement_id: Mapped[int | None] = mapped_column(BigId)
    module: Mapped[str] = mapped_column(String(12), default="placement", server_default="placement")
    topic: Mapped[str] = mapped_column(String(40))
    group: Mapped[str] = mapped_column("message_group", String(20))
    letter_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(8), default="open")
    channel: Mapped[str | None] = mapped_column(String(12))
    proof: Mapped[str | None] = mapped_column(String(20))
    error: Mapped[str | None] = mapped_column(String(60))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    worthless_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_by: Mapped[int | None] = mapped_column(BigId)
    call_note: Mapped[str] = mapped_column(Text, default="")


class ChannelPause(db.Model):
    """A channel, or one template of it, that rests: since when, why, how often in a row, and when it is tried again."""

    __tablename__ = "channel_pause"

    channel: Mapped[str] = mapped_column(String(12), primary_key=True)
    template: Mapped[str] = mapped_column(String(20), primary_key=True, default="")
    reason: Mapped[str] = mapped_column(String(60))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    strikes: Mapped[int] = mapped_column(Integer, default=1)


class SmsReceipt(db.Model):
    """What the operator says became of a text message; it may come before our own row knows the number of the send."""

    __tablename__ = "sms_receipt"
    __table_args__ = (Index("ix_sms_receipt_reported_at", "reported_at"),)

    biz_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    phone_blind: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    delivered: Mapped[bool] = mapped_column(Boolean)
    code: Mapped[str] = mapped_column(String(60), default="")
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SmsSent(db.Model):
    """A text message that was handed over, for the limits per number; gone after two days (P10)."""

    __tablename__ = "sms_sent"
    __table_args__ = (Index("ix_sms_sent_phone", "phone_blind", "at"), Index("ix_sms_sent_at", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(BigId)
    attempt: Mapped[int] = mapped_column(Integer)
    phone_blind: Mapped[bytes] = mapped_column(LargeBinary(32))
    kind: Mapped[str] = mapped_column(String(8))  # code, notice
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SmsDay(db.Model):
    """How many text messages went out on a Beijing day, against the budget for all."""

    __tablename__ = "sms_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
