"""What leaves the process after the commit: outbox rows, deliveries per person and channel, alerts."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime


class Outbox(db.Model):
    """One thing to do after a commit; `key` is its business key. States: due, leased, done, dead.

    A worker claims it by raising `fence` and setting `lease_until`; a result counts only under the fence of its claim.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_due",
            "due_at",
            postgresql_where=text("state IN ('due', 'leased')"),
            sqlite_where=text("state IN ('due', 'leased')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    event: Mapped[str] = mapped_column(String(40))
    placement_id: Mapped[int | None] = mapped_column(BigId, index=True)
    roll_record_id: Mapped[int | None] = mapped_column(BigId)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(8), default="due")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(60))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Delivery(db.Model):
    """One message to one person over one channel; unique, so that a repeated job sends nothing twice (R-MSG-3).

    States: due (it waits, `error` says for what); sending (the attempt is on record, its answer is not); accepted by
    the platform; proven, as its receipt or event says; failed; merged (went with another message's SMS); in the app:
    sent. `number` and `provider_id` are the platform's names of the send (MsgID of 64 bits; BizId), `first_at` the time
    of the first attempt, `again_at` that before which it is not tried or asked after again, `asked` how often we asked
    what became of it. `refused`: the platform found fault with what we sent, which the operator is shown.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("outbox_id", "recipient_kind", "recipient_id", "channel"),
        Index("ix_delivery_message_id", "message_id"),
        Index("ix_delivery_number", "channel", "number"),
        Index("ix_delivery_provider_id", "provider_id"),
        Index("ix_delivery_refused", "tried_at", postgresql_where=text("refused"), sqlite_where=text("refused")),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    recipient_kind: Mapped[str] = mapped_column(String(12))  # account, employer
    recipient_id: Mapped[int] = mapped_column(BigId)
    channel: Mapped[str] = mapped_column(String(12))
    message_id: Mapped[int | None] = mapped_column(BigId)
    state: Mapped[str] = mapped_column(String(8), default="due")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    asked: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    error: Mapped[str | None] = mapped_column(String(60))
    refused: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    number: Mapped[int | None] = mapped_column(BigInteger)
    provider_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Alert(Public, db.Model):
    """An alert as its reader finds it in the mini-program or the portal's inbox; `page` is what it opens there."""

    __tablename__ = "alert"
    __table_args__ = (Index("ix_alert_reader", "recipient_kind", "recipient_id", "id"),)

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), unique=True)
    recipient_kind: Mapped[str] = mapped_column(String(12))
    recipient_id: Mapped[int] = mapped_column(BigId)
    topic: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    placement_id: Mapped[int | None] = mapped_column(BigId)
    page: Mapped[str] = mapped_column(String(80), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
