"""Uploaded files: what was sent, what its check found, and one-time addresses to fetch it (reliability.md §4)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime


class File(Public, db.Model):
    """A file that belongs to a record: waiting for its check, accepted, or refused with a sentence.

    `slot_key` is subject, record, purpose and position while the file counts, NULL once it is removed, and unique: no
    two files stand in one place. What was sent lies in quarantine under the public id until it is checked
    (`original_sha256`); what may be fetched is the re-encoded file (`sha256`). `picture_hash` is 256 bits of the first
    page or picture; `blur` the variance of its Laplacian; `text_sealed` a PDF's text. `owner_kind`: account, employer,
    staff or link. `look_key` names the look that WeChat's platform took at a picture, `verdict` is what came of it:
    pass, review, risky, error_….
    """

    __tablename__ = "file"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'refused')", name="state"),
        CheckConstraint("(state = 'accepted') = (sha256 IS NOT NULL)", name="accepted"),
        CheckConstraint("(state = 'refused') = (problem IS NOT NULL)", name="refused"),
        UniqueConstraint("slot_key"),
        Index("ix_file_record", "subject", "subject_id"),
        Index("ix_file_owner", "owner_kind", "owner_id", "created_at"),
    )

    owner_kind: Mapped[str] = mapped_column(String(12))
    owner_id: Mapped[int] = mapped_column(BigId)
    subject: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int] = mapped_column(BigId)
    roll_record_id: Mapped[int | None] = mapped_column(ForeignKey("roll_record.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer)
    slot_key: Mapped[str | None] = mapped_column(String(100))
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    problem: Mapped[str | None] = mapped_column(String(24))
    sentence: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(Integer)
    original_sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str | None] = mapped_column(String(24))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    stored_size: Mapped[int | None] = mapped_column(Integer)
    pages: Mapped[int | None] = mapped_column(Integer)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    picture_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    blur: Mapped[float | None] = mapped_column(Float)
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    look_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    verdict: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the bytes are gone too


class PictureBand(db.Model):
    """One of the eight bands of a picture's hash: pictures alike share at least one (R-PROOF-1)."""

    __tablename__ = "picture_band"
    __table_args__ = (Index("ix_picture_band_value", "band", "value"),)

    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True)
    band: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigId)


class FileTicket(db.Model):
    """An address of an uploaded file: good for 60 seconds and one use, or, where not `once`, until it expires."""

    __tablename__ = "file_ticket"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    once: Mapped[bool] = mapped_column(default=True, server_default=true())
