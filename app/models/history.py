"""The append-only, hash-chained history and the sealed values that may be purged (R-AUDIT-1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, UtcDateTime


class History(db.Model):
    """One step in a record's chain. `record` is the locked record, `subject` what the step was about."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("record_kind", "record_id", "seq"),
        Index("ix_history_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[int] = mapped_column(BigId)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_role: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[int] = mapped_column(BigId)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    action: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    prev: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class HistoryValue(db.Model):
    """A personal value of a history row, sealed; the row itself holds only its commitment."""

    __tablename__ = "history_value"

    record_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    record_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(40), primary_key=True)
    value_sealed: Mapped[bytes] = mapped_column(LargeBinary)
