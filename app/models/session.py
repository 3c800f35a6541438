"""Signed-in sessions, idempotency keys and one-time download addresses."""

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, UtcDateTime


class Session(db.Model):
    """A signed-in session: the hash of a 256-bit token; `proved_at` is the last proof of the person (R-STEP-1)."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_door_principal_id", "door", "principal_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    door: Mapped[str] = mapped_column(String(10))  # graduate, employer, staff, link, wechat
    principal_id: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdempotencyKey(db.Model):
    """A committed write's answer, kept at least 24 hours so that a repeat gets the same (reliability.md §2)."""

    __tablename__ = "idempotency_key"

    door: Mapped[str] = mapped_column(String(10), primary_key=True)
    principal_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None] = mapped_column(Integer)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DownloadTicket(db.Model):
    """A one-time address for a file, good for 60 seconds."""

    __tablename__ = "download_ticket"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    placement_id: Mapped[int] = mapped_column(BigId)
    what: Mapped[str] = mapped_column(String(12))  # preview, agreement
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
