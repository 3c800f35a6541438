"""Codes sent to people: kept as keyed hashes, counted per number, gone after two days (R-GRAD-6)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import Public, UtcDateTime


class SentCode(Public, db.Model):
    """A six-digit code that somebody asked for, also where nobody was found to send it to.

    `asked_blind` is what was typed, `target_blind` the number it went to (None: to nobody). `live_key` is unique, so
    that one code at a time holds per purpose and name. `letter_sealed` holds number and code until the message is out.
    """

    __tablename__ = "sent_code"
    __table_args__ = (
        Index("ix_sent_code_asked", "asked_blind", "sent_at"),
        Index("ix_sent_code_target", "target_blind", "sent_at"),
        Index("ix_sent_code_sent_at", "sent_at"),
    )

    purpose: Mapped[str] = mapped_column(String(16))
    asked_blind: Mapped[bytes] = mapped_column(LargeBinary(32))
    target_blind: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    letter_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    live_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
