"""One-time links by which an employer without an account downloads, stamps and uploads an agreement (R-OFF-5)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime


class UploadLink(Public, db.Model):
    """A link sent by SMS to the contact's mobile number; only the hash of its 128-bit token is kept.

    `live_key` is the placement's id until a new link replaces this one, and unique. `phone_blind` is the number's blind
    index, by which messages are counted; `tries` were wrong guesses at its last four digits. `letter_sealed` holds
    number and token until the link is opened or replaced.
    """

    __tablename__ = "upload_link"
    __table_args__ = (Index("ix_upload_link_phone", "phone_blind", "sent_at"),)

    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    live_key: Mapped[int | None] = mapped_column(BigId, unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    phone_blind: Mapped[bytes] = mapped_column(LargeBinary(32))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    letter_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
